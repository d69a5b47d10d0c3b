"""The named pairs of a GAN as tables of widths; light, so that a command line can check a name without torch."""

from typing import NamedTuple

from core.errors import unknown


class Plan(NamedTuple):
    """Widths of a pair, from the 4x4 map outwards; one fewer for 32x32."""

    about: str
    up: tuple[int, ...]
    down: tuple[int, ...]  # from the 4x4 map outwards, too
    ours: bool  # a coarse map that weighs the fine one, a second look, and a look at the whole batch


PLANS = {
    "dcgan": Plan(
        "Report R0's DCGAN: transposed convolutions 4x4 with batch norm, 3.8 million weights in the generator.",
        (512, 256, 128, 64),
        (512, 256, 128, 64),
        ours=False,
    ),
    "gan-small": Plan(
        "Ours: half the work per picture; a coarse map weighs the channels of the fine one.",
        (256, 192, 96, 48),
        (256, 128, 64, 32),
        ours=True,
    ),
}


def plan_of(name: str) -> Plan:
    if name not in PLANS:
        raise unknown("A GAN's network", name, PLANS)
    return PLANS[name]
