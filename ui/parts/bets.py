"""Bet first: what the class expects of a sweep, closed by its first result, and what it was worth."""

import streamlit as st

from core.config import KNOBS
from core.errors import LabError
from core.runs import bets
from core.runs.bets import NONE, Bet, Scored
from core.runs.outcome import Outcome
from ui import services, state
from ui.components.sweep_chart import sketch_pad, sketched
from ui.parts.board import live
from ui.parts.words import plain

CHOSEN = "bet-said"  # session_state: the sentence after a bet


def bet_panel(now: Outcome, made: list[Bet]) -> None:
    """What fits the moment: place a bet, wait, or see who was right."""
    if is_open(now):
        form(now, made)
        if bets.sketchable(now.plan):
            with st.expander(
                "Sketch the curve", icon=":material/draw:", key=f"drawing-{now.sweep.id}", on_change="rerun"
            ) as box:
                if box.open:
                    sketch(now)
    elif made:
        st.subheader("The bets")
        if now.is_over:
            _score(now, made)
        else:
            st.caption(":material/lock: Closed: the first result is in. The score comes at the end.")
            _table(("who", "bets on"), [(bet.bettor, bet.winner or "a sketch") for bet in made])


def is_open(now: Outcome) -> bool:
    """Whether bets are taken."""
    return now.sweep.status == "betting" or (now.sweep.status == "running" and not now.has_results)


def form(now: Outcome, made: list[Bet]) -> None:
    """Who bets on what."""
    plan, number = now.plan, now.sweep.id
    waits = now.sweep.status == "betting"
    st.subheader("Bet first")
    st.write("What will come out? Everybody who opens this page can bet until the first result is in.")
    st.session_state.setdefault(f"bettor-{number}", state.visitor() or "")
    st.text_input("Your name (may stay empty)", key=f"bettor-{number}", max_chars=40)
    asked = "Which is best?" if len(plan.varied) > 1 else f"Which {_what(now)} is best?"
    st.pills(asked, [*bets.choices(plan), NONE], key=f"bet-{number}", wrap=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        first = "secondary" if made else "primary"
        st.button("Place bet", icon=":material/how_to_vote:", type=first, key="place-bet", on_click=_place, args=(now,))
        if waits:
            st.button(
                "Start training" if made else "Start without bets",
                icon=":material/play_arrow:",
                type="primary" if made else "secondary",
                key="start-now",
                on_click=_start,
                args=(number,),
            )
    if said := st.session_state.get(CHOSEN, {}).get(number):
        st.success(said, icon=":material/check:")
    if made:
        names = ", ".join(plain(bet.bettor) for bet in made)
        st.caption(
            f"{len(made)} bet{'s' * (len(made) != 1)}: {names}. What they bet is shown once the first result is in."
        )


def sketch(now: Outcome) -> None:
    """Finger, mouse, arrow keys or numbers: what accuracy somebody expects of every point."""
    st.caption("Draw with a finger or the mouse what accuracy you expect, or type it; then place your bet.")
    sketch_pad(now.plan, bets.sketchable(now.plan), key=f"sketch-{now.sweep.id}")


def _what(now: Outcome) -> str:
    return KNOBS[now.plan.varied[0].knob].label.lower()


def _place(now: Outcome) -> None:
    number, labels = now.sweep.id, bets.sketchable(now.plan)
    drawn = sketched(st.session_state.get(f"sketch-{number}") or {}, labels)
    winner = st.session_state.get(f"bet-{number}")
    try:
        name = bets.place(services.store(), number, st.session_state.get(f"bettor-{number}"), winner, drawn)
    except LabError as error:
        st.session_state["said"] = str(error)
        return
    told = " and ".join([*([str(winner)] if winner else []), *(["a sketch"] if drawn else [])])
    st.session_state[CHOSEN] = {number: f"{plain(name)} bets on {told}."}
    st.session_state[f"bettor-{number}"] = name  # a second click changes this bet and adds none


def _start(number: int) -> None:
    try:
        services.store().start_sweep(number)
        services.lab().tend(now=True)
    except LabError as error:
        st.session_state["said"] = str(error)
    live()


def _score(now: Outcome, made: list[Bet]) -> None:
    _, rows = bets.scored(now, made)
    _table(("who", "bet on", "points"), [(row.bet.bettor, row.bet.winner or "a sketch", _worth(row)) for row in rows])
    if any(row.error is not None for row in rows):
        st.caption("A sketch is as good as its mean distance from the means, in points of a hundred.")
    if all(row.points is None for row in rows) and any(row.bet.winner for row in rows):
        why = (
            "With one seed for each value"
            if now.plan.seeds == 1
            else "It ended before two seeds of the values were done:"
        )
        st.caption(f"{why} nobody can be scored: a difference may be luck.")


def _worth(row: Scored) -> str:
    points = "" if row.points is None else f"**{row.points}** · "
    sketch = "" if row.error is None else f"{'; ' * bool(row.said)}sketch {100 * row.error:.1f} off"
    return f"{points}{row.said}{sketch}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for who, bet, *worth in rows:
        lines.append("| " + " | ".join([plain(who), plain(bet), *worth]) + " |")
    st.markdown("\n".join(lines))
