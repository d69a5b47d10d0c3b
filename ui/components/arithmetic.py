"""The arithmetic of one number: patch times kernel, sum, bias, activation, and the kernel sliding over the picture."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.look.calculation import Arithmetic, Term
from core.look.maps import View

HERE = Path(__file__).with_suffix("")
MOST_TERMS = 64  # input channels sent to the browser: the ones with the largest share
MOST_CELLS = 121  # numbers printed in a grid; larger patches are shown as colours
LISTED = 8  # products of a linear layer that are listed one by one

_component = st.components.v2.component(
    "inkling_arithmetic",
    html='<div class="sheet" data-testid="arithmetic"></div>\n<div class="sr" aria-live="polite"></div>\n',
    css=HERE.with_suffix(".css").read_text(),
    js=HERE.with_suffix(".js").read_text(),
)


def arithmetic(
    view: View,
    place: tuple[int, int, int],
    shown: Arithmetic,
    *,
    picture: Any,
    box: tuple[int, int, int, int],
    then: list[tuple[str, str]],
    named: Callable[[int], str],
    panel: str,
    click: tuple[str, int, int, int] | None,
    key: str,
) -> None:
    """Shows how `place` of a view came about; `box` is its receptive field on the picture, `then` what follows.

    A new `click` brings the sheet into view where it lies below the screen.
    """
    terms = sorted(sorted(shown.terms, key=lambda each: -abs(each.sum))[:MOST_TERMS], key=lambda each: each.channel)
    maps = view.maps
    stride = _stride(view.layer)
    whole = maps.shape[1] * maps.shape[2] > 1
    _component(
        key=key,
        data={
            "click": list(click) if click else None,
            "title": view.title,
            "kind": shown.kind,
            "where": f"{panel} {place[0] + 1}" + (f", row {place[1] + 1}, column {place[2] + 1}" if whole else ""),
            "place": list(place),
            "said": shown.said,
            "total": shown.total,
            "bias": shown.bias,
            "picture": _picture(picture),
            "box": list(box),
            "window": list(shown.window) if shown.window else None,
            "start": [shown.window[i] - place[i + 1] * stride[i] for i in (0, 1)] if shown.window else None,
            "stride": list(stride),
            "chosen": list(shown.chosen) if shown.chosen else None,
            "terms": [_term(each) for each in terms] if shown.kind not in ("linear", "softmax") else [],
            "left_out": len(shown.terms) - len(terms),
            "list": _listed(shown.terms[0], named) if shown.kind == "linear" else [],
            "inputs": _inputs(view, terms) if shown.window else None,
            "output": _numbers(maps[place[0]]) if whole else None,
            "then": [list(each) for each in then],
        },
    )


def _stride(layer: Any) -> tuple[int, int]:
    """How far the window jumps from one output number to the next."""
    stride = getattr(layer, "stride", 1)
    return (stride, stride) if isinstance(stride, int) else (stride[0], stride[1])


def _term(term: Term) -> dict[str, Any]:
    small = term.patch.size <= MOST_CELLS
    return {
        "channel": term.channel,
        "sum": term.sum,
        "shape": list(term.patch.shape),
        "patch": _finite(term.patch) if small else None,
        "kernel": _finite(term.kernel) if small and term.kernel is not None else None,
    }


def _listed(term: Term, named: Callable[[int], str]) -> list[list[Any]]:
    """The largest products of a linear layer, then the rest as one sum: [name, x, weight, product]."""
    assert term.kernel is not None
    x, weights = term.patch.ravel(), term.kernel.ravel()
    products = x * weights
    order = np.argsort(-np.abs(products))
    first = order[:LISTED]
    rows: list[list[Any]] = [[named(i), float(x[i]), float(weights[i]), float(products[i])] for i in first.tolist()]
    if len(order) > LISTED:
        rows.append([f"the other {len(order) - LISTED}", None, None, float(products[order[LISTED:]].sum())])
    return rows


def _inputs(view: View, terms: list[Term]) -> dict[str, Any] | None:
    """The input maps of the shown terms, so that the kernel can slide over them."""
    before = view.before[0]
    if before.dim() != 3:
        return None
    channels = [term.channel for term in terms] or [0]
    maps = before.permute(2, 0, 1) if view.channels_last else before
    return {"channels": channels, **_numbers(maps[channels])}


def _numbers(maps: Any) -> dict[str, Any]:
    array = np.nan_to_num(np.asarray(maps, dtype=np.float32)).clip(-6e4, 6e4)
    array = array[None] if array.ndim == 2 else array
    return {
        "shape": list(array.shape),
        "values": base64.b64encode(array.astype(np.float16).tobytes()).decode(),
        "most": float(np.abs(array).max(initial=0)) or 1.0,
    }


def _picture(picture: Any) -> dict[str, Any]:
    array = np.asarray(picture, dtype=np.uint8)
    return {"shape": list(array.shape), "values": base64.b64encode(array.tobytes()).decode()}


def _finite(array: Any) -> list[list[float | None]]:
    """JSON has no infinity: what a pool's edge holds is sent as nothing."""
    return [[float(each) if np.isfinite(each) else None for each in row] for row in array]
