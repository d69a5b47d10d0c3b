"""Pieces that several components are made of: parcels, sheets, matrix, map, pictures, charts."""

from pathlib import Path

HERE = Path(__file__).parent
PIECES = ("parcel", "look", "matrix", "cloud", "strip")


def script(component: str, pieces: tuple[str, ...] = PIECES) -> str:
    """The pieces and a component's own script as one: a component's JavaScript is a single file."""
    own = (HERE.parent / f"{component}.js").read_text()
    return "\n".join([*((HERE / f"{name}.js").read_text() for name in pieces), own])


def sheet(component: str) -> str:
    """The same for the styles."""
    return (HERE / "kit.css").read_text() + (HERE.parent / f"{component}.css").read_text()
