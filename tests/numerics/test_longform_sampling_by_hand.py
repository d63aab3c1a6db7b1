"""Whole runs of the engine against joint diffusion written out frame by frame, in float64.

The network is not linear, mixes the frames of a window and depends on the place within it; the
noise has a level step; prompts are guided, and the second one blends in.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.api.prompts import TransitionKind
from engine.api.sampling import Fusion
from engine.diffusion.noise import position_keyed_noise
from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.circular_noise import CircularNoise
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.frame_noise import FrameNoise
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.placement import FrameRange, united
from engine.longform.sampling import initial_state, sampling_states
from engine.longform.sections import (
    CroppedGrid,
    CroppedNoise,
    SectionRange,
    cropped_grid,
    frozen_context,
)
from engine.longform.wavefront import initial_wavefront, wavefront_advances
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, circular_window_grid, window_grid
from tests.support.slow_sampler import Frozen, Track, sampled

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
WINDOW, RAMP, NUM_STEPS, BLEND = 32, 4, 5, 40
RAIN, WIND, NOTHING = torch.eye(3)
GUIDANCE = 2.5
TOLERANCES = {Fusion.GAUSS: 1e-5}
"""Where weights are no short binary fractions: the engine keeps them in float32."""
EXACT = 1e-11
SAMPLERS = {eta: make_sampler("ddim", SCHEDULE, NUM_STEPS, eta=eta) for eta in (0.0, 1.0)}


def network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
    slope = torch.linspace(-1, 1, x.shape[2], dtype=torch.float64).view(1, 1, -1, 1)
    bias = (conditioning.double() @ torch.tensor([0.6, -0.4, 0.1]).double()).view(-1, 1, 1, 1)
    level = timesteps.double().view(-1, 1, 1, 1) / 1000
    nearby = 0.4 * x.roll(3, 2) - 0.3 * x.flip(2)
    return torch.tanh(x + nearby + bias) + slope * x.mean(2, keepdim=True) * level


def noise(step: int, start: int, end: int) -> Tensor:
    """Three times as loud from frame 50 on."""
    drawn = position_keyed_noise(5, 0, 0, start, end - start, channels=2, bins=3, step=step)
    if step == 0:
        drawn[:, :, max(0, 50 - start) :] *= 3.0
    return drawn.double()


def other_noise(step: int, start: int, end: int) -> Tensor:
    return noise(step, start + 10_000, end + 10_000)


def span(start: int, end: int, vector: Tensor) -> PromptSpan:
    return PromptSpan(
        start=start,
        end=end,
        conditioning=vector,
        unconditional=NOTHING,
        guidance_scale=GUIDANCE,
        transition=TransitionKind.BLEND,
        transition_latent_frames=BLEND,
    )


def spans(num_frames: int) -> list[PromptSpan]:
    """Rain goes over into wind around frame 60."""
    return [span(0, 60, RAIN), span(60, max(61, num_frames), WIND)]


def share_of_wind(frame: int) -> float:
    """A raised cosine."""
    phase = min(1.0, max(0.0, (frame + 0.5 - 60) / BLEND + 0.5))
    return 0.5 - 0.5 * math.cos(math.pi * phase)


def guided(x: Tensor, timestep: int, vector: Tensor) -> Tensor:
    """(C, W, F) of one window under one prompt."""
    t = torch.tensor([timestep])
    unconditional, conditional = (network(x[None], t, v[None])[0] for v in (NOTHING, vector))
    return unconditional + GUIDANCE * (conditional - unconditional)


def slow_predict(track: Track) -> Callable[[int, Tensor, int], Tensor]:
    """Asks each window under the prompt that has 98 % of its weighted frames, or under both."""

    def predict(start: int, x: Tensor, timestep: int) -> Tensor:
        weights = [track.weight(start, i) for i in range(track.window)]
        wind = [share_of_wind(start + i) for i in range(track.window)]
        mean = sum(w * share for w, share in zip(weights, wind, strict=True)) / sum(weights)
        if mean <= 0.02 or mean >= 0.98:
            wind = [float(round(mean))] * track.window
        both = [guided(x, timestep, vector) for vector in (RAIN, WIND)]
        columns = [
            (1 - share) * both[0][:, i] + share * both[1][:, i] for i, share in enumerate(wind)
        ]
        return torch.stack(columns, dim=1)

    return predict


def slow_rain(_start: int, x: Tensor, timestep: int) -> Tensor:
    return guided(x, timestep, RAIN)


def straight(num_frames: int, stride: int, fusion: Fusion = Fusion.RAMP) -> WindowGrid:
    return window_grid(
        0, num_frames, window=WINDOW, stride=stride, time_multiple=8, ramp=RAMP, fusion=fusion
    )


def track_of(grid: WindowGrid) -> Track:
    """The lengths are the engine's; where windows must begin is checked in the tests of grids."""
    return Track(
        num_frames=grid.num_frames,
        starts=tuple(start - grid.first_frame for start in grid.starts),
        window=grid.window,
        ramp=grid.ramp,
        fusion=grid.fusion.value,
        is_circular=grid.is_circular,
    )


def denoiser(grid: WindowGrid, prompts: list[PromptSpan]) -> JointDenoiser:
    whole, windows = (grid.whole, grid.windows) if isinstance(grid, CroppedGrid) else (grid, None)
    return JointDenoiser(
        predict_noise=network,
        grid=grid,
        prompts=window_prompts(whole, PromptTimeline(prompts), windows),
        max_batch_items=3,
    )


def step_by_step(
    grid: WindowGrid, prompts: list[PromptSpan], drawn: FrameNoise, eta: float
) -> Tensor:
    *_, last = sampling_states(
        initial_state(drawn, grid),
        denoiser=denoiser(grid, prompts),
        sampler=SAMPLERS[eta],
        noise=drawn,
    )
    return last.latents


def in_a_wavefront(
    grid: WindowGrid, prompts: list[PromptSpan], drawn: FrameNoise, eta: float
) -> Tensor:
    parts = wavefront_advances(
        initial_wavefront(drawn, grid),
        denoiser=denoiser(grid, prompts),
        sampler=SAMPLERS[eta],
        noise=drawn,
    )
    return torch.cat([part.finished for part in parts], dim=2)


def by_hand(grid: WindowGrid, predict: Callable[[int, Tensor, int], Tensor], eta: float) -> Tensor:
    return sampled(
        track_of(grid),
        predict,
        lambda step: noise(step, 0, grid.num_frames)[0],
        num_steps=NUM_STEPS,
        eta=eta,
    )


def error(got: Tensor, expected: Tensor) -> float:
    return float((got[0] - expected).abs().max() / expected.square().mean().sqrt())


@pytest.mark.parametrize("eta", [0.0, 1.0])
@pytest.mark.parametrize("fusion", list(Fusion))
@pytest.mark.parametrize("stride", [24, 16, 8])
def test_a_track_is_joint_diffusion_in_both_orders(stride: int, fusion: Fusion, eta: float) -> None:
    grid = straight(130, stride, fusion)
    tolerance = TOLERANCES.get(fusion, EXACT)
    if fusion is Fusion.MEAN and stride != 16:
        tolerance = 1e-5  # thirds

    expected = by_hand(grid, slow_predict(track_of(grid)), eta)

    assert error(step_by_step(grid, spans(130), noise, eta), expected) < tolerance
    assert error(in_a_wavefront(grid, spans(130), noise, eta), expected) < tolerance


@settings(deadline=None, max_examples=6)
@given(
    num_frames=st.integers(8, 260),
    stride=st.sampled_from([24, 16, 8]),
    eta=st.sampled_from([0.0, 1.0]),
)
def test_tracks_of_any_length_are_joint_diffusion(num_frames: int, stride: int, eta: float) -> None:
    grid = straight(num_frames, stride)

    expected = by_hand(grid, slow_predict(track_of(grid)), eta)

    assert error(in_a_wavefront(grid, spans(num_frames), noise, eta), expected) < EXACT


@pytest.mark.parametrize("eta", [0.0, 1.0])
@pytest.mark.parametrize(("num_frames", "stride"), [(32, 16), (64, 24), (104, 16), (104, 8)])
def test_a_loop_is_joint_diffusion_on_a_circle(num_frames: int, stride: int, eta: float) -> None:
    grid = circular_window_grid(
        0, num_frames, window=WINDOW, stride=stride, time_multiple=8, ramp=RAMP
    )

    drawn = CircularNoise(noise=noise, grid=grid)
    got = step_by_step(grid, [span(0, num_frames, RAIN)], drawn, eta)

    assert error(got, by_hand(grid, slow_rain, eta)) < EXACT


def remade(
    grid: WindowGrid, ranges: list[FrameRange], clean: Tensor, drawn: FrameNoise, eta: float
) -> Tensor:
    """The track with some ranges made again on a crop of its windows."""
    crop = cropped_grid(grid, ranges)
    frames = [frame for start, end in crop.runs for frame in range(start, end)]
    free = [
        SectionRange(start=first, end=first + num)
        for start, end in ranges
        for first, _, num in crop.overlaps(start, end)
    ]
    cropped = CroppedNoise(noise=drawn, crop=crop)
    context = frozen_context(
        crop, free, clean=clean[:, :, frames], noise=cropped(0, 0, crop.num_frames)
    )
    sampler = SAMPLERS[eta]
    adjustment = context.adjustment(sampler, crop, cropped)
    *_, last = sampling_states(
        initial_state(cropped, crop, adjustment),
        denoiser=denoiser(crop, spans(grid.num_frames)),
        sampler=sampler,
        noise=cropped,
        adjustment=adjustment,
        windows=context.windows,
    )
    result = clean.clone()
    result[:, :, frames] = last.latents
    return result


range_lists = st.lists(
    st.tuples(st.integers(0, 190), st.integers(1, 40)).map(lambda p: (p[0], min(200, p[0] + p[1]))),
    min_size=1,
    max_size=3,
)


@settings(deadline=None, max_examples=6)
@given(ranges=range_lists, stride=st.sampled_from([24, 16, 8]), eta=st.sampled_from([0.0, 1.0]))
@example(ranges=[(90, 120)], stride=16, eta=1.0)
@example(ranges=[(0, 9), (100, 101), (150, 180)], stride=16, eta=0.0)
def test_sections_are_those_of_a_run_over_everything_with_the_rest_held_on_its_way(
    ranges: list[FrameRange], stride: int, eta: float
) -> None:
    grid = straight(200, stride)
    is_free = [any(a <= p < b for a, b in ranges) for p in range(grid.num_frames)]
    clean = step_by_step(grid, spans(200), noise, eta)

    def new_noise(step: int, start: int, end: int) -> Tensor:
        chosen = torch.tensor(is_free[start:end]).view(1, 1, -1, 1)
        return torch.where(chosen, other_noise(step, start, end), noise(step, start, end))

    got = remade(grid, list(united(ranges)), clean, new_noise, eta)

    expected = sampled(
        track_of(grid),
        slow_predict(track_of(grid)),
        lambda step: new_noise(step, 0, grid.num_frames)[0],
        num_steps=NUM_STEPS,
        eta=eta,
        frozen=Frozen(clean=clean[0], is_frozen=[not free for free in is_free]),
    )
    assert error(got, expected) < EXACT
    kept = ~torch.tensor(is_free)
    assert torch.equal(got[:, :, kept], clean[:, :, kept])
    assert not torch.equal(got, clean)
