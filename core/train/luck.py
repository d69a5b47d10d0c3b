"""A run's own randomness: the same seed gives the same numbers, whatever else this process does between two facts."""

import torch
from torch import Tensor


class Luck:
    """Dropout draws from torch's global generator; a run borrows it between `enter` and `leave`, and gives it back."""

    def __init__(self, seed: int, device: torch.device) -> None:
        self.device = device
        self.augment = torch.Generator(device).manual_seed(seed)
        self._mine = self._seeded(seed)
        self._theirs: list[Tensor] = []

    def enter(self) -> None:
        self._theirs = self._get()
        self._set(self._mine)

    def leave(self) -> None:
        self._mine = self._get()
        self._set(self._theirs)

    def state(self) -> dict[str, Tensor]:
        """For a snapshot; outside `enter`, as every fact is told."""
        names = ("luck.cpu", "luck.device")
        return {**dict(zip(names, self._mine, strict=False)), "luck.augment": self.augment.get_state()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Outside `enter`: the next `enter` goes on from here."""
        self._mine = [state[name] for name in ("luck.cpu", "luck.device") if name in state]
        self.augment.set_state(state["luck.augment"])

    def _get(self) -> list[Tensor]:
        states = [torch.get_rng_state()]
        if self.device.type == "cuda":
            states.append(torch.cuda.get_rng_state(self.device))
        return states

    def _set(self, states: list[Tensor]) -> None:
        torch.set_rng_state(states[0])
        if len(states) > 1:
            torch.cuda.set_rng_state(states[1], self.device)

    def _seeded(self, seed: int) -> list[Tensor]:
        with torch.random.fork_rng([self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(seed)
            return self._get()
