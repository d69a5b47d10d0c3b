"""Reading a picture that somebody uploads: every usual kind becomes plain grey or colour, the rest a sentence."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import LabError

Bytes = NDArray[np.uint8]

LARGEST = 2000  # pixels: the longer side of what is handed on; a page of writing needs no more
SMALLEST = 8
MOST_PIXELS = 64_000_000  # a phone takes 12 to 50 million; above this it is a bomb, not a photo
MOST_IN_JPEG = 120_000_000  # a JPEG is read at a part of its size, so it may be larger
MOST_BYTES = 60_000_000
KINDS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
ALLOWED = "PNG, JPEG, GIF, BMP, WebP, TIFF or PPM"
OTHERS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"<svg": "an SVG drawing",
    b"\x1f\x8b": "a compressed archive",
    b"MZ": "a program",
    b"\x7fELF": "a program",
}


def load(source: Path | str | bytes, name: str = "") -> Bytes:
    """The picture in a file or in bytes as uint8 (H, W) or (H, W, 3) or, with transparency, (H, W, 4)."""
    name = name or ("The picture" if isinstance(source, bytes) else Path(source).name)
    data = source if isinstance(source, bytes) else _read(Path(source), name)
    picture = _opened(data, name)
    width, height = picture.size
    most = MOST_IN_JPEG if picture.format == "JPEG" else MOST_PIXELS
    if width * height > most:
        allowed = f"{most // 10**6} million"
        raise LabError(f"{name} has {width} x {height} pixels; allowed: {allowed}. Save it smaller and try again.")
    if min(width, height) < SMALLEST:
        raise LabError(f"{name} has {width} x {height} pixels; allowed: at least {SMALLEST} x {SMALLEST}.")
    if picture.format == "JPEG":
        picture.draft(None, (LARGEST, LARGEST))  # a JPEG can be read at a half or a quarter of its size at once
    return _plain(_decoded(picture, name))


def _read(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise LabError(f"{name} has {path.stat().st_size // 10**6} MB; allowed: {MOST_BYTES // 10**6} MB.")
        return path.read_bytes()
    except OSError as error:
        raise LabError(f"{path} cannot be read ({error.strerror}); allowed: a picture file, {ALLOWED}.") from None


def _opened(data: bytes, name: str) -> Image.Image:
    """The file's head only: kind and size."""
    if not data:
        raise LabError(f"{name} is empty (0 bytes); allowed: {ALLOWED}.")
    if len(data) > MOST_BYTES:
        raise LabError(f"{name} has {len(data) // 10**6} MB; allowed: {MOST_BYTES // 10**6} MB.")
    kept = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before a pixel is read, with our own sentence
    try:
        return Image.open(io.BytesIO(data), formats=KINDS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        head = data[:512].lstrip()
        what = next((words for mark, words in OTHERS.items() if head.startswith(mark)), "")
        is_what = f"is {what}, not a picture, whatever its name says" if what else "is no picture, or it is damaged"
        raise LabError(f"{name} {is_what}; allowed: {ALLOWED}.") from None
    finally:
        Image.MAX_IMAGE_PIXELS = kept


def _decoded(picture: Image.Image, name: str) -> Image.Image:
    """The first frame, the right way up, no larger than LARGEST."""
    try:
        picture.seek(0)
        picture.load()
        if max(picture.size) > LARGEST:
            factor = max(picture.size) // LARGEST
            picture = _eight_bit(picture)
            turned = ImageOps.exif_transpose(picture.reduce(factor) if factor > 1 else picture)
            turned.thumbnail((LARGEST, LARGEST), Image.Resampling.BOX)
            return turned
        return ImageOps.exif_transpose(_eight_bit(picture))
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError) as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise LabError(f"{name} is damaged or was cut off while it was copied ({reason}). Copy it again.") from None


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Sixteen-bit and floating grey as eight bits; the EXIF stays."""
    if picture.mode not in ("I", "F", "I;16", "I;16B", "I;16L"):
        return picture
    values = np.asarray(picture, dtype=np.float32)
    finite = values[np.isfinite(values)]
    top = float(finite.max()) if finite.size else 0.0
    full = 65535.0 if top > 255 else 255.0 if top > 1 else 1.0
    made = Image.fromarray(np.round(np.clip(np.nan_to_num(values) / max(full, top, 1e-6), 0, 1) * 255).astype(np.uint8))
    made.info = picture.info
    return made


def _plain(picture: Image.Image) -> Bytes:
    """Grey, RGB or RGBA; CMYK, palettes and the others are turned into these."""
    if "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        return np.asarray(picture.convert("RGBA"))
    if picture.mode in ("L", "1"):
        return np.asarray(picture.convert("L"))
    return np.asarray(picture.convert("RGB"))


def same_size(raw: NDArray[Any], side: int) -> Bytes:
    """The picture with no side above `side`, for showing."""
    picture = Image.fromarray(np.asarray(raw, np.uint8))
    picture.thumbnail((side, side), Image.Resampling.BOX)
    return np.asarray(picture)
