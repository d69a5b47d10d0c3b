"""Directions: found by three methods or made by hand, with what else moves along them; kept ones become sliders."""

import json
from typing import Any

import streamlit as st

from core.errors import LabError
from core.latent.directions import apart, effects, pca, regression, sefa
from core.latent.latent import FAR, Latent
from core.latent.picked import by_eye, by_numbers
from core.latent.sampler import Directions
from ui import services
from ui.parts import latent_picked
from ui.parts.code import show_code
from ui.parts.latent_place import extended, here, linked, own
from ui.parts.latent_subject import Subject
from ui.parts.pictures import strip
from ui.parts.tiles import channels

METHODS = {
    "attributes": ("Measured attributes", "A straight line from the numbers to what is measured in the picture."),
    "cleared": ("Attributes, cleared", "The same, with what each shares with the others taken out."),
    "sefa": ("SeFa", "What the generator's first layer stretches most (closed form, no pictures needed)."),
    "pca": ("PCA", "GANSpace: the widest axes of the first layer's answers to many random numbers."),
    "picked": ("Picked pictures", "Pick some pictures with something, and some without it: the way between is yours."),
}
PLACES = (-4.0, -2.0, 0.0, 2.0, 4.0)


def found(subject: Subject, method: str) -> Directions:
    """The directions of a method, computed once for everybody."""
    sampler = subject.sampler
    make = {
        "attributes": lambda: sampler.directions or regression(sampler)[0],
        "cleared": lambda: apart(found(subject, "attributes")),
        "sefa": lambda: sefa(sampler),
        "pca": lambda: pca(sampler),
    }[method]
    vectors: Directions = services.once(("directions", method, subject.key), make)
    return vectors


def view(subject: Subject) -> None:
    """Choose a method, look at its directions, keep one as a slider under a name."""
    st.subheader("Directions: many numbers moved together")
    left, right = st.columns([5, 6], gap="large")
    with left:
        method = st.segmented_control(
            "Method", list(METHODS), default="attributes", required=True, key="latent-method",
            format_func=lambda each: METHODS[each][0],
        )  # fmt: skip
        st.caption(METHODS[method][1])
        if method == "picked":
            latent_picked.sheet(subject)
        else:
            vectors, key = found(subject, method), (method, subject.key)
            along(subject, method, vectors)
    with right:
        if method == "picked":
            vectors, key = latent_picked.direction(subject)
            if vectors:
                along(subject, method, vectors)
        if vectors:
            entangled(subject, key, vectors)
    mine(subject)
    show_code(sefa, pca, regression, by_eye, by_numbers, effects)


def along(subject: Subject, method: str, vectors: Directions) -> None:
    """The picture on the page moved along one of the directions; keep it under a name."""
    name = st.selectbox("Direction", list(vectors), key=f"latent-direction-{method}") if len(vectors) > 1 else None
    name = name or next(iter(vectors))
    latent, sampler = here(subject), extended(subject)
    z = sampler.point(latent)
    pictures = []
    for place in PLACES:
        spot = Latent(0, tuple(enumerate((z + place * vectors[name]).clamp(-FAR, FAR).tolist())), label=latent.label)
        pictures.append(channels(sampler.picture(spot)))
    strip(pictures, [f"{place:+g}" if place else "0" for place in PLACES], side=96, label=f"Along {name}")
    with (
        st.form("latent-keep-form", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        title = st.text_input("Keep it as a slider named", value="", placeholder=name, max_chars=30)
        if st.form_submit_button("Keep"):
            _keep(subject, title.strip() or unused(name, own(subject)), vectors[name])


def unused(name: str, taken: Directions) -> str:
    """The name, or the name with the next number where somebody keeps one after the other without naming them."""
    numbered = [name, *(f"{name} {i}" for i in range(2, len(taken) + 3))]
    return next(each for each in numbered if each not in taken)


def entangled(subject: Subject, key: tuple[Any, ...], vectors: Directions) -> None:
    """What moves along each direction: a table of colours."""
    seen = services.once(("effects", *key), lambda: effects(subject.sampler, vectors))
    peak = max(float(seen.moved.abs().max()), 1e-6)
    head = "".join(f"<th scope=col><span>{name}</span></th>" for name in seen.attributes)
    rows = "".join(
        f"<tr><th scope=row>{name}</th>"
        + "".join(f'<td style="{tint(value / peak)}">{value:+.2f}</td>' for value in row)
        + f"<td class=pure>{share:.0%}</td></tr>"
        for name, row, share in zip(seen.names, seen.moved.tolist(), seen.entangled.tolist(), strict=True)
    )
    st.html(
        '<div class="ink-entangled" tabindex="0" role="region" aria-label="What moves along each direction"><table>'
        f"<thead><tr><th></th>{head}<th scope=col><span>entangled</span></th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )
    st.caption(
        "How far each attribute moves per unit of a direction, in its standard deviations. *Entangled*: the share of"
        " all that moves which is not the strongest attribute. Few directions are pure."
    )


def tint(value: float) -> str:
    """Orange for more, blue for less."""
    colour = "213,94,0" if value > 0 else "0,114,178"
    return f"background:rgba({colour},{min(abs(value), 1) * 0.6:.2f})"


def _keep(subject: Subject, name: str, vector: object) -> None:
    if name in subject.sampler.directions:
        st.error(f"The generator has a slider named {name!r} already; give yours another name.")
        return
    if name in own(subject):
        st.error(f"You keep a direction named {name!r} already; forget it first, or give this one another name.")
        return
    own(subject)[name] = vector  # type: ignore[assignment]
    linked(subject)
    st.rerun()


def mine(subject: Subject) -> None:
    """The visitor's own: forget, export, import."""
    kept = own(subject)
    with st.expander(f"Your directions ({len(kept)})", icon=":material/bookmark:"):
        if kept:
            with st.container(horizontal=True):
                for name in list(kept):
                    st.button(f"Forget {name}", key=f"latent-forget-{name}", on_click=_forget, args=(subject, name))
            text = json.dumps({name: [round(value, 4) for value in v.tolist()] for name, v in kept.items()})
            st.download_button("Export", text, "directions.json", "application/json")
        else:
            st.caption("Keep one above, and it becomes a slider of the panel.")
        given = st.file_uploader("Import directions", type=["json"], key="latent-import")
        if given and st.session_state.get("latent-imported") != given.file_id:
            st.session_state["latent-imported"] = given.file_id
            try:
                for name, vector in read(given.getvalue(), subject.sampler.size).items():
                    kept[unused(name, {**subject.sampler.directions, **kept})] = vector
            except LabError as error:
                st.error(str(error))
            else:
                st.rerun()


def read(data: bytes, size: int) -> Directions:
    """Directions from a file: a JSON object of lists."""
    import torch

    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        raise LabError("The directions are no readable JSON; allowed: a file that the lab exported.") from None
    if not isinstance(values, dict):
        raise LabError("The directions are no JSON object; allowed: a name and a list of numbers each.")
    read: Directions = {}
    for name, numbers in values.items():
        if not isinstance(numbers, list):
            raise LabError(f"The direction {str(name)[:30]!r} is no list of numbers.")
        Latent.of(numbers, size)  # its LabError says which number is wrong
        vector = torch.tensor(numbers, dtype=torch.float32)
        if not float(vector.norm()):
            raise LabError(f"The direction {str(name)[:30]!r} is all zeros: it leads nowhere.")
        read[str(name)[:30]] = vector
    return read


def _forget(subject: Subject, name: str) -> None:
    from ui.parts.latent_place import go

    latent = here(subject).baked(subject.sampler.size, extended(subject).directions)
    uses = any(each == name for each, _ in here(subject).moves)
    own(subject).pop(name, None)
    if uses:
        go(subject, latent)
