"""What a run counts while it trains: loss and right answers."""

import torch
from torch import Tensor


class Tally:
    """Sums of loss and right answers, kept on the device so that a GPU need not wait for Python."""

    def __init__(self, device: torch.device) -> None:
        self.sums = torch.zeros(3, dtype=torch.float64, device=device)  # loss × pictures, right, pictures

    def add(self, loss: Tensor, answer: Tensor, y: Tensor) -> None:
        right = (answer.detach().argmax(1) == y).sum()
        self.sums += torch.stack(
            (loss.detach().double() * len(y), right.double(), torch.full_like(right, len(y)).double())
        )

    def take(self, into: "Tally | None" = None) -> tuple[float, float, int]:
        """Mean loss, accuracy and number of pictures since the last time; adds them to `into`."""
        if into is not None:
            into.sums += self.sums
        loss, right, count = self.sums.tolist()
        self.sums.zero_()
        return loss / max(count, 1), right / max(count, 1), int(count)

    def state(self, name: str) -> dict[str, Tensor]:
        return {f"tally.{name}": self.sums.cpu().clone()}

    def restore(self, name: str, tensors: dict[str, Tensor]) -> None:
        self.sums.copy_(tensors[f"tally.{name}"])
