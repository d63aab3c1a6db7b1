"""The tiled decode against the decoder run at once, in float64."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.longform.tiled_vae.decoder import DecodeSettings, TiledDecode, decoded_mel
from engine.models.vae.blocks import Attention
from engine.models.vae.vae import VAE
from tests.support.small_vae import (
    largest_error,
    published_layout_vae,
    stepped_latents,
    tiny_vae,
)

TOLERANCE = 1e-11


class BandedAttention(nn.Module):
    """The same attention with one dense mask over the whole track."""

    def __init__(self, attention: Attention, reach: int) -> None:
        super().__init__()
        self.attention = attention
        self.reach = reach

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.attention.group_norm(x).flatten(2).transpose(1, 2)[0]
        q, k, v = (
            layer(tokens)
            for layer in (self.attention.to_q, self.attention.to_k, self.attention.to_v)
        )
        frame = torch.arange(x.shape[2]).repeat_interleave(x.shape[3])
        scores = q @ k.T / q.shape[1] ** 0.5
        scores[(frame[:, None] - frame[None, :]).abs() > self.reach] = -torch.inf
        attended: Tensor = self.attention.to_out(torch.softmax(scores, dim=1) @ v)
        return x + attended.T.view(x.shape)


def untiled(vae: VAE, latents: Tensor, reach: int | None = None) -> Tensor:
    attention = vae.decoder.mid_block.attentions[0]
    assert isinstance(attention, Attention)
    if reach is not None:
        vae.decoder.mid_block.attentions[0] = BandedAttention(attention, reach)
    mel = vae.decode(latents)
    vae.decoder.mid_block.attentions[0] = attention
    return mel


def settings(
    tile: int, budget: int = 3 << 30, reach: int | None = None, scratch: Path | None = None
) -> DecodeSettings:
    return DecodeSettings(
        tile_latent_frames=tile,
        attention_reach=reach,
        memory_budget_bytes=budget,
        scratch_dir=scratch,
    )


@pytest.mark.parametrize(
    ("num_frames", "tile"), [(1, 16), (2, 1), (37, 7), (37, 37), (60, 16), (60, 500)]
)
@torch.inference_mode()
def test_tiles_of_any_size_give_the_untiled_mel(num_frames: int, tile: int) -> None:
    vae, latents = tiny_vae(), stepped_latents(num_frames)

    got = decoded_mel(TiledDecode(vae, latents, settings(tile)))

    expected = vae.decode(latents)
    assert got.shape == expected.shape
    assert largest_error(got, expected) < TOLERANCE


@pytest.mark.parametrize("budget", [0, 250_000, 1 << 40])
@torch.inference_mode()
def test_any_memory_budget_gives_the_untiled_mel(budget: int) -> None:
    vae, latents = tiny_vae(), stepped_latents(50)

    got = decoded_mel(TiledDecode(vae, latents, settings(16, budget)))

    assert largest_error(got, vae.decode(latents)) < TOLERANCE


@torch.inference_mode()
def test_parking_in_files_gives_the_untiled_mel_and_leaves_no_file(tmp_path: Path) -> None:
    vae, latents = tiny_vae(), stepped_latents(50)

    got = decoded_mel(TiledDecode(vae, latents, settings(16, 0, scratch=tmp_path)))

    assert largest_error(got, vae.decode(latents)) < TOLERANCE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("tile", [5, 16, 100])
@pytest.mark.parametrize("reach", [0, 3, 9])
@torch.inference_mode()
def test_banded_attention_equals_one_dense_mask(tile: int, reach: int) -> None:
    vae, latents = tiny_vae(), stepped_latents(75)

    got = decoded_mel(TiledDecode(vae, latents, settings(tile, reach=reach)))

    assert largest_error(got, untiled(vae, latents, reach)) < TOLERANCE


@pytest.mark.parametrize("reach", [None, 6])
@torch.inference_mode()
def test_pinned_statistics_give_the_same_mel_in_one_pass(reach: int | None) -> None:
    vae, latents = tiny_vae(), stepped_latents(75)
    first = TiledDecode(vae, latents, settings(16, reach=reach))
    first.gather()

    again = TiledDecode(vae, latents, settings(16, reach=reach), statistics=first.statistics)

    got = decoded_mel(again)
    assert largest_error(got, untiled(vae, latents, reach)) < TOLERANCE


@torch.inference_mode()
def test_statistics_of_tiles_are_those_of_group_normalisation() -> None:
    vae, latents = tiny_vae(), stepped_latents(60)
    inputs: list[Tensor] = []
    norm = vae.decoder.conv_norm_out
    handle = norm.register_forward_pre_hook(lambda _module, args: inputs.append(args[0]))
    vae.decode(latents)
    handle.remove()

    decode = TiledDecode(vae, latents, settings(13))
    decode.gather()

    grouped = inputs[0].view(4, -1)
    values = decode.statistics.values[-1]
    torch.testing.assert_close(values[0], grouped.mean(1), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(values[1], grouped.var(1, correction=0), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("num_frames", "tile"), [(96, 16), (150, 37)])
@torch.inference_mode()
def test_float32_loses_no_more_in_tiles_than_at_once(num_frames: int, tile: int) -> None:
    latents = stepped_latents(num_frames)
    exact, vae = tiny_vae().decode(latents), tiny_vae().float()

    tiled = decoded_mel(TiledDecode(vae, latents.float(), settings(tile)))

    whole = vae.decode(latents.float())
    assert largest_error(tiled, exact) < max(1e-5, 2 * largest_error(whole, exact))
    relative_rms = (tiled - whole).square().mean().sqrt() / whole.square().mean().sqrt()
    assert float(relative_rms) < 1e-5


@hypothesis.settings(deadline=None, max_examples=10)
@given(
    num_frames=st.integers(8, 120),
    tile=st.integers(1, 130),
    budget=st.sampled_from([0, 250_000, 1_000_000, 1 << 40]),
    reach=st.none() | st.integers(0, 130),
)
@torch.inference_mode()
def test_nothing_about_the_tiles_changes_the_mel(
    num_frames: int, tile: int, budget: int, reach: int | None
) -> None:
    vae, latents = tiny_vae(), stepped_latents(num_frames)

    got = decoded_mel(TiledDecode(vae, latents, settings(tile, budget, reach)))

    assert largest_error(got, untiled(vae, latents, reach)) < TOLERANCE


@torch.inference_mode()
def test_ignoring_level_differences_between_tiles_would_be_seen() -> None:
    """Guards the oracle: tiles with statistics of their own must fail it clearly."""
    vae, latents = tiny_vae(), stepped_latents(96)

    alone = torch.cat([vae.decode(part) for part in latents.chunk(6, dim=2)], dim=2)

    assert largest_error(alone, vae.decode(latents)) > 0.1


@torch.inference_mode()
def test_the_published_layout_of_diffusers_is_understood() -> None:
    vae = published_layout_vae()
    latents = stepped_latents(50)

    got = decoded_mel(TiledDecode(vae, latents, settings(16)))

    assert largest_error(got, vae.decode(latents).sample) < TOLERANCE
