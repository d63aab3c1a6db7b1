"""The noise schedule of latent diffusion and the timesteps a sampler visits.

The forward process is variance preserving: ``x_t = sqrt(a_t) x_0 + sqrt(1 - a_t) n`` with
``a_t = prod_{s <= t} (1 - beta_s)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleConfig:
    """The numbers that fix a schedule; AudioLDM uses (1000, 0.0015, 0.0195).

    Attributes:
        num_timesteps: How many noise levels training used.
        beta_start: Noise added at the first level, in (0, 1).
        beta_end: Noise added at the last level, in [beta_start, 1).
    """

    num_timesteps: int
    beta_start: float
    beta_end: float

    def __post_init__(self) -> None:
        if self.num_timesteps < 1:
            raise ValueError(f"num_timesteps must be at least 1, got {self.num_timesteps}")
        if not 0.0 < self.beta_start <= self.beta_end < 1.0:
            raise ValueError(
                "betas must satisfy 0 < beta_start <= beta_end < 1, "
                f"got {self.beta_start} and {self.beta_end}"
            )


class NoiseSchedule:
    """Signal and noise levels of every timestep, in float64.

    ``beta_t`` is the square of a straight line from ``sqrt(beta_start)`` to ``sqrt(beta_end)``
    ("scaled linear", Rombach et al. 2022; AudioLDM, Liu et al. 2023, section 3.2).

    Args:
        config: The numbers of the schedule.
    """

    def __init__(self, config: ScheduleConfig) -> None:
        self.config = config
        roots = torch.linspace(
            math.sqrt(config.beta_start),
            math.sqrt(config.beta_end),
            config.num_timesteps,
            dtype=torch.float64,
        )
        self.alphas_cumprod: Tensor = torch.cumprod(1.0 - roots**2, dim=0)

    def alpha_cumprod(self, timestep: int) -> float:
        """Share of the signal's power left at ``timestep``, in (0, 1).

        Args:
            timestep: Index of a noise level, 0 (almost clean) to ``num_timesteps - 1``.

        Raises:
            ValueError: The timestep is outside the schedule.
        """
        if not 0 <= timestep < self.config.num_timesteps:
            raise ValueError(
                f"timestep must lie in 0..{self.config.num_timesteps - 1}, got {timestep}"
            )
        return float(self.alphas_cumprod[timestep])

    def alpha(self, timestep: int) -> float:
        """Factor ``sqrt(a_t)`` of the clean signal at ``timestep``, in (0, 1)."""
        return math.sqrt(self.alpha_cumprod(timestep))

    def sigma(self, timestep: int) -> float:
        """Factor ``sqrt(1 - a_t)`` of the unit noise at ``timestep``, in (0, 1)."""
        return math.sqrt(1.0 - self.alpha_cumprod(timestep))

    def half_log_snr(self, timestep: int) -> float:
        """``log(alpha / sigma)``, the time variable of DPM-Solver (Lu et al. 2022, section 3)."""
        return math.log(self.alpha(timestep) / self.sigma(timestep))

    def add_noise(self, clean: Tensor, noise: Tensor, timestep: int) -> Tensor:
        """Bring clean latents to the noise level of ``timestep``.

        Args:
            clean: Latents of any shape.
            noise: Unit Gaussian noise of the same shape.
            timestep: The level to reach.

        Returns:
            ``alpha * clean + sigma * noise``, same shape and dtype as ``clean``.
        """
        return self.alpha(timestep) * clean + self.sigma(timestep) * noise


def leading_timesteps(num_steps: int, num_timesteps: int = 1000) -> tuple[int, ...]:
    """Timesteps of DDIM, noisiest first: ``1 + i * floor(num_timesteps / num_steps)``.

    The spacing of Latent Diffusion and diffusers ("leading", offset 1). The last step of a sampler
    that visits them ends at level 0.

    Args:
        num_steps: How many steps, 1 to ``num_timesteps - 1``.
        num_timesteps: Levels of the schedule.

    Returns:
        ``num_steps`` strictly decreasing timesteps; the last one is 1.

    Raises:
        ValueError: The number of steps does not fit the schedule.
    """
    _require_fitting(num_steps, num_timesteps)
    stride = num_timesteps // num_steps
    return tuple(1 + i * stride for i in reversed(range(num_steps)))


def trailing_timesteps(num_steps: int, num_timesteps: int = 1000) -> tuple[int, ...]:
    """Timesteps that start at the noisiest level, noisiest first.

    ``round(num_timesteps * (1 - i / num_steps)) - 1`` for i = 0..num_steps-1 (Lin et al. 2024,
    table 2), kept far enough from zero that every step, the last one to level 0 included, moves.

    Args:
        num_steps: How many steps, 1 to ``num_timesteps - 1``.
        num_timesteps: Levels of the schedule.

    Returns:
        ``num_steps`` strictly decreasing timesteps; the first one is ``num_timesteps - 1``.

    Raises:
        ValueError: The number of steps does not fit the schedule.
    """
    _require_fitting(num_steps, num_timesteps)
    return tuple(
        # Half up in integers, so that no platform rounds differently.
        max(
            num_steps - i,
            (2 * num_timesteps * (num_steps - i) + num_steps) // (2 * num_steps) - 1,
        )
        for i in range(num_steps)
    )


def _require_fitting(num_steps: int, num_timesteps: int) -> None:
    if not 1 <= num_steps < num_timesteps:
        raise ValueError(f"num_steps must lie in 1..{num_timesteps - 1}, got {num_steps}")
