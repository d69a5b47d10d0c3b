"""How fast a drawing is read: the picture of the pad becomes 28x28, and the network answers."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.data.ink import plain, prepare
from core.look.predictor import Predictor
from core.nets import checkpoint

LIMIT = 10.0  # milliseconds: what is left of a screen frame is for the browser and the way there
SIDES = {"pad": 320, "canvas": 600, "photo": 2000}


def measure(quick: bool = False) -> dict[str, Any]:
    """Milliseconds from picture to answer, for every shipped model that reads ink."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        times = 40 if quick else 300
        names = [name for name in checkpoint.names("classifier") if name.startswith("ink")]
        drawings = [_drawing(seed, SIDES["pad"]) for seed in range(20)]
        models = {name: _milliseconds(Predictor.load(name).read, drawings, times) for name in names}
        alone = _milliseconds(prepare, drawings, times)
        worst = max([each["p95"] for each in models.values()], default=alone["p95"])
        usual = _milliseconds(plain, drawings, times)
        others = {place: [_drawing(seed, side) for seed in range(5)] for place, side in SIDES.items() if place != "pad"}
        return {
            "ours": worst,
            "plain": usual["p95"],
            "ratio": worst / usual["p95"],
            "limit": LIMIT,
            "fraction_of_limit": worst / LIMIT,
            "unit": "ms, 95th percentile, picture of the pad to answer; plain: resizing alone",
            "models": models,
            "pipeline": alone,
            "larger_pictures": {place: _milliseconds(prepare, some, times // 5) for place, some in others.items()},
        }
    finally:
        torch.set_num_threads(threads)


def _milliseconds(
    act: Callable[[NDArray[np.uint8]], object], pictures: list[NDArray[np.uint8]], times: int
) -> dict[str, float]:
    for picture in pictures:  # once to warm up
        act(picture)
    taken = []
    for number in range(times):
        begin = time.perf_counter()
        act(pictures[number % len(pictures)])
        taken.append(1000 * (time.perf_counter() - begin))
    return {"median": float(np.median(taken)), "p95": float(np.percentile(taken, 95))}


def _drawing(seed: int, side: int) -> NDArray[np.uint8]:
    """A character of a few bent strokes at a random place, in a random size and pen."""
    random = np.random.default_rng(seed)
    sheet = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(sheet)
    size = random.uniform(0.2, 0.7) * side
    corner = random.uniform(0.05, 0.95 - size / side, 2) * side
    for _ in range(int(random.integers(1, 4))):
        points = np.cumsum(random.normal(0, 0.25, (12, 2)), axis=0)
        points = (points - points.min(0)) / np.maximum(np.ptp(points, axis=0), 0.3) * size + corner
        pen.line([(float(x), float(y)) for x, y in points], 0, int(random.integers(3, 22)), "curve")
    return np.asarray(sheet)
