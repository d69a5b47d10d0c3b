"""Which network reads: the shipped ones, or any run of the lab."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import LabError
from ui import services
from ui.parts.words import percent

SHIPPED = {"ink-digits": "Digits", "ink-greek24": "Greek", "ink34": "All 34", "r1-lenet-mnist": "R1's LeNet"}
ABOUT = {
    "ink-digits": "Reads 0 to 9, and refuses what is no digit.",
    "ink-greek24": "Reads α to ω, and refuses what is no such letter.",
    "ink34": "Reads digits and Greek letters at once.",
    "r1-lenet-mnist": "A plain network that has only ever seen MNIST. It always picks a digit.",
}
RUN = "run"
KEPT = 64  # networks of runs in memory at once: a small one has 100 kB
RUNS = 200  # the newest runs that can be chosen


@dataclass(frozen=True, eq=False)
class Model:
    """A network that reads drawings, and what the page calls it."""

    key: str
    title: str
    predictor: Any

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.predictor.classes)


def chooser() -> Model | None:
    """The model that was chosen; None when there is none at all, which the page says."""
    shipped = {name: SHIPPED.get(name, name) for name in sorted(services.predictors(), key=_rank)}
    options = [*shipped, RUN] if readable() else list(shipped)
    if not options:
        return None
    st.session_state.setdefault("model", options[0])
    if st.session_state["model"] not in options:
        st.session_state["model"] = options[0]
    chosen = st.segmented_control(
        "Which network reads",
        options,
        format_func=lambda name: "A run …" if name == RUN else shipped[name],
        key="model",
        required=True,
        bind="query-params",
        label_visibility="collapsed",
    )
    if chosen != RUN:
        return Model(chosen, shipped[chosen], services.predictors()[chosen])
    return _chosen_run()


def _chosen_run() -> Model | None:
    runs = {run.id: run for run in readable()}
    number = st.selectbox(
        "Run",
        list(runs),
        format_func=lambda each: titled(runs[each]),
        key="draw-run",
        persist_state="session",
        label_visibility="collapsed",
    )
    return of_run(runs[number])


def readable() -> list[Any]:
    """The newest runs that have a checkpoint with classes to choose from."""
    from core.runs.finish import checkpoint_dir

    done = [run for run in services.runs()[0] if run.status in ("finished", "stopped")]
    return [run for run in done[:RUNS] if (checkpoint_dir(run.id) / "card.json").is_file()]


def titled(run: Any) -> str:
    """A run in one line."""
    best = services.runs()[1].get(run.id)
    return f"{run.id} · {run.name}" + (f" · {percent(best)}" if best is not None else "")


def of_run(run: Any) -> Model | None:
    """A run's network; None, with the sentence on the page, where it cannot read pictures."""
    from core.runs.finish import checkpoint_of

    try:
        folder = checkpoint_of(run.id)
        return Model(f"run-{run.id}", f"run {run.id}", _loaded(folder, (folder / "card.json").stat().st_mtime))
    except LabError as error:
        st.warning(str(error))
        return None


@lru_cache(maxsize=KEPT)
def _loaded(folder: Path, stamp: float) -> Any:
    """A run's predictor, loaded once; the stamp changes when the run has trained on."""
    from core.look.predictor import Predictor
    from core.nets import checkpoint

    return Predictor(*checkpoint.load(folder))


def _rank(name: str) -> tuple[int, str]:
    known = list(SHIPPED)
    return (known.index(name) if name in known else len(known), name)
