"""Transfer as pictures: how far each layer's weights have moved, and accuracy over pictures per class."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.theme import styled, theme


def moved(layers: Sequence[tuple[str, float | None, bool]], name: str | None = "light") -> go.Figure:
    """(layer, share that its weights moved, frozen?) from the picture to the answer; frozen layers stay grey."""
    look = theme(name)
    rows = [row for row in layers if row[1] is not None]
    words = [f"{number}. {word}" for number, (word, _, _) in enumerate(rows, 1)]
    shares = [share or 0.0 for _, share, _ in rows]
    most = max(shares, default=0.0) or 1.0
    texts = ["frozen" if still else f"{share:.1%}" for _, share, still in rows]
    figure = go.Figure()
    figure.add_bar(
        y=words,
        x=[0.015 * most if still else share for (_, _, still), share in zip(rows, shares, strict=True)],
        orientation="h",
        marker={"color": ["#9a9a9a" if still else look.accent for _, _, still in rows]},
        text=texts,
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    styled(figure, name, height=90 + 30 * max(len(rows), 2))
    figure.update_layout(showlegend=False, bargap=0.35)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(
        title="how far the weights moved, as a share of their length", tickformat=".0%", range=[0, 1.18 * most]
    )
    return figure


def shots(curves: Sequence[tuple[str, Sequence[tuple[int, Sequence[float]]]]], name: str | None = "light") -> go.Figure:
    """(title, [(k, accuracies of several draws)]) as lines with the band from the worst to the best draw."""
    look = theme(name)
    figure = go.Figure()
    for place, (title, points) in enumerate(curves):
        colour = look.palette[place % len(look.palette)]
        ks = [k for k, _ in points]
        low, high = [min(each) for _, each in points], [max(each) for _, each in points]
        figure.add_scatter(
            x=[*ks, *reversed(ks)],
            y=[*high, *reversed(low)],
            fill="toself",
            mode="lines",
            fillcolor=colour,
            opacity=0.16,
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(
            x=ks,
            y=[sum(each) / len(each) for _, each in points],
            name=title,
            mode="lines+markers",
            line={"color": colour, "width": 2.2},
            hovertemplate="%{x} of each class: %{y:.1%}<extra>" + title + "</extra>",
        )
    styled(figure, name, height=380)
    figure.update_layout(showlegend=len(curves) > 1, legend={"orientation": "h", "y": 1.08})
    ticks = sorted({k for _, points in curves for k, _ in points})
    figure.update_xaxes(title="pictures of each class", type="log", tickvals=ticks, ticktext=[str(k) for k in ticks])
    figure.update_yaxes(title="right on unseen pictures", tickformat=".0%", range=[None, 1.005])
    return figure
