"""The atlas: which index does what, how much, and how far it can go; one row each, sortable."""

import numpy as np
import pandas as pd
import streamlit as st

from core.latent.atlas import DOUBT, FAR, STRAIN, Atlas, atlas, kept
from core.latent.latent import Latent
from ui import services
from ui.parts.code import show_code
from ui.parts.latent_place import extended, go, here
from ui.parts.latent_subject import Subject
from ui.parts.pictures import strip
from ui.parts.tiles import address, channels

PLACES = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)


def stored(subject: Subject) -> Atlas | None:
    """The atlas that somebody had computed, or that came with the generator."""
    found: Atlas | None = services.known(("atlas", subject.key)) or kept(subject.sampler.extras)
    return found


def view(subject: Subject) -> None:
    """The table, and the chosen index from -3 to +3."""
    st.subheader("Which number does what?")
    found = stored(subject)
    if found is None:
        st.write("Each of the numbers is moved by itself, and what changes in the picture is measured.")
    elif not found.ranged:
        st.write("How far each number can go was not measured for this generator.")
    if (found is None or not found.ranged) and st.button("Make the atlas", help="Some 20 seconds, once"):
        bar = st.progress(0.0, "Moving each index…")
        services.learn(("atlas", subject.key), lambda: atlas(subject.sampler, bar.progress))
        st.rerun()  # the panel's search knows it, too
    if found is None:
        return
    st.caption(
        "One row per index. **Where**: bright is where the picture changes (mean |dG/dz|). **Size**: mean change of a"
        " pixel per unit, in 255ths. **Plausible**: how far it can go until pictures convince the discriminator less,"
        f" or are stranger to the lab's eye, by {DOUBT:g} standard deviations of ordinary ones (tried to ±{FAR[-1]:g})."
        f" **Strain**: what ±{STRAIN:g} costs on that scale. The rest: what moves, in standard deviations of ordinary"
        " pictures per unit. Click a head to sort, a box to see its row."
    )
    chosen = table(subject, found)
    _strip(subject, found, chosen)
    show_code(atlas)


def table(subject: Subject, found: Atlas) -> int:
    """The rows; the index of the chosen one, else of the one with the largest effect."""
    rows = services.once(("atlas-rows", subject.key, found.ranged), lambda: frame(found))
    moved = {
        name: st.column_config.NumberColumn(name, format="%+.2f", help="Standard deviations per unit")
        for name in found.attributes
    }
    picked = st.dataframe(
        rows,
        hide_index=True,
        height=430,
        row_height=46,
        on_select="rerun",
        selection_mode="single-row",
        key="latent-atlas",
        column_config={
            "index": st.column_config.NumberColumn("index", width=60),
            "where": st.column_config.ImageColumn("where", width=60),
            "size": st.column_config.NumberColumn("size", format="%.2f", width=70),
            "from": st.column_config.NumberColumn("plausible from", format="%.1f"),
            "to": st.column_config.NumberColumn("to", format="%.1f", width=60),
            "strain": st.column_config.NumberColumn("strain", format="%+.2f", width=70),
            **moved,
        },
    )
    chosen = picked["selection"]["rows"]
    return int(rows["index"].iloc[chosen[0]]) if chosen else int(found.size.argmax())


def frame(found: Atlas) -> pd.DataFrame:
    """The atlas as a table, the largest effect first."""
    columns = {
        "index": np.arange(len(found.size)),
        "where": [address(heat(each.numpy())) for each in found.pictures],
        "size": found.size.numpy(),
        "moves most": [found.strongest(i)[0][0] for i in range(len(found.size))],
        "from": found.low.numpy(),
        "to": found.high.numpy(),
        "strain": found.strain.numpy(),
    }
    if not found.ranged:
        columns = {name: column for name, column in columns.items() if name not in ("from", "to", "strain")}
    columns |= {name: found.moved[:, i].numpy() for i, name in enumerate(found.attributes)}
    return pd.DataFrame(columns).sort_values("size", ascending=False, ignore_index=True)


def heat(grey: np.ndarray) -> np.ndarray:
    """Dark where nothing changes, orange and white where much does."""
    x = grey[..., None].astype(np.float32) / max(int(grey.max()), 1)
    stops = np.array([[16, 22, 31], [166, 54, 3], [255, 146, 72], [255, 244, 225]], np.float32)
    place = x * 3
    low = np.minimum(place.astype(int), 2)[..., 0]
    share = place - low[..., None]
    return (stops[low] * (1 - share) + stops[low + 1] * share).round().astype(np.uint8)


def _strip(subject: Subject, found: Atlas, index: int) -> None:
    latent = here(subject)
    st.markdown(f"**Index {index} from -3 to +3**, everything else as in the picture above")
    sampler = extended(subject)
    pictures = [channels(sampler.picture(latent.edit(index, place))) for place in PLACES]
    strip(
        pictures, [f"{place:+g}" if place else "0" for place in PLACES], side=96, label=f"Index {index} from -3 to +3"
    )
    words = ", ".join(f"{name} {value:+.2f}" for name, value in found.strongest(index)[:3])
    low, high = float(found.low[index]), float(found.high[index])
    reach = f" Pictures stay as plausible from {low:.1f} to {high:.1f}." if found.ranged else ""
    st.write(f"Most of all it moves {words}.{reach}")
    with st.container(horizontal=True):
        for place in (-3.0, 0.0, 3.0):
            st.button(
                f"Set it to {place:+g}" if place else "Set it to 0",
                key=f"latent-set-{place}",
                on_click=_set,
                args=(subject, latent, index, place),
            )


def _set(subject: Subject, latent: Latent, index: int, place: float) -> None:
    go(subject, latent.edit(index, place))
