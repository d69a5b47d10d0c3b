"""What mattered: four methods side by side, for any class, with what each can and cannot say."""

import streamlit as st

from core.errors import LabError
from core.look.attribution import METHODS, attribute
from ui import services
from ui.components.map_wall import map_wall, numbers, shining
from ui.parts.code import show_code
from ui.parts.inside_picture import Picture
from ui.parts.inside_subject import Subject
from ui.parts.signs import both

MOST = 3  # classes at once


@st.fragment
def mattered(subject: Subject, picture: Picture) -> None:
    """A row of four maps for each chosen class."""
    opened = subject.opened
    found = opened.probabilities(picture.pixels)[0]
    best = opened.classes[int(found.argmax())]
    chosen = st.multiselect(
        "For which answer", opened.classes, [best], format_func=both, max_selections=MOST, width=420,
        key=f"inside-target-{subject.whole_key}-{best}",
    )  # fmt: skip
    for name in chosen or [best]:
        index = opened.index(name)
        st.subheader(f"{both(name)}, {float(found[index]):.1%}")
        columns = st.columns(len(METHODS))
        for column, (method, about) in zip(columns, METHODS.items(), strict=True):
            with column:
                st.markdown(f"**{about.title}**")
                try:
                    values = services.once(
                        ("mattered", subject.key, picture.key, index, method),
                        lambda index=index, method=method: attribute(opened, picture.pixels, index, method),
                    )
                except LabError as error:
                    st.info(str(error))
                    continue
                unit = (
                    "orange speaks for it, blue against it"
                    if about.signed
                    else "the stronger the colour, the more it mattered"
                )
                map_wall(
                    [
                        numbers("map", "", values[None], tile=240, panel=about.title, note=unit,
                                under=shining(picture.pixels))
                    ],
                    key=f"inside-mattered-{name}-{method}",
                    pick="nothing",
                )  # fmt: skip
                st.caption(f"**Says:** {about.says} **Cannot say:** {about.cannot}")
    show_code(attribute)
