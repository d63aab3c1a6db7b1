"""DPM-Solver++ 2M (Lu et al. 2022b, "DPM-Solver++", algorithm 2)."""

from __future__ import annotations

import math

from torch import Tensor

from engine.diffusion.estimate import clean_estimate, require_positive_clip
from engine.diffusion.schedule import NoiseSchedule, trailing_timesteps

_FEWEST_STEPS_WITHOUT_FIRST_ORDER_END = 15


class DPMSolverSampler:
    """Second-order multistep sampler in the clean-data parametrisation, deterministic.

    Good results take 20 to 25 steps. It starts at the noisiest timestep, ends at the level of
    timestep 0, and its very first step (and its last one below 15 steps, where the second order is
    unstable) is first order. Implements :class:`engine.diffusion.samplers.Sampler`.

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

    @property
    def history_parts(self) -> int:
        """One: the clean estimate."""
        return 1

    def level_after(self, index: int) -> int:
        """The timestep whose noise level step ``index`` ends at; 0 for the last step."""
        return 0 if index == len(self.timesteps) - 1 else self.timesteps[index + 1]

    def step(
        self,
        index: int,
        latents: Tensor,
        noise_pred: Tensor,
        history: Tensor | None,
        step_noise: Tensor | None = None,  # noqa: ARG002 - every sampler has this signature
    ) -> tuple[Tensor, Tensor]:
        """Advance by one step; see :meth:`engine.diffusion.samplers.Sampler.step`."""
        schedule, timestep, after = self.schedule, self.timesteps[index], self.level_after(index)
        clean = clean_estimate(
            latents,
            noise_pred,
            alpha=schedule.alpha(timestep),
            sigma=schedule.sigma(timestep),
            x0_clip=self.x0_clip,
        )
        h = schedule.half_log_snr(after) - schedule.half_log_snr(timestep)
        target = clean
        if history is not None and not self._is_first_order(index):
            before = schedule.half_log_snr(self.timesteps[index - 1])
            ratio = (schedule.half_log_snr(timestep) - before) / h
            target = clean + (clean - history) / (2.0 * ratio)
        shrink = schedule.sigma(after) / schedule.sigma(timestep)
        return shrink * latents - schedule.alpha(after) * math.expm1(-h) * target, clean

    def _is_first_order(self, index: int) -> bool:
        is_last = index == len(self.timesteps) - 1
        is_short = len(self.timesteps) < _FEWEST_STEPS_WITHOUT_FIRST_ORDER_END
        return index == 0 or (is_last and is_short)
