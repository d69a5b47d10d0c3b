"""Pictures that are no digit and no Greek letter: what a model must learn to call "none of these"."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from checkpoints.make.gather import NONE, Pool, large

Random = np.random.Generator
Picture = NDArray[np.uint8]

# Characters of other alphabets: where they stand in Unicode.
SCRIPTS = {
    "latin": "41-5A 61-7A DE-DF E6 F0 180-1BF 1DD 21C-21D 220-224 250-2AF 23 25-26 2A-2B 3D 3F-40",
    "cyrillic": "402 404 409-40B 40F-418 41A-438 43A-44F 452 459-45B 45F-482 48A-4FF",
    "armenian": "531-556 561-587",
    "hebrew": "5D0-5EA",
    "arabic": "621-63A 641-64A 671-6D3",
    "nko": "7CA-7EA",
    "georgian": "10A0-10C5 10D0-10FA",
    "syllabics": "1401-1676",
    "lao": "E81-EAE",
    "tifinagh": "2D30-2D65",
    "lisu": "A4D0-A4F7",
    "mathematics": "2200-22FF",
    "signs": "2300-232B 25A0-26FF 2701-27BE",
}
# Those among them that an earlier model took for a digit or a Greek letter, and mostly with good reason.
ALIKE = (
    "BDIKOSVXYklopqsvxßƐƓƔƖƘƙƟƠơƥƧƨƫƬƮƱƲƳƷƸƹƺƻƼƽȜȝȢȣȤɕɖɛɜɞɡɣɤɥɩɫɬɭɮɵɷʂʊʋʏʐʒʓʕʖʗʛʞʪʮʯЄВЗКОХЧбзкорхчѠѡѤѥѰѱѲ"
    "ѳѴѵѶѷѺѻѾѿ҃ҘҙҚқҜҝҞҟҠҡҬҭҮүҲҳҶҷҸҹӀӃӋӌӏӞӟӠӡӨөӴӺӼӽԶԺԿՁՅՏՑՕագլկշջվօויןסץإاهوىډکڪگڱڲڴۀیێߊߋߌߗߟߧຂຊຣຮႡႣႦႨႮႯႱႴႷ"
    "ႽჂჃჄბგვზკმნპსტცწჭხჯჰჱჳჴჵჷჸჹᐅᐟᐠᐤᐪᐯᐰᐳᐷᐺᑁᑊᑫᑬᑭᑲᑳᑴᑵᑿᒃᒐᒑᒜᔆᔐᔘᔦᕁᕗᕽᖊᖍᖯᗞᙆ᙮ᚁᚂᚃ∂∈∎∕∖∘∝∣∤∥∨≀⊖⊘⊜⊝⊤⊩⊰⊱⊼⋁⋄⋉⋋⋌⋎⋏⌇⌊⌝⌠▮"
    "▲▷◆◇◊○◐◒◓◖◗◜◝◠◥◦◯☉☌☓☡♇♉♌♙♢♭♮⚆⚈⚉⚘⚚⚡⚦⚨⚪⚬⚱⚲⚴⚷⛢✕✖✗✘✣✪✿❍❘❙❚❛❜❡❥❨❪❫❬❭❮❯❰❱❲❳❷❹❺❼➍➐ⴰⴱⴵⴶⴸⵃⵅⵋⵏⵑⵒⵓⵔⵝⵢꓐꓓꓗꓘꓢꓦꓫꓬꓲꓳ"
    "dbghnNMQGCcUuwWmraejJz"
)
UNSEEN = ("armenian", "georgian", "tifinagh", "faces")  # kept out of the folds' training to judge honestly


def families(data: Path) -> dict[str, Callable[[Random], Picture]]:
    """Name -> a function that draws one such picture."""
    table: dict[str, Callable[[Random], Picture]] = {
        name: _script(_characters(ranges)) for name, ranges in SCRIPTS.items()
    }
    table |= {"scribble": scribble, "hatch": hatch, "strokes": strokes, "curves": curves, "shapes": shapes}
    for name, file in (("faces", "anime64.npz"), ("things", "cifar10.npz")):
        if (data / file).exists():
            table[name] = _photos(data / file)
    return table


def outliers(count: int, data: Path, seed: int) -> Pool:
    """About so many outliers, equally many of each family, cleaned as the app does."""
    table = families(data)
    random = np.random.default_rng(seed)
    pictures, names = [], []
    for name, draw in table.items():
        for picture in _cleaned(draw, random, count // len(table)):
            pictures.append(picture)
            names.append(name)
    labels = np.full(len(names), NONE)
    return Pool(np.stack(pictures), labels, np.array(names), np.array(names))


def _cleaned(draw: Callable[[Random], Picture], random: Random, count: int) -> Iterator[Picture]:
    for _ in range(count):
        picture = large(draw(random))
        if picture is not None:
            yield picture


def _sheet(paths: list[NDArray[np.float64]], width: int) -> Picture:
    """Pen strokes, each an array of points in 0..1, on a white sheet of 112x112."""
    image = Image.new("L", (112, 112), 255)
    pen = ImageDraw.Draw(image)
    for path in paths:
        pen.line([(float(x), float(y)) for x, y in 8 + 96 * path], fill=0, width=width, joint="curve")
    return np.asarray(image)


def _smooth(points: NDArray[np.float64], closed: bool = False) -> NDArray[np.float64]:
    """A Catmull-Rom curve through the points."""
    if closed:
        ring = np.concatenate([points[-1:], points, points[:2]])
    else:
        ring = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, 12, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(ring, ring[1:], ring[2:], ring[3:], strict=False):
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.clip(np.concatenate([*parts, ring[-2][None]]), 0, 1)


def scribble(random: Random) -> Picture:
    """One long line all over the place."""
    steps = random.normal(0, random.uniform(0.15, 0.5), (int(random.integers(9, 40)), 2))
    walk = np.cumsum(steps, axis=0)
    walk = (walk - walk.min(0)) / (np.ptp(walk, axis=0) + 1e-9)
    return _sheet([_smooth(walk) if random.random() < 0.7 else walk], int(random.integers(2, 7)))


def hatch(random: Random) -> Picture:
    """To and fro, as one fills a shape."""
    count = int(random.integers(6, 18))
    across = np.linspace(0, 1, count)
    along = np.where(np.arange(count) % 2, 1.0, 0.0) + random.normal(0, 0.15, count)
    points = np.stack([across, np.clip(along, 0, 1)], 1) - 0.5
    angle = random.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = np.clip(points * [1, random.uniform(0.3, 1)] @ turn * 0.9 + 0.5, 0, 1)
    return _sheet([_smooth(points) if random.random() < 0.5 else points], int(random.integers(2, 6)))


def strokes(random: Random) -> Picture:
    """Three to six straight or bent strokes that meet at common points: like a character of some other alphabet."""
    knots = random.random((int(random.integers(4, 7)), 2))
    knots = np.round(knots * 3) / 3 if random.random() < 0.6 else knots
    paths = []
    for _ in range(int(random.integers(3, 7))):
        a, b = knots[random.choice(len(knots), 2, replace=False)]
        middle = (a + b) / 2 + random.normal(0, 0.18, 2) * (random.random() < 0.5)
        paths.append(_smooth(np.stack([a, np.clip(middle, 0, 1), b])))
    return _sheet(paths, int(random.integers(2, 7)))


def curves(random: Random) -> Picture:
    """Two to four arcs, loops and dots: like a rounder alphabet."""
    paths = []
    for _ in range(int(random.integers(2, 5))):
        centre, radius = random.uniform(0.2, 0.8, 2), random.uniform(0.12, 0.4, 2)
        start, length = random.uniform(0, 2 * np.pi), random.uniform(0.5, 2) * np.pi
        angle = start + np.linspace(0, length, 24)
        path = centre + radius * np.stack([np.cos(angle), np.sin(angle)], 1)
        if random.random() < 0.5:
            path = np.concatenate([path, path[-1:] + random.normal(0, 0.3, (1, 2))])
        paths.append(np.clip(path, 0, 1))
    if random.random() < 0.6:
        paths.append(random.random((2, 2)))
    return _sheet(paths, int(random.integers(2, 7)))


def shapes(random: Random) -> Picture:
    """Stars, hearts, houses, spirals and smileys: what children draw first."""
    kind, pen = int(random.integers(6)), int(random.integers(2, 6))
    t = np.linspace(0, 2 * np.pi, 60)
    if kind == 0:  # a star
        points = int(random.integers(4, 8))
        turn = np.arange(2 * points + 1) * np.pi / points + random.uniform(0, 1)
        radius = np.where(np.arange(2 * points + 1) % 2, random.uniform(0.15, 0.3), 0.5)
        return _sheet([0.5 + radius[:, None] * np.stack([np.sin(turn), np.cos(turn)], 1)], pen)
    if kind == 1:  # a heart
        x, y = 16 * np.sin(t) ** 3, -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
        return _sheet([np.stack([0.5 + x / 36, 0.5 + y / 36], 1)], pen)
    if kind == 2:  # a house
        eaves = random.uniform(0.3, 0.5)
        walls = np.array([[0.1, eaves], [0.1, 1], [0.9, 1], [0.9, eaves], [0.1, eaves], [0.5, 0], [0.9, eaves]])
        door = np.array([[0.4, 1], [0.4, 0.7], [0.6, 0.7], [0.6, 1]])
        return _sheet([walls, door] if random.random() < 0.6 else [walls], pen)
    if kind == 3:  # a spiral of several turns
        turns = random.uniform(2, 4)
        return _sheet([0.5 + (t / t[-1] * 0.5)[:, None] * np.stack([np.cos(t * turns), np.sin(t * turns)], 1)], pen)
    if kind == 4:  # a face
        ring = 0.5 + 0.48 * np.stack([np.cos(t), np.sin(t)], 1)
        smile = 0.5 + 0.28 * np.stack([np.cos(t[5:25]), np.sin(t[5:25])], 1) * [1, random.choice([-1, 1])]
        eyes = [np.array([[x, 0.35], [x, 0.42]]) for x in (0.35, 0.65)]
        return _sheet([ring, smile, *eyes], pen)
    grid = [np.array([[0, y], [1, y]]) for y in (0.3, 0.7)] + [np.array([[x, 0], [x, 1]]) for x in (0.3, 0.7)]
    return _sheet(grid[: int(random.integers(3, 5))], pen)


def _script(text: str) -> Callable[[Random], Picture]:
    """Printed characters of one alphabet, turned and slanted a little; the pen is made equal when they are cleaned."""
    fonts = _fonts(text)

    def draw(random: Random) -> Picture:
        image = Image.new("L", (128, 128), 255)
        font, known = fonts[int(random.integers(len(fonts)))]
        ImageDraw.Draw(image).text((64, 64), str(random.choice(known)), 0, font, anchor="mm")
        slant, turn = random.normal(0, 0.12), random.normal(0, 6)
        image = image.rotate(turn, Image.Resampling.BILINEAR, fillcolor=255)
        shift = -64 * slant
        return np.asarray(
            image.transform(
                (128, 128), Image.Transform.AFFINE, (1, slant, shift, 0, 1, 0), Image.Resampling.BILINEAR, fillcolor=255
            )
        )

    return draw


def _characters(ranges: str) -> str:
    """`41-5A 61` -> the characters from A to Z, and a; without those that look like ours."""
    ends = [part.partition("-")[::2] for part in ranges.split()]
    every = [chr(code) for low, high in ends for code in range(int(low, 16), int(high or low, 16) + 1)]
    return "".join(each for each in every if each not in ALIKE)


def _fonts(text: str) -> list[tuple[ImageFont.FreeTypeFont, list[str]]]:
    """The fonts of matplotlib or the system that have at least half of these characters, and which ones they have."""
    folders = [Path("/usr/share/fonts"), *Path(ImageFont.__file__).parents[1].glob("matplotlib/mpl-data/fonts/ttf")]
    found = []
    for file in sorted({file for folder in folders for file in folder.rglob("DejaVu*.ttf")}):
        font = ImageFont.truetype(file, 72)
        blank = bytes(font.getmask("\U0010fffe"))
        known = [character for character in text if bytes(font.getmask(character)) != blank]
        if len(known) * 2 >= len(text):
            found.append((font, known))
    if not found:
        raise SystemExit(f"No font here draws {text[:8]}…: install the DejaVu fonts.")
    return found


def _photos(file: Path) -> Callable[[Random], Picture]:
    """Photographs or drawn faces."""
    with np.load(file) as arrays:
        name = "images" if "images" in arrays else "x_train"
        pictures = arrays[name][:4000]
    if pictures.shape[1] == 3:
        pictures = pictures.transpose(0, 2, 3, 1)

    def draw(random: Random) -> Picture:
        return np.asarray(pictures[int(random.integers(len(pictures)))])

    return draw
