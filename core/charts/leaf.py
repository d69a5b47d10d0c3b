"""Leaf: a comparison as one HTML file that opens anywhere, without a server and without a network."""

from collections.abc import Sequence
from html import escape

import plotly.io

from core.charts.figure import Figure, painted
from core.charts.theme import LIGHT

STYLE = f"""
body {{ font: 16px/1.5 Georgia, serif; color: {LIGHT.ink}; background: {LIGHT.paper}; max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.7rem; }} h2 {{ font-size: 1.15rem; margin: 2rem 0 0.3rem; }}
.verdict {{ border-left: 4px solid {LIGHT.accent}; padding: 0.2rem 1rem; font-size: 1.2rem; }}
.note {{ opacity: 0.75; font-size: 0.92rem; margin: 0.2rem 0; }}
table {{ border-collapse: collapse; font: 0.9rem sans-serif; }}
th, td {{ text-align: left; padding: 0.25rem 0.8rem; border-bottom: 1px solid {LIGHT.faint}; }}
"""


def leaf(
    title: str,
    sentence: str,
    notes: Sequence[str],
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    charts: Sequence[tuple[str, Figure]],
) -> str:
    """The page: the verdict, a table, and the charts with plotly.js inside."""
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        f"<meta name='viewport' content='width=device-width'><title>{escape(title)}</title>",
        f"<style>{STYLE}</style></head>",
        f"<body><h1>{escape(title)}</h1><p class='verdict'>{escape(sentence)}</p>",
        *(f"<p class='note'>{escape(note)}</p>" for note in notes),
        "<table><tr>",
        *(f"<th>{escape(each)}</th>" for each in head),
        "</tr>",
        *("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows),
        "</table>",
    ]
    for place, (name, figure) in enumerate(charts):
        made = painted(figure)
        made["layout"] |= {"autosize": True, **_legend(figure)}
        parts.append(f"<h2>{escape(name)}</h2>")
        parts.append(
            plotly.io.to_html(
                made, full_html=False, include_plotlyjs=place == 0, validate=False, config={"displaylogo": False}
            )
        )
    return "\n".join([*parts, "</body></html>"])


def _legend(figure: Figure) -> dict[str, object]:
    """Curves need one; it stands below them, in as much room as it takes."""
    lines = sum("meta" in each and each.get("showlegend", True) for each in figure["data"])
    if not lines:
        return {"showlegend": False}
    room = 40 + 22 * lines
    legend = {"orientation": "v", "y": -60 / figure["layout"]["height"], "yanchor": "top", "x": 0}
    margin = {**figure["layout"]["margin"], "b": 40 + room}
    return {"showlegend": True, "legend": legend, "height": figure["layout"]["height"] + room, "margin": margin}
