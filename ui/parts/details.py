"""Below the curves: what happened, first answers, the training pictures, the log, the settings."""

import time

import streamlit as st

from core.config import KNOBS
from core.data.augment import augment, augments
from core.errors import LabError
from core.look.answers import answers
from core.runs.run import Run
from core.train.diagnose import sentences
from core.train.fit import fit
from ui import services
from ui.parts import gan_details, gan_slow, pictures
from ui.parts.code import show_code
from ui.parts.export import export
from ui.parts.recipe import said
from ui.parts.words import percent

GAN_VIEWS = ("Made pictures", "The judge", "One step", "Training pictures", "Log", "Settings", "Export")
VIEWS = ("Answers", "What happened", "Training pictures", "Log", "Settings", "Export")
LEVELS = {"info": ":gray[·]", "warning": ":orange[:material/warning:]", "error": ":red[:material/error:]"}
SHOWN = 24  # fills rows of 12, 8, 6 and 4


def details(run: Run) -> None:
    """One view at a time; while the run moves it is drawn again every two seconds."""
    gan = run.config.kind == "gan"
    views = GAN_VIEWS if gan else VIEWS
    chosen = st.segmented_control(
        "View",
        views,
        default=views[0],
        key="view-gan" if gan else "view",
        persist_state="session",
        label_visibility="collapsed",
        required=True,
    )
    draw = {
        "Answers": first_answers,
        "Made pictures": gan_details.made,
        "The judge": gan_details.judged,
        "One step": gan_slow.view,
        "What happened": what_happened,
        "Training pictures": lambda each: training_pictures(each.config),
        "Log": log,
        "Settings": settings,
        "Export": export,
    }[chosen or views[0]]

    def view() -> None:
        try:
            draw(services.store().run(run.id))
        except LabError as error:
            st.error(str(error))

    moving = run.active and chosen not in ("Training pictures", "Settings", "Export", "One step")
    st.fragment(view, run_every=2.0 if moving else None)()
    if chosen == "Answers":
        show_code(answers)
    elif chosen == "What happened":
        show_code(sentences, fit)
    elif chosen == "Training pictures":
        show_code(augment)


def what_happened(run: Run) -> None:
    """Sentences computed from the curves."""
    curves = services.window().curves([run.id]).get(run.id, {})
    lines = {name: (curve.steps, curve.values) for name, curve in curves.items()}
    found = sentences(lines, run.config, services.frame(run.config.dataset)[1])
    for text in found:
        st.markdown(f":material/lightbulb: {text}")
    if not found:
        st.caption("Nothing remarkable so far: the curves look as they should." if lines else "No points yet.")


def first_answers(run: Run) -> None:
    """The network of the newest snapshot on test pictures."""
    found = services.first_answers(run.id, run.snapshots, SHOWN)
    if found is None:
        st.caption(
            "The first snapshot of the network has not been taken yet." if run.active else "No snapshot was taken."
        )
        return
    right = sum(mark == "right" for mark in found.marks)
    st.caption(
        f"What the network of step {found.step:,} (epoch {found.epoch:.2f}) says about the first {len(found.marks)} "
        f"test pictures: {right} right. A wrong answer is framed, with what it is behind it."
    )
    pictures.strip(found.images, found.captions, found.marks, label="Test pictures with the network's answers")


def training_pictures(config: object) -> None:
    """What the network eats: the first training pictures as they are, and after augmentation."""
    plain, changed, labels = services.training_pictures(config, SHOWN)
    if augments(config):  # type: ignore[arg-type]
        st.caption("After augmentation: every epoch each picture is changed anew.")
        pictures.strip(changed, labels, label="Training pictures after augmentation")
        st.caption("As they are in the dataset:")
    else:
        st.caption("The first training pictures. No augmentation is switched on: every epoch shows exactly these.")
    pictures.strip(plain, labels, label="Training pictures")


def log(run: Run) -> None:
    """Everything that was said about the run, newest first."""
    events = services.store().events(run.id, limit=200)
    if not events:
        st.caption("Nothing has been said about this run yet.")
        return
    with st.container(height=300, border=True):
        for event in reversed(events):
            clock = time.strftime("%H:%M:%S", time.localtime(event.time))
            st.markdown(f"{LEVELS.get(event.level, '')} `{clock}` step {event.step:,}: {event.text}")


def settings(run: Run) -> None:
    """The run's knobs that differ from the defaults, then its figures."""
    left, right = st.columns(2)
    rows = [{"Knob": KNOBS[name].label, "Value": said(value)} for name, value in run.config.changed().items()]
    left.caption("Knobs that are not at their default")
    left.dataframe(rows or [{"Knob": "all", "Value": "at their defaults"}], hide_index=True)
    figures = [
        {"Figure": name, "Value": percent(value) if "accuracy" in name else f"{value:.4g}"}
        for name, value in sorted(run.result.items())
    ]
    right.caption("Final figures")
    right.dataframe(figures or [{"Figure": "none yet", "Value": ""}], hide_index=True)
    if run.weights_sha256:
        right.caption(f"Weights `{run.weights_sha256[:16]}…`")
