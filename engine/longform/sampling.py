"""From noise to the latents of a whole track, one resumable step at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.samplers import Sampler
from engine.longform.frame_adjustment import FrameAdjustment
from engine.longform.frame_noise import FrameNoise
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.windows import WindowGrid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SamplingState:
    """All that is needed to go on: store it after any step, and the run can be resumed exactly.

    Attributes:
        step: Number of finished steps, which is the index of the next one.
        latents: (1, C, T, F) as the next step is to see them, or the result.
        history: (1, H, T, F) what the sampler remembers of the last step; ``None`` at step 0.
    """

    step: int
    latents: Tensor
    history: Tensor | None

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The state as plain arrays, for ``.npz`` files; see :meth:`of_arrays`."""
        arrays: dict[str, NDArray[np.generic]] = {
            "step": np.asarray(self.step, np.int64),
            "latents": self.latents.cpu().numpy(),
        }
        if self.history is not None:
            arrays["history"] = self.history.cpu().numpy()
        return arrays

    @classmethod
    def of_arrays(
        cls, arrays: Mapping[str, NDArray[np.generic]], device: torch.device
    ) -> SamplingState:
        """The state that :meth:`arrays` was called on.

        Raises:
            KeyError: An array is missing.
        """
        history = torch.tensor(arrays["history"]).to(device) if "history" in arrays else None
        return cls(
            step=int(arrays["step"].item()),
            latents=torch.tensor(arrays["latents"]).to(device),
            history=history,
        )


def initial_state(
    noise: FrameNoise, grid: WindowGrid, adjustment: FrameAdjustment | None = None
) -> SamplingState:
    """The state before the first step."""
    latents = noise(0, grid.first_frame, grid.end_frame)
    if adjustment is not None:
        latents = adjustment(0, grid.first_frame, grid.end_frame, latents)
    return SamplingState(step=0, latents=latents, history=None)


def sampling_states(
    state: SamplingState,
    *,
    denoiser: JointDenoiser,
    sampler: Sampler,
    noise: FrameNoise,
    adjustment: FrameAdjustment | None = None,
    windows: Sequence[int] | None = None,
) -> Iterator[SamplingState]:
    """Yield the state after each remaining step.

    The last state's latents are the result.

    Args:
        state: Where to start: :func:`initial_state`, or a stored state of the same run.
        denoiser: The network over all windows.
        sampler: The solver.
        noise: What a stochastic solver adds.
        adjustment: Changes latents before a step reads them, and the result.
        windows: Numbers of the windows to evaluate, ascending; all by default. The adjustment must
            then give every frame that other windows belong to.

    Yields:
        ``len(sampler.timesteps) - state.step`` states.
    """
    start, end = denoiser.grid.first_frame, denoiser.grid.end_frame
    for index in range(state.step, len(sampler.timesteps)):
        noise_pred = denoiser.noise_pred(state.latents, sampler.timesteps[index], windows)
        fresh = noise(index + 1, start, end) if sampler.needs_step_noise else None
        latents, history = sampler.step(index, state.latents, noise_pred, state.history, fresh)
        if adjustment is not None:
            latents = adjustment(index + 1, start, end, latents)
        state = SamplingState(step=index + 1, latents=latents, history=history)
        yield state
