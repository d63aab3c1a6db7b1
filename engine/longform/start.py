"""Beginning in the middle: from sound that exists, brought up to a noise level (SDEdit).

A run that begins at a later step is a shorter run of its own: its sampler has the remaining steps,
and its "noise" for the first of them is the noised sound. So every order of the work can begin so,
without knowing of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from engine.diffusion.samplers import Sampler
from engine.diffusion.schedule import NoiseSchedule
from engine.longform.frame_noise import FrameNoise


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RemainingSteps:
    """The last steps of a sampler, counted from 0; implements ``Sampler``.

    The first of them has no history, wherever it is; so a solver of higher order begins with a step
    of first order, as it does from pure noise.

    Attributes:
        whole: The sampler with all its steps.
        first_step: Its first step that is taken.
    """

    whole: Sampler
    first_step: int

    @property
    def timesteps(self) -> tuple[int, ...]:
        """Timesteps at which the network is asked, noisiest first."""
        return self.whole.timesteps[self.first_step :]

    @property
    def schedule(self) -> NoiseSchedule:
        """The noise levels behind the timesteps."""
        return self.whole.schedule

    @property
    def history_parts(self) -> int:
        """Latents that the history holds; see :class:`engine.diffusion.samplers.Sampler`."""
        return self.whole.history_parts

    @property
    def needs_step_noise(self) -> bool:
        """Whether :meth:`step` must be given fresh unit noise."""
        return self.whole.needs_step_noise

    def level_after(self, index: int) -> int:
        """The timestep whose noise level step ``index`` ends at; 0 for the last step."""
        return self.whole.level_after(self.first_step + index)

    def step(
        self,
        index: int,
        latents: Tensor,
        noise_pred: Tensor,
        history: Tensor | None,
        step_noise: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Advance by one step; see :meth:`engine.diffusion.samplers.Sampler.step`."""
        return self.whole.step(self.first_step + index, latents, noise_pred, history, step_noise)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NoisedSound:
    """What the remaining steps begin with and add; implements ``FrameNoise``.

    Attributes:
        noise: Of the piece.
        first_step: The first step that is taken.
        clean: (1, C, T, F) scaled latents of the sound, on the device of the noise.
        first_frame: Absolute number of their first frame.
        alpha: Factor of the sound at the level of the first step.
        sigma: Factor of the noise at that level.
    """

    noise: FrameNoise
    first_step: int
    clean: Tensor
    first_frame: int
    alpha: float
    sigma: float

    def __call__(self, step: int, start: int, end: int, /) -> Tensor:
        """Noised sound at step 0, noise to be added afterwards; see ``FrameNoise``.

        Raises:
            ValueError: The range is not within the frames of the sound.
        """
        if step > 0:
            return self.noise(self.first_step + step, start, end)
        begin, stop = start - self.first_frame, end - self.first_frame
        if not 0 <= begin < stop <= self.clean.shape[2]:
            raise ValueError(
                f"frames [{start}, {end}) are not within the {self.clean.shape[2]} frames from"
                f" {self.first_frame} to start from"
            )
        return self.alpha * self.clean[:, :, begin:stop] + self.sigma * self.noise(0, start, end)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SamplingStart:
    """Where a run begins.

    Attributes:
        first_step: Steps of the whole sampler that are left out.
        sampler: The steps that are taken.
        noise: What they begin with, as step 0, and what they add.
    """

    first_step: int
    sampler: Sampler
    noise: FrameNoise

    def initial(self, start: int, end: int) -> Tensor:
        """(1, C, end - start, F) what the first step sees of absolute frames ``[start, end)``."""
        return self.noise(0, start, end)


def start_from_noise(sampler: Sampler, noise: FrameNoise) -> SamplingStart:
    """Begin with pure noise, at the first step."""
    return SamplingStart(first_step=0, sampler=sampler, noise=noise)


def steps_taken(num_steps: int, strength: float) -> int:
    """How many of a sampler's steps are taken at a strength above 0: at least one."""
    return min(num_steps, max(1, round(strength * num_steps)))


def start_from_sound(
    sampler: Sampler, noise: FrameNoise, *, clean: Tensor, first_frame: int, strength: float
) -> SamplingStart:
    """Begin with sound that noise is added to (SDEdit, Meng et al. 2022, algorithm 1).

    The noise goes exactly to the level that the first step expects. At full strength nothing of the
    sound is left: the run is the one from pure noise.

    Args:
        sampler: The solver.
        noise: Of the piece.
        clean: (1, C, T, F) scaled latents of the sound, on the device of the noise.
        first_frame: Absolute number of their first frame.
        strength: Share of the steps that are taken, above 0, at most 1; at least one step is.

    Raises:
        ValueError: The strength is out of range.
    """
    if not 0.0 < strength <= 1.0:
        raise ValueError(f"strength must lie above 0 and be at most 1, got {strength}")
    first_step = len(sampler.timesteps) - steps_taken(len(sampler.timesteps), strength)
    if first_step == 0:
        return start_from_noise(sampler, noise)
    timestep = sampler.timesteps[first_step]
    return SamplingStart(
        first_step=first_step,
        sampler=RemainingSteps(whole=sampler, first_step=first_step),
        noise=NoisedSound(
            noise=noise,
            first_step=first_step,
            clean=clean,
            first_frame=first_frame,
            alpha=sampler.schedule.alpha(timestep),
            sigma=sampler.schedule.sigma(timestep),
        ),
    )
