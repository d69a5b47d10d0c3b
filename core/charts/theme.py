"""One look for every chart: colours a colour-blind reader can tell apart, one theme, light and dark."""

from dataclasses import dataclass

import plotly.graph_objects as go

# Eight hues after Okabe and Ito, moved until people with either red-green blindness tell them apart (CIELAB >= 14)
# and each stands out from its page (contrast >= 3 to 1).
PAPER = ("#007eb2", "#d56800", "#008155", "#b45589", "#a84200", "#1c2430", "#7a4fbf", "#978f83")
INK = ("#5bb4f0", "#ff9248", "#3ccf8a", "#e694c4", "#f2d54e", "#f4f1ea", "#8b74e8", "#9f978a")
DASHES = ("solid", "dash", "dot", "dashdot")  # the ninth run looks like the first, dashed


@dataclass(frozen=True)
class Theme:
    """The colours of a page that a chart must sit on."""

    name: str
    paper: str
    ink: str
    faint: str
    accent: str
    palette: tuple[str, ...]


LIGHT = Theme("light", "#fdfcf9", "#1c2430", "#dfd9cb", "#0e6b70", PAPER)
DARK = Theme("dark", "#12161d", "#e9e6de", "#343c49", "#6cc7bd", INK)


def theme(name: str | None) -> Theme:
    """`light` or `dark`; a browser that has not said yet gets light."""
    return DARK if name == "dark" else LIGHT


def colour(run: int, name: str | None = "light") -> str:
    """A run keeps its colour on every page, whoever looks and whatever else is shown."""
    return theme(name).palette[(run - 1) % len(PAPER)]


def dash(run: int) -> str:
    """How the line of a run is broken, so that run 9 is not run 1."""
    return DASHES[(run - 1) // len(PAPER) % len(DASHES)]


def styled(figure: go.Figure, name: str | None = "light", height: int = 260) -> go.Figure:
    """The figure in the lab's look: no box, faint grid, room for the numbers."""
    look = theme(name)
    axis = {"gridcolor": look.faint, "zeroline": False, "linecolor": look.faint, "automargin": True}
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": look.ink, "size": 12},
        colorway=list(look.palette),
        hoverlabel={"bgcolor": look.paper, "font": {"color": look.ink}, "bordercolor": look.faint},
        legend={"orientation": "h", "y": -0.2},
    )
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure
