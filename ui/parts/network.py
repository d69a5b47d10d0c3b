"""The network line in the sidebar: a named net or one's own text, with the shapes it makes of a picture."""

import streamlit as st

from core.config import RunConfig
from core.errors import LabError
from core.nets.grammar import parse
from core.nets.named import NETS
from core.nets.rewrite import rewrite
from core.nets.shapes import Place, walk
from ui import services
from ui.parts import recipe
from ui.parts.recipe import key

OWN = "own line of text"


def network(config: RunConfig, full: bool) -> str | None:
    """Draws the choice, the line and its shapes; returns the sentence if the line makes no network."""
    values = recipe.current()["values"]
    named = values["net"] if values["net"] in NETS else OWN
    st.session_state[key("net")] = named
    about = (
        NETS[named].about if named in NETS else "Words between bars, each one layer. Change a number and look below."
    )
    st.selectbox("Network", [*NETS, OWN], key=key("net"), on_change=_chosen, help=about)
    if full or named == OWN:
        st.session_state.setdefault(key("line"), NETS[named].line if named in NETS else values["net"])
        st.text_area("Network line", key=key("line"), on_change=_written, height=118, help="Ctrl+Enter takes it over.")
    try:
        places = shapes(config)
    except LabError as error:
        st.error(str(error))
        return str(error)
    total = sum(place.parameters for place in places)
    with st.expander(f"{total:,} parameters, {len(places)} layers"):
        st.html(table(places))
    return None


def _chosen() -> None:
    name = recipe.chosen("net")
    if name is None:
        return
    values = recipe.current()["values"]
    line = NETS[values["net"]].line if values["net"] in NETS else values["net"]
    recipe.turn("net", name if name in NETS else line)
    values["filters"] = None  # they were counted for the other network
    st.session_state.pop(key("filters"), None)


def _written() -> None:
    text = recipe.chosen("line")
    if text is None:
        return
    text = str(text).strip()
    same = [name for name, named in NETS.items() if named.line == text]
    recipe.current()["values"]["net"] = same[0] if same else text


def shapes(config: RunConfig) -> tuple[Place, ...]:
    """What each layer makes of one picture of the config's dataset, knobs applied."""
    shape, classes = services.frame(config.dataset)
    return walk(parse(rewrite(config.net, config)), shape, classes)


def table(places: tuple[Place, ...]) -> str:
    """The layers as a small table: word, what comes out, parameters."""
    rows = "".join(
        f"<tr><td>{place.number}</td><td><code>{place.layer.text}</code></td>"
        f"<td>{'×'.join(map(str, place.after))}</td><td>{f'{place.parameters:,}' if place.parameters else ''}</td></tr>"
        for place in places
    )
    head = "<tr><th></th><th>layer</th><th>gives</th><th>parameters</th></tr>"
    return f'<table class="ink-shapes"><thead>{head}</thead><tbody>{rows}</tbody></table>'
