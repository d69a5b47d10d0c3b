"""What is on a visitor's full canvas: its states for undo, the photo behind it, and what a tab left there."""

from dataclasses import dataclass
from typing import Any

from PIL import Image

from core.data import shapes
from ui.shelf import Shelf

TALL = 380  # the canvas, in pixels; its width is the screen's
MOST = 30  # states that undo goes back to


@dataclass(frozen=True, eq=False)
class State:
    """The full canvas at one moment: what is on it, and the picture of it."""

    objects: list[Any]
    raw: Any  # uint8 (H, W), None when nothing is on it

    @classmethod
    def of(cls, objects: list[Any], size: tuple[int, int]) -> "State":
        return cls(objects, shapes.picture(objects, size) if objects else None)

    def then(self, objects: list[Any], size: tuple[int, int]) -> "State":
        """The next moment: mostly one stroke more, and only that is painted."""
        known = len(self.objects)
        if self.raw is None or objects[:known] != self.objects or len(objects) > shapes.MOST:
            return State.of(objects, size)
        return State(objects, shapes.painted(self.raw, objects[known:]))


@dataclass(frozen=True, eq=False)
class Left:
    """What a tab has on its full canvas: it outlives the session, which ends with a reload."""

    objects: list[Any]
    width: int
    photo: Any

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return 1_000 + 3_000 * len(self.objects) + (3 * self.width * TALL if self.photo else 0)


_left = Shelf(64 << 20)  # tab -> Left: some hundred tabs


@dataclass
class Sheet:
    """A visitor's full canvas; it survives other pages, and undo needs no browser."""

    past: list[State]
    future: list[State]
    width: int = 0  # not known yet
    generation: int = 0  # a new one mounts a fresh canvas with the last state on it
    start: dict[str, Any] | None = None
    photo: Any = None  # what lies behind the ink
    photo_of: str | None = None  # the upload it came from
    tab: str = ""  # the browser's tab, once it is known

    @property
    def now(self) -> State:
        return self.past[-1] if self.past else State([], None)

    def recall(self, token: str) -> None:
        """The tab is known: what it had before a reload comes back, unless something new was drawn."""
        if token == self.tab:
            return
        self.tab, left = token, _left.get(token)
        if left is None or self.past or self.photo or not (left.objects or left.photo):
            return
        width, self.width = self.width or left.width, left.width
        self.photo = left.photo
        self.past = [State.of(left.objects, (left.width, TALL))] if left.objects else []
        self.generation += 1
        self.fit(width)

    def leave(self) -> None:
        """Notes what is on the canvas for a reload."""
        if self.tab:
            left = Left(self.now.objects, self.width, self.photo)
            _left.put(self.tab, left, left.size)

    def fit(self, width: int) -> None:
        """A canvas of another width: what would no longer fit on it shrinks."""
        if width == self.width:
            return
        if not self.width:
            self.width = width
            return
        states = [*self.past, *self.future]
        reach = max((shapes.right_edge(each) for state in states for each in state.objects), default=1)
        ratio = min(1.0, width / (self.width if self.photo else reach))
        size = (width, TALL)
        self.past, self.future = (
            [State.of(_shrunk(each.objects, ratio), size) for each in side] for side in (self.past, self.future)
        )
        if self.photo:
            photo, self.photo = self.photo, Image.new("RGB", (width, TALL), "white")
            self.photo.paste(photo.resize((round(photo.width * ratio), round(TALL * ratio))))
        self.width, self.generation = width, self.generation + 1

    def undo(self) -> None:
        if self.past:
            self.future.append(self.past.pop())
            self.generation += 1

    def redo(self) -> None:
        if self.future:
            self.past.append(self.future.pop())
            self.generation += 1

    def clear(self) -> None:
        self.past, self.future = [*self.past, State([], None)], []
        self.generation += 1

    def add(self, objects: list[Any]) -> None:
        """What the browser says is on the canvas now; a LabError when that cannot be."""
        if objects != self.now.objects:
            self.past = [*self.past[-MOST:], self.now.then(objects, (self.width, TALL))]
            self.future = []

    def lay(self, photo: Any) -> None:
        """Puts a photo behind the ink, or none; what was drawn stays."""
        self.photo, self.generation = photo, self.generation + 1


def _shrunk(objects: list[Any], ratio: float) -> list[Any]:
    """Lines and shapes of the canvas at another size."""
    changed = ("left", "top", "scaleX", "scaleY")
    return [each | {name: each[name] * ratio for name in changed} for each in objects]
