"""The plan of a sweep: how its points are chosen, how many runs that is, and how long they take."""

from typing import Any

import streamlit as st

from core.config import RunConfig
from core.config.plan import PRUNERS, SAMPLERS, Plan
from core.config.vary import Vary
from core.errors import LabError
from core.runs import pacing, sweeping
from ui import services


def search(varied: list[Vary | LabError]) -> dict[str, Any]:
    """How points are chosen, and whether hopeless runs end early; beginners try every value."""
    endless = any(isinstance(each, Vary) and each.count is None for each in varied)
    if st.session_state.get("beginner", True):
        return {"sampler": "tpe" if endless else "grid", "trials": 12}
    options = [name for name in SAMPLERS if name != "grid" or not endless]
    sampler = st.selectbox(
        "Try", options, format_func=SAMPLERS.__getitem__, key="vary-sampler", persist_state="session"
    )
    trials = 20
    if sampler != "grid":
        trials = int(st.number_input("Points to try", 2, 1000, 20, key="vary-trials", persist_state="session"))
    pruner = st.selectbox(
        "End early", list(PRUNERS), format_func=PRUNERS.__getitem__, key="vary-pruner", persist_state="session"
    )
    return {"sampler": sampler, "trials": trials, "pruner": pruner}


def planned(
    config: RunConfig, preset: str, varied: list[Vary | LabError], seeds: int, more: dict[str, Any]
) -> Plan | None:
    """The plan with its price, or the sentence that says why there is none."""
    for each in varied:
        if isinstance(each, LabError):
            st.error(str(each))
            return None
    try:
        plan = Plan(
            config, tuple(each for each in varied if isinstance(each, Vary)), seeds=seeds, preset=preset, **more
        )
        pacing.refuse_if_too_many(services.store(), plan)
        sweeping.check(plan)
        cost = pacing.estimate(services.store(), plan)
    except LabError as error:
        st.error(str(error))
        return None
    took = "" if cost.seconds is None else f", about {pacing.roughly(cost.seconds)}"
    count = f"{plan.points} points × {plan.seeds} seed{'s' * (plan.seeds > 1)}"
    st.markdown(f"**{cost.runs} runs**{took} :gray[({count})]")
    if cost.known:
        are = "is" if cost.known == 1 else "are"
        st.caption(f"{cost.known} of them {are} known already and {are} reused.")
    elif cost.seconds is None:
        st.caption("How long it takes is known after the first run of this network on these pictures.")
    return plan
