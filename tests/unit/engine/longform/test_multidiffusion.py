"""Fusing the predictions of overlapping windows, against plain loops."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.multidiffusion import JointDenoiser, PredictNoise, WindowRequest
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, window_grid

VECTORS = torch.nn.functional.normalize(
    torch.randn(4, 6, generator=torch.Generator().manual_seed(1)), dim=1
)
SPANS = [
    PromptSpan(
        start=0, end=70, conditioning=VECTORS[0], unconditional=VECTORS[3], guidance_scale=2.0
    ),
    PromptSpan(
        start=60, end=140, conditioning=VECTORS[1], unconditional=VECTORS[3], guidance_scale=3.0
    ),
    PromptSpan(
        start=140, end=200, conditioning=VECTORS[2], unconditional=VECTORS[0], guidance_scale=1.0
    ),
]


def without_guidance() -> list[PromptSpan]:
    return [replace(span, guidance_scale=1.0) for span in SPANS]


def grid() -> WindowGrid:
    return window_grid(0, 200, window=64, stride=32, time_multiple=8, ramp=8)


def latents() -> Tensor:
    generator = torch.Generator().manual_seed(2)
    return torch.randn(1, 2, grid().num_frames, 3, dtype=torch.float64, generator=generator)


def windowed_network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
    """Every frame depends on the whole window, the timestep and the conditioning."""
    ramp = torch.linspace(-1, 1, x.shape[2], dtype=x.dtype).view(1, 1, -1, 1)
    bias = conditioning.double().sum(1).view(-1, 1, 1, 1)
    return torch.tanh(x + bias) + ramp * x.mean(2, keepdim=True) + timesteps.view(-1, 1, 1, 1) / 1e3


def denoiser(max_batch_items: int = 3, network: PredictNoise = windowed_network) -> JointDenoiser:
    return JointDenoiser(
        predict_noise=network,
        grid=grid(),
        prompts=window_prompts(grid(), PromptTimeline(SPANS)),
        max_batch_items=max_batch_items,
    )


def test_the_fused_prediction_equals_a_loop_over_frames() -> None:
    g, x, timeline = grid(), latents(), PromptTimeline(SPANS)
    expected = torch.zeros_like(x)
    for index, start in enumerate(g.starts):
        window = x[:, :, start : start + 64]
        t = torch.tensor([500])
        shares = timeline.shares(start, 64)
        core = g.weights(index).double().numpy()
        means = {i: (core * s).sum() / core.sum() for i, s in shares.items()}
        if max(means.values()) >= 0.98:
            shares = {max(means, key=lambda i: means[i]): 1.0 + 0.0 * core}
        for frame in range(64):
            value = torch.zeros(2, 3, dtype=torch.float64)
            for i, share in shares.items():
                s = SPANS[i]
                c = windowed_network(window, t, s.conditioning[None])[0, :, frame]
                u = windowed_network(window, t, s.unconditional[None])[0, :, frame]
                value += float(share[frame]) * (u + s.guidance_scale * (c - u))
            expected[0, :, start + frame] += float(core[frame]) * value

    got = denoiser().noise_pred(x, 500)

    torch.testing.assert_close(got, expected, rtol=0, atol=1e-12)


def test_outside_the_guidance_interval_only_the_prompts_are_evaluated() -> None:
    sizes: dict[int, int] = {}

    def network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        for timestep in timesteps.tolist():
            sizes[timestep] = sizes.get(timestep, 0) + 1
        return windowed_network(x, timesteps, conditioning)

    limited = replace(denoiser(3, network), guidance_interval=(200, 600))
    plain = replace(denoiser(3), prompts=window_prompts(grid(), PromptTimeline(without_guidance())))
    g, x = grid(), latents()

    # One batch holds windows at levels inside and outside, as in the wavefront order.
    levels = [199, 200, 599, 600, 900]
    requests = [
        WindowRequest(window=k, latents=g.window_of(x, k), timestep=level)
        for k, level in enumerate(levels)
    ]
    for request, prediction in limited.predictions(requests):
        joint = denoiser() if request.timestep in (200, 599) else plain
        ((_, expected),) = joint.predictions([request])
        assert torch.equal(prediction, expected)
    assert sizes == {level: limited.num_evaluations(k, level) for k, level in enumerate(levels)}
    assert [denoiser().num_evaluations(k, 500) for k in range(5)] == [2, 3, 2, 3, 3]
    assert [limited.num_evaluations(k, 600) for k in range(5)] == [1, 2, 1, 2, 2]


@pytest.mark.parametrize("max_batch_items", [1, 2, 5, 100])
def test_the_batch_size_does_not_change_a_bit(max_batch_items: int) -> None:
    assert torch.equal(
        denoiser(max_batch_items).noise_pred(latents(), 500), denoiser(3).noise_pred(latents(), 500)
    )


def test_batches_are_full_and_reach_across_windows() -> None:
    sizes: list[int] = []

    def network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        assert timesteps.shape == (x.shape[0],)
        assert timesteps.dtype == torch.int64
        assert conditioning.shape == (x.shape[0], 6)
        sizes.append(x.shape[0])
        return windowed_network(x, timesteps, conditioning)

    joint = denoiser(4, network)
    joint.noise_pred(latents(), 1)

    assert sum(sizes) == joint.prompts.num_evaluations
    assert set(sizes[:-1]) == {4}


def test_a_window_independent_network_is_reproduced_exactly() -> None:
    spans = [
        PromptSpan(
            start=0, end=200, conditioning=VECTORS[0], unconditional=VECTORS[1], guidance_scale=2.5
        )
    ]

    def pointwise(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        return torch.tanh(x) * conditioning.double().sum(1).view(-1, 1, 1, 1)

    joint = JointDenoiser(
        predict_noise=pointwise,
        grid=grid(),
        prompts=window_prompts(grid(), PromptTimeline(spans)),
        max_batch_items=4,
    )
    c, u = (float(VECTORS[i].double().sum()) for i in (0, 1))

    got = joint.noise_pred(latents(), 10)

    expected = torch.tanh(latents()) * (u + 2.5 * (c - u))
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-12)


def test_chosen_windows_are_complete_where_no_other_window_counts() -> None:
    g = grid()
    whole = denoiser().noise_pred(latents(), 300)

    part = denoiser().noise_pred(latents(), 300, g.windows_meeting(70, 110))

    assert torch.equal(part[:, :, 70:110], whole[:, :, 70:110])
    assert part[:, :, :16].abs().max() == 0


def test_half_precision_predictions_are_fused_in_float32() -> None:
    def network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        return windowed_network(x.double(), timesteps, conditioning).bfloat16()

    got = denoiser(3, network).noise_pred(latents().float(), 300)

    assert got.dtype == torch.float32


def test_cancelling_stops_before_the_next_network_call() -> None:
    calls: list[int] = []

    def network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        calls.append(x.shape[0])
        return x

    def check() -> None:
        if len(calls) == 2:
            raise InterruptedError

    joint = JointDenoiser(
        predict_noise=network,
        grid=grid(),
        prompts=window_prompts(grid(), PromptTimeline(SPANS)),
        max_batch_items=1,
        check_cancelled=check,
    )
    with pytest.raises(InterruptedError):
        joint.noise_pred(latents(), 1)
    assert len(calls) == 2


def test_a_batch_needs_an_item() -> None:
    with pytest.raises(ValueError, match="max_batch_items"):
        denoiser(0)


def test_prompts_of_another_grid_are_refused() -> None:
    other = window_grid(0, 500, window=64, stride=32, time_multiple=8, ramp=8)

    with pytest.raises(ValueError, match="windows"):
        JointDenoiser(
            predict_noise=windowed_network,
            grid=other,
            prompts=window_prompts(grid(), PromptTimeline(SPANS)),
            max_batch_items=3,
        )
