"""DDIM (Song, Meng and Ermon 2021, equation 12)."""

from __future__ import annotations

import math

from torch import Tensor

from engine.diffusion.estimate import clean_estimate, require_positive_clip
from engine.diffusion.schedule import NoiseSchedule, leading_timesteps


class DDIMSampler:
    """First-order sampler, deterministic at ``eta = 0``.

    The sample ends at the noise level of timestep 0, not at zero noise, as in Latent Diffusion and
    AudioLDM. Implements :class:`engine.diffusion.samplers.Sampler`.

    Args:
        schedule: Noise levels of the model.
        num_steps: Number of steps, 1 to ``num_timesteps - 1``.
        x0_clip: Largest magnitude of the clean estimate, or ``None``. The noise is derived anew
            from a clipped estimate, so that both still explain the latents.
        eta: Share of fresh noise, 0 (deterministic) to 1 (ancestral, as DDPM).
    """

    def __init__(
        self,
        schedule: NoiseSchedule,
        num_steps: int,
        *,
        x0_clip: float | None = None,
        eta: float = 0.0,
    ) -> None:
        if not 0.0 <= eta <= 1.0:
            raise ValueError(f"eta must lie in 0..1, got {eta}")
        require_positive_clip(x0_clip)
        self.schedule = schedule
        self.timesteps = leading_timesteps(num_steps, schedule.config.num_timesteps)
        self.x0_clip = x0_clip
        self.eta = eta

    @property
    def needs_step_noise(self) -> bool:
        """Whether :meth:`step` must be given fresh unit noise."""
        return self.eta > 0.0

    @property
    def history_parts(self) -> int:
        """One: the clean estimate."""
        return 1

    def level_after(self, index: int) -> int:
        """The timestep whose noise level step ``index`` ends at; 0 for the last step."""
        return 0 if index == len(self.timesteps) - 1 else self.timesteps[index + 1]

    def fresh_noise_std(self, index: int) -> float:
        """Standard deviation of the fresh noise that step ``index`` adds (equation 16)."""
        here = self.schedule.alpha_cumprod(self.timesteps[index])
        after = self.schedule.alpha_cumprod(self.level_after(index))
        return self.eta * math.sqrt((1.0 - after) / (1.0 - here) * (1.0 - here / after))

    def step(
        self,
        index: int,
        latents: Tensor,
        noise_pred: Tensor,
        history: Tensor | None,  # noqa: ARG002 - every sampler has this signature; DDIM has no memory
        step_noise: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Advance by one step; see :meth:`engine.diffusion.samplers.Sampler.step`.

        Raises:
            ValueError: ``eta`` is positive and no fresh noise was given.
        """
        timestep, after = self.timesteps[index], self.level_after(index)
        alpha, sigma = self.schedule.alpha(timestep), self.schedule.sigma(timestep)
        clean = clean_estimate(latents, noise_pred, alpha=alpha, sigma=sigma, x0_clip=self.x0_clip)
        if self.x0_clip is not None:
            noise_pred = (latents - alpha * clean) / sigma
        std = self.fresh_noise_std(index)
        direction = math.sqrt(self.schedule.sigma(after) ** 2 - std**2)
        result = self.schedule.alpha(after) * clean + direction * noise_pred
        if self.needs_step_noise:
            if step_noise is None:
                raise ValueError(f"DDIM with eta={self.eta} needs step_noise at every step")
            result = result + std * step_noise
        return result, clean
