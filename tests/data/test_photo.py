"""Whatever somebody uploads becomes a plain picture, or a sentence that names the file and what is allowed."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data import photo
from core.errors import LabError


def sheet(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """White paper with a dark bar in the upper left."""
    picture = Image.new("L", size, 255)
    picture.paste(20, (5, 5, 15, 25))
    return picture.convert(mode)


def packed(picture: Image.Image, kind: str, **more: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **more)
    return stream.getvalue()


def test_grey_and_colour_pictures_come_as_they_are() -> None:
    assert photo.load(packed(sheet("L"), "PNG")).shape == (40, 60)
    colour = photo.load(packed(sheet("RGB"), "PNG"))
    assert colour.shape == (40, 60, 3)
    assert colour.dtype == np.uint8
    assert (colour[10, 10] == 20).all()


def test_a_photo_is_turned_as_its_exif_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn by 90 degrees clockwise
    upright = photo.load(packed(sheet(), "JPEG", exif=exif, quality=95))
    assert upright.shape == (60, 40, 3)
    assert upright[8, 30].max() < 80  # the bar of the upper left is now in the upper right
    assert upright[8, 8].min() > 200


def test_a_transparent_png_keeps_its_transparency() -> None:
    clear = Image.new("RGBA", (30, 30), (0, 0, 0, 0))
    clear.paste((200, 0, 0, 255), (5, 5, 9, 25))
    pixels = photo.load(packed(clear, "PNG"))
    assert pixels.shape == (30, 30, 4)
    assert pixels[0, 0, 3] == 0 and pixels[10, 6, 3] == 255


def test_a_palette_with_a_transparent_colour_becomes_rgba() -> None:
    picture = sheet("P")
    assert photo.load(packed(picture, "PNG", transparency=0)).shape == (40, 60, 4)


def test_cmyk_is_turned_into_colour() -> None:
    pixels = photo.load(packed(sheet("CMYK"), "JPEG", quality=95))
    assert pixels.shape == (40, 60, 3)
    assert pixels[10, 10].max() < 60 and pixels[30, 40].min() > 200


def test_sixteen_bit_grey_keeps_its_darkness() -> None:
    deep = Image.fromarray(np.asarray(sheet("L")).astype(np.uint16) * 257)
    pixels = photo.load(packed(deep, "PNG"))
    assert pixels.dtype == np.uint8
    assert pixels[10, 10] == 20 and pixels[30, 40] == 255


def test_an_animation_shows_its_first_picture() -> None:
    other = Image.new("L", (60, 40), 0)
    data = packed(sheet("L"), "GIF", save_all=True, append_images=[other, other], duration=50)
    pixels = photo.load(data)
    assert pixels[30, 40].min() > 200  # the first is white there, the others black


def test_a_photo_of_40_megapixels_is_made_smaller() -> None:
    large = Image.new("L", (8000, 5000), 250)
    large.paste(10, (1000, 1000, 1400, 4000))
    for kind in ("JPEG", "PNG"):
        pixels = photo.load(packed(large, kind))
        assert max(pixels.shape) <= photo.LARGEST
        assert pixels.shape[1] / pixels.shape[0] == pytest.approx(1.6, abs=0.02)
        assert pixels.min() < 60


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0)  # 2.5 thousand million pixels in 100 bytes
    body = zlib.compress(bytes(1000))
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    with pytest.raises(LabError, match="50000 x 50000 pixels; allowed: 64 million"):
        photo.load(bomb)


def test_a_renamed_pdf_is_called_a_pdf(tmp_path: Path) -> None:
    file = tmp_path / "homework.png"
    file.write_bytes(b"%PDF-1.7\n%abc\n1 0 obj\n")
    with pytest.raises(LabError, match=r"homework\.png is a PDF.*allowed: PNG, JPEG"):
        photo.load(file)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_truncated_file_is_called_damaged(kind: str) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (200, 200), dtype=np.uint8))
    data = packed(noise, kind)
    with pytest.raises(LabError, match=r"cut\.png is damaged or was cut off"):
        photo.load(data[: len(data) // 2], "cut.png")


def test_a_picture_of_one_pixel_is_too_small() -> None:
    with pytest.raises(LabError, match="1 x 1 pixels; allowed: at least 8 x 8"):
        photo.load(packed(Image.new("L", (1, 1)), "PNG"))


@pytest.mark.parametrize("data", [b"", b"hello", bytes(500), b"\x89PNG\r\n\x1a\n", b"<svg></svg>"])
def test_what_is_no_picture_gets_a_sentence(data: bytes) -> None:
    with pytest.raises(LabError, match="allowed: PNG, JPEG"):
        photo.load(data, "thing.png")


def test_a_missing_file_and_a_folder_get_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"none\.png cannot be read \(No such file"):
        photo.load(tmp_path / "none.png")
    with pytest.raises(LabError, match="cannot be read"):
        photo.load(tmp_path)
