"""The one entry that training uses: a run's config in, its network out."""

from core.config import RunConfig
from core.nets.backbones import Progress
from core.nets.line import Net, build
from core.nets.rewrite import rewrite


def network(config: RunConfig, shape: tuple[int, int, int], classes: int, progress: Progress | None = None) -> Net:
    """The network of a config for pictures of this shape: a named net, a line, or a torchvision backbone."""
    return build(rewrite(config.net, config), shape, classes, config.seed, progress)
