"""The same drawing, all runs: what every stored run of the lab says to it, side by side."""

from collections import Counter
from html import escape
from typing import Any

import streamlit as st

from ui.parts import models
from ui.parts.signs import SIGNS, sign

KNOBS = {"lr": "learning rate", "activation": "activation", "dropout": "dropout", "accuracy": "test accuracy"}
SHOWN = 60

STYLE = """<style>
.ink-rivals { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: 0.6rem; }
.ink-rival { border: 1px solid rgba(128, 128, 128, 0.3); border-radius: 0.5rem; padding: 0.55rem 0.7rem; display: grid;
  grid-template-columns: auto 1fr; gap: 0 0.7rem; align-items: center; }
.ink-rival > b { font: 600 2.3rem/1 Georgia, serif; min-width: 1.7rem; text-align: center; }
.ink-rival div { display: grid; font-size: 0.82rem; min-width: 0; line-height: 1.35; }
.ink-rival div b { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; font-weight: 600; }
.ink-rival div span { opacity: 0.72; }
.ink-rival i { grid-column: 1 / 3; height: 0.4rem; margin-top: 0.4rem; border-radius: 0.2rem; overflow: hidden;
  background: rgba(128, 128, 128, 0.22); }
.ink-rival i u { display: block; height: 100%; background: #21837f; }
.ink-rival.unable { border-style: dashed; }
.ink-rival.unable > b { opacity: 0.5; }
.ink-rival.other { border-color: #d55e00; }
.ink-rival.other i u { background: #d55e00; }
</style>"""


def show(raw: Any, steps: Any, label: str | None) -> None:
    """A card per run, sorted by a knob; runs that disagree with most stand out by their border and a word.

    Runs that do not know `label`, what the chosen network reads, could never say it: they stand last, and do not count.
    Where it refuses, `label` is None, and all of them count.
    """
    runs = models.readable()
    if not runs:
        st.info("No run has finished yet. Train one on the Train page, then ask all of them here.")
        return
    by = st.segmented_control(
        "Sorted by", list(KNOBS), format_func=KNOBS.get, default="lr", required=True, key="rivals-by",
        persist_state="session",
    )  # fmt: skip
    said = [(run, answer) for run in runs[:SHOWN] if (answer := _answer(run, raw, steps)) is not None]
    if not said:
        st.info("None of the finished runs can read a drawing.")
        return
    said.sort(key=lambda each: (_sorting(each[0], by), each[0].id))
    able = [each for each in said if label is None or label in dict(each[1].top)]
    most = Counter(answer.label for _, answer in able).most_common(1)[0][0] if able else label
    cards = [_card(run, answer, by, most) for run, answer in able]
    cards += [_unable(run, answer, by, label) for run, answer in said if (run, answer) not in able]
    st.html(f'{STYLE}<div class="ink-rivals" data-testid="rivals">{"".join(cards)}</div>')
    agree, others = sum(answer.label == most for _, answer in able), len(said) - len(able)
    counted = f"{agree} of {len(able)} runs say {sign(most)}." if able else f"No run has ever learned {sign(label)}."
    left_out = f" {others} {'has' if others == 1 else 'have'} never learned {sign(label)}." if able and others else ""
    st.caption(f"{counted}{left_out} The newest {SHOWN} runs with a checkpoint are asked.")


def _answer(run: Any, raw: Any, steps: Any) -> Any:
    model = models.of_run(run, quiet=True)
    answer = model.predictor.read(raw, steps) if model else None
    return None if answer is None or answer.empty else answer


def value(run: Any, knob: str) -> Any:
    """What the run has there; for the accuracy that of the weights kept, None where it was never measured."""
    if knob == "accuracy":
        from ui import services

        return services.runs()[1].get(run.id)
    return getattr(run.config, knob)


def _sorting(run: Any, knob: str) -> tuple[int, float, str]:
    """Numbers by size, words by the alphabet, what is not known last."""
    found = value(run, knob)
    if found is None:
        return (2, 0.0, "")
    return (0, float(found), "") if isinstance(found, int | float) else (1, 0.0, str(found))


def _card(run: Any, answer: Any, knob: str, most: str) -> str:
    other = answer.label != most
    return (
        f'<div class="ink-rival{" other" if other else ""}"><b>{escape(sign(answer.label))}</b>{_about(run, knob)}'
        f"<span>{answer.probability:.0%} sure{', unlike most' if other else ''}</span></div>"
        f'<i><u style="width: {100 * answer.probability:.1f}%"></u></i></div>'
    )


def _unable(run: Any, answer: Any, knob: str, label: str) -> str:
    """A run that never learned what is drawn: how sure it is of something else would only mislead."""
    kind = "digits" if label.isdigit() else "Greek letters" if label in SIGNS else "it"
    classes = [name for name, _ in answer.top]
    knows_some = any(name.isdigit() for name in classes) if label.isdigit() else not SIGNS.keys().isdisjoint(classes)
    cannot = f"does not know {sign(label)}" if kind == "it" or knows_some else f"cannot read {kind}"
    return f'<div class="ink-rival unable"><b>–</b>{_about(run, knob)}<span>{escape(cannot)}</span></div></div>'


def _about(run: Any, knob: str) -> str:
    """Which run it is, and its knob; what it says comes last in the same box."""
    found = value(run, knob)
    shown = "as the line says" if found is None else f"{found:g}" if isinstance(found, int | float) else str(found)
    return f"<div><b>{run.id} · {escape(run.name)}</b><span>{escape(KNOBS[knob])} {escape(shown)}</span>"
