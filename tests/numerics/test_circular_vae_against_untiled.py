"""The tiled decode of a loop against the decoder run at once with convolutions that go around."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.longform.tiled_vae.decoder import DecodeSettings, TiledDecode, decoded_mel
from engine.models.vae.blocks import Attention
from engine.models.vae.vae import VAE
from tests.support.small_vae import largest_error, stepped_latents, tiny_vae

TOLERANCE = 1e-11


class CircularConvolution(nn.Module):
    """A 3 by 3 convolution that reads around the end in time and sees zeros beyond the bins."""

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = conv

    def forward(self, x: Tensor) -> Tensor:
        x = torch.cat((x[:, :, -1:], x, x[:, :, :1]), dim=2)
        return functional.conv2d(x, self.conv.weight, self.conv.bias, padding=(0, 1))


class CircularBandedAttention(nn.Module):
    """Attention with one dense mask by the shorter way around, or without a mask."""

    def __init__(self, attention: Attention, reach: int | None) -> None:
        super().__init__()
        self.attention = attention
        self.reach = reach

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.attention.group_norm(x).flatten(2).transpose(1, 2)[0]
        q, k, v = (
            layer(tokens)
            for layer in (self.attention.to_q, self.attention.to_k, self.attention.to_v)
        )
        scores = q @ k.T / q.shape[1] ** 0.5
        if self.reach is not None:
            num_frames = x.shape[2]
            frame = torch.arange(num_frames).repeat_interleave(x.shape[3])
            one_way = (frame[:, None] - frame[None, :]) % num_frames
            distance = torch.minimum(one_way, num_frames - one_way)
            scores[distance > self.reach] = -torch.inf
        attended: Tensor = self.attention.to_out(torch.softmax(scores, dim=1) @ v)
        return x + attended.T.view(x.shape)


def untiled(latents: Tensor, reach: int | None = None) -> Tensor:
    """The whole loop at once, with every 3 by 3 convolution exchanged."""
    vae = tiny_vae()
    exchanged = [
        name
        for name, module in vae.named_modules()
        if isinstance(module, nn.Conv2d) and module.kernel_size == (3, 3)
    ]
    for name in exchanged:
        conv = vae.get_submodule(name)
        assert isinstance(conv, nn.Conv2d)
        parent, _, child = name.rpartition(".")
        setattr(vae.get_submodule(parent), child, CircularConvolution(conv))
    attention = vae.decoder.mid_block.attentions[0]
    assert isinstance(attention, Attention)
    vae.decoder.mid_block.attentions[0] = CircularBandedAttention(attention, reach)
    mel: Tensor = vae.decode(latents)
    return mel


def settings(
    tile: int, budget: int = 3 << 30, reach: int | None = None, scratch: Path | None = None
) -> DecodeSettings:
    return DecodeSettings(
        tile_latent_frames=tile,
        attention_reach=reach,
        memory_budget_bytes=budget,
        scratch_dir=scratch,
        is_circular=True,
    )


def decoded(latents: Tensor, chosen: DecodeSettings, vae: VAE | None = None) -> Tensor:
    return decoded_mel(TiledDecode(vae or tiny_vae(), latents, chosen))


@pytest.mark.parametrize(
    ("num_frames", "tile"), [(1, 16), (2, 1), (3, 2), (37, 7), (37, 37), (60, 16), (60, 500)]
)
@torch.inference_mode()
def test_tiles_of_any_size_give_the_untiled_loop(num_frames: int, tile: int) -> None:
    latents = stepped_latents(num_frames)

    got = decoded(latents, settings(tile))

    expected = untiled(latents)
    assert got.shape == expected.shape
    assert largest_error(got, expected) < TOLERANCE


@pytest.mark.parametrize("reach", [None, 6])
@pytest.mark.parametrize("budget", [0, 250_000, 1 << 40])
@torch.inference_mode()
def test_any_memory_budget_gives_the_untiled_loop(budget: int, reach: int | None) -> None:
    latents = stepped_latents(50)

    got = decoded(latents, settings(16, budget, reach))

    assert largest_error(got, untiled(latents, reach)) < TOLERANCE


@torch.inference_mode()
def test_parking_in_files_gives_the_untiled_loop_and_leaves_no_file(tmp_path: Path) -> None:
    latents = stepped_latents(50)

    got = decoded(latents, settings(16, 0, scratch=tmp_path))

    assert largest_error(got, untiled(latents)) < TOLERANCE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("tile", [5, 16, 100])
@pytest.mark.parametrize("reach", [0, 3, 9, 36, 37, 200])
@pytest.mark.parametrize("num_frames", [74, 75])
@torch.inference_mode()
def test_banded_attention_goes_the_shorter_way_around(
    num_frames: int, reach: int, tile: int
) -> None:
    latents = stepped_latents(num_frames)

    got = decoded(latents, settings(tile, reach=reach))

    assert largest_error(got, untiled(latents, reach)) < TOLERANCE


@pytest.mark.parametrize("reach", [None, 6])
@torch.inference_mode()
def test_rotated_latents_give_the_rotated_mel(reach: int | None) -> None:
    latents = stepped_latents(45)

    got = decoded(latents.roll(19, dims=2), settings(16, reach=reach))

    expected = decoded(latents, settings(16, reach=reach)).roll(19 * 4, dims=2)
    assert largest_error(got, expected) < TOLERANCE


@pytest.mark.parametrize(("start", "end"), [(-30, 25), (250, 330), (299, 599), (0, 300), (7, 8)])
@pytest.mark.parametrize("reach", [None, 6])
@torch.inference_mode()
def test_pinned_statistics_give_any_range_around_the_circle(
    reach: int | None, start: int, end: int
) -> None:
    vae, latents = tiny_vae(), stepped_latents(75)
    first = TiledDecode(vae, latents, settings(16, reach=reach))
    first.gather()
    again = TiledDecode(vae, latents, settings(16, reach=reach), statistics=first.statistics)
    again.gather()

    got = again.mel(start, end)

    expected = untiled(latents, reach)[:, :, torch.arange(start, end) % 300]
    assert largest_error(got, expected) < TOLERANCE


@torch.inference_mode()
def test_a_range_that_goes_around_twice_is_refused() -> None:
    decode = TiledDecode(tiny_vae(), stepped_latents(10), settings(16))
    decode.gather()

    with pytest.raises(ValueError, match=r"\[3, 44\)"):
        decode.mel(3, 44)


@torch.inference_mode()
def test_a_straight_decode_would_be_seen_at_the_wrap() -> None:
    """Guards the oracle: zeros beyond the ends must fail it clearly."""
    latents = stepped_latents(60)

    straight = tiny_vae().decode(latents)

    assert largest_error(straight, untiled(latents)) > 0.1


@torch.inference_mode()
def test_float32_stays_within_rounding_of_the_untiled_loop() -> None:
    latents = stepped_latents(96)

    got = decoded(latents.float(), settings(16), tiny_vae().float())

    assert largest_error(got.double(), untiled(latents)) < 1e-4
