"""Which network reads: the shipped ones, or any run of the lab."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import streamlit as st

from core import paths
from core.errors import LabError
from ui import services
from ui.parts import links
from ui.parts.models_link import CHOSEN, OLDER, RUN, arrive, wrote
from ui.parts.words import percent

SHIPPED = {
    "ink-digits": "Digits",
    "ink-greek24": "Greek",
    "ink34": "All 34",
    "r1-lenet-mnist": "R1's LeNet",
    "r1-greek": "R1's α β γ",
}
TRUNKS = ("strokes34", "r1-lenet-warped")  # made to be retrained, not to read
ABOUT = {
    "ink-digits": "Reads 0 to 9, and refuses what is no digit.",
    "ink-greek24": "Reads α to ω, and refuses what is no such letter.",
    "ink34": "Reads digits and Greek letters at once.",
    "r1-greek": "153 numbers that learned alpha, beta and gamma from 27 pictures. It always picks one of the three.",
    "r1-lenet-mnist": "A plain network that has only ever seen MNIST. It always picks a digit.",
}
KEPT = 64  # networks of runs in memory at once: a small one has 100 kB
RUNS = 200  # the newest runs that can be chosen
LOOK = 2.0  # seconds between two looks for new models and runs
LATE = 60.0  # while somebody draws: a look costs a busy machine 15 ms, and the menu, which looks, comes first anyway

_seen: dict[tuple[str, str], tuple[float, Any]] = {}  # home and what -> when, and what was found


@dataclass(frozen=True, eq=False)
class Model:
    """A network that reads drawings, and what the page calls it."""

    key: str
    title: str
    predictor: Any

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.predictor.classes)


def current() -> Model | None:
    """The model that is chosen now, without drawing anything: the answer comes before the widgets."""
    options = _options(LATE)
    if not options:
        return None
    chosen = links.chosen("model", options)
    if chosen != RUN:
        return Model(chosen, SHIPPED.get(chosen, chosen), _shipped(LATE)[chosen])
    runs = _runs(LATE)
    return of_run(runs.get(st.session_state.get(CHOSEN, 0)) or next(iter(runs.values())))


def none_yet() -> bool:
    """Whether there is no network at all to choose from."""
    return not _options(LATE)


def chooser() -> None:
    """The choice, drawn; the address says it, and an address that says something else is obeyed."""
    arrive(_options(), _runs())
    options = _options()
    if not options:
        return
    named = {RUN: "A run …", **SHIPPED}
    reads = links.choice("Which network reads", "model", options, lambda name: named.get(name, name))
    links.tell("run", str(_run_chooser()) if reads == RUN else "")
    wrote()


def _options(age: float = LOOK) -> list[str]:
    return [*_shipped(age), RUN] if _runs(age) else list(_shipped(age))


def _runs(age: float = LOOK) -> dict[int, Any]:
    """The runs to choose from by number; an older one that a link asked for is the last."""
    runs = {run.id: run for run in readable(age)}
    older = st.session_state.get(OLDER)
    return runs if older is None else {**runs, older.id: older}


def _shipped(age: float = LOOK) -> dict[str, Any]:
    """The models that come with the lab, in our order."""
    return cast(dict[str, Any], _now_and_then("shipped", _find_shipped, age))


def readable(age: float = LOOK) -> list[Any]:
    """The newest runs that have a checkpoint with classes to choose from; known for `age` seconds at most."""
    return cast(list[Any], _now_and_then("runs", _find_runs, age))


def _now_and_then(what: str, find: Callable[[], Any], age: float) -> Any:
    """Looking at the disk takes a while, and a stroke asks twenty times a second."""
    key, now = (str(paths.home()), what), time.monotonic()
    if key not in _seen or now - _seen[key][0] > age:
        _seen[key] = (now, find())
    return _seen[key][1]


def _find_shipped() -> dict[str, Any]:
    found = services.predictors()
    return {name: found[name] for name in sorted(found, key=_rank) if name not in TRUNKS}


def _find_runs() -> list[Any]:
    from core.runs.finish import checkpoint_dir

    done = [run for run in services.runs()[0] if run.status in ("finished", "stopped")]
    reading = [run for run in done[:RUNS] if run.config.kind == "classifier"]  # a generator gives no answers
    return [run for run in reading if (checkpoint_dir(run.id) / "card.json").is_file()]


def _run_chooser() -> int:
    """The run that reads: at first the one that is open on other pages, or the newest."""
    runs = _runs()
    if st.session_state.get(CHOSEN) not in runs:
        opened = st.session_state.get("run")
        st.session_state[CHOSEN] = opened if opened in runs else next(iter(runs))
    number: int = st.selectbox(
        "Run",
        list(runs),
        format_func=lambda each: titled(runs[each]),
        key=CHOSEN,
        on_change=_opened,
        persist_state="session",
        label_visibility="collapsed",
    )
    return number


def _opened() -> None:
    """The run that somebody chooses here is the open one on other pages, too."""
    st.session_state["run"] = st.session_state[CHOSEN]


def titled(run: Any) -> str:
    """A run in one line."""
    accuracy = services.runs()[1].get(run.id)
    return f"{run.id} · {run.name}" + (f" · {percent(accuracy)}" if accuracy is not None else "")


def of_run(run: Any, quiet: bool = False) -> Model | None:
    """A run's network; None, with the sentence on the page, where it cannot read pictures."""
    from core.runs.finish import checkpoint_of

    try:
        folder = checkpoint_of(run.id)
    except LabError as error:
        if not quiet:
            st.warning(str(error))
        return None
    try:
        return Model(f"run-{run.id}", f"run {run.id}", _loaded(folder, (folder / "card.json").stat().st_mtime))
    except LabError:  # its words name a folder of the server, which is nothing to those who draw
        if not quiet:
            st.warning(
                f"The checkpoint of run {run.id} cannot be read, so it answers to no drawing: it is damaged, or not a "
                "classifier's. Choose another network, or train the run again."
            )
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
