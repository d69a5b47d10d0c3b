"""Below a GAN's curves: its pictures, what the discriminator says, the nearest training pictures, learning on."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.charts.theme import styled
from core.latent.judging import nearest, verdicts
from core.latent.latent import Latent
from core.latent.sampler import Sampler, pixels
from core.runs.run import Run
from core.train.duel import Duel
from ui import services
from ui.navigation import PAGES
from ui.parts import pictures, recipe
from ui.parts.code import show_code

LATENT = next(each.path for each in PAGES if each.file == "latent.py")
SHOWN, JUDGED, COPIES = 48, 256, 12
CHANGED, SAID = "learn-changed", "learn-said"  # session_state: a recipe was written, and what to say of it
MOST = 3000  # training pictures to search for the nearest


def newest(run: Run) -> tuple[Sampler, int, float] | None:
    """The generator of the newest snapshot, with its step and epoch."""
    moments = services.store().snapshots(run.id)
    return (services.sampler_run(run.id, moments[-1].step), moments[-1].step, moments[-1].epoch) if moments else None


def made(run: Run) -> None:
    """The same 48 latents at the newest snapshot: they change while it learns."""
    found = newest(run)
    if found is None:
        st.caption("The first snapshot comes within seconds." if run.active else "No snapshot was taken.")
        return
    sampler, step, epoch = found
    shown = services.once(
        ("gan-made", run.id, step), lambda: [sampler.picture(latent(sampler, i)) for i in range(SHOWN)]
    )
    st.caption(f"Made at step {step:,} (epoch {epoch:.2f}), always from the same numbers, seeds 0 to {SHOWN - 1}.")
    captions = [sampler.classes[i % len(sampler.classes)] for i in range(SHOWN)] if sampler.classes else [""] * SHOWN
    pictures.strip([_channels(each) for each in shown], captions, label="Made pictures")
    st.page_link(LATENT, label="Move their numbers on the Latent page", icon=":material/tune:",
                 query_params={"model": f"run:{run.id}"})  # fmt: skip
    learn_on(run, step)


def latent(sampler: Sampler, seed: int) -> Latent:
    return Latent(seed, label=seed % len(sampler.classes)) if sampler.classes else Latent(seed)


def learn_on(run: Run, step: int) -> None:
    """R0's wish: go on with one of the two alone."""
    with st.popover("Learn on from here", icon=":material/fast_forward:", disabled=run.active):
        st.caption(
            "A new recipe that begins with both networks of this moment. Watch both scores *and* the distance: a frozen"
            " judge is soon fooled, and that need not mean better pictures."
        )
        for player, text in (
            ("generator", "Only the generator"),
            ("discriminator", "Only the discriminator"),
            ("both", "Both"),
        ):
            st.button(text, key=f"learn-{player}", on_click=_learn_on, args=(run, step, player, text), width="stretch")
    if st.session_state.pop(CHANGED, False):
        st.rerun()  # this is a fragment, and the recipe stands in the sidebar
    if said := st.session_state.pop(SAID, None):
        st.toast(said, icon=":material/fast_forward:")


def _learn_on(run: Run, step: int, player: str, text: str) -> None:
    values = dict(vars(run.config.replace(trunk=f"run:{run.id}@{step}", train_only=player)))
    recipe.write(run.preset or "gan-faces", values)
    st.session_state[CHANGED] = True
    st.session_state[SAID] = f"{text}, from here on: the recipe is in the sidebar. *Start* begins."


def judged(run: Run) -> None:
    """Both histograms, and what is made beside the training picture it is nearest to."""
    found = newest(run)
    if found is None:
        st.caption("Nothing to judge yet.")
        return
    sampler, step, _ = found
    data = services.dataset(run.config.dataset)
    said = services.once(
        ("gan-judged", run.id, step), lambda: verdicts(sampler, data.x_train[:JUDGED], data.y_train[:JUDGED])
    )
    figure = go.Figure()
    low, high = _ends(said.on_made, said.on_real)
    for name, answers, colour in (("made", said.on_made, "#d55e00"), ("real", said.on_real, "#0072b2")):
        bins = {"start": low, "end": high, "size": (high - low) / 40}  # the same for both, or their heights say nothing
        figure.add_histogram(x=answers.numpy(), name=name, marker_color=colour, opacity=0.65, xbins=bins)
    figure.add_vline(x=0, line_dash="dot", line_color="#8b8b8b")
    styled(figure, st.context.theme.type or "light")
    figure.update_layout(barmode="overlay", height=260, margin={"t": 10}, legend={"orientation": "h"})
    figure.update_xaxes(title="the discriminator's answer: above zero it says real")
    figure.update_yaxes(title="pictures")
    st.caption(
        f"The two scores at this moment: right on **{said.right_on_real:.0%}** of {JUDGED} real pictures, fooled by"
        f" **{said.fooled:.0%}** of as many made ones (each judged by itself)."
    )
    st.plotly_chart(figure, key="gan-histogram", config={"displayModeBar": False})
    made_ones, close = services.once(("gan-nearest", run.id, step), lambda: _nearest(sampler, data))
    st.caption("Made pictures, and below each the nearest training picture as the lab's eye sees it.")
    pictures.strip(made_ones, [""] * COPIES, label="Made pictures")
    pictures.strip(close, [""] * COPIES, label="The nearest training pictures")
    show_code(verdicts, nearest, Duel.advance)


def _ends(*answers: Any) -> tuple[float, float]:
    low, high = min(float(each.min()) for each in answers), max(float(each.max()) for each in answers)
    return low, max(high, low + 1e-3) + 1e-6


def _nearest(sampler: Sampler, data: object) -> tuple[list[np.ndarray], list[np.ndarray]]:
    import torch

    real = data.x_train[:MOST]  # type: ignore[attr-defined]
    x = torch.cat(
        [
            sampler.make(sampler.point(latent(sampler, i))[None], sampler.labels([latent(sampler, i).label]))
            for i in range(COPIES)
        ]
    )
    places, _ = nearest(x, real)
    return [_channels(each) for each in pixels(x)], list(real[places].numpy())


def _channels(picture: np.ndarray) -> np.ndarray:
    return np.moveaxis(np.atleast_3d(picture), -1, 0)
