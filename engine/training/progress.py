"""What every training run shares: averaged weights, safe files, a clock and a log."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn


class AveragedWeights:
    """Exponential moving average of a network's state, with a short memory at the start.

    Args:
        network: Whose weights are averaged; its present values are the first average.
        decay: Memory of one step once warm, in (0, 1).
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.state = {name: value.detach().clone() for name, value in network.state_dict().items()}
        self._decay = decay

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Take in the weights after ``step`` steps."""
        decay = min(self._decay, (1 + step) / (20 + step))
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                self.state[name].lerp_(value, 1 - decay)
            else:
                self.state[name].copy_(value)


def save_atomically(path: Path, content: Mapping[str, object]) -> None:
    """Write tensors and plain values; a kill in between leaves the old file whole."""
    partial = path.with_suffix(".part")
    torch.save(dict(content), partial)
    partial.replace(path)


class TrainingClock:
    """Time spent in training, over restarts, against the time it may take.

    Args:
        minutes: The budget.
        already_spent: Seconds that earlier runs used.
    """

    def __init__(self, minutes: float, already_spent: float = 0.0) -> None:
        self._budget = minutes * 60
        self._start = time.monotonic() - already_spent

    @property
    def spent(self) -> float:
        """Seconds used so far."""
        return time.monotonic() - self._start

    @property
    def progress(self) -> float:
        """Share of the budget used, 0 to 1."""
        return min(1.0, self.spent / self._budget)


def cosine_from(progress: float, start: float) -> float:
    """1 until ``start``, then half a cosine down to 0 at progress 1."""
    if progress <= start:
        return 1.0
    return 0.5 + 0.5 * math.cos(math.pi * (progress - start) / (1 - start))


class RunningMeans:
    """Means of named losses since the last report.

    Losses stay where they are until the report: a GPU is not made to wait for each of them.
    """

    def __init__(self) -> None:
        self._values: dict[str, list[float | Tensor]] = {}

    def add(self, values: Mapping[str, float | Tensor]) -> None:
        """Take in one step's values."""
        for name, value in values.items():
            plain = value.detach() if isinstance(value, Tensor) else value
            self._values.setdefault(name, []).append(plain)

    def report(self) -> str:
        """``name value`` for each loss; starts anew."""
        means = {n: sum(float(v) for v in vs) / len(vs) for n, vs in self._values.items()}
        self._values.clear()
        return " ".join(f"{name} {mean:.4f}" for name, mean in means.items())
