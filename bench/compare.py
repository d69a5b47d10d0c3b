"""How fast the Compare page is: 100 runs drawn, and the page over 10,000 runs and 10 million points.

The store is written with SQL of its own and without a journal: the lab's writer would take minutes.
"""

import json
import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import make_url, text

from bench.browser import FLAGS, chromium
from bench.client import Visitor
from bench.pages import served
from core.config import RunConfig
from core.runs.live import Window
from core.runs.store import Store
from core.runs.tables import runs

DRAW_LIMIT, PAGE_LIMIT = 1.0, 2.0  # seconds
NAMES = ("train/loss", "train/accuracy", "test/accuracy", "lr")
RATES, SIZES, KINDS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2), (32, 64, 128, 256), ("relu", "tanh", "gelu", "sigmoid")
SEEDS = 5


def measure(quick: bool = False) -> dict[str, Any]:
    """Both figures, each beside the plain way and its limit."""
    home = os.environ.get("LAB_HOME")
    with tempfile.TemporaryDirectory(prefix="inkling-bench-") as folder:
        os.environ["LAB_HOME"] = folder
        try:
            count, points = (500, 200) if quick else (10_000, 1000)
            write(100, 1000, ("train/loss",))
            drawn = draw()
            Path(folder, "lab.sqlite").unlink()
            for rest in Path(folder).glob("lab.sqlite-*"):
                rest.unlink()
            began = time.perf_counter()
            write(count, points // len(NAMES), NAMES)
            made = time.perf_counter() - began
            return {"draw": drawn, "page": {**page(count), "points": count * points, "store_written_s": made}}
        finally:
            os.environ.pop("LAB_HOME") if home is None else os.environ.update(LAB_HOME=home)


def write(count: int, steps: int, names: tuple[str, ...]) -> None:
    """A store of finished runs: recipes of five seeds, every curve `steps` points long."""
    store = Store()
    ids = store.name_ids(names)
    with store.write() as connection:
        connection.execute(runs.insert(), [_row(number, steps) for number in range(count)])
    file = make_url(store.url).database
    store.close()
    plain = sqlite3.connect(str(file), isolation_level=None)
    plain.execute("PRAGMA journal_mode = OFF")  # nobody else looks, and a store that breaks is written again
    plain.execute("PRAGMA synchronous = OFF")
    plain.executescript(f"{STEPS} INSERT INTO steps {SERIES}".replace(":steps", str(steps)))
    plain.execute("CREATE TEMP TABLE kinds (id INTEGER, accuracy INTEGER)")
    plain.executemany(
        "INSERT INTO kinds VALUES (?, ?)", [(ids[name], "accuracy" in name) for name in sorted(names, key=ids.get)]
    )
    for first in range(1, count + 1, 500):  # in the order of the table: run, name, step
        plain.execute("BEGIN")
        plain.execute(POINTS, (first, first + 499))
        plain.execute(FIGURES, (steps, first, first + 499))
        plain.execute("COMMIT")
    plain.close()


STEPS = "CREATE TEMP TABLE steps (step INTEGER PRIMARY KEY, falling REAL);"
SERIES = (
    "WITH RECURSIVE s(step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM s WHERE step < :steps) "
    "SELECT step, 2 * exp(-5.0 * step / :steps) FROM s;"
)
POINTS = f"""
INSERT INTO metrics (run, name, step, value, seconds)
SELECT r.id, k.id, s.step,
  CASE k.accuracy WHEN 1 THEN 0.95 - 0.3 * s.falling + 0.0001 * (r.id / {SEEDS} % 50) ELSE s.falling END
  + 0.0001 * ((r.id * 7919 + s.step * 104729) % 97), 0.01 * s.step
FROM runs r CROSS JOIN kinds k CROSS JOIN steps s WHERE r.id BETWEEN ? AND ?
"""
FIGURES = """
INSERT INTO figures (run, name, last, last_step, low, low_step, high, high_step)
SELECT run, name, value, step, value - 0.2, 1, value, step FROM metrics WHERE step = ? AND run BETWEEN ? AND ?
"""


def _row(number: int, steps: int) -> dict[str, Any]:
    group = number // SEEDS
    config = RunConfig(
        "mnist",
        lr=RATES[group % 5],
        batch_size=SIZES[group // 5 % 4],
        activation=KINDS[group // 20 % 4],
        weight_decay=round(0.0001 * (group // 80), 6),
        seed=number % SEEDS,
    )
    return {
        "name": f"r1-lenet on {config.dataset}",
        "status": "finished",
        "config": config.to_json(),
        "config_key": config.key(),
        "batch": config.batch_size,
        "created": time.time() - number,
        "step": steps,
        "steps_total": steps,
        "epoch": 10.0,
        "steps_per_epoch": steps / 10,
        "seconds": 10.0 + number % 7,
        "device": "CPU",
    }


def draw() -> dict[str, Any]:
    """100 runs of 1,000 points, each a line of its own: read, thinned, made a figure, drawn in a browser."""
    from core.charts.banded import banded
    from core.runs.catalogue import Catalogue
    from core.runs.recipes import named, recipes
    from ui.parts.compare_curves import series

    def ours() -> tuple[dict[str, float], str]:
        store = Store()
        begin = time.perf_counter()
        groups = named(recipes(Catalogue(store).entries(), single=True), single=True)
        curves = Window(store).curves([each.key for each in groups], ["train/loss"])
        read = time.perf_counter()
        places = {f"run {each.key}": each.key - 1 for each in groups}
        lines = series(groups, curves, "train/loss", "epochs", False, 0.0, 240, True, places)
        figure = json.dumps(banded(lines, "train/loss", "epochs"))
        done = time.perf_counter()
        store.close()
        return {"read_s": read - begin, "figure_s": done - read}, figure

    tries = [ours() for _ in range(3)]
    found = {name: min(each[0][name] for each in tries) for name in tries[0][0]}
    begin = time.perf_counter()
    plain = _plain()
    plain_server = time.perf_counter() - begin
    found["browser_s"], plain_browser = _browser(tries[0][1]), _browser(plain)
    total, other = sum(found.values()), plain_server + plain_browser
    way = "plotly.graph_objects with every point as a list, drawn whole"
    return {
        **found,
        "ours": total,
        "plain": other,
        "ratio": other / total,
        "limit": DRAW_LIMIT,
        "plain_way": way,
        "kb": len(tries[0][1]) / 1000,
        "plain_kb": len(plain) / 1000,
    }


def _plain() -> str:
    """Row by row out of the store into a figure, as a script does it."""
    import plotly.graph_objects as go

    store, figure = Store(), go.Figure()
    with store.read() as connection:
        for run in range(1, 101):
            rows = connection.execute(
                text("SELECT step, value FROM metrics WHERE run = :run ORDER BY step"), {"run": run}
            ).all()
            figure.add_trace(go.Scatter(x=[row.step for row in rows], y=[row.value for row in rows], mode="lines"))
    store.close()
    return str(figure.to_json())


def _browser(figure: str) -> float:
    """Seconds a real browser needs to draw this, from the message to the picture; the best of three."""
    from playwright.sync_api import sync_playwright

    from core.charts.figure import painted
    from ui.components.live_plot import PLOTLY_JS

    painted_text = json.dumps(painted(json.loads(figure)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.set_content("<div id='chart' style='width: 1200px; height: 380px'></div>")
        tab.add_script_tag(path=str(PLOTLY_JS))
        spent = [
            float(
                tab.evaluate(
                    """async text => {
                      const begin = performance.now(), figure = JSON.parse(text)
                      await Plotly.newPlot('chart', figure.data, figure.layout, { displayModeBar: false })
                      await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
                      return performance.now() - begin
                    }""",
                    painted_text,
                )
            )
            for _ in range(3)
        ]
        browser.close()
    return min(spent) / 1000


def page(count: int) -> dict[str, Any]:
    """The whole page: the first look of the first visitor, a rerun, a look of the next visitor, one new run."""
    chosen = f"runs={count - 29}-{count}"
    begin = time.perf_counter()
    store = Store()
    listed = store.runs()
    store.figures()
    assert len({run.config.key() for run in listed}) == count
    plain = time.perf_counter() - begin
    with served(os.environ["LAB_HOME"]) as (address, _):
        with Visitor(address) as visitor:
            visitor.rerun()  # Home: the server has started
        with Visitor(address, "compare", chosen) as visitor:
            first = visitor.rerun()
            again = [visitor.rerun().seconds for _ in range(9)]
            store.add(RunConfig(seed=99), status="paused")
            news = visitor.rerun().seconds
        with Visitor(address, "compare", chosen) as visitor:
            second = visitor.rerun().seconds
        shown = _views(f"{address}/compare?{chosen}")
    store.close()
    return {
        "runs": count,
        "ours": first.seconds,
        "rerun_s": statistics.median(again),
        "after_a_new_run_s": news,
        "next_visitor_s": second,
        **shown,
        "kb": first.bytes / 1000,
        "plain": plain + float(np.median(again)),
        "ratio": (plain + float(np.median(again))) / first.seconds,
        "limit": PAGE_LIMIT,
        "plain_way": "all runs and figures read and every config parsed, then the same page",
    }


def _views(address: str) -> dict[str, float]:
    """Seconds from the address to table, verdict and curves in a real browser: its very first page, and once more."""
    if not shutil.which("chromium"):
        return {}
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        spent = []
        for _ in range(3):
            begin = time.perf_counter()
            tab.goto(address)
            tab.locator("[data-testid=run-table] tbody tr").first.wait_for(timeout=60_000)
            tab.wait_for_function("document.querySelectorAll('.ink-charts[data-drawn]').length >= 2", timeout=60_000)
            spent.append(time.perf_counter() - begin)
        browser.close()
    return {"cold_browser_s": spent[0], "browser_s": min(spent[1:])}
