"""Features: what a frozen trunk makes of every picture, computed once, so that its head trains in seconds."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from core.config import RunConfig
from core.data.augment import COLOUR, EXACT, SHAPE, augment, augments
from core.data.dataset import Dataset
from core.data.scaling import scaled
from core.errors import LabError
from core.nets.line import Net
from core.nets.transfer import free
from core.train.device import autocast, autocast_dtype, one_thread
from core.train.judge import at_once

Progress = Callable[[str, float], None]
MOST = 4 << 30  # bytes of features kept in memory; beyond that the trunk runs every epoch
LIGHT = 1 << 24  # weights times pictures of a batch; up to here one thread is enough
FEW = 64  # pictures in a pass; with fewer a second thread only waits for the first
PLAIN = {name: type(getattr(RunConfig(), name))(0) for name in (*EXACT, *SHAPE, *COLOUR)}  # no augmentation


@dataclass(frozen=True, eq=False)
class Features:
    """The trunk's answers: (N, numbers) or (N, maps, height, width) floats, and the labels that belong to them."""

    cut: int  # so many layers of the network have made them
    x_train: Tensor
    y_train: Tensor
    x_test: Tensor


class Rest(nn.Module):
    """A network without its frozen trunk; its weights keep the names they have in the whole."""

    def __init__(self, net: Net, cut: int, flat: bool) -> None:
        super().__init__()
        self.flat = flat
        self.layers = nn.Sequential(OrderedDict((str(i), net.layers[i]) for i in range(cut, len(net.layers))))

    def forward(self, x: Tensor) -> Tensor:
        answer: Tensor = self.layers(x.flatten(1) if self.flat else x)
        return answer


def where(net: Net, config: RunConfig, data: Dataset) -> int:
    """After how many layers the features are taken; 0: the trunk must run every epoch."""
    if not config.trunk or config.retrain == "scratch" or config.unfreeze_at:
        return 0
    if config.cutmix or (augments(config) and not config.copies):
        return 0  # every epoch changes the pictures anew
    cut = free(net, config).frozen
    if not cut:
        return 0
    pictures = len(data.y_train) * (1 + seen_more(config)) + len(data.y_test)
    numbers = 1
    for side in net.places[cut - 1].after:
        numbers *= side
    return cut if 4 * pictures * numbers <= MOST else 0


def light(features: Features, net: nn.Module, config: RunConfig) -> bool:
    """Is a step on these features next to no work? An epoch of such steps is 15 times as long with two busy threads."""
    weights = sum(p.numel() for p in net.parameters() if p.requires_grad)
    return features.x_train.dim() == 2 and weights * config.batch_size <= LIGHT


def seen_more(config: RunConfig) -> int:
    """How many changed copies of each picture the trunk sees."""
    return config.copies if augments(config) else 0


@torch.no_grad()
def compute(net: Net, cut: int, config: RunConfig, data: Dataset, device: torch.device, progress: Progress) -> Features:
    """Runs the first `cut` layers once over every picture, and over its changed copies."""
    dtype = autocast_dtype(config.precision, device)
    trunk = net.to(device).to(memory_format=torch.channels_last).eval().layers[:cut]
    copies = seen_more(config)
    mine = data.y_train < len(data.classes)  # strangers are many as they are
    pictures, labels = data.x_train[mine], data.y_train[mine]
    total = len(data.y_train) + len(labels) * copies + len(data.y_test)
    done = 0

    def through(x: Tensor, dtype: torch.dtype | None) -> Tensor:
        nonlocal done
        parts = []
        for chunk in x.split(min(at_once(x), 250)):
            with autocast(device, dtype):
                parts.append(trunk(scaled(chunk.to(device), config.scale, data.mean, data.std)).float().cpu())
            done += len(chunk)
            progress("The frozen trunk looks at every picture once", done / max(total, 1))
        return torch.cat(parts) if parts else torch.zeros(0)

    x, y = [through(data.x_train, dtype)], [data.y_train.cpu()]
    chance = torch.Generator(data.x_train.device).manual_seed(config.seed)
    with one_thread(len(pictures) < FEW):
        for _ in range(copies):
            x.append(through(augment(pictures, config, chance), dtype))
            y.append(labels.cpu())
    # what is tested is seen in full precision, as everywhere (core/train/judge.py)
    test = through(data.x_test, None) if len(data.y_test) else x[0][:0]
    return without_alike(Features(cut, torch.cat(x), torch.cat(y), test), len(data.classes))


def without_alike(features: Features, classes: int) -> Features:
    """Drops strangers (labels past the last class) that the trunk cannot tell from one of the classes."""
    x, y = features.x_train.flatten(1), features.y_train
    strange = y >= classes
    if not strange.any():
        return features
    keep = torch.ones(len(y), dtype=torch.bool)
    unit = nn.functional.normalize(x, dim=1)
    for label in range(classes):
        mine = unit[y == label]
        if not len(mine):
            continue
        centre = nn.functional.normalize(mine.mean(0), dim=0)
        near = float((mine @ centre).quantile(0.25))  # three in four of the class's own are nearer
        keep &= ~(strange & (unit @ centre > near))
    return replace(features, x_train=features.x_train[keep], y_train=y[keep])


def on_features(
    config: RunConfig, data: Dataset, net: nn.Module, features: Features
) -> tuple[RunConfig, Dataset, nn.Module, dict[str, Tensor]]:
    """The same run with features for pictures: its config, its data, the layers that learn, and the frozen weights."""
    if not isinstance(net, Net):
        raise LabError("Features can be used only with a network made from its line.")
    free(net, config)
    flat = features.x_train.dim() == 2
    rest = Rest(net, features.cut, flat)
    mine = rest.state_dict()
    frozen = {
        name: value.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, value in net.state_dict().items()
        if name not in mine
    }
    x_train, x_test = (x[:, :, None, None] if flat else x for x in (features.x_train, features.x_test))
    given = replace(data, x_train=x_train, y_train=features.y_train, x_test=x_test)
    # features are ready as they are: `unit` multiplies floats by one and adds nothing
    return config.replace(scale="unit", copies=0, **PLAIN), given, rest, frozen
