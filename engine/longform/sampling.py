"""From noise to the latents of a whole track, one resumable step at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from torch import Tensor

from engine.diffusion.samplers import Sampler
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.sections import FrozenContext

StepNoise = Callable[[int], Tensor]
"""Unit noise (1, C, T, F) that step ``index`` may add."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SamplingState:
    """All that is needed to go on: store it after any step, and the run can be resumed exactly.

    Attributes:
        step: Number of finished steps, which is the index of the next one.
        latents: (1, C, T, F) at the noise level reached, float32.
        history: (1, C, T, F) estimate of the clean latents by the last step; ``None`` at step 0.
    """

    step: int
    latents: Tensor
    history: Tensor | None


def initial_state(noise: Tensor) -> SamplingState:
    """The state before the first step, from unit Gaussian noise (1, C, T, F)."""
    return SamplingState(step=0, latents=noise, history=None)


def sampling_states(
    state: SamplingState,
    *,
    denoiser: JointDenoiser,
    sampler: Sampler,
    step_noise: StepNoise | None = None,
    context: FrozenContext | None = None,
) -> Iterator[SamplingState]:
    """Yield the state after each remaining step.

    The last state's latents are the result; each state's ``history`` serves as a preview.

    Args:
        state: Where to start: :func:`initial_state`, or a stored state of the same run.
        denoiser: The network over all windows.
        sampler: The solver.
        step_noise: Needed by stochastic solvers.
        context: Frames to leave alone; they come out bit for bit as stored.

    Yields:
        ``len(sampler.timesteps) - state.step`` states.
    """
    windows = None if context is None else context.windows
    for index in range(state.step, len(sampler.timesteps)):
        timestep, latents = sampler.timesteps[index], state.latents
        if context is not None:
            latents = context.at_level(latents, sampler.schedule, timestep)
        noise_pred = denoiser.noise_pred(latents, timestep, windows)
        noise = step_noise(index) if step_noise is not None and sampler.needs_step_noise else None
        latents, history = sampler.step(index, latents, noise_pred, state.history, noise)
        if context is not None:
            latents, history = context.finished(latents), context.finished(history)
        state = SamplingState(step=index + 1, latents=latents, history=history)
        yield state
