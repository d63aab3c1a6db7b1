"""Decoding parts of a piece."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.runtime.sound.mel_decoder import MelDecoder
from tests.support.stored_models import small_model
from tests.support.tiny_model import tiny_config


class CountedLatents:
    """Latents that note which of their frames are read; implements ``Frames``."""

    is_circular = False

    def __init__(self, latents: Tensor) -> None:
        self._latents = latents
        self.num_frames = latents.shape[2]
        self.ranges: list[tuple[int, int]] = []

    def read(self, start: int, end: int) -> Tensor:
        self.ranges.append((start, end))
        return self._latents[:, :, start:end]


def decoder(folder: Path, reach: int | None) -> MelDecoder:
    return MelDecoder(
        small_model(tiny_config()).vae.double(),
        0.7,
        reach=reach,
        scratch_dir=folder,
        on_progress=lambda _done, _total: None,
        check_cancelled=lambda: None,
    )


@pytest.mark.parametrize("reach", [None, 9])
@torch.inference_mode()
def test_parts_are_those_of_the_whole_and_read_only_what_they_see(
    tmp_path: Path, reach: int | None
) -> None:
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn(1, 8, 300, 16, generator=generator, dtype=torch.float64)
    latents[:, :, 150:] *= 3.0
    decode = decoder(tmp_path, reach)
    with decode.whole(latents) as (statistics, tiles):
        whole = torch.cat([tile.mel for tile in tiles], dim=2)
    counted = CountedLatents(latents)
    ranges = [(0, 33), (590, 651), (1130, 1200)]

    parts = list(decode.parts(counted, statistics, ranges))

    assert [(p.first_mel_frame, p.first_mel_frame + p.mel.shape[2]) for p in parts] == ranges
    for part in parts:
        first = part.first_mel_frame
        expected = whole[:, :, first : first + part.mel.shape[2]]
        torch.testing.assert_close(part.mel, expected, rtol=0, atol=1e-11)
    if reach is None:
        assert counted.ranges == [(0, 300)]
    else:
        margin = -(decode.reached(0, 0)[0] // 4) + reach
        assert margin > reach + 5
        assert counted.ranges == [
            (0, 9 + margin),
            (147 - margin, 163 + margin),
            (282 - margin, 300),
        ]
