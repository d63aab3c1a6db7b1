"""The noise that deterministic DDIM would have made given latents from (Song et al. 2021, 4.3).

DDIM without fresh noise is an ordinary differential equation, solved in steps. Run backwards, it
leads from clean latents to the noise that they would have come from: a track imported from
elsewhere gets noise of its own, as one made here has.

A step backwards would need the prediction at the noisier level, which is not known yet. The usual
way takes the prediction at the level that is known. Here this is only the first guess; every
refinement asks again at the level just found (a fixed-point iteration), so that the sampler, run
forwards, comes back to the same latents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from torch import Tensor

from engine.diffusion.ddim import DDIMSampler

NoisePred = Callable[[Tensor, int], Tensor]
"""Map latents (1, C, T, F) and their timestep to the predicted noise, with guidance 1."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InversionState:
    """Where an inversion is.

    Attributes:
        num_inverted: Steps of the sampler that are undone.
        latents: (1, C, T, F) at the level that the first undone step begins at. When all are
            undone, this is the noise that the sampler starts from.
        residual: Root mean square of the change by the last refinement, relative to that of the
            latents: how far the fixed point may still be. 0 without refinements.
    """

    num_inverted: int
    latents: Tensor
    residual: float


def inversion_states(
    clean: Tensor, *, noise_pred: NoisePred, sampler: DDIMSampler, num_refinements: int
) -> Iterator[InversionState]:
    """Yield the state after each step that was undone, the last step of the sampler first.

    Each step costs ``1 + num_refinements`` predictions of the whole track.

    Args:
        clean: (1, C, T, F) scaled latents, taken to be at the level that the sampler ends at.
        noise_pred: The network over the whole track.
        sampler: The run to undo.
        num_refinements: Fixed-point iterations of each step, 0 or more.

    Yields:
        ``len(sampler.timesteps)`` states.

    Raises:
        ValueError: The sampler adds fresh noise or limits its estimates, so that its steps cannot
            be undone; or there are fewer than 0 refinements.
    """
    if sampler.needs_step_noise or sampler.x0_clip is not None:
        raise ValueError(
            "only DDIM with eta=0 and x0_clip=None can be undone,"
            f" got eta={sampler.eta} and x0_clip={sampler.x0_clip}"
        )
    if num_refinements < 0:
        raise ValueError(f"num_refinements must not be negative, got {num_refinements}")
    num_steps = len(sampler.timesteps)
    latents = clean
    for index in reversed(range(num_steps)):
        after = latents
        residual = 0.0
        latents = _before(after, noise_pred(after, sampler.timesteps[index]), sampler, index)
        for _ in range(num_refinements):
            refined = _before(after, noise_pred(latents, sampler.timesteps[index]), sampler, index)
            residual = float((refined - latents).square().mean().sqrt())
            residual /= max(float(refined.square().mean().sqrt()), 1e-30)
            latents = refined
        yield InversionState(num_inverted=num_steps - index, latents=latents, residual=residual)


def _before(after: Tensor, noise_pred: Tensor, sampler: DDIMSampler, index: int) -> Tensor:
    """The latents that step ``index`` turns into ``after`` if the network predicts this noise."""
    schedule, timestep, level = (
        sampler.schedule,
        sampler.timesteps[index],
        sampler.level_after(index),
    )
    clean = (after - schedule.sigma(level) * noise_pred) / schedule.alpha(level)
    return schedule.alpha(timestep) * clean + schedule.sigma(timestep) * noise_pred
