"""A run as code, first part: the pictures, their batches and their augmentation, as plain PyTorch text."""

import json
from dataclasses import dataclass
from pathlib import Path

from core.config import RunConfig
from core.data.batches import steps_per_epoch
from core.data.scaling import scale_shift

TORCHVISION = {"mnist": "MNIST", "fashion": "FashionMNIST", "kmnist": "KMNIST", "cifar10": "CIFAR10"}


@dataclass(frozen=True)
class Source:
    """What a script must know about a dataset. `file`: an npz; None: torchvision reads it from `folder`."""

    dataset: str
    folder: Path
    file: Path | None
    axes: int  # of the array of pictures in the npz: 3 without a channel axis, 4 with one
    channels_last: bool
    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    pictures: int  # for training
    mean: tuple[float, ...]
    std: tuple[float, ...]


def used(config: RunConfig, source: Source) -> tuple[int, int]:
    """How many pictures a run trains on, and how many it holds out."""
    count = min(config.train_size, source.pictures) if config.train_size else source.pictures
    held = int(count * config.holdout)
    return count - held, held


def floats(config: RunConfig) -> bool:
    """Whether augmentation mixes pixels, so that bytes become numbers in 0..1."""
    colours = config.brightness or config.contrast or config.saturation or config.sharpness
    return bool(config.rotate or config.zoom or config.shear or colours)


def pictures(config: RunConfig, source: Source) -> str:
    """Loading the set, and choosing from it."""
    lines = _from_npz(source) if source.file else _from_torchvision(source)
    if config.train_size and config.train_size < source.pictures:
        lines += [
            "",
            "mixed = torch.randperm(len(y_train), generator=torch.Generator().manual_seed(SEED))",
            f"chosen = mixed[:{config.train_size}]",
            "x_train, y_train = x_train[chosen], y_train[chosen]  # only so many pictures",
        ]
    if used(config, source)[1]:
        lines += [
            "",
            "# Some training pictures are kept apart: decisions look at these, never at the test set.",
            "mixed = torch.randperm(len(y_train), generator=torch.Generator().manual_seed(SEED))",
            f"held = int(len(y_train) * {config.holdout!r})",
            "apart, rest = mixed[:held].sort().values, mixed[held:].sort().values",
            "x_val, y_val = x_train[apart], y_train[apart]",
            "x_train, y_train = x_train[rest], y_train[rest]",
        ]
    return "\n".join(lines)


def _from_torchvision(source: Source) -> list[str]:
    name = TORCHVISION[source.dataset]
    lines = [
        f"FOLDER = {json.dumps(str(source.folder))}  # where the pictures lie; they are downloaded if they do not",
        f"train_set = torchvision.datasets.{name}(FOLDER, train=True, download=True)",
        f"test_set = torchvision.datasets.{name}(FOLDER, train=False, download=True)",
    ]
    channels, height, width = source.shape
    if name == "CIFAR10":
        load = "torch.from_numpy({0}_set.data).permute(0, 3, 1, 2).contiguous(), torch.tensor({0}_set.targets)"
    else:
        load = "{0}_set.data.unsqueeze(1), {0}_set.targets"
    lines.append(f"x_train, y_train = {load.format('train')}  # (pictures, {channels}, {height}, {width}) bytes")
    lines.append(f"x_test, y_test = {load.format('test')}")
    return lines


def _from_npz(source: Source) -> list[str]:
    channels, height, width = source.shape
    shaped = "[:, None]" if source.axes == 3 else ".transpose(0, 3, 1, 2)" * source.channels_last
    plain = f'arrays["x_{{0}}"]{shaped}'
    load = (
        f"torch.from_numpy(numpy.ascontiguousarray({plain}))" if source.channels_last else f"torch.from_numpy({plain})"
    )
    labels = 'torch.from_numpy(arrays["y_{0}"].astype("int64").ravel())'
    return [
        f"arrays = numpy.load({json.dumps(str(source.file))})",
        f"x_train = {load.format('train')}  # (pictures, {channels}, {height}, {width}) bytes",
        f"x_test = {load.format('test')}",
        f"y_train = {labels.format('train')}",
        f"y_test = {labels.format('test')}",
    ]


def scaling(config: RunConfig, source: Source) -> str:
    """From bytes to what the network eats."""
    gain, offset = scale_shift(config.scale, source.mean, source.std)
    say = {
        "standard": "numbers of mean 0 and spread 1, where networks learn best",
        "centred": "numbers from -0.5 to 0.5",
        "unit": "numbers from 0 to 1",
        "raw": "the same values as floats",
    }[config.scale]
    alike = len(set(zip(gain, offset, strict=True))) == 1
    head = _constants(config, source, gain[0], offset[0], alike)
    single = "" if alike else ".float()"
    body = [f'    """Bytes become {say}."""']
    factor = f"GAIN{single}"
    if floats(config):
        body.append("    gain = GAIN if x.dtype == torch.uint8 else 255 * GAIN  # augmented pictures are 0..1 already")
        factor = f"gain{single}"
    body.append(f"    x = x.to(torch.float32) * {factor} + OFFSET{single}")
    body.append("    return x.contiguous(memory_format=torch.channels_last)  # the faster order in memory")
    return "\n".join([*head, "", "", "def scaled(x):", *body])


def _constants(config: RunConfig, source: Source, gain: float, offset: float, alike: bool) -> list[str]:
    """GAIN and OFFSET, and where they come from."""
    if config.scale != "standard":
        return [f"GAIN, OFFSET = {gain!r}, {offset!r}"]
    spread = [max(each, 1e-3) for each in source.std]
    said = "  # of the training pictures, from 0 (black) to 1"
    if alike:
        return [f"MEAN, STD = {source.mean[0]!r}, {spread[0]!r}{said}", "GAIN, OFFSET = 1 / 255 / STD, -MEAN / STD"]
    return [
        f"MEAN = {list(source.mean)!r}{said}",
        f"STD = {spread!r}",
        "MEAN, STD = (torch.tensor(each, dtype=torch.float64).view(1, -1, 1, 1) for each in (MEAN, STD))",
        "GAIN, OFFSET = 1 / 255 / STD, -MEAN / STD",
    ]


def batches(config: RunConfig, source: Source) -> str:
    """One epoch's batches in their order."""
    count = used(config, source)[0]
    steps = steps_per_epoch(count, config.batch_size)
    if config.shuffle:
        about = "The training set once through, in an order that only the seed and the epoch decide."
        order = f"torch.randperm({count}, generator=torch.Generator().manual_seed(SEED * 1_000_003 + epoch))"
    else:
        about, order = "The training set once through, always in the same order.", f"torch.arange({count})"
    lines = [
        f"BATCH = {config.batch_size}",
        f"STEPS = {steps}  # per epoch",
        "",
        "",
        "def batches(epoch):",
        f'    """{about}"""',
        f"    order = {order}",
        "    parts = list(order.split(BATCH))",
    ]
    if count % config.batch_size == 1 < config.batch_size and count > config.batch_size:
        lines.append("    parts[-2:] = [torch.cat(parts[-2:])]  # batch norm cannot work with one picture alone")
    lines.append("    for chosen in parts:")
    picked = "augmented(x_train[chosen])" if _augments(config) else "x_train[chosen]"
    lines.append(f"        yield scaled({picked}), y_train[chosen]")
    return "\n".join(lines)


def _augments(config: RunConfig) -> bool:
    return bool(floats(config) or config.crop or config.flip or config.shift or config.cutout)
