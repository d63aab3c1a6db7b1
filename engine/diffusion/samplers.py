"""What every sampler offers: a list of timesteps and one pure step.

A step maps the latents of the whole track from one noise level to the next, every frame by itself.
The history is what the solver remembers of earlier steps, also of the whole track, so a sampler
never needs a copy per window, its state between two steps is two tensors, and any range of frames
can be cut out of both.
"""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from engine.diffusion.ddim import DDIMSampler
from engine.diffusion.dpm_solver import DPMSolverSampler
from engine.diffusion.schedule import NoiseSchedule
from engine.diffusion.unipc import UniPCSampler


class Sampler(Protocol):
    """One way of going from noise to clean latents."""

    @property
    def timesteps(self) -> tuple[int, ...]:
        """Timesteps at which the network is asked, noisiest first."""
        ...

    @property
    def schedule(self) -> NoiseSchedule:
        """The noise levels behind the timesteps."""
        ...

    @property
    def needs_step_noise(self) -> bool:
        """Whether :meth:`step` must be given fresh unit noise."""
        ...

    @property
    def history_parts(self) -> int:
        """How many tensors of C channels the history holds, one behind the other."""
        ...

    def level_after(self, index: int) -> int:
        """The timestep whose noise level step ``index`` ends at; 0 for the last step."""
        ...

    def step(
        self,
        index: int,
        latents: Tensor,
        noise_pred: Tensor,
        history: Tensor | None,
        step_noise: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Advance by one step.

        Args:
            index: Number of the step within the run, 0 to ``len(timesteps) - 1``.
            latents: (B, C, T, F) at the level of ``timesteps[index]``.
            noise_pred: Predicted noise, same shape.
            history: What the previous step returned as its second value; ``None`` at step 0.
            step_noise: Unit Gaussian noise, same shape, if :attr:`needs_step_noise`.

        Returns:
            Latents at ``level_after(index)``, and the history (B, ``history_parts`` C, T, F), whose
            first C channels are this step's estimate of the clean latents.
        """
        ...


def make_sampler(
    name: str,
    schedule: NoiseSchedule,
    num_steps: int,
    *,
    x0_clip: float | None = None,
    eta: float = 0.0,
) -> Sampler:
    """Build the named sampler.

    Args:
        name: ``"ddim"`` (leading timesteps), ``"dpm-solver++2m"`` or ``"unipc"`` (trailing ones).
        schedule: Noise levels of the model.
        num_steps: Network evaluations per window and condition.
        x0_clip: Largest magnitude allowed in the clean estimate, or ``None``.
        eta: Share of fresh noise per DDIM step, 0 (none) to 1 (as DDPM).

    Raises:
        ValueError: The name is unknown, or ``eta`` does not go with the sampler.
    """
    match name:
        case "ddim":
            return DDIMSampler(schedule, num_steps, x0_clip=x0_clip, eta=eta)
        case "dpm-solver++2m" | "unipc":
            if eta != 0.0:
                raise ValueError(f"{name} is deterministic: eta must be 0, got {eta}")
            solver = UniPCSampler if name == "unipc" else DPMSolverSampler
            return solver(schedule, num_steps, x0_clip=x0_clip)
        case _:
            raise ValueError(
                f"unknown sampler {name!r}; choose 'ddim', 'dpm-solver++2m' or 'unipc'"
            )
