"""The noise that frames carry on their way, where a solver adds fresh noise at every step.

A deterministic solver leaves the noise of a frame alone: at every level the latents are
``alpha * clean + sigma * noise`` with the noise that the run started from. One that adds noise
(DDIM with ``eta > 0``) turns it a little at every step, so that in the end little of the first
noise is left. Whoever knows the clean latents of a frame and its noises still knows it at every
level; with the first noise alone the joins of a section would jump, in the Gaussian toy 1.37 times
as much as the sound itself does at ``eta = 1``.
"""

from __future__ import annotations

from torch import Tensor

from engine.diffusion.samplers import Sampler
from engine.longform.frame_noise import FrameNoise


class CarriedNoise:
    """The noise within the latents that a step reads, of frames whose clean latents are known.

    It is what the solver itself makes of silence if the network is right: every solver keeps a
    perfect prediction on its path. The last answer is kept, so that a run, which asks for the same
    frames step by step, draws every noise once.

    Args:
        sampler: The solver.
        noise: What the frames start from, and what the solver adds.
    """

    def __init__(self, sampler: Sampler, noise: FrameNoise) -> None:
        self._sampler = sampler
        self._noise = noise
        self._last: tuple[int, int, int, Tensor] | None = None

    def __call__(self, step: int, start: int, end: int) -> Tensor:
        """Unit noise of some frames.

        Args:
            step: The step that reads them, 0 to ``num_steps - 1``.
            start: First frame, absolute.
            end: First frame after the range.

        Returns:
            (1, C, end - start, F), to be left alone; at step 0 the noise that the run starts from.
        """
        done, carried = self._begun(step, start, end)
        for index in range(done, step):
            carried = self._after(index, carried, self._noise(index + 1, start, end))
        self._last = (step, start, end, carried)
        return carried

    def _begun(self, step: int, start: int, end: int) -> tuple[int, Tensor]:
        """Where to go on from: the last answer, or the beginning."""
        if self._last is not None:
            done, *frames, carried = self._last
            if frames == [start, end] and done <= step:
                return done, carried
        return 0, self._noise(0, start, end)

    def _after(self, index: int, carried: Tensor, fresh: Tensor) -> Tensor:
        sampler = self._sampler
        latents = sampler.schedule.sigma(sampler.timesteps[index]) * carried
        # No history: every step of silence finds silence.
        moved, _ = sampler.step(index, latents, carried, None, fresh)
        return moved / sampler.schedule.sigma(sampler.level_after(index))
