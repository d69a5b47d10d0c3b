"""The gallery: every layer's maps of one picture, each layer one picture that a viewer can open."""

import re

from torch import Tensor

from core.look.maps import record
from core.look.opened import Opened
from core.look.tiles import Picture, enlarged, shown, tiled


def gallery(opened: Opened, picture: Tensor) -> dict[str, Picture]:
    """File name -> picture (height, width, 3): the picture itself, then every layer that changes numbers."""
    files = {"00-picture.png": enlarged(shown(picture))}
    for number, view in enumerate((each for each in record(opened, picture) if each.seen), 1):
        title = re.sub(r"[^a-z0-9]+", "-", view.title.lower()).strip("-")
        files[f"{number:02d}-{title}.png"] = enlarged(tiled(view.maps))
    return files
