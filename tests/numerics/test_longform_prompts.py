"""Guided fusion of prompts over time, against loops over frames and prompts in plain numbers.

The oracle knows nothing of clusters, banks or columns: it goes from frame to frame, asks for each
prompt what it is worth there, and calls the network once for every window and vector.
"""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from engine.api.prompts import Curve, TransitionKind
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.multidiffusion import JointDenoiser, WindowRequest
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, window_grid

WINDOW, STRIDE, RAMP = 64, 32, 8
TIMESTEP = 500


def vector(degrees: float, tilt: float = 0.0) -> Tensor:
    a, b = math.radians(degrees), math.radians(tilt)
    return torch.tensor([math.cos(a) * math.cos(b), math.sin(a) * math.cos(b), math.sin(b)])


NOTHING, NO_VOICES = vector(0, 90), vector(200, 60)


def network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
    """Not linear in the vector; every frame depends on the whole window."""
    bend = (conditioning.double() @ torch.tensor([1.3, -0.7, 0.4], dtype=torch.float64)).view(
        -1, 1, 1, 1
    )
    slope = torch.linspace(-1, 1, x.shape[2], dtype=x.dtype).view(1, 1, -1, 1)
    level = timesteps.double().view(-1, 1, 1, 1) / 1000
    return torch.tanh(x + 2 * bend) * level + slope * x.mean(2, keepdim=True) * bend**2


def latents(grid: WindowGrid) -> Tensor:
    """Noise with a level step in the middle."""
    generator = torch.Generator().manual_seed(2)
    x = torch.randn(1, 2, grid.num_frames, 3, dtype=torch.float64, generator=generator)
    x[:, :, grid.num_frames // 2 :] += 3.0
    return x


def window_weight(position: int, *, is_first: bool, is_last: bool) -> float:
    """Weight of a frame of a window: 1 in the core, straight ramps, 0 outside."""
    weight = 1.0
    rise_from = (WINDOW - STRIDE - RAMP) / 2
    fall_from = (WINDOW + STRIDE - RAMP) / 2
    if not is_first:
        weight *= min(1.0, max(0.0, (position + 0.5 - rise_from) / RAMP))
    if not is_last:
        weight *= 1.0 - min(1.0, max(0.0, (position + 0.5 - fall_from) / RAMP))
    return weight


def on_curve(points: list[tuple[int, float]], place: float) -> float:
    if place <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if place <= x1:
            return y0 + (y1 - y0) * (place - x0) / (x1 - x0)
    return points[-1][1]


def curve(points: list[tuple[int, float]]) -> Curve:
    return Curve(latent_frames=tuple(p for p, _ in points), values=tuple(v for _, v in points))


def risen(place: float, centre: float, length: float) -> float:
    if place <= centre - length / 2:
        return 0.0
    if place >= centre + length / 2:
        return 1.0
    return 0.5 - 0.5 * math.cos(math.pi * ((place - centre) / length + 0.5))


def slerp(a: list[float], b: list[float], share: float) -> list[float]:
    angle = math.acos(sum(x * y for x, y in zip(a, b, strict=True)))
    return [
        (math.sin((1 - share) * angle) * x + math.sin(share * angle) * y) / math.sin(angle)
        for x, y in zip(a, b, strict=True)
    ]


def answer(x: Tensor, direction: Tensor | list[float]) -> Tensor:
    direction = torch.as_tensor(direction, dtype=torch.float64)
    return network(x, torch.tensor([TIMESTEP]), direction[None])[0]


def joint(grid: WindowGrid, spans: list[PromptSpan]) -> JointDenoiser:
    return JointDenoiser(
        predict_noise=network,
        grid=grid,
        prompts=window_prompts(grid, PromptTimeline(spans)),
        max_batch_items=3,
    )


def test_a_blend_with_curves_masks_and_two_negatives_equals_a_loop_over_frames() -> None:
    grid = window_grid(0, 192, window=WINDOW, stride=STRIDE, time_multiple=8, ramp=RAMP)
    guidance_of_first = [(40, 1.5), (90, 4.0), (130, 2.0)]
    weight_of_insert = [(100, 0.5), (150, 4.0)]
    blend = TransitionKind.BLEND
    spans = [
        PromptSpan(
            start=0,
            end=100,
            conditioning=vector(0),
            unconditional=NOTHING,
            guidance_scale=99.0,
            guidance_curve=curve(guidance_of_first),
        ),
        PromptSpan(
            start=60,
            end=192,
            conditioning=vector(80),
            unconditional=NOTHING,
            guidance_scale=3.0,
            weight=2.0,
            transition=blend,
        ),
        PromptSpan(
            start=100,
            end=160,
            conditioning=vector(150, 30),
            unconditional=NO_VOICES,
            guidance_scale=5.0,
            weight_curve=curve(weight_of_insert),
            transition=blend,
            transition_latent_frames=20,
        ),
    ]

    x = latents(grid)
    expected = torch.zeros_like(x)
    for number, start in enumerate(grid.starts):
        window = x[:, :, start : start + WINDOW]
        asked = {
            i: (answer(window, s.unconditional), answer(window, s.conditioning))
            for i, s in enumerate(spans)
        }
        core = [
            window_weight(k, is_first=number == 0, is_last=number == len(grid.starts) - 1)
            for k in range(WINDOW)
        ]
        shares = []
        for k in range(WINDOW):
            place = start + k + 0.5
            change = risen(place, 80, 40)
            insert = risen(place, 100, 20) * (1 - risen(place, 160, 20))
            strengths = (1 - change, 2.0 * change, on_curve(weight_of_insert, place) * insert)
            shares.append([s / sum(strengths) for s in strengths])
        means = [
            sum(c * share[i] for c, share in zip(core, shares, strict=True)) / sum(core)
            for i in range(3)
        ]
        if max(means) >= 0.98:
            shares = [[float(i == means.index(max(means))) for i in range(3)]] * WINDOW
        for k in range(WINDOW):
            scales = (on_curve(guidance_of_first, start + k + 0.5), 3.0, 5.0)
            for i in range(3):
                u, c = asked[i][0][:, k], asked[i][1][:, k]
                expected[0, :, start + k] += core[k] * shares[k][i] * (u + scales[i] * (c - u))

    got = joint(grid, spans).noise_pred(x, TIMESTEP)

    # The vectors are kept in float32, as the network gets them; so are the ones of the oracle.
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-11)


def test_with_one_negative_the_blend_is_the_formula_with_one_unconditional_pass() -> None:
    """``e = u + sum_i m_i(p) g_i(p) (e_i - u)``, three evaluations for two prompts."""
    grid = window_grid(0, WINDOW, window=WINDOW, stride=STRIDE, time_multiple=8, ramp=RAMP)
    falling = [(10, 6.0), (50, 1.0)]
    spans = [
        PromptSpan(
            start=0,
            end=32,
            conditioning=vector(0),
            unconditional=NOTHING,
            guidance_scale=2.0,
        ),
        PromptSpan(
            start=32,
            end=64,
            conditioning=vector(80),
            unconditional=NOTHING,
            guidance_scale=1.0,
            guidance_curve=curve(falling),
            transition=TransitionKind.BLEND,
            transition_latent_frames=30,
        ),
    ]
    x = latents(grid)
    u, a, b = (answer(x, v) for v in (NOTHING, vector(0), vector(80)))

    denoiser = joint(grid, spans)
    got = denoiser.noise_pred(x, TIMESTEP)

    assert denoiser.num_evaluations(0, TIMESTEP) == 3
    for p in range(WINDOW):
        m = risen(p + 0.5, 32, 30)
        expected = (
            u[:, p]
            + (1 - m) * 2.0 * (a[:, p] - u[:, p])
            + m * on_curve(falling, p + 0.5) * (b[:, p] - u[:, p])
        )
        torch.testing.assert_close(got[0, :, p], expected, rtol=0, atol=1e-12)


def test_a_morph_asks_each_window_under_the_vector_of_its_core() -> None:
    grid = window_grid(0, 192, window=WINDOW, stride=STRIDE, time_multiple=8, ramp=RAMP)
    morph = TransitionKind.MORPH
    spans = [
        PromptSpan(
            start=0,
            end=96,
            conditioning=vector(0),
            unconditional=NOTHING,
            guidance_scale=2.0,
        ),
        PromptSpan(
            start=96,
            end=192,
            conditioning=vector(70, 10),
            unconditional=NO_VOICES,
            guidance_scale=5.0,
            transition=morph,
            transition_latent_frames=100,
        ),
    ]
    x = latents(grid)
    expected = torch.zeros_like(x)
    for number, start in enumerate(grid.starts):
        window = x[:, :, start : start + WINDOW]
        core = [
            window_weight(k, is_first=number == 0, is_last=number == len(grid.starts) - 1)
            for k in range(WINDOW)
        ]
        later = [risen(start + k + 0.5, 96, 100) for k in range(WINDOW)]
        mean = sum(c * m for c, m in zip(core, later, strict=True)) / sum(core)
        if mean >= 0.98 or mean <= 0.02:
            mean = float(round(mean))
            later = [mean] * WINDOW
        ends = [(s.conditioning.tolist(), s.unconditional.tolist()) for s in spans]
        c = answer(window, slerp(ends[0][0], ends[1][0], mean))
        u = answer(window, slerp(ends[0][1], ends[1][1], mean))
        for k in range(WINDOW):
            scale = 2.0 + 3.0 * later[k]
            expected[0, :, start + k] += core[k] * (u + scale * (c - u))[:, k]

    denoiser = joint(grid, spans)
    got = denoiser.noise_pred(x, TIMESTEP)

    assert [denoiser.num_evaluations(k, TIMESTEP) for k in range(grid.num_windows)] == [2] * 5
    # The vectors of a morph are rounded to float32 before the network gets them.
    torch.testing.assert_close(got, expected, rtol=0, atol=5e-6)


@pytest.mark.parametrize("batch", [1, 4])
def test_guidance_in_an_interval_is_guidance_of_one_elsewhere(batch: int) -> None:
    grid = window_grid(0, 192, window=WINDOW, stride=STRIDE, time_multiple=8, ramp=RAMP)
    spans = [
        PromptSpan(
            start=0,
            end=192,
            conditioning=vector(0),
            unconditional=NOTHING,
            guidance_scale=3.0,
        )
    ]
    asked: list[tuple[int, Tensor]] = []

    def counted(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        asked.extend(zip(timesteps.tolist(), conditioning, strict=True))
        return network(x, timesteps, conditioning)

    denoiser = JointDenoiser(
        predict_noise=counted,
        grid=grid,
        prompts=window_prompts(grid, PromptTimeline(spans)),
        max_batch_items=batch,
        guidance_interval=(100, 800),
    )
    x = latents(grid)
    levels = [99, 100, 799, 800, 950]
    requests = [
        WindowRequest(window=k, latents=grid.window_of(x, k), timestep=level)
        for k, level in enumerate(levels)
    ]

    for request, got in denoiser.predictions(requests):
        t = torch.tensor([request.timestep])
        c = network(request.latents, t, vector(0)[None])
        u = network(request.latents, t, NOTHING[None])
        scale = 3.0 if 100 <= request.timestep < 800 else 1.0
        torch.testing.assert_close(got, u + scale * (c - u), rtol=0, atol=1e-12)

    unconditional = [level for level, v in asked if torch.equal(v, NOTHING)]
    assert unconditional == [100, 799]
    assert len(asked) == 7
