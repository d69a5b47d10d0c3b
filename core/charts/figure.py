"""Figures as plain values: plotly's JSON with the theme's colours by name, so that one figure serves light and dark.

`@0`..`@7` are the run colours, `@ink`, `@faint`, `@paper`, `@accent` those of the page, `@s0`..`@s1` a scale from poor
to good; `@3/0.2` is one fifth opaque. `painted` puts the colours in; chart_grid.js does the same in the browser.
"""

import base64
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.charts.theme import DASHES, PAPER, theme

Figure = dict[str, Any]  # {"data": [...], "layout": {...}} as plotly.js takes it

SCALES = {  # from poor to good: light to dark on paper, dark to light on a dark page; lightness alone tells the order
    "light": ("#e0b46c", "#5b9a83", "#0e5f6b", "#152238"),
    "dark": ("#4a4f6e", "#3f8f96", "#8fcf8c", "#fbf0b0"),
}
_TOKEN = re.compile(r"@([0-7]|ink|faint|paper|accent|s[\d.]+)(?:/([\d.]+))?")


def palette(place: int) -> str:
    """The colour of the n-th thing on a chart, as a name."""
    return f"@{place % len(PAPER)}"


def dashing(place: int) -> str:
    """How its line is broken: the ninth looks like the first, dashed."""
    return DASHES[place // len(PAPER) % len(DASHES)]


def floats(values: Any) -> dict[str, str]:
    """Numbers as plotly.js reads them fastest: base64 of float32."""
    array = np.ascontiguousarray(values, dtype="<f4")
    return {"dtype": "f4", "bdata": base64.b64encode(array.tobytes()).decode()}


def escaped(text: str) -> str:
    """Text that plotly takes as it is: no tags, no templates."""
    return re.sub(r"[&<>%{}@]", lambda letter: f"&#{ord(letter[0])};", text)


def figure(traces: Sequence[dict[str, Any]], height: int, **layout: Any) -> Figure:
    """Traces in the lab's look. Axes given as `xaxis`, `yaxis` add to it."""
    axes = {name: {**_axis(), **layout.pop(name)} for name in list(layout) if re.fullmatch(r"[xy]axis\d*", name)}
    axes = {"xaxis": _axis(), "yaxis": _axis()} | axes
    look = {
        "height": height,
        "margin": {"l": 52, "r": 12, "t": 10, "b": 40},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": "@ink", "size": 12},
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "@paper", "bordercolor": "@faint", "font": {"color": "@ink", "size": 12}},
    }
    return {"data": list(traces), "layout": {**look, **axes, **layout}}


def _axis() -> dict[str, Any]:
    tiny = {"size": 11}
    return {
        "color": "@ink",
        "gridcolor": "@faint",
        "linecolor": "@faint",
        "zeroline": False,
        "automargin": True,
        "tickfont": tiny,
        "title": {"font": tiny, "standoff": 8},
    }


def titled(text: str, **more: Any) -> dict[str, Any]:
    """An axis with its name."""
    return {"title": {"text": escaped(text), "font": {"size": 11}, "standoff": 8}, **more}


def painted(value: Any, name: str | None = "light") -> Any:
    """The same with real colours."""
    if isinstance(value, dict):
        return {key: painted(each, name) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [painted(each, name) for each in value]
    if isinstance(value, str) and (found := _TOKEN.fullmatch(value)):
        return _colour(found[1], found[2], name)
    return value


def _colour(token: str, opacity: str | None, name: str | None) -> str:
    look = theme(name)
    if token.isdigit():
        chosen = look.palette[int(token)]
    elif token.startswith("s"):
        chosen = _between(SCALES[look.name], float(token[1:]))
    else:
        chosen = str(getattr(look, token))
    if opacity is None:
        return chosen
    return f"rgba({','.join(str(int(chosen[at : at + 2], 16)) for at in (1, 3, 5))},{opacity})"


def _between(stops: Sequence[str], share: float) -> str:
    """The colour at a place of the scale."""
    at = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    first = min(int(at), len(stops) - 2)
    low, high = ([int(stops[place][at : at + 2], 16) for at in (1, 3, 5)] for place in (first, first + 1))
    return "#" + "".join(f"{round(a + (b - a) * (at - first)):02x}" for a, b in zip(low, high, strict=True))


def scale() -> list[list[Any]]:
    """plotly's colour scale from poor to good."""
    return [[place / 6, f"@s{place / 6:.3f}"] for place in range(7)]
