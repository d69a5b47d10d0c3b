"""The architecture as a picture: one drawing per word of the line, as tall as its maps and as deep as its channels."""

from dataclasses import dataclass
from html import escape
from math import log2, sqrt

from core.look.maps import blocks
from core.look.opened import Opened, by
from core.nets.backbones import BACKBONES
from core.nets.words import ACTIVATIONS

STEP, TOP, TALL, FOOT = 92, 14, 96, 64  # pixels per layer, above, of the tallest map, for the words below
PLATES = 7
THIN = (*ACTIVATIONS, "bn", "dropout", "dropout2d", "flatten", "scale", "softmax", "logsoftmax")
STYLE = (
    "rect{stroke:currentColor;stroke-width:1.2}.maps rect{fill:#0072b2;fill-opacity:.55}"
    ".pool rect{fill:#a87500;fill-opacity:.55}.thin rect{fill:currentColor;fill-opacity:.35}"
    ".flat rect{fill:#008a65;fill-opacity:.6}.frozen rect{fill-opacity:.12;stroke-dasharray:3 2}"
    ".way{fill:none;stroke:currentColor;stroke-width:1.2;opacity:.6}"
    "text{fill:currentColor;text-anchor:middle;font:11.5px sans-serif}.t0{font-weight:700}"
)


@dataclass(frozen=True)
class Part:
    """One thing in the drawing."""

    word: str
    text: str
    shape: tuple[int, ...]  # what goes out
    parameters: int
    trainable: bool

    @property
    def kind(self) -> str:
        """How it is drawn and coloured: maps, pool, thin, or flat numbers."""
        if self.word in THIN:
            return "thin"
        if self.word in ("pool", "avgpool", "gap", "gmp", "resize"):
            return "pool"
        return "maps" if len(self.shape) == 3 else "flat"


def parts(opened: Opened) -> list[Part]:
    """The words of the line; a backbone is drawn block by block."""
    found: list[Part] = []
    for number, place in enumerate(opened.net.places):
        path = f"layers.{number}"
        if place.layer.word not in BACKBONES:
            found.append(_part(opened, (path,), place.layer.word, place.layer.text, place.after))
            continue
        for block in blocks(opened, 0):
            rows = [row for row in opened.rows if row.name.startswith(block.paths) and row.name.startswith(path)]
            if rows:
                text = block.title.partition(" · ")[2].partition(" ")[2] or place.layer.text
                found.append(_part(opened, block.paths, "block", text, rows[-1].output_shape))
    return found


def drawing(opened: Opened, ink: str = "#1c2430") -> str:
    """An SVG in the page's ink: blue maps, brown pools, green flat numbers, thin activations, pale where frozen."""
    picture = Part("picture", "picture", opened.shape, 0, True)
    every = [picture, *parts(opened)]
    tallest = max(part.shape[1] for part in every if len(part.shape) == 3)
    width = STEP * len(every) + 12
    height = TOP + TALL + FOOT
    drawn = "".join(_drawn(part, i, tallest, shortcut=part.word == "res") for i, part in enumerate(every))
    title = escape(f"The architecture of {opened.title}: {len(every) - 1} layers from {by(opened.shape)}")
    return (
        f'<svg class="ink-net" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{title}" xmlns="http://www.w3.org/2000/svg" color="{escape(ink)}">'
        f"<style>{STYLE}</style>{drawn}</svg>"
    )


def _part(opened: Opened, paths: tuple[str, ...], word: str, text: str, shape: tuple[int, ...]) -> Part:
    inside = [row for row in opened.rows if any(row.name == p or row.name.startswith(p + ".") for p in paths)]
    count = sum(row.parameters for row in inside)
    return Part(word, text, shape, count, not count or any(row.trainable for row in inside))


def _drawn(part: Part, at: int, tallest: int, shortcut: bool) -> str:
    left, middle = 6 + at * STEP, TOP + TALL / 2
    shape = part.shape if len(part.shape) == 3 else (part.shape[0], 1, 1)
    side = 10 + (TALL - 34) * sqrt(shape[1] / tallest) if len(part.shape) == 3 else 16 + 9 * log2(1 + shape[0])
    side = min(side, TALL - 20)
    plates = 1 if part.kind in ("thin", "flat") else max(1, min(PLATES, round(log2(1 + shape[0]))))
    wide = {"thin": 7.0, "flat": 14.0}.get(part.kind, side * 0.55)
    style = f"{part.kind}{'' if part.trainable else ' frozen'}"
    start = left + (STEP - wide - 3 * plates) / 2
    boxes = "".join(
        f'<rect x="{start + 3 * i:.1f}" y="{middle - side / 2 + 2 * (plates - 1 - i) - plates:.1f}" width="{wide:.1f}"'
        f' height="{side:.1f}" rx="2"/>'
        for i in reversed(range(plates))
    )
    arc = ""
    if shortcut:  # the way around the block
        arc = (
            f'<path class="way" d="M {left + 6} {middle:.0f} C {left + 6} {TOP - 16}, {left + STEP - 6} {TOP - 16},'
            f' {left + STEP - 6} {middle:.0f}"/>'
        )
    line = "" if not at else f'<path class="way" d="M {left - 12} {middle:.0f} h 18"/>'
    told = [part.text, by(part.shape).replace("x", "×"), f"{part.parameters:,} weights" if part.parameters else ""]
    words = "".join(
        f'<text x="{left + STEP / 2}" y="{TOP + TALL + 16 + 17 * i}" class="t{i}">{escape(_short(text))}</text>'
        for i, text in enumerate(told)
    )
    label = escape(f"{part.text}: {by(part.shape)}{'' if part.trainable else ', frozen'}")
    return f'<g class="{style}"><title>{label}</title>{line}{arc}{boxes}{words}</g>'


def _short(text: str) -> str:
    return text if len(text) <= 15 else text[:14] + "…"
