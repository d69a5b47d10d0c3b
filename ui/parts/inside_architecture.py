"""The architecture: a drawing, and the summary table with shapes, parameters, multiply-adds and receptive fields."""

import base64

import streamlit as st

from core.charts.theme import theme
from core.look.architecture import drawing
from core.nets.summary import parameters, summary
from ui.parts.code import show_code
from ui.parts.inside_subject import Subject


def architecture(subject: Subject) -> None:
    """What the network is made of."""
    opened = subject.opened
    rows = opened.rows
    total, trainable = parameters(opened.net)
    with st.container(horizontal=True):
        st.metric("Parameters", f"{total:,}")
        st.metric("Trainable", f"{trainable:,}")
        st.metric("Multiply-adds a picture", f"{sum(row.macs for row in rows):,}")
        st.metric("Layers with weights", sum(bool(row.parameters) for row in rows))
    svg = drawing(opened, theme(st.context.theme.type).ink)
    address = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    picture = f'<img class="ink-net" src="{address}" alt="The architecture, layer by layer, as in the table below">'
    st.html(f'<div class="ink-net-box" tabindex="0" role="group" aria-label="Architecture">{picture}</div>')
    st.code(opened.net.line, language=None, wrap_lines=True)
    st.dataframe(
        [
            {
                "layer": row.word if row.name.count(".") == 1 else f"{row.name.partition('.')[2]} · {row.word}",
                "gives": "×".join(map(str, row.output_shape)),
                "parameters": row.parameters,
                "trains": ("yes" if row.trainable else "frozen") if row.parameters else "",
                "multiply-adds": row.macs,
                "sees": "×".join(map(str, row.receptive)),
            }
            for row in rows
        ],
        column_config={
            "sees": st.column_config.TextColumn(
                "sees", help="How much of the picture one number depends on, in pixels"
            ),
            "parameters": st.column_config.NumberColumn(format="localized"),
            "multiply-adds": st.column_config.NumberColumn(format="localized"),
        },
        height="content" if len(rows) <= 40 else 800,
    )
    show_code(summary, drawing)
