"""Walks: from one picture to another through all those between, and sums of pictures."""

import importlib.util
import io
from fractions import Fraction

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from core.errors import LabError
from core.latent.latent import FAR, Latent
from core.latent.sampler import Pixels, Sampler

MOST = 240  # pictures of a walk
SMOOTH = 64  # pixels a side: from here on an enlarged picture is smooth as on the page; smaller ones show their squares
NO_FILMS = "A film as MP4 needs PyAV, which is not installed here: `pip install av`."


def slerp(a: Tensor, b: Tensor, share: float) -> Tensor:
    """Along the sphere, where the training's latents lie; a straight line would cut through its empty middle."""
    cosine = (a @ b / (a.norm() * b.norm()).clamp_min(1e-9)).clamp(-1, 1)
    angle = torch.acos(cosine)
    if float(torch.sin(angle)) < 1e-3:  # the same way, or exactly the opposite one: a line serves
        return a + (b - a) * share
    return (torch.sin((1 - share) * angle) * a + torch.sin(share * angle) * b) / torch.sin(angle)


def walk(sampler: Sampler, stops: list[Latent], between: int = 12, around: bool = True) -> list[Pixels]:
    """The pictures from stop to stop, and back to the first one if it goes around."""
    if len(stops) < 2:
        raise LabError(f"A walk has {len(stops)} stops; allowed: two or more.")
    legs = list(zip(stops, [*stops[1:], stops[0]] if around else stops[1:], strict=False))
    if between < 1 or len(legs) * between > MOST:
        raise LabError(
            f"A walk of {len(legs)} legs with {between} pictures each; allowed: up to {MOST} pictures in all."
        )
    pictures = []
    for one, other in legs:
        a, b = sampler.point(one), sampler.point(other)
        for i in range(between):
            z = slerp(a, b, i / between)
            pictures.append(sampler.picture(at(z, one.label if i < between / 2 else other.label)))
    if not around:
        pictures.append(sampler.picture(stops[-1]))
    return pictures


def at(z: Tensor, label: int | None = None) -> Latent:
    """A place in the latent space as a Latent."""
    return Latent(0, tuple(enumerate(z.clamp(-FAR, FAR).tolist())), label=label)


def gif(pictures: list[Pixels], seconds: float = 0.08, times: int = 4) -> bytes:
    """An endless GIF, `times` as large."""
    frames = [enlarged(each, times) for each in pictures]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=round(seconds * 1000), loop=0)
    return file.getvalue()


def films() -> bool:
    """Whether the encoder is installed."""
    return importlib.util.find_spec("av") is not None


def mp4(pictures: list[Pixels], seconds: float = 0.08, times: int = 4, rounds: int = 3) -> bytes:
    """A film in H.264 that every browser, phone and slide show plays, `times` as large.

    A film ends where a GIF begins again, so the walk is in it several times.
    """
    if not films():
        raise LabError(NO_FILMS)
    import av

    frames = [enlarged(each, times).convert("RGB") for each in pictures]
    width, height = (side + side % 2 for side in frames[0].size)  # H.264 halves the colours: sides must be even
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=Fraction(1 / seconds).limit_denominator(1000))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "16", "preset": "fast"}
        for _ in range(rounds):
            for frame in frames:
                shown = frame if frame.size == (width, height) else padded(frame, width, height)
                film.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(shown), format="rgb24")))
        film.mux(stream.encode(None))
    return file.getvalue()


def padded(image: Image.Image, width: int, height: int) -> Image.Image:
    """With a black row or column, where a side is odd."""
    whole = Image.new("RGB", (width, height))
    whole.paste(image)
    return whole


def png(picture: Pixels, times: int = 1) -> bytes:
    file = io.BytesIO()
    enlarged(picture, times).save(file, "PNG")
    return file.getvalue()


def enlarged(picture: Pixels, times: int) -> Image.Image:
    image = Image.fromarray(picture)
    way = Image.Resampling.BICUBIC if min(image.size) >= SMOOTH else Image.Resampling.NEAREST
    return image.resize((image.width * times, image.height * times), way) if times > 1 else image


def arithmetic(sampler: Sampler, a: list[Latent], b: list[Latent], c: list[Latent]) -> Latent:
    """A - B + C, each the middle of some pictures (one alone carries too much of its own)."""
    for name, side in (("A", a), ("B", b), ("C", c)):
        if not side:
            raise LabError(f"{name} is empty; allowed: one or more pictures on each side of A - B + C.")
    means = [torch.stack([sampler.point(each) for each in side]).mean(0) for side in (a, b, c)]
    z = means[0] - means[1] + means[2]
    usual = sampler.size**0.5  # the length of an ordinary latent: means are shorter, sums longer
    return at(z / z.norm().clamp_min(1e-6) * usual, c[0].label)
