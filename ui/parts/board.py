"""The live part of the Train page: progress, curves, and the list of runs."""

import time
from collections.abc import Mapping, Sequence

import streamlit as st

from core.charts.curves import GAN_METRICS, GAN_PANELS, METRICS, PANELS
from core.errors import LabError
from core.runs.metrics import Curve
from core.runs.run import Run
from ui import services, state
from ui.components.live_plot import live_plot
from ui.components.run_list import run_list
from ui.navigation import PAGES
from ui.parts import words

POINTS = 9_600  # in one full message: 200 kB; shared between all curves
NEWS = 2_000  # points in one tick (42 kB); more, and everything is sent again, thinned
CALM, LIVELY = 1.0, 0.3  # seconds between two looks: as a rule, and right after a click
COMPARE = next(each.path for each in PAGES if each.file == "compare.py")
EMPTY = "The first points come within a second or two of the start."


def board(run: Run | None, runs: Sequence[Run], accuracies: Mapping[int, float]) -> None:
    """Draws progress and curves beside the list, and again every second as long as something moves."""
    lively = time.time() < st.session_state.get("lively", 0.0)
    moving = any(each.active for each in runs)
    pace = (LIVELY if lively else CALM) if moving else None
    st.session_state["base"] = {}  # a page run sends whole curves
    signature = _signature(runs)

    def tick() -> None:
        try:
            here = services.lab()
            here.tend()
            now, figures = here.runs()
        except LabError as error:
            st.error(str(error))
            return
        calmed = pace == LIVELY and time.time() > st.session_state.get("lively", 0.0)
        if _signature(now) != signature or calmed or st.session_state.pop("chosen", False):
            st.rerun()
        left, right = st.columns([2.6, 1], gap="medium")
        with right:
            waiting = sum(each.status == "queued" for each in now)
            running = sum(each.status == "running" for each in now)
            run_list(
                sorted(now, key=_order),
                dict(figures),
                opened=run.id if run else None,
                beside=state.beside(),
                summary=f"{running} running · {waiting} waiting",
                key="runs",
                on_open=_open,
                on_beside=_beside,
            )
            compare_link(run)
        with left:
            if run:
                current = next((each for each in now if each.id == run.id), run)
                st.progress(current.progress, text=words.progress(current))
                curves(here, current, now)

    st.fragment(tick, run_every=pace)()


def compare_link(run: Run | None) -> None:
    """To the Compare page, with what is laid over each other here."""
    ids = list(dict.fromkeys([run.id, *state.beside()] if run else []))
    label = f"Compare these {len(ids)} runs" if len(ids) > 1 else "Compare runs"
    st.page_link(COMPARE, label=label, icon=":material/balance:", query_params={"runs": ",".join(map(str, ids))})


def live() -> None:
    """Looks more often for a few seconds: something was just asked for."""
    st.session_state["lively"] = time.time() + 4


def _order(run: Run) -> tuple[int, int, int]:
    """What trains, then the queue as it will be taken, then the rest, newest first."""
    place = {"running": 0, "queued": 1}.get(run.status, 2)
    return place, -run.priority if place == 1 else 0, run.id if place == 1 else -run.id


def _signature(runs: Sequence[Run]) -> list[tuple[int, str, int]]:
    """What the rest of the page depends on; when it changes the whole page is drawn again."""
    return [(each.id, each.status, each.attempts) for each in runs]


def _open() -> None:
    state.open_run(int(st.session_state["runs"].open))
    st.session_state["chosen"] = True


def _beside() -> None:
    state.lay_beside(int(each) for each in st.session_state["runs"].beside or [])
    st.session_state["chosen"] = True


def curves(here: services.Lab, run: Run, runs: Sequence[Run]) -> None:
    """The open run and those laid beside it; whole curves once, then only what is new."""
    names = {each.id: each.name for each in runs} | {run.id: run.name}
    shown = [run.id, *(each for each in state.beside() if each in names and each != run.id)]
    most = max(POINTS // (6 * len(shown)), 60)
    base: dict[str, object] = st.session_state.setdefault("base", {})
    gan = run.config.kind == "gan"
    whole = here.window.curves(shown, GAN_METRICS if gan else METRICS)
    if run.status in ("finished", "failed", "stopped") and not any(whole.values()):
        st.caption("It ended before its first point, so there is no curve to draw.")
        return
    news = news_since(whole, base.get("seen", {})) if base.get("shown") == shown else None  # type: ignore[arg-type]
    if news is None or sum(len(line.values) for each in news.values() for line in each.values()) > NEWS:
        news = {each: {name: line.thinned(most) for name, line in lines.items()} for each, lines in whole.items()}
        base |= {"name": str(time.time_ns()), "shown": shown, "seen": last_steps(whole), "first": True}
    live_plot(
        [(each, f"{each} {names[each]}") for each in shown],
        news,
        base=str(base["name"]),
        full=bool(base.pop("first", False)),
        key="curves-gan" if gan else "curves",
        panels=GAN_PANELS if gan else PANELS,
        hint="thin: D (right on real) · bold: G (fools D)" if gan else "thin: training · bold: test",
        empty=EMPTY,
        on_resync=lambda: st.session_state.update(base={}),
    )


Seen = Mapping[int, Mapping[str, int]]


def last_steps(curves: Mapping[int, Mapping[str, Curve]]) -> Seen:
    """The last step of every curve."""
    return {run: {name: int(line.steps[-1]) for name, line in lines.items()} for run, lines in curves.items()}


def news_since(curves: Mapping[int, Mapping[str, Curve]], seen: Seen) -> dict[int, dict[str, Curve]] | None:
    """What came after the base; None when the base is no longer true (a run began again)."""
    found: dict[int, dict[str, Curve]] = {}
    for run, lines in curves.items():
        for name, line in lines.items():
            last = seen.get(run, {}).get(name, -1)
            place = int(line.steps.searchsorted(last, side="right"))
            if last >= 0 and (place == 0 or int(line.steps[place - 1]) != last):
                return None
            if place < len(line.steps):
                found.setdefault(run, {})[name] = line.take(slice(place, None))
    return found
