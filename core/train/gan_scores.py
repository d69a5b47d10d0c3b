"""How a GAN's game stands: losses and scores since the last metric."""

import torch
from torch import Tensor


class Scores:
    """Sums since the last metric, kept on the device: losses, R0's two scores, mean answers."""

    def __init__(self, device: torch.device) -> None:
        # d: loss, right on real, answer to real, answer to made, turns; g: loss, fooled, turns
        self.sums = torch.zeros(8, dtype=torch.float64, device=device)

    @property
    def pictures(self) -> int:
        """Batches that were seen since the last metric, in steps of whoever learns."""
        return int(max(self.sums[4], self.sums[7]))

    def add_d(self, loss: Tensor, on_real: Tensor, on_made: Tensor) -> None:
        told = torch.stack(
            [loss.detach(), (on_real > 0).float().mean(), on_real.detach().mean(), on_made.detach().mean()]
        )
        self.sums[:4] += told
        self.sums[4] += 1

    def add_g(self, loss: Tensor, on_made: Tensor) -> None:
        self.sums[5:7] += torch.stack([loss.detach(), (on_made > 0).float().mean()])
        self.sums[7] += 1

    def take(self) -> dict[str, float]:
        dl, right, real, made, turns, gl, fooled, g_turns = self.sums.tolist()
        self.sums.zero_()
        values: dict[str, float] = {}
        if turns:
            values |= {"gan/d_loss": dl / turns, "gan/d_right_on_real": right / turns}
            values |= {"gan/d_answer_real": real / turns, "gan/d_answer_made": made / turns}
        if g_turns:
            values |= {"gan/g_loss": gl / g_turns, "gan/g_fools_d": fooled / g_turns}
        return values
