"""A run as code: its augmentation, only the changes that this run makes. Long because each change has its own text."""

from core.config import RunConfig
from core.train.script_data import Source, floats

UNIFORM = '''
def uniform(x):
    """One number in 0..1 for each picture."""
    return torch.rand(len(x), generator=chance)
'''
AROUND = '''
def around(x, reach):
    """One number in -reach..reach for each picture."""
    return (uniform(x) * 2 - 1) * reach
'''
AFFINE = '''
def affine(x, angle, scale, shear, right, down):
    """Turned and slanted (degrees), scaled, moved (pixels); black outside."""
    height, width = x.shape[2:]
    turn, slant = angle * (math.pi / 180), shear * (math.pi / 180)
    # grid_sample asks where each new pixel comes from: everything backwards
    cos, sin, tan = turn.cos() / scale, turn.sin() / scale, slant.tan()
    a, b, c, d = cos - tan * sin, sin + tan * cos, -sin, cos
    from_x, from_y = -(a * right + b * down) * 2 / width, -(c * right + d * down) * 2 / height
    top = torch.stack([a, b * height / width, from_x], 1)
    bottom = torch.stack([c * width / height, d, from_y], 1)
    grid = F.affine_grid(torch.stack([top, bottom], 1), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
'''
MIXED = '''
def mixed(x, other, share):
    """`share` of the picture and the rest of the other; a share above 1 leads away from the other."""
    return torch.lerp(other.expand_as(x), x, share.view(-1, 1, 1, 1)).clamp(0, 1)
'''
GREY = '''
def grey(x):
    """How bright each pixel looks."""
    return x[:, 0:1] * 0.2989 + x[:, 1:2] * 0.587 + x[:, 2:3] * 0.114
'''
SOFTENED = '''
def softened(x):
    """Each pixel averaged with its eight neighbours, itself counting five times; the border stays."""
    rows = x[:, :, :-2] + x[:, :, 1:-1] + x[:, :, 2:]
    out = x.clone()
    out[:, :, 1:-1, 1:-1] = (x[:, :, 1:-1, 1:-1] * 4 + rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]) / 13
    return out
'''


def augmentation(config: RunConfig, source: Source) -> str:
    """All functions that the augmentation of this run needs, `augmented` last; empty when nothing is changed."""
    colours = _colours(config, source)
    turned = bool(config.rotate or config.zoom or config.shear)
    moved = bool(config.crop or config.flip or (config.shift and not turned))
    if not (colours or turned or moved or config.cutout or config.cutmix):
        return ""
    parts = ["chance = torch.Generator().manual_seed(SEED)  # feeds the augmentation only"]
    if turned or colours or config.cutout or config.cutmix or config.flip:
        parts.append(UNIFORM)
    if turned or colours:
        parts.append(AROUND)
    if moved:
        parts.append(_moved(config, source, 0.0 if turned else config.shift))
    if turned:
        parts.append(AFFINE)
    if colours:
        parts.append(MIXED)
        if source.shape[0] == 3 and (config.contrast or config.saturation):
            parts.append(GREY)
        if config.sharpness:
            parts.append(SOFTENED)
    if config.cutout:
        parts.append(_cutout(config, source))
    if colours or turned or moved or config.cutout:
        parts.append(_augmented(config, source, moved, turned, colours))
    if config.cutmix:
        parts.append(_cutmixed(config, source))
    return "\n\n".join(part.strip("\n") + "\n" for part in parts).rstrip("\n")


def _moved(config: RunConfig, source: Source, shift: float) -> str:
    _, height, width = source.shape
    y, x = (config.crop + round(shift * side) for side in (height, width))
    lines = ["def moved(x):", '    """Each picture moved by whole pixels' + _mirrored(config) + '."""']
    lines += ["    n, channels, height, width = x.shape"]
    for name, reach in (("down", y), ("right", x)):
        value = f"torch.randint(-{reach}, {reach} + 1, (n,), generator=chance)" if reach else "torch.zeros(n).long()"
        lines.append(f"    {name} = {value}")
    if config.flip:
        lines.append("    flip = uniform(x) < 0.5")
    lines.append(f"    padded = F.pad(x, ({x}, {x}, {y}, {y}))")
    if config.flip:
        lines.append("    padded[flip] = padded[flip].flip(-1)")
    lines += [
        f"    rows = (down + {y}).view(n, 1, 1, 1) + torch.arange(height).view(1, 1, -1, 1)",
        f"    columns = (right + {x}).view(n, 1, 1, 1) + torch.arange(width).view(1, 1, 1, -1)",
        "    strips = padded.gather(2, rows.expand(n, channels, height, padded.shape[3]))",
        "    return strips.gather(3, columns.expand(n, channels, height, width))",
    ]
    return "\n".join(lines)


def _mirrored(config: RunConfig) -> str:
    return ", half of them mirrored" if config.flip else ""


def _cutout(config: RunConfig, source: Source) -> str:
    _, height, width = source.shape
    return f'''
def cutout(x):
    """A black square of side {config.cutout} at a random place."""
    top = (uniform(x) * {height}).long() - {config.cutout // 2}
    left = (uniform(x) * {width}).long() - {config.cutout // 2}
    down = torch.arange({height}) - top.view(-1, 1)
    right = torch.arange({width}) - left.view(-1, 1)
    rows, columns = ((each >= 0) & (each < {config.cutout}) for each in (down, right))
    inside = rows[:, None, :, None] & columns[:, None, None, :]
    return x * (~inside).to(x.dtype)
'''


def _cutmixed(config: RunConfig, source: Source) -> str:
    _, height, width = source.shape
    return f'''
def span(middle, side, full):
    """Which rows (or columns) each picture's piece covers."""
    first = torch.round((middle - side / 2) * full)
    place = torch.arange(full)
    return (place >= first[:, None]) & (place < (first + torch.round(side * full))[:, None])


def cutmixed(x, y):
    """Pieces of other pictures pasted in; each label becomes shares by the area that it fills (CutMix, Yun 2019)."""
    lucky, size, down, right = (uniform(x) for _ in range(4))
    other = torch.randperm(len(x), generator=chance)
    side = size.sqrt() * (lucky < {config.cutmix!r})
    rows, columns = span(down, side, {height}), span(right, side, {width})
    inside = rows[:, None, :, None] & columns[:, None, None, :]
    theirs = rows.sum(1) * columns.sum(1) / {height * width}
    own, foreign = F.one_hot(y, {len(source.classes)}), F.one_hot(y[other], {len(source.classes)})
    return torch.where(inside, x[other], x), torch.lerp(own.float(), foreign.float(), theirs[:, None])
'''


def _colours(config: RunConfig, source: Source) -> bool:
    return bool(config.brightness or config.contrast or config.saturation or config.sharpness)


def _augmented(config: RunConfig, source: Source, moved: bool, turned: bool, colours: bool) -> str:
    lines = ["def augmented(x):", '    """A batch of pictures, each changed a little by its own chance."""']
    if moved:
        lines.append("    x = moved(x)")
    if floats(config):
        lines.append("    x = x.float() / 255")
    if turned:
        _, height, width = source.shape
        lines += [
            f"    angle = {_reach(config.rotate)}",
            f"    scale = 1 + {_reach(config.zoom)}",
            f"    shear = {_reach(config.shear)}",
            f"    right, down = {_reach(config.shift * width)}, {_reach(config.shift * height)}",
            "    x = affine(x, angle, scale, shear, right, down)",
        ]
    grey = "grey(x)" if source.shape[0] == 3 else "x"
    if config.brightness:
        lines.append(
            f"    x = mixed(x, torch.zeros_like(x[:, :1]), 1 + around(x, {config.brightness!r}))  # brightness"
        )
    if config.contrast:
        lines.append(
            f"    x = mixed(x, {grey}.mean((2, 3), keepdim=True), 1 + around(x, {config.contrast!r}))  # contrast"
        )
    if config.saturation and source.shape[0] == 3:
        lines.append(f"    x = mixed(x, grey(x), 1 + around(x, {config.saturation!r}))  # saturation")
    if config.sharpness:
        lines.append(f"    x = mixed(x, softened(x), 1 + around(x, {config.sharpness!r}))  # sharpness")
    lines.append("    return cutout(x)" if config.cutout else "    return x")
    return "\n".join(lines)


def _reach(reach: float) -> str:
    return f"around(x, {reach!r})" if reach else "torch.zeros(len(x))"
