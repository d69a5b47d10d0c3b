"""What the browser gets to look at mistakes: answers, sheets of pictures, maps, and one's own drawings as stars."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from core.data import drawn
from core.errors import LabError
from core.look.damage import affordable
from core.look.embedding import among, basis
from core.look.judged import Judged, judged
from core.look.opened import Opened
from core.look.seen import learned_ink, seen
from core.look.worst import likeliest
from core.runs import errands
from core.runs.drawings import Pool
from ui import served, services, state
from ui.parts.mistakes_subject import Network, Pictures
from ui.parts.pictures import png
from ui.parts.signs import both, sign
from ui.shelf import Shelf

KEPT = 160_000_000  # bytes of answers kept in memory for everybody; those of MNIST and a small net take 2.6 MB
PER, COLUMNS = 1_000, 40  # pictures on one sheet
LARGEST = 64  # pixels a side; larger pictures are made small for the sheets
TOP = 3  # likeliest answers of each picture
MY_OWN = 30  # kept drawings of one visitor on the map

_answers = Shelf(KEPT)


def judge(of: Network, pictures: Pictures) -> Judged:
    """The network's answers: at once where that takes a few seconds, else on as many as fit, the rest meanwhile."""
    whole = _answers.get(("whole", of.key, pictures.key))
    if whole is not None:
        return whole  # type: ignore[no-any-return]
    count = affordable(of.opened, len(pictures.truth))
    if count < len(pictures.truth):
        asked = errand("answers", of, pictures)
        found = errands.result(asked) if errands.state(asked).done else None
        if found is not None:
            whole = Judged(**{name: found[name] for name in ("truth", "probabilities", "losses", "features")})
            _answers.put(("whole", of.key, pictures.key), whole, size(whole))
            return whole
    bar = st.empty()

    def told(share: float) -> None:
        bar.progress(share, text=f"{of.title} reads {count:,} test pictures …")

    key = ("whole" if count == len(pictures.truth) else "part", of.key, pictures.key)
    made: Judged = _answers.fetch(
        key, lambda: judged(of.opened, pictures.x[:count], pictures.truth[:count], told), size
    )
    bar.empty()
    return made


def waiting(of: Network, pictures: Pictures, found: Judged) -> None:
    """Says that more is coming, where only some pictures are judged, and shows all when they are."""
    if len(found) == len(pictures.truth):
        return
    asked = errand("answers", of, pictures)

    def look() -> None:
        now = errands.ask(asked)
        if now.done:
            st.rerun()
        if now.error:
            st.warning(now.error)
            return
        text = f"{len(found):,} of {len(pictures.truth):,} test pictures are judged: this network is slow. {now.doing}"
        st.progress(now.share, text=f"{text} in the background …")

    st.fragment(look, run_every=1.0)()


def errand(kind: str, of: Network, pictures: Pictures, steps: tuple[int, ...] = ()) -> errands.Errand:
    """An errand about this network and these pictures."""
    known = repr(pictures.key)
    if of.run is None:
        return errands.errand(kind, pictures.dataset, model=str(of.choice), weights=str(of.key), pictures=known)
    chosen = steps or (of.step or 0,)
    return errands.errand(kind, pictures.dataset, run=of.run.id, steps=chosen, pictures=known)


def size(found: Judged) -> int:
    """Bytes in memory."""
    return int(sum(each.nbytes for each in (found.truth, found.probabilities, found.losses, found.features)))


def answers(found: Judged, key: tuple[Any, ...], numbers: Any = None, other: Judged | None = None) -> str:
    """The address of everything a browser needs to know about the answers."""
    return served.offer("bin", ("answers", key, len(found)), lambda: served.packed({}, arrays(found, numbers, other)))


def arrays(found: Judged, numbers: Any = None, other: Judged | None = None) -> dict[str, Any]:
    """Truth, answers, losses and the likeliest classes; of two networks where there are two."""
    tops, chances = likeliest(found.probabilities, TOP)
    made = {
        "truth": found.truth.astype(np.uint16),
        "answers": found.answers.astype(np.uint16),
        "losses": np.minimum(found.losses, 1e6).astype(np.float32),
        "tops": tops.astype(np.uint16),
        "chances": chances.astype(np.float32),
        "pictures": (np.arange(len(found)) if numbers is None else np.asarray(numbers)).astype(np.uint32),
    }
    if other is not None:
        second = arrays(other)
        made |= {f"{name}2": second[name] for name in ("answers", "losses", "tops", "chances")}
    return made


def sheets(
    key: tuple[Any, ...], count: int, side: int, channels: int, take: Callable[[int, int], Any]
) -> dict[str, Any]:
    """Where the pictures are: a thousand on each sheet. `take(first, last)` gives some as bytes (N, C, H, W)."""
    side, kind = min(side, LARGEST), "png" if channels == 1 else "webp"
    addresses = [
        served.offer(kind, ("sheet", key, first), _making(take, first, min(first + PER, count), side))
        for first in range(0, count, PER)
    ]
    return {"addresses": addresses, "per": PER, "columns": COLUMNS, "side": side}


def _making(take: Callable[[int, int], Any], first: int, last: int, side: int) -> Callable[[], bytes]:
    return lambda: sheet(np.asarray(take(first, last)), side)


def sheet(images: Any, side: int) -> bytes:
    """Pictures (N, C, H, W) as one image with so many columns, each a square of `side` pixels."""
    import io

    count, channels, height, width = images.shape
    tiles = np.zeros((-(-count // COLUMNS) * COLUMNS, side, side, channels), np.uint8)
    moved = np.moveaxis(images, 1, -1)
    if (height, width) == (side, side):
        tiles[:count] = moved
    else:
        for i, one in enumerate(moved):
            small = Image.fromarray(one[..., 0] if channels == 1 else one)
            small.thumbnail((side, side))
            top, left = (side - small.height) // 2, (side - small.width) // 2
            tiles[i, top : top + small.height, left : left + small.width] = np.asarray(small).reshape(
                small.height, small.width, channels
            )
    grid = tiles.reshape(-1, COLUMNS, side, side, channels).swapaxes(1, 2).reshape(-1, COLUMNS * side, channels)
    file = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(grid[..., 0] if channels == 1 else grid))
    if channels == 1:
        picture.save(file, "PNG", compress_level=6)
    else:
        picture.save(file, "WEBP", quality=88, method=2)
    return file.getvalue()


def small(picture: Any) -> Any:
    """A uint8 picture (C, H, W) as an image (H, W) or (H, W, 3)."""
    array = np.asarray(picture)
    return array[0] if array.shape[0] == 1 else np.moveaxis(array, 0, -1)


def test_sheets(pictures: Pictures) -> dict[str, Any]:
    """The sheets of a dataset's test pictures."""
    name = pictures.dataset
    _, channels, height, width = pictures.x.shape
    return sheets(
        pictures.key[:3], len(pictures.truth), max(height, width), channels,
        lambda first, last: services.dataset(name).x_test[first:last].numpy(),
    )  # fmt: skip


def pca(found: Judged, key: tuple[Any, ...]) -> tuple[dict[str, Any], Any]:
    """The map at once, and its basis."""
    base = _answers.fetch(
        ("basis", key, len(found)), lambda: basis([found.features]), lambda each: each.mean.nbytes * 3
    )
    address = served.offer(
        "bin", ("pca", key, len(found)), lambda: served.packed({}, {"places": base.place(found.features)})
    )
    return {"name": "PCA", "address": address}, base


def tsne(asked: errands.Errand) -> tuple[dict[str, Any], Any]:
    """The better map, once its errand is done, and its places."""
    done = errands.result(asked) if errands.state(asked).done else None
    if done is None:
        return {"name": "t-SNE", "address": None}, None
    address = served.offer("bin", ("tsne", asked.key), lambda: served.packed({}, {"places": done["places"]}))
    return {"name": "t-SNE", "address": address}, done["places"]


def stars(opened: Opened, found: Judged, place: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """What is on the Draw pad, and the visitor's own kept drawings, as stars; `place` lays features on the map."""
    mine = drawings(opened)
    if not mine:
        return []
    import torch

    pixels = torch.stack([each for _, each in mine])
    looked = judged(opened, pixels, torch.zeros(len(mine), dtype=torch.int64))
    places = place(looked.features)
    return [
        {
            "x": float(x),
            "y": float(y),
            "image": png(one),
            "text": f"{title}, read as {sign(opened.classes[int(looked.answers[i])])}, "
            f"{float(looked.probabilities[i].max()):.0%}",
        }
        for i, ((title, one), (x, y)) in enumerate(zip(mine, places.tolist(), strict=True))
    ]


def drawings(opened: Opened) -> list[tuple[str, Any]]:
    """The visitor's drawings as this network wants them: the pad's first, then those kept under the nickname."""
    found: list[tuple[str, Any]] = []
    pad = pad_picture(opened)
    if pad is not None:
        found.append(("your drawing", pad))
    name = state.visitor()
    if name and learned_ink(opened):
        import torch

        for each in Pool(services.store()).drawings(owner=name, count=MY_OWN):
            found.append((f"{both(each.label)} by {name}", torch.from_numpy(each.image[None].copy())))
    return found


def pad_picture(opened: Opened) -> Any:
    """What is on the Draw pad, as this network wants it; None while it is empty."""
    kept = st.session_state.get("drawing") or {}
    try:
        strokes = drawn.unpack(kept.get("ink") or "")
        return seen(opened, drawn.picture(strokes))[0] if strokes else None
    except LabError:  # nothing on it that could be read, or a tampered message
        return None


def nearest(found: Judged, places: Any) -> Callable[[Any], Any]:
    """Lays features on a map that t-SNE made."""
    return lambda features: among(features, found.features, places)


def signs(classes: Sequence[str]) -> list[str]:
    """What stands on the axes."""
    return [sign(each) for each in classes]
