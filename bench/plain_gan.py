"""Report R0's GAN in plain PyTorch, as a report writes it: what our training is measured against.

`python -m bench.plain_gan BATCH THREADS` takes one step for every line it reads, and answers with its seconds.
"""

import sys
import time
from collections.abc import Iterator

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from torchvision import transforms

LATENT = 128


class Faces(TorchDataset[Tensor]):
    """The pictures as a folder gives them: each a PIL image, transformed one by one."""

    def __init__(self, x: Tensor) -> None:
        """x: uint8 (N, 3, 64, 64)."""
        self.x = x.permute(0, 2, 3, 1).contiguous().numpy()
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,) * 3, (0.5,) * 3)])

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: int) -> Tensor:
        found: Tensor = self.transform(Image.fromarray(self.x[index]))
        return found


def plain_generator() -> nn.Sequential:
    """128x1x1 to 3x64x64 by five transposed convolutions."""
    return nn.Sequential(
        *(nn.ConvTranspose2d(LATENT, 512, 4, 1, 0, bias=False), nn.BatchNorm2d(512), nn.ReLU(True)),
        *(nn.ConvTranspose2d(512, 256, 4, 2, 1, bias=False), nn.BatchNorm2d(256), nn.ReLU(True)),
        *(nn.ConvTranspose2d(256, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.ReLU(True)),
        *(nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(True)),
        *(nn.ConvTranspose2d(64, 3, 4, 2, 1, bias=False), nn.Tanh()),
    )


def plain_discriminator() -> nn.Sequential:
    """3x64x64 to the probability that the picture is real."""
    return nn.Sequential(
        *(nn.Conv2d(3, 64, 4, 2, 1), nn.LeakyReLU(0.2, True)),
        *(nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.2, True)),
        *(nn.Conv2d(128, 256, 4, 2, 1, bias=False), nn.BatchNorm2d(256), nn.LeakyReLU(0.2, True)),
        *(nn.Conv2d(256, 512, 4, 2, 1, bias=False), nn.BatchNorm2d(512), nn.LeakyReLU(0.2, True)),
        *(nn.Conv2d(512, 1, 4, 1, 0, bias=False), nn.Flatten(), nn.Sigmoid()),
    )


class PlainGan:
    """Both networks and their optimisers; `step` is the body of the loop."""

    def __init__(self, lr: float) -> None:
        self.generator, self.discriminator = plain_generator(), plain_discriminator()
        for net in (self.generator, self.discriminator):
            net.apply(small_start)
        self.optimiser_g = torch.optim.Adam(self.generator.parameters(), lr=lr, betas=(0.5, 0.999))
        self.optimiser_d = torch.optim.Adam(self.discriminator.parameters(), lr=lr, betas=(0.5, 0.999))
        self.criterion = nn.BCELoss()

    def step(self, real: Tensor, z: Tensor | None = None) -> tuple[float, float, float, float]:
        """One step of each player on the same made pictures; both losses and both scores."""
        ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)
        self.discriminator.zero_grad()
        on_real = self.discriminator(real)
        loss_real = self.criterion(on_real, ones)
        loss_real.backward()
        z = torch.randn(len(real), LATENT, 1, 1) if z is None else z
        made = self.generator(z)
        loss_made = self.criterion(self.discriminator(made.detach()), zeros)
        loss_made.backward()
        self.optimiser_d.step()
        self.generator.zero_grad()
        on_made = self.discriminator(made)
        loss_g = self.criterion(on_made, ones)
        loss_g.backward()
        self.optimiser_g.step()
        return (loss_real + loss_made).item(), loss_g.item(), on_real.mean().item(), on_made.mean().item()


def small_start(layer: nn.Module) -> None:
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(layer.weight, 0.0, 0.02)
    elif isinstance(layer, nn.BatchNorm2d):
        nn.init.normal_(layer.weight, 1.0, 0.02)
        nn.init.zeros_(layer.bias)


def plain_steps(x: Tensor, batch: int, lr: float) -> Iterator[tuple[float, float, float, float]]:
    """The loop over the loader, for ever; what each step logs."""
    torch.manual_seed(0)
    gan, loader = PlainGan(lr), DataLoader(Faces(x), batch_size=batch, shuffle=True, drop_last=True)
    while True:
        for real in loader:
            yield gan.step(real)


def noise(count: int) -> Tensor:
    """Pictures to take time with: uint8 (count, 3, 64, 64)."""
    luck = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (count, 3, 64, 64), generator=luck, dtype=torch.uint8)


def main() -> None:
    batch, threads = int(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(threads)
    steps = plain_steps(noise(10 * batch), batch, 2e-4)
    for _ in sys.stdin:
        began = time.perf_counter()
        next(steps)
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
