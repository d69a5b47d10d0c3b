"""Any drawing or photo of a character becomes the same white-on-black 28x28, made as MNIST was made."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from scipy import ndimage

from core.data.depth import dark_on_light, middle
from core.data.ink import SIDE, Steps, pen_width, plain, prepare

Picture = NDArray[np.uint8]
FIVE = [[(0.95, 0.0), (0.2, 0.0), (0.1, 0.45), (0.6, 0.4), (0.95, 0.65), (0.7, 0.95), (0.1, 1.0)]]


def drawn(
    strokes: list[list[tuple[float, float]]] = FIVE,
    sheet: tuple[int, int] = (280, 280),
    at: tuple[float, float] = (100, 80),
    size: float = 110,
    pen: int = 14,
) -> Picture:
    """Dark strokes on white paper; `at` is the upper left corner of the character, (x, y)."""
    picture = Image.new("L", sheet, 255)
    brush = ImageDraw.Draw(picture)
    for stroke in strokes:
        points = [(at[0] + 0.7 * size * x, at[1] + size * y) for x, y in stroke]
        brush.line(points, 0, pen, "curve")
        for x, y in points:
            brush.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), 0)
    return np.asarray(picture)


def alike(a: Picture, b: Picture) -> float:
    """1 for the same picture: the correlation of the two, best over a shift of one pixel."""
    return max(
        float(np.corrcoef(np.roll(a, (dy, dx), (0, 1)).ravel(), b.ravel())[0, 1])
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
    )


def test_the_longest_side_is_20_and_the_mass_is_in_the_middle() -> None:
    image = prepare(drawn()).image
    assert image.shape == (28, 28) and image.dtype == np.uint8
    rows, columns = np.nonzero(image.max(axis=1) > 60)[0], np.nonzero(image.max(axis=0) > 60)[0]
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == pytest.approx(20, abs=1)
    assert ndimage.center_of_mass(image) == pytest.approx((13.5, 13.5), abs=0.75)
    assert image.max() > 240 and image[0].max() == 0


@pytest.mark.parametrize(
    ("what", "changes"),
    {
        "in a corner": {"at": (8, 8), "size": 60},
        "tiny": {"at": (200, 210), "size": 26, "pen": 3},
        "huge": {"at": (25, 12), "size": 250, "pen": 18},
        "thick": {"pen": 26, "size": 170, "at": (60, 50)},
        "thin": {"pen": 2},
        "on a wide sheet": {"sheet": (700, 200), "at": (500, 40)},
        "on a large sheet": {"sheet": (2000, 1500), "at": (1500, 200), "size": 120, "pen": 12},
    }.items(),
)
def test_place_size_and_pen_make_no_difference(what: str, changes: dict[str, object]) -> None:
    usual, other = prepare(drawn()), prepare(drawn(**changes))  # type: ignore[arg-type]
    assert not other.empty, other.why
    assert alike(usual.image, other.image) > 0.8, what


def test_plain_resizing_fails_where_the_pipeline_does_not() -> None:
    corner = drawn(at=(8, 8), size=60)
    assert alike(plain(drawn()), plain(corner)) < 0.5
    assert alike(prepare(drawn()).image, prepare(corner).image) > 0.8


def shadow(picture: Picture) -> Picture:
    """Grey paper, light from one side, grain and a soft lens."""
    height, width = picture.shape
    light = np.linspace(0.5, 1, width)[None, :] * np.linspace(1, 0.75, height)[:, None]
    grain = np.random.default_rng(0).normal(0, 3, picture.shape)
    grey = np.clip((60 + picture * 0.55) * light + grain, 0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(grey).filter(ImageFilter.GaussianBlur(1)))


def patch(picture: Picture) -> Picture:
    """A scrap of grey paper laid on a white sheet: its edge is no ink."""
    framed = np.full((400, 400), 255, np.uint8)
    framed[60:340, 60:340] = (picture * 0.5 + 60).astype(np.uint8)
    return framed


def scrap(picture: Picture) -> Picture:
    """A small photo of grey, unevenly lit paper, pasted into a corner of a white sheet."""
    sheet = np.full((400, 400), 255, np.uint8)
    sheet[20:130, 270:380] = np.asarray(Image.fromarray(shadow(picture)).resize((110, 110), Image.Resampling.BOX))
    return sheet


def blue(picture: Picture) -> Picture:
    ink = np.array([40, 60, 190], np.float32)
    share = picture[:, :, None].astype(np.float32) / 255
    return np.round(share * np.array([235, 232, 225]) + (1 - share) * ink).astype(np.uint8)


def cyan(picture: Picture) -> Picture:
    return np.where(picture[:, :, None] > 127, 255, np.array([20, 225, 215])).astype(np.uint8)


def ruled(picture: Picture) -> Picture:
    lined = picture.copy()
    lined[30::60] = np.minimum(lined[30::60], 150)
    return lined


def dusty(picture: Picture) -> Picture:
    specks = picture.copy()
    for top, left in ((20, 30), (250, 40), (60, 250), (240, 200)):
        specks[top : top + 3, left : left + 3] = 40
    return specks


def clear(picture: Picture) -> Picture:
    return np.dstack([np.zeros((*picture.shape, 3), np.uint8), 255 - picture])


def clear_white(picture: Picture) -> Picture:
    return np.dstack([np.full((*picture.shape, 3), 255, np.uint8), 255 - picture])


@pytest.mark.parametrize(
    "change", [shadow, patch, scrap, blue, cyan, ruled, dusty, clear, clear_white], ids=lambda change: change.__name__
)
def test_paper_light_and_ink_make_no_difference(change) -> None:  # type: ignore[no-untyped-def]
    image = prepare(change(drawn())).image
    assert alike(prepare(drawn()).image, image) > 0.85


def test_light_on_dark_is_the_same_as_dark_on_light() -> None:
    assert alike(prepare(drawn()).image, prepare(255 - drawn()).image) > 0.98


def test_a_digit_of_mnist_passes_unchanged() -> None:
    made = np.zeros((28, 28), np.uint8)
    made[4:24, 9:19] = prepare(drawn()).image[4:24, 9:19]
    made = prepare(np.kron(made, np.ones((10, 10), np.uint8))).image  # soft rims, box of 20, mass in the middle
    assert np.array_equal(prepare(made).image, made)
    assert np.array_equal(prepare(255 - made).image, made)


def test_the_pen_is_made_equal() -> None:
    for pen in (4, 10, 20):
        image = Image.fromarray(prepare(drawn(pen=pen, size=170, at=(60, 40))).image).resize((112, 112))
        assert pen_width(np.asarray(image) > 127) == pytest.approx(8.0, abs=2.5)


def test_every_step_leaves_a_picture_and_can_be_switched_off() -> None:
    whole = prepare(drawn())
    assert list(whole.stages) == ["raw", "threshold", "crop", "resize", "centre"]
    assert all(stage.dtype == np.uint8 for stage in whole.stages.values())
    assert np.array_equal(whole.stages["centre"], whole.image)
    corner = drawn(at=(8, 8), size=60)
    for step in ("crop", "resize", "pen", "centre"):
        other = prepare(corner, Steps(**{step: False})).image
        assert other.shape == (SIDE, SIDE)
        assert not np.array_equal(other, prepare(corner).image), step
    bare = prepare(shadow(drawn()), Steps(threshold=False, crop=False, centre=False)).stages["threshold"]
    assert bare.min() < 80 < bare[-1, 0]  # the shadow on the paper is still there


def test_the_box_is_given_in_pixels_of_the_raw_picture() -> None:
    large = drawn(sheet=(2000, 1500), at=(1500, 200), size=120, pen=12)
    left, top, right, bottom = prepare(large).box
    assert (left, top) == pytest.approx((1500, 194), abs=15)
    assert bottom - top == pytest.approx(132, abs=15)
    assert right - left == pytest.approx(90, abs=15)


def test_a_neighbour_that_is_cut_off_is_left_out() -> None:
    picture = drawn().copy()
    picture[:20, 10:30] = 0  # the foot of something above
    assert alike(prepare(drawn()).image, prepare(picture).image) > 0.95


def noisy_paper() -> Picture:
    grain = np.random.default_rng(1).normal(0, 4, (300, 300))
    return np.clip(np.linspace(120, 200, 300)[None, :] + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (np.full((280, 280), 255, np.uint8), "no ink"),
        (np.zeros((280, 280), np.uint8), "no ink"),
        (np.zeros((28, 28), np.uint8), "no ink"),
        (np.zeros((280, 280, 4), np.uint8), "no ink"),
        (noisy_paper(), "no ink"),
        (drawn([[(0.5, 0.5), (0.5, 0.5)]], pen=14), "only a dot"),
        (drawn([[(0.5, 0.5), (0.5, 0.5)]], pen=90), "only a dot"),
        (np.zeros((1, 1), np.uint8), "1 x 1 pixels"),
        (np.zeros((3, 500, 3), np.uint8), "500 x 3 pixels"),
    ],
    ids=["white", "black", "small black", "clear", "grainy paper", "dot", "blot", "one pixel", "strip"],
)
def test_where_there_is_nothing_to_read_a_sentence_says_so(picture: Picture, sentence: str) -> None:
    prepared = prepare(picture)
    assert prepared.empty
    assert sentence in prepared.why
    assert not prepared.image.any()


def test_random_pictures_never_break_it() -> None:
    random = np.random.default_rng(2)
    for _ in range(60):
        height, width = random.integers(8, 90, 2)
        kind = random.integers(4)
        shape = (height, width) if kind == 0 else (height, width, (1, 3, 4)[kind - 1])
        picture = random.integers(0, 256, shape, dtype=np.uint8)
        if random.random() < 0.5:
            picture = np.where(picture > 250, picture, 0).astype(np.uint8)
        image = prepare(picture).image
        assert image.shape == (28, 28) and image.dtype == np.uint8


@pytest.mark.parametrize("share", [0.0, 0.4, 0.5, 0.51, 0.9, 1.0])
def test_the_quick_median_is_the_median(share):
    luck = np.random.default_rng(1)
    values = luck.random(1000).astype(np.float32)
    values[: round(1000 * share)] = 0.25
    for each in (values, luck.permutation(values), values[:-1].reshape(9, 111)):
        assert middle(each) == pytest.approx(float(np.median(each)), abs=1e-7)


@pytest.mark.parametrize("bars", [0.0, 1.0])
def test_bars_beside_a_photo_are_not_taken_for_a_clean_canvas(bars):
    plane = np.full((300, 400), 0.75, np.float32)
    plane[60:240, 190:204] = 0.15
    plane[:, :75] = plane[:, -75:] = bars
    assert dark_on_light(plane)
