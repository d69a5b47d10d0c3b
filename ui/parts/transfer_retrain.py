"""Retrain: choose a trunk, a task and a rung of the freeze ladder; start, watch, and see which weights moved."""

from html import escape
from typing import Any

import streamlit as st

from core.charts.transfer import moved as chart
from core.config import PRESETS, RunConfig
from core.data.ink import Steps
from core.errors import LabError
from core.nets.head import freeze
from core.nets.transfer import free
from core.runs import trunks
from core.runs.moving import moved_at
from ui import quick, services, state
from ui.parts import canvas, links, models, reading
from ui.parts.actions import header, trouble
from ui.parts.board import board, live
from ui.parts.code import show_code
from ui.parts.controls import STATES

LADDER = {
    "last": "Last layer",
    "last-2": "Last two",
    "block": "Last block",
    "all": "All layers",
    "scratch": "From scratch",
}
SAID = {
    "last": "Only the new head learns. The trunk runs once over every picture; after that an epoch takes a moment.",
    "last-2": "The new head and the layer below it learn.",
    "block": "The last block of convolutions and everything behind it learns.",
    "all": "Everything learns, the trunk more slowly than the new head.",
    "scratch": "The same layers with random weights: what the trunk's weights are worth.",
}
RECIPES = {"r1-greek": "R1: Greek letters", "r1-animals": "R1: ten animals", "r2-resnet50": "R2: CIFAR-10"}
OWN = "own"
START = RunConfig(epochs=5, batch_size=64, lr=3e-3, snapshots=10)
CHANGES: dict[str, Any] = {"rotate": 12.0, "zoom": 0.12, "shear": 12.0, "shift": 0.05}
CHOSEN = ("trunk", "dataset", "retrain", "head", "epochs", "lr", "copies", "unfreeze_at")


def retrain() -> None:
    """The whole view."""
    services.lab().warm()
    st.session_state.setdefault("tr-recipe", "r1-greek")
    st.session_state.setdefault("tr-values", _values("r1-greek"))
    config = controls()
    if config is not None:
        plan = _plan(config)
        if plan is not None:
            counter(plan, config)
            tables(plan)
            show_code(free, freeze)
    trouble()
    services.lab().tend()
    runs, best = services.lab().runs()
    mine = [run for run in runs if run.config.trunk]
    linked = state.opened()
    run = next((each for each in mine if each.id == linked), mine[0] if mine else None)
    if run is None:
        return
    st.divider()
    header(run)
    board(run, runs, best)
    if run.snapshots > 1:
        what_moved(run)
    if run.status in ("finished", "stopped"):
        try_it(run)


def _values(recipe: str) -> dict[str, Any]:
    config = PRESETS[recipe].config
    return {name: getattr(config, name) for name in CHOSEN}


def _take() -> None:
    recipe = st.session_state["tr-recipe"]
    if recipe in RECIPES:
        st.session_state["tr-values"] = _values(recipe)
        for name in CHOSEN:
            st.session_state.pop(f"tr-{name}", None)


def _turned() -> None:
    for name in CHOSEN:
        if f"tr-{name}" in st.session_state:
            st.session_state["tr-values"][name] = st.session_state[f"tr-{name}"]
    st.session_state["tr-recipe"] = OWN


def controls() -> RunConfig | None:
    """Trunk, task, rung and the few knobs that matter; a RunConfig, or None with a sentence on the page."""
    values = st.session_state["tr-values"]
    st.segmented_control(
        "Recipe", [*RECIPES, OWN], format_func={**RECIPES, OWN: "Your own"}.get, key="tr-recipe", on_change=_take,
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    choices, sets = trunks.choices(services.lab().runs()[0]), services.datasets()
    left, right = st.columns(2, gap="large")
    with left:
        _select("Trunk", "trunk", list(choices), lambda name: choices.get(name, name))
        if about := _about(values["trunk"]):
            st.caption(about)
    with right:
        _select("New task", "dataset", list(sets), str)
        known = sets.get(values["dataset"])
        st.caption(f"{STATES[known[0]]} {known[1]}" if known else f"{STATES['absent']} Put it into the data folder.")
    _default("retrain")
    st.segmented_control(
        "What learns", list(LADDER), format_func=LADDER.get, key="tr-retrain", on_change=_turned, required=True
    )
    st.caption(SAID[values["retrain"]])
    with st.expander("Head, epochs, rate", icon=":material/tune:"), st.container(horizontal=True):
        _number("Epochs", "epochs", 1, 200, 1)
        _number("Rate", "lr", 1e-6, 1.0, 0.001)
        _number("Changed copies", "copies", 0, 200, 5)
        _number("Unfreeze a rung every … epochs", "unfreeze_at", 0, 100, 1)
        heads = {"linear": "one linear layer", "gap-256": "mean, 256 units, dropout"}
        _select("Head", "head", list(heads), heads.get)
    recipe = st.session_state["tr-recipe"]
    base = PRESETS[recipe].config if recipe in RECIPES else START
    try:
        config = base.replace(**values)
        return config.replace(**CHANGES) if config.copies and recipe == OWN else config
    except LabError as error:
        st.error(str(error), icon=":material/error:")
        return None


def _about(trunk: str) -> str:
    """What the trunk has learned, from its card."""
    try:
        found = trunks.found(trunk)
    except LabError as error:
        return str(error)
    if found.card is None:
        return "Weights of ImageNet's 1.2 million photos: from the lab's home, or downloaded when the run begins."
    return found.card.about or f"Learned {found.card.dataset}."


def _default(name: str) -> None:
    st.session_state.setdefault(f"tr-{name}", st.session_state["tr-values"][name])


def _select(label: str, name: str, options: list[str], show: Any) -> None:
    value = st.session_state["tr-values"][name]
    _default(name)
    st.selectbox(label, options if value in options else [value, *options], format_func=show, key=f"tr-{name}",
                 on_change=_turned)  # fmt: skip


def _number(label: str, name: str, low: float, high: float, step: float) -> None:
    _default(name)
    shape = "%g" if isinstance(step, float) else "%d"
    st.number_input(label, low, high, step=step, format=shape, key=f"tr-{name}", on_change=_turned)


def _plan(config: RunConfig) -> Any:
    """The layers before and after; the sentence where trunk and pictures do not fit."""
    try:
        if services.datasets().get(config.dataset, ("absent",))[0] == "downloadable":
            st.caption("The pictures are downloaded when the run begins.")
        shape, classes = services.frame(config.dataset)
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
        st.button("Start", icon=":material/play_arrow:", type="primary", on_click=_start, args=(config,))


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
    try:
        preset = recipe if recipe in RECIPES else None
        name = None if preset else f"{config.trunk} → {config.dataset}"[:110]
        run = services.store().add(config, name, state.visitor(), preset, tags=["transfer"])
        services.lab().tend(now=True)
    except LabError as error:
        st.session_state["said"] = str(error)
    else:
        state.open_run(run)
        live()


def what_moved(run: Any) -> None:
    """How far every layer's weights have come since the first step."""
    st.subheader("What has moved", anchor=False)
    try:
        layers = services.once(("moved", run.id, run.snapshots, run.step), lambda: moved_at(services.store(), run.id))
    except LabError as error:
        st.warning(str(error))
        return
    rows = [(part.word, share, not part.trainable and not share) for part, share in layers]
    st.plotly_chart(chart(rows, st.context.theme.type), width="stretch", key=f"moved-{run.id}")
    st.caption("From the first snapshot to the newest one. A frozen layer has not moved at all.")


def try_it(run: Any) -> None:
    """The result on the spot: the ink pad where the network reads drawings, a link where it reads photos."""
    st.subheader("Try it", anchor=False)
    model = models.of_run(run)
    if model is None:
        return
    links.inside(run.id)
    if model.predictor.card.shape == (1, 28, 28):
        _pad(model)


@st.fragment
def _pad(model: Any) -> None:
    asks, reader = quick.offer(model.predictor, Steps(), "classes")
    now = canvas.pad_now(reader)
    with st.container(key="draw-desk"):
        left, right = st.columns(2, gap="large")
    with right:
        reading.show(now.prediction, now.n, "classes", model.predictor.rejects, asks)
    with left:
        named = f"{', '.join(model.classes[:4])}{' …' * (len(model.classes) > 4)}"
        canvas.show_pad(f"Draw {named}", "It is read while you draw.", asks)
