"""Statistics from stretches of a track, against a decoder whose normalisations know of the cuts."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from engine.longform.tiled_vae.decoder import DecodeSettings, TiledDecode
from engine.longform.tiled_vae.estimate import (
    LatentStretch,
    convolution_reach,
    estimated_statistics,
)
from engine.longform.tiled_vae.parts import decoder_parts
from engine.models.vae.blocks import Attention
from tests.support.small_vae import BINS, tiny_vae

TOLERANCE = 1e-11
REACH = 5


def stepped_latents(num_frames: int) -> Tensor:
    """A quiet beginning and a loud end."""
    generator = torch.Generator().manual_seed(12)
    latents = torch.randn(1, 3, num_frames, BINS, dtype=torch.float64, generator=generator)
    latents[:, :, num_frames // 2 :] = 3.0 * latents[:, :, num_frames // 2 :] + 2.0
    return latents


class CountingNorm(nn.Module):
    """Normalises a batch of stretches by statistics over the frames that count in any of them."""

    def __init__(self, norm: nn.GroupNorm, is_counted: Tensor, seen: list[Tensor]) -> None:
        super().__init__()
        self.norm = norm
        self.is_counted = is_counted
        self.seen = seen

    def forward(self, x: Tensor) -> Tensor:
        groups = self.norm.num_groups
        scale = x.shape[2] // self.is_counted.shape[1]
        mask = self.is_counted.repeat_interleave(scale, dim=1)
        means, variances, result = [], [], torch.empty_like(x)
        size = x.shape[1] // groups
        for group in range(groups):
            part = slice(group * size, (group + 1) * size)
            values = x[:, part].movedim(1, 2)[mask]
            means.append(values.mean())
            variances.append(values.var(correction=0))
            rstd = (variances[-1] + self.norm.eps) ** -0.5
            result[:, part] = (x[:, part] - means[-1]) * rstd
        self.seen.append(torch.stack([torch.stack(means), torch.stack(variances)]))
        gain, bias = self.norm.weight.view(1, -1, 1, 1), self.norm.bias.view(1, -1, 1, 1)
        return result * gain + bias


class BandedAttention(nn.Module):
    """One dense mask within each stretch."""

    def __init__(self, attention: Attention, norm: nn.Module) -> None:
        super().__init__()
        self.attention = attention
        self.norm = norm

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.norm(x).flatten(2).transpose(1, 2)
        q, k, v = (
            layer(tokens)
            for layer in (self.attention.to_q, self.attention.to_k, self.attention.to_v)
        )
        frame = torch.arange(x.shape[2]).repeat_interleave(x.shape[3])
        scores = q @ k.transpose(1, 2) / q.shape[2] ** 0.5
        scores[:, (frame[:, None] - frame[None, :]).abs() > REACH] = -torch.inf
        attended: Tensor = self.attention.to_out(torch.softmax(scores, dim=2) @ v)
        return x + attended.transpose(1, 2).reshape(x.shape)


def oracle(stretches: Tensor, is_counted: Tensor) -> Tensor:
    """(K, 2, G) statistics of a (B, C, T, F) batch of stretches, (B, T) of whose frames count."""
    vae, seen = tiny_vae(), list[Tensor]()
    attention = vae.decoder.mid_block.attentions[0]
    assert isinstance(attention, Attention)
    banded = BandedAttention(attention, CountingNorm(attention.group_norm, is_counted, seen))
    vae.decoder.mid_block.attentions[0] = banded
    for module in list(vae.decoder.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.GroupNorm) and not isinstance(module, CountingNorm):
                setattr(module, name, CountingNorm(child, is_counted, seen))
    vae.decode(stretches)
    return torch.stack(seen)


def stretch(latents: Tensor, *, begins: bool = False, ends: bool = False) -> LatentStretch:
    return LatentStretch(latents=latents, begins_track=begins, ends_track=ends)


def test_two_stretches_count_without_the_frames_at_their_cuts() -> None:
    latents = stepped_latents(300)
    first, second = latents[:, :, :60], latents[:, :, 130:190]
    reach = convolution_reach(decoder_parts(tiny_vae()))
    assert reach == 13
    is_counted = torch.ones(2, 60, dtype=torch.bool)
    is_counted[0, -reach:] = is_counted[1, :reach] = is_counted[1, -reach:] = False

    got = estimated_statistics(
        tiny_vae(), [stretch(first, begins=True), stretch(second)], attention_reach=REACH
    )

    expected = oracle(torch.cat([first, second]), is_counted)
    error = (got.values - expected).abs().max() / expected.abs().max()
    assert error < TOLERANCE


def test_a_stretch_over_the_whole_track_gives_the_statistics_of_its_decode() -> None:
    latents = stepped_latents(75)
    decode = TiledDecode(tiny_vae(), latents, DecodeSettings(attention_reach=REACH))
    decode.gather()

    got = estimated_statistics(
        tiny_vae(), [stretch(latents, begins=True, ends=True)], attention_reach=REACH
    )

    torch.testing.assert_close(got.values, decode.statistics.values, rtol=TOLERANCE, atol=TOLERANCE)


def test_a_stretch_of_nothing_but_cuts_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[26\] latent frames are too short: 13"):
        estimated_statistics(tiny_vae(), [stretch(stepped_latents(26))], attention_reach=REACH)


def test_numbers_that_are_none_are_reported() -> None:
    vae = tiny_vae()
    vae.decoder.conv_in.weight.data.fill_(float("nan"))

    with pytest.raises(FloatingPointError, match="float32"):
        estimated_statistics(
            vae, [stretch(stepped_latents(20), begins=True, ends=True)], attention_reach=REACH
        )
