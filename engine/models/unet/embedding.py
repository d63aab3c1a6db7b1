"""Embedding of the diffusion timestep.

Shape letters in this file:
    B  batch
    E  width of the embedding
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_MAX_PERIOD = 10_000.0


def sinusoidal_embedding(timesteps: Tensor, width: int) -> Tensor:
    """Cosines and then sines of the timestep at geometrically spaced frequencies.

    "Attention is all you need" (Vaswani et al., 2017), section 3.5, in the layout of guided
    diffusion: all cosines first, frequencies ``10000 ** (-i / (width / 2))``.

    Args:
        timesteps: (B,) training timesteps, 0 .. 999; integers or floats.
        width: ``E``; must be even.

    Returns:
        (B, E) float32 values in [-1, 1] (float64 for float64 timesteps).

    Raises:
        ValueError: If ``width`` is odd.
    """
    if width % 2:
        raise ValueError(f"the width of a sinusoidal embedding must be even, got {width}")
    half = width // 2
    dtype = torch.float64 if timesteps.dtype == torch.float64 else torch.float32
    exponents = torch.arange(half, dtype=dtype, device=timesteps.device) / half
    angles = timesteps.to(dtype)[:, None] * torch.exp(-math.log(_MAX_PERIOD) * exponents)
    return torch.cat([angles.cos(), angles.sin()], dim=1)


class TimestepEmbedding(nn.Module):
    """Two linear layers on top of the sinusoid.

    Args:
        in_width: Width of the sinusoid.
        out_width: ``E``.
    """

    def __init__(self, in_width: int, out_width: int) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(in_width, out_width)
        self.linear_2 = nn.Linear(out_width, out_width)

    def forward(self, sinusoid: Tensor) -> Tensor:
        """Map (B, in_width) to (B, E)."""
        embedding: Tensor = self.linear_2(F.silu(self.linear_1(sinusoid)))
        return embedding
