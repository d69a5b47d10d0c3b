"""Makes `eye`: the features by which the lab says how alike two sets of pictures look.

LAB_DATA=… python -m checkpoints.make.eye [--steps 1500]      (needs anime64.npz, cifar10 and mnist; three minutes)
SimCLR (Chen 2020): two crops of one picture shall get like features, crops of others unlike ones. The crops keep most
of the colour, so that the features react to it.
"""

import argparse
import datetime
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core import paths
from core.data import registry
from core.latent.sampler import quick
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.eye import FEATURES, NAME, SIDE, Eye, shown

SETS = {"anime64": 0.6, "cifar10": 0.2, "mnist": 0.2}  # shares of a batch: most of what generators here learn is faces
BATCH = 192


def two_views(x: Tensor, luck: torch.Generator) -> Tensor:
    """A crop of 60 to 100 % of each side, somewhere, with a little brightness and contrast."""
    n = len(x)
    size = 0.6 + 0.4 * torch.rand(n, generator=luck)
    centre = (torch.rand(n, 2, generator=luck) * 2 - 1) * (1 - size)[:, None]
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = size
    theta[:, :, 2] = centre
    grid = F.affine_grid(theta, [n, 3, SIDE, SIDE], align_corners=False)
    seen = F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
    light = 0.15 * torch.randn(n, 1, 1, 1, generator=luck)
    return (seen * (1 + 0.15 * torch.randn(n, 1, 1, 1, generator=luck)) + light).clamp(-1, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--out", type=Path, default=paths.shipped())
    chosen = parser.parse_args()
    torch.manual_seed(0)
    luck = torch.Generator().manual_seed(0)
    sets = {name: registry.load(name).x_train for name in SETS}
    net = Eye().to(memory_format=torch.channels_last)
    head = nn.Sequential(nn.Linear(FEATURES, 128), nn.SiLU(), nn.Linear(128, 64))
    weights = [*net.parameters(), *head.parameters()]
    optimiser = torch.optim.AdamW(weights, 2e-3, weight_decay=1e-4, fused=True)
    began = time.perf_counter()
    for step in range(chosen.steps):
        optimiser.param_groups[0]["lr"] = 2e-3 * min(1.0, (step + 1) / 50, 2 * (1 - step / chosen.steps))
        parts = []
        for name, share in SETS.items():
            places = torch.randint(len(sets[name]), (int(BATCH * share),), generator=luck)
            parts.append(shown(sets[name][places].float() / 127.5 - 1))
        x = torch.cat(parts)
        with quick():
            both = torch.cat([two_views(x, luck), two_views(x, luck)]).contiguous(memory_format=torch.channels_last)
            codes = F.normalize(head(net(both)).float(), dim=1)
        like = codes @ codes.T / 0.2 - 1e9 * torch.eye(len(codes))
        loss = F.cross_entropy(like, torch.arange(len(codes)).roll(len(x)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 50 == 0:
            found = float((like.argmax(1) == torch.arange(len(codes)).roll(len(x))).float().mean())
            print(
                f"step {step}: loss {float(loss):.3f}, partner found {found:.0%}, {time.perf_counter() - began:.0f} s",
                flush=True,
            )
    card = Card(
        name=NAME,
        net="core.nets.eye",
        shape=(3, SIDE, SIDE),
        classes=("features",),
        kind="eye",
        about=f"{FEATURES} features learned without labels from {', '.join(SETS)}: the lab compares pictures by them.",
        dataset=" + ".join(SETS),
        seconds=round(time.perf_counter() - began, 1),
        device="cpu",
        made=datetime.date.today().isoformat(),
        figures={"partner found": found, "steps": chosen.steps},
    )
    half = {name: value.half() if value.is_floating_point() else value for name, value in net.state_dict().items()}
    checkpoint.write(chosen.out / NAME, half, card)
    print(f"shipped {NAME}", flush=True)


if __name__ == "__main__":
    main()
