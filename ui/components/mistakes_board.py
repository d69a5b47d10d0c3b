"""The board: confusion matrix, map and pictures that show one choice; what is large is fetched, not sent."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ui.components import kit

MODES = ("mistakes", "side", "hunt")

_component = st.components.v2.component(
    "inkling_mistakes_board",
    html='<div class="board" data-testid="board"></div>\n<div class="tip" hidden></div>\n',
    css=kit.sheet("mistakes_board"),
    js=kit.script("mistakes_board"),
)


def board(
    key: str,
    mode: str,
    answers: str,
    sheets: Mapping[str, Any],
    classes: Sequence[str],
    names: Sequence[str],
    maps: Sequence[Mapping[str, Any]],
    map: str,
    *,
    what: str = "Test picture",
    stars: Sequence[Mapping[str, Any]] = (),
    start: Sequence[int | None] | None = None,
    inside: str = "",
    titles: Sequence[str] = (),
    said: str = "",
    marks: Mapping[int, int] | None = None,
    closed: bool = False,
    notes: Mapping[str, str] | None = None,
    on_cell: Callable[[], None] = lambda: None,
    on_inside: Callable[[], None] = lambda: None,
    on_mark: Callable[[], None] = lambda: None,
) -> None:
    """Draws it. Afterwards `st.session_state[key]` has `cell`, and after a click `inside` (a picture) or `mark`."""
    first, second = (titles[0], titles[1]) if len(titles) == 2 else ("", "")
    _component(
        key=key,
        data={
            "mode": mode,
            "answers": answers,
            "sheets": dict(sheets),
            "classes": list(classes),
            "names": list(names),
            "maps": [dict(each) for each in maps],
            "map": map,
            "what": what,
            "stars": [dict(each) for each in stars],
            "start": list(start) if start else None,
            "inside": inside,
            "titles": list(titles),
            "kinds": ["both are right", f"only {first} is right", f"only {second} is right", "both are wrong"],
            "said": said,
            "marks": {str(picture): label for picture, label in (marks or {}).items()},
            "closed": closed,
            "notes": dict(notes or {}),
        },
        on_cell_change=on_cell,
        on_inside_change=on_inside,
        on_mark_change=on_mark,
    )


def cell(state: Any, classes: int) -> tuple[int | None, int | None] | None:
    """The cell, row (t, None) or column (None, a) that is chosen; what comes from a browser is not trusted."""
    value = state.get("cell") if hasattr(state, "get") else None
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    for each in value:
        if each is not None and not (isinstance(each, int) and 0 <= each < classes):
            return None
    return (value[0], value[1]) if tuple(value) != (None, None) else None
