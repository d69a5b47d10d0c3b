"""The plan of a retraining: how many numbers stay, how many learn, and every layer before and after."""

from html import escape
from typing import Any

import streamlit as st

from core.config import RunConfig
from core.errors import LabError
from core.runs import trunks
from ui import services
from ui.parts.actions import begin
from ui.parts.press import press
from ui.parts.transfer_recipe import RECIPES

START = "tr-start"


def planned(config: RunConfig) -> Any:
    """The layers before and after; the sentence where trunk and pictures do not fit."""
    try:
        if services.datasets().get(config.dataset, ("absent",))[0] == "downloadable":
            st.caption("The pictures are downloaded when the run begins.")
        shape, classes = services.frame(config.dataset)
        if classes < 2:
            raise LabError(
                f"The pictures of {config.dataset} stand in no classes, so there is nothing to tell apart; allowed as "
                "a task: a set with two classes or more."
            )
        return services.once(("plan", config.to_json(), shape, classes), lambda: trunks.plan(config, shape, classes))
    except LabError as error:
        st.error(str(error), icon=":material/error:")
        return None


def counter(plan: trunks.Plan, config: RunConfig) -> None:
    """How many numbers stay, and how many learn."""
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.metric("Frozen", f"{plan.frozen:,}")
        st.metric("Trainable", f"{plan.trainable:,}")
        share = 100 * plan.trainable / max(plan.trainable + plan.frozen, 1)
        st.metric("Share that learns", f"{share:.1f} %" if share >= 0.1 else f"{share:.3f} %")
        if press("Start", START, icon=":material/play_arrow:", type="primary"):
            _start(config)


def tables(plan: trunks.Plan) -> None:
    """The trunk as it was beside the network with its new head; frozen layers are grey."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**Before** · {sum(part.parameters for part in plan.before):,} parameters")
        st.html(_table(plan.before, False))
    with right:
        st.markdown(f"**After** · {plan.frozen + plan.trainable:,} parameters")
        st.html(_table(plan.after, True))


def _table(parts: Any, marked: bool) -> str:
    rows = []
    for part in parts:
        still = marked and part.parameters and not part.trainable
        learns = "" if not part.parameters else "frozen" if still else f"{part.trainable:,}" if marked else ""
        gives = "×".join(map(str, part.gives))
        rows.append(
            f'<tr class="{"ink-still" if still else "ink-learns" if marked and part.trainable else ""}">'
            f"<td><code>{escape(part.word)}</code></td><td>{gives}</td>"
            f"<td>{f'{part.parameters:,}' if part.parameters else ''}</td>{f'<td>{learns}</td>' if marked else ''}</tr>"
        )
    last = "<th>learns</th>" if marked else ""
    head = f"<tr><th>layer</th><th>gives</th><th>parameters</th>{last}</tr>"
    return f'<table class="ink-shapes ink-ladder"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>{STYLE}'


STYLE = """<style>
.ink-shapes.ink-ladder td { padding: 0.3rem 0.4rem; } .ink-shapes.ink-ladder td:first-child { opacity: 1; }
.ink-ladder td:nth-child(n+3), .ink-ladder th:nth-child(n+3) { text-align: right; }
.ink-ladder .ink-still td { opacity: 0.5; } .ink-shapes.ink-ladder .ink-still td:first-child { opacity: 0.5; }
.ink-ladder .ink-learns td:last-child { font-weight: 700; }
.ink-ladder .ink-learns td:first-child { box-shadow: inset 3px 0 #0e8a80; padding-left: 0.6rem; }
</style>"""


def _start(config: RunConfig) -> None:
    recipe = st.session_state["tr-recipe"]
    preset = recipe if recipe in RECIPES else None
    begin(config, None if preset else f"{config.trunk} → {config.dataset}"[:110], preset, ["transfer"])
