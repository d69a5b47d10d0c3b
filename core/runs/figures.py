"""Last, lowest and highest value of every curve, kept beside the points so that tables of runs stay quick."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, case, delete, select, text
from sqlalchemy.dialects import postgresql, sqlite

from core.runs.tables import figures, names


class Figure(NamedTuple):
    """What a table of runs shows of one curve."""

    last: float
    last_step: int
    low: float
    low_step: int
    high: float
    high_step: int


REBUILD = """
INSERT INTO figures (run, name, last, last_step, low, low_step, high, high_step)
WITH ranked AS (
  SELECT run, name, step, value,
         row_number() OVER (PARTITION BY run, name ORDER BY step DESC) AS newest,
         row_number() OVER (PARTITION BY run, name ORDER BY value, step) AS lowest,
         row_number() OVER (PARTITION BY run, name ORDER BY value DESC, step) AS highest
  FROM metrics {where})
SELECT run, name,
       max(CASE WHEN newest = 1 THEN value END), max(CASE WHEN newest = 1 THEN step END),
       max(CASE WHEN lowest = 1 THEN value END), max(CASE WHEN lowest = 1 THEN step END),
       max(CASE WHEN highest = 1 THEN value END), max(CASE WHEN highest = 1 THEN step END)
FROM ranked GROUP BY run, name
"""


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT in this database's dialect."""
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)


def rebuild(connection: Connection, run: int | None = None) -> None:
    """Computes the figures again from the points, of one run or of all."""
    if run is None:
        connection.execute(delete(figures))
        connection.execute(text(REBUILD.format(where="")))
    else:
        connection.execute(delete(figures).where(figures.c.run == run))
        connection.execute(text(REBUILD.format(where="WHERE run = :run")), {"run": run})


def merge(connection: Connection, run: int, points: Iterable[tuple[int, int, float]]) -> None:
    """Takes new points (name id, step, value) of a run into its figures."""
    new: dict[int, dict[str, Any]] = {}
    for name, step, value in points:
        row = new.get(name)
        if row is None:
            new[name] = dict(
                run=run, name=name, last=value, last_step=step, low=value, low_step=step, high=value, high_step=step
            )
            continue
        if step >= row["last_step"]:
            row["last"], row["last_step"] = value, step
        if value < row["low"]:
            row["low"], row["low_step"] = value, step
        if value > row["high"]:
            row["high"], row["high_step"] = value, step
    if not new:
        return
    statement = insert_into(connection, figures)
    fresh = statement.excluded
    later, lower, higher = (
        fresh.last_step >= figures.c.last_step,
        fresh.low < figures.c.low,
        fresh.high > figures.c.high,
    )
    pick = {"last": later, "last_step": later, "low": lower, "low_step": lower, "high": higher, "high_step": higher}
    changes = {column: case((when, fresh[column]), else_=figures.c[column]) for column, when in pick.items()}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["run", "name"], set_=changes), list(new.values())
    )


def read(connection: Connection, ids: Iterable[int] | None) -> dict[int, dict[str, Figure]]:
    """run -> metric name -> figure."""
    columns = (figures.c[column] for column in Figure._fields)
    query = select(figures.c.run, names.c.name, *columns).join(names, names.c.id == figures.c.name)
    if ids is not None:
        query = query.where(figures.c.run.in_(list(ids)))
    found: dict[int, dict[str, Figure]] = {}
    for run, name, *values in connection.execute(query):
        found.setdefault(run, {})[name] = Figure(*values)
    return found
