"""What the time machine's player gets: the film, the kernels, and what every moment makes of one picture."""

from typing import Any

import numpy as np

from core.errors import LabError
from core.look.embedding import Basis
from core.look.judged import judged
from core.look.kernels import kernels
from core.look.maps import record
from core.look.opened import Opened
from core.runs import errands
from core.runs.looks import FIRST_PART
from ui import served, services
from ui.parts.mistakes_answers import errand
from ui.parts.mistakes_pictures import Pictures
from ui.parts.mistakes_subject import Network
from ui.shelf import Shelf

MOMENTS = 30  # more than one can tell apart while it plays
PANELS = 32  # kernels or maps of a layer
KEPT = 150_000_000  # bytes of networks kept in memory

_opened = Shelf(KEPT)
_films = Shelf(120_000_000)


def chosen(steps: tuple[tuple[int, float], ...]) -> tuple[int, ...]:
    """The moments of the film: all, or so many spread evenly over the steps, both ends included."""
    every = [step for step, _ in steps]
    if len(every) <= MOMENTS:
        return tuple(every)
    places = sorted({round(i * (len(every) - 1) / (MOMENTS - 1)) for i in range(MOMENTS)})
    return tuple(every[place] for place in places)


def film(of: Network, pictures: Pictures) -> tuple[errands.Errand, dict[str, Any] | None, bool]:
    """The errand, what there is of its result (on some pictures first), and whether that is all."""
    asked = errand("film", of, pictures, chosen(of.steps))
    now = errands.state(asked)
    for part in ("whole", FIRST_PART):
        if part == "whole" and not now.done:
            continue
        found = _films.get((asked.key, part)) or errands.result(asked, part)
        if found is not None:
            _films.put((asked.key, part), found, int(sum(each.nbytes for each in found.values())))
            return asked, found, part == "whole"
    return asked, None, False


def film_address(asked: errands.Errand, found: dict[str, Any], whole: bool, pictures: Pictures, of: Network) -> str:
    """The film as the browser gets it."""
    epochs = dict(of.steps)
    return served.offer(
        "bin", ("film", asked.key, whole), lambda: served.packed({}, film_arrays(found, pictures, epochs))
    )


def film_arrays(found: dict[str, Any], pictures: Pictures, epochs: dict[int, float]) -> dict[str, Any]:
    """Small numbers: places as 16 bits on one scale, chances as bytes."""
    places = found["places"]
    low, high = places.min((0, 1)), places.max((0, 1))
    count = found["answers"].shape[1]
    small = np.uint8 if found["answers"].max() < 256 else np.uint16
    return {
        "steps": found["steps"].astype(np.uint32),
        "epochs": np.array([epochs[int(step)] for step in found["steps"]], np.float32),
        "truth": pictures.truth[:count].numpy().astype(np.uint16),
        "answers": found["answers"].astype(small),
        "chances": np.rint(255 * found["chances"].astype(np.float32)).astype(np.uint8),
        "places": scaled(places, low, high),
        "low": np.zeros(2, np.float32),
        "high": np.full(2, 32767, np.float32),
        "accuracy": found["accuracy"].astype(np.float32),
        "worst": found["worst"].astype(np.uint32),
        "worst_losses": found["worst_losses"].astype(np.float32),
        "worst_labels": found["worst_labels"].astype(np.uint16),
    }


def scaled(places: Any, low: Any, high: Any) -> Any:
    """Places on the map as whole numbers from 0 to 32,767."""
    share = (places - low) / np.maximum(high - low, 1e-9)
    return np.rint(32767 * np.clip(share, -0.02, 1.0)).astype(np.int16)


def opened_at(of: Network, step: int) -> Opened:
    """The network at one moment, kept in memory as long as there is room."""
    path = next((each.path for each in services.store().snapshots(int(of.choice)) if each.step == step), None)
    if path is None:
        raise LabError(f"Run {of.choice} has no snapshot at step {step} any more: it was deleted meanwhile.")
    key = (str(path), path.stat().st_mtime_ns)

    def make() -> Opened:
        from core.runs.openings import open_run

        return open_run(services.store(), int(of.choice), step)

    found: Opened = _opened.fetch(key, make, lambda each: sum(p.nbytes for p in each.net.state_dict().values()))
    return found


def layers(of: Network) -> dict[str, str]:
    """The layers whose kernels can be shown: path -> title."""
    return {each.path: each.title for each in kernels(of.opened)}


def kernel_film(of: Network, stamp: str, steps: tuple[int, ...], path: str) -> str:
    """A layer's kernels at every moment, on one scale; `stamp` changes with the snapshots."""
    key = ("kernels", stamp, steps, path)
    return served.offer("bin", key, lambda: served.packed({}, {"values": signed(_kernels(of, steps, path))}))


def _kernels(of: Network, steps: tuple[int, ...], path: str) -> Any:
    """(moments, panels, colours, height, width)"""
    frames = []
    for step in steps:
        layer = next(each for each in kernels(opened_at(of, step)) if each.path == path)
        weights = layer.weights[:PANELS]
        if weights.shape[1] not in (1, 3) or not layer.first:  # many input channels: how strongly it looks where
            weights = weights.pow(2).sum(1, keepdim=True).sqrt()
        frames.append(weights.numpy())
    return np.stack(frames)


def map_film(of: Network, stamp: str, steps: tuple[int, ...], path: str, picture: Any, base: Basis, box: Any) -> str:
    """What every moment makes of a picture: a layer's maps, the answer, and its place on the map."""
    key = ("maps", stamp, steps, path, picture.numpy().tobytes(), repr(box))
    return served.offer("bin", key, lambda: served.packed({}, _maps(of, steps, path, picture, base, box)))


def _maps(of: Network, steps: tuple[int, ...], path: str, picture: Any, base: Basis, box: Any) -> dict[str, Any]:
    import torch

    maps, chances, stars = [], [], []
    for step in steps:
        opened = opened_at(of, step)
        view = next(each for each in record(opened, picture, (path,)) if each.path == path)
        maps.append(view.maps[:PANELS, None].numpy())
        found = judged(opened, picture[None], torch.zeros(1, dtype=torch.int64))
        chances.append(found.probabilities[0])
        stars.append(scaled(base.place(found.features), *box)[0])
    return {
        "values": signed(np.stack(maps)),
        "chances": np.stack(chances).astype(np.float32),
        "stars": np.stack(stars).astype(np.int16),
    }


def signed(values: Any) -> Any:
    """Numbers as signed bytes, the strongest of the whole film 127: all moments are on one scale."""
    most = float(np.abs(values).max()) or 1.0
    return np.rint(values * (127 / most)).astype(np.int8)


def curves(run: int, names: dict[str, str]) -> list[dict[str, Any]]:
    """The run's own curves, thinned, to lie behind the marker."""
    found = services.store().curves([run], list(names), max_points=160).get(run, {})
    return [
        {"name": names[name], "epochs": line.epochs.tolist(), "values": line.values.tolist()}
        for name, line in found.items()
        if len(line.values)
    ]
