"""Bets: what the class expects of a sweep before its first result, and what it was worth afterwards."""

import itertools
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from core.config.plan import Knobs, Plan
from core.config.vary import Vary, cut, shown
from core.errors import LabError, unknown
from core.runs.drawings import named
from core.runs.figures import insert_into
from core.runs.filling import locked
from core.runs.outcome import Outcome
from core.runs.store import Store
from core.runs.tables import bets, runs, trials

NONE = "no real difference"
MOST = 24  # choices; more are put into groups
SKETCHED = 16  # points a person sketches
FULL, HALF = 2, 1  # points for a bet
CLOSED = "Bets are closed: the first result is in."


@dataclass(frozen=True)
class Bet:
    """What one person expects: a winner, a sketch of the accuracies, or both."""

    bettor: str
    winner: str | None
    sketch: Mapping[str, float]  # point's label -> expected accuracy, 0..1


@dataclass(frozen=True)
class Scored:
    """A bet after the end. `points` and `error` are None where nothing can be said."""

    bet: Bet
    points: int | None
    error: float | None  # mean distance of the sketch from the means, 0..1
    said: str


def choices(plan: Plan) -> list[str]:
    """What one can bet on: the points, or groups of them where they are many or not known beforehand."""
    points = [plan.label(knobs) for knobs in plan.all_points()] if plan.runs <= 50 * MOST else []
    return points if 0 < len(points) <= MOST else [name for name, _ in _groups(plan)]


def choice_of(plan: Plan, knobs: Knobs) -> str:
    """The choice that a point belongs to."""
    options = choices(plan)
    if plan.label(knobs) in options:
        return plan.label(knobs)
    value = knobs.get(plan.varied[0].knob)
    for name, (low, high) in _groups(plan):
        if (low is None and shown(value) == high) or (low is not None and float(value or 0.0) <= float(high)):
            return name
    return options[-1]


def _groups(plan: Plan) -> list[tuple[str, tuple[float | None, Any]]]:
    """By the first knob: its values, or four parts of its range."""
    first = plan.varied[0]
    if first.count is not None and first.count <= MOST:
        names = [shown(first.value(at)) for at in range(first.count)]
        return [(name, (None, name)) for name in names]
    span = first if first.low is not None else Vary(first.knob, (), *_ends(first))
    ends = cut(span, 5).values
    return [(f"{shown(low)} to {shown(high)}", (low, high)) for low, high in itertools.pairwise(ends)]


def _ends(first: Vary) -> tuple[float, float]:
    numbers = [float(value) for value in first.values if isinstance(value, int | float)]
    return min(numbers), max(numbers)


def sketchable(plan: Plan) -> list[str]:
    """The points whose accuracies can be sketched; none where they are many or not known beforehand."""
    if plan.adaptive or plan.points > SKETCHED:
        return []
    return [plan.label(knobs) for knobs in plan.all_points()]


def place(
    store: Store, sweep: int, bettor: str | None, winner: str | None = None, sketch: Mapping[str, float] | None = None
) -> str:
    """Writes a bet down, in the place of an earlier one of the same person; the name it stands under."""
    plan = store.sweep(sweep).plan
    if winner is None and not sketch:
        raise LabError("There is no bet yet: choose a winner or sketch the accuracies.")
    if winner is not None and winner not in (options := [*choices(plan), NONE]):
        raise unknown("The bet", winner, options)
    drawn = _checked(plan, sketch or {})
    name = named("nickname", bettor) if bettor and bettor.strip() else None
    with store.write() as connection:
        status = locked(connection, sweep).status
        if status != "betting" and (status != "running" or _first_result(connection, sweep)):
            raise LabError(CLOSED)
        name = name or _guest(connection, sweep)
        row = {"sweep": sweep, "bettor": name, "winner": winner, "sketch": json.dumps(drawn) if drawn else None}
        new = insert_into(connection, bets).values(**row, created=time.time())
        changes = {"winner": new.excluded.winner, "sketch": new.excluded.sketch, "created": new.excluded.created}
        connection.execute(new.on_conflict_do_update(index_elements=["sweep", "bettor"], set_=changes))
    return name


def placed(store: Store, sweep: int) -> list[Bet]:
    """All bets on a sweep, the earliest first."""
    query = select(bets).where(bets.c.sweep == sweep).order_by(bets.c.id)
    with store.read() as connection:
        return [Bet(row.bettor, row.winner, _sketch(row.sketch)) for row in connection.execute(query)]


def scored(outcome: Outcome, made: list[Bet]) -> tuple[str, list[Scored]]:
    """The verdict on the sweep in a sentence, and every bet with what it was worth, the best first."""
    found = outcome.verdict()
    plan = outcome.plan
    by_label = {point.label: choice_of(plan, point.knobs) for point in outcome.points}
    if found.kind == "winner" and found.winner is not None:
        leaders = {by_label[found.winner]}
    elif found.kind == "tie":
        best = found.duels[0].a if found.duels else found.groups[0].name
        leaders = {by_label[best], *(by_label[duel.b] for duel in found.duels if not duel.real)}
    else:
        leaders = set()
    rows = [_score(bet, leaders, outcome) for bet in made]
    rows.sort(key=lambda row: (-(row.points or 0), math.inf if row.error is None else row.error, row.bet.bettor))
    return found.sentence, rows


def _score(bet: Bet, leaders: set[str], outcome: Outcome) -> Scored:
    error = _error(bet, outcome)
    if bet.winner is None:
        return Scored(bet, None, error, "")
    if not leaders:
        return Scored(bet, None, error, "not scored: one seed cannot tell a difference from luck")
    if len(leaders) == 1:
        right = bet.winner in leaders
        return Scored(bet, FULL if right else 0, error, "right" if right else f"it was {next(iter(leaders))}")
    if bet.winner == NONE:
        return Scored(bet, FULL, error, "right: the best ones cannot be told apart")
    if bet.winner in leaders:
        return Scored(bet, HALF, error, "half: among the best ones, which cannot be told apart")
    return Scored(bet, 0, error, "among the worse ones")


def _error(bet: Bet, outcome: Outcome) -> float | None:
    known = {point.label: point.measured.mean for point in outcome.points if point.measured is not None}
    away = [abs(bet.sketch[label] - mean) for label, mean in known.items() if label in bet.sketch]
    return sum(away) / len(away) if away else None


def _checked(plan: Plan, sketch: Mapping[str, float]) -> dict[str, float]:
    allowed = sketchable(plan)
    for label, value in sketch.items():
        if label not in allowed:
            raise unknown("The point", label, allowed)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 1.0:
            raise LabError(f"The accuracy sketched for {label} is {value!r}; allowed: 0 to 1.")
    return {label: float(value) for label, value in sketch.items()}


def _first_result(connection: Connection, sweep: int) -> bool:
    mine = select(trials.c.run).where(trials.c.sweep == sweep)
    query = select(runs.c.id).where(runs.c.id.in_(mine), runs.c.status == "finished").limit(1)
    return connection.scalar(query) is not None


def _guest(connection: Connection, sweep: int) -> str:
    """A name for somebody who gave none; nobody's bet is overwritten by it."""
    mine = (bets.c.sweep == sweep) & bets.c.bettor.like("guest %")
    return f"guest {int(connection.scalar(select(func.count()).select_from(bets).where(mine)) or 0) + 1}"


def _sketch(text: str | None) -> dict[str, float]:
    try:
        told = json.loads(text or "{}")
    except json.JSONDecodeError:
        return {}
    return {str(label): float(value) for label, value in told.items()} if isinstance(told, dict) else {}
