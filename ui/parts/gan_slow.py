"""One step of the discriminator and one of the generator in slow motion, on real pictures."""

import numpy as np
import streamlit as st

from core.latent.sampler import pixels
from core.runs.run import Run
from core.runs.samplers import pair_weights
from core.train.slow import Slow, slow
from ui import services
from ui.parts import pictures
from ui.parts.code import show_code

STAGES = ("1 · The judge is asked", "2 · The discriminator's step", "3 · The generator's step")


def view(run: Run) -> None:
    """Three stages; the same pictures each time, with the judge's answer below."""
    moments = services.store().snapshots(run.id)
    if not moments:
        st.caption("The first snapshot comes within seconds." if run.active else "No snapshot was taken.")
        return
    moment = moments[-1]
    with st.container(horizontal=True, vertical_alignment="center"):
        stage = st.segmented_control("Stage", STAGES, default=STAGES[0], required=True, key="gan-stage",
                                     label_visibility="collapsed")  # fmt: skip
        if st.button("Other pictures", icon=":material/casino:"):
            st.session_state["gan-slow-seed"] = st.session_state.get("gan-slow-seed", 0) + 1
    seed = st.session_state.get("gan-slow-seed", 0)
    seen = services.once(
        ("gan-slow", run.id, moment.step, seed),
        lambda: slow(
            run.config,
            services.dataset(run.config.dataset),
            pair_weights(services.store(), f"run:{run.id}@{moment.step}"),
            seed=seed,
        ),
    )
    draw(seen, STAGES.index(stage or STAGES[0]))
    show_code(slow)


def draw(seen: Slow, stage: int) -> None:
    """What happens at one stage, in words and pictures."""
    answers = (seen.before, seen.after_d, seen.after_g)
    now, then = answers[stage], answers[max(stage - 1, 0)]
    real, made = (float(each.mean()) for each in now)
    was_real, was_made = (float(each.mean()) for each in then)
    st.markdown(
        (
            f"Eight real and eight made pictures. The discriminator answers **{real:+.2f}** on average to the real ones"
            f" and **{made:+.2f}** to the made ones; above zero it says *real*.",
            "Its error goes back through its layers, and each of its weights moves a little: the answers to the real"
            f" pictures go from {was_real:+.2f} to **{real:+.2f}**, those to the made ones from {was_made:+.2f} to"
            f" **{made:+.2f}**. The pictures stay as they are.",
            "Now the error goes back through the discriminator, which stays as it is, *into the generator*: it learns"
            f" which pixels would have fooled it. The same numbers make other pictures, and the answers to them go from"
            f" {was_made:+.2f} to **{made:+.2f}**.",
        )[stage]
    )
    strip(seen.real, [f"{value:+.2f}" for value in now[0].tolist()], "Real pictures")
    strip(seen.remade if stage == 2 else seen.made, [f"{value:+.2f}" for value in now[1].tolist()], "Made pictures")
    if stage == 2:
        st.caption("What the step changed, ten times as strong: grey is no change.")
        strip((seen.remade - seen.made) * 10, [""] * len(seen.made), "The change")


def strip(x: object, captions: list[str], label: str) -> None:
    st.caption(label)
    pictures.strip([np.moveaxis(np.atleast_3d(each), -1, 0) for each in pixels(x)], captions, label=label)  # type: ignore[arg-type]
