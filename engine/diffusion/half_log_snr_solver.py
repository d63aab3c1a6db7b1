"""What the deterministic solvers in half the logarithm of the signal-to-noise ratio share."""

from __future__ import annotations

import math

from torch import Tensor

from engine.diffusion.estimate import clean_estimate, require_positive_clip
from engine.diffusion.schedule import NoiseSchedule, trailing_timesteps


class HalfLogSNRSolver:
    """Steps of the exponential integrator in the clean-data parametrisation.

    "DPM-Solver++" (Lu et al. 2022b, section 4): with ``h`` the length of a step in half the
    logarithm of the signal-to-noise ratio, a target that stands for the clean latents during the
    step takes them to ``sigma' / sigma * latents - alpha' (e^-h - 1) * target``. It starts at the
    noisiest timestep and ends at the level of timestep 0.

    Args:
        schedule: Noise levels of the model.
        num_steps: Number of steps, 1 to ``num_timesteps - 1``.
        x0_clip: Largest magnitude of the clean estimate, or ``None``.
    """

    def __init__(
        self, schedule: NoiseSchedule, num_steps: int, *, x0_clip: float | None = None
    ) -> None:
        require_positive_clip(x0_clip)
        self.schedule = schedule
        self.timesteps = trailing_timesteps(num_steps, schedule.config.num_timesteps)
        self.x0_clip = x0_clip

    @property
    def needs_step_noise(self) -> bool:
        """Always false: the solver is deterministic."""
        return False

    def level_after(self, index: int) -> int:
        """The timestep whose noise level step ``index`` ends at; 0 for the last step."""
        return 0 if index == len(self.timesteps) - 1 else self.timesteps[index + 1]

    def _clean(self, index: int, latents: Tensor, noise_pred: Tensor) -> Tensor:
        """What step ``index`` takes for the clean latents."""
        timestep = self.timesteps[index]
        return clean_estimate(
            latents,
            noise_pred,
            alpha=self.schedule.alpha(timestep),
            sigma=self.schedule.sigma(timestep),
            x0_clip=self.x0_clip,
        )

    def _width(self, index: int) -> float:
        """Length ``h`` of step ``index``."""
        here = self.schedule.half_log_snr(self.timesteps[index])
        return self.schedule.half_log_snr(self.level_after(index)) - here

    def _moved(self, index: int, latents: Tensor, target: Tensor) -> Tensor:
        """The latents after step ``index`` towards the target."""
        after = self.level_after(index)
        shrink = self.schedule.sigma(after) / self.schedule.sigma(self.timesteps[index])
        growth = self.schedule.alpha(after) * math.expm1(-self._width(index))
        return shrink * latents - growth * target
