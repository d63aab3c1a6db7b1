"""The mel front end chunk by chunk against one call over everything."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.dsp.mel import MelFrontEnd
from engine.dsp.mel_chunks import mel_chunks
from tests.support.networks import PUBLISHED_MEL


def sound(num_samples: int) -> Tensor:
    """Loud, then a thousand times quieter: (N,) float64."""
    samples = torch.randn(
        num_samples, dtype=torch.float64, generator=torch.Generator().manual_seed(num_samples)
    )
    samples[num_samples // 2 :] *= 1e-3
    return samples


def chunked(front_end: MelFrontEnd, samples: Tensor, chunk_mel_frames: int) -> Tensor:
    reads: list[int] = []

    def read(start: int, end: int) -> Tensor:
        assert 0 <= start < end <= len(samples)
        reads.append(end - start)
        return samples[start:end]

    chunks = list(mel_chunks(front_end, read, len(samples), chunk_mel_frames=chunk_mel_frames))
    assert [chunk.first_mel_frame for chunk in chunks] == list(
        range(0, len(samples) // 160, chunk_mel_frames)
    )
    assert max(reads) <= max(chunk_mel_frames * 160 + 1024, 513)
    return torch.cat([chunk.mel for chunk in chunks], dim=2)


@pytest.mark.parametrize("num_samples", [513, 640, 4000, 16_000, 16_159])
@pytest.mark.parametrize("chunk_mel_frames", [1, 7, 32, 1000])
def test_chunks_of_any_size_give_the_mel_of_the_whole(
    num_samples: int, chunk_mel_frames: int
) -> None:
    front_end, samples = MelFrontEnd(PUBLISHED_MEL).double(), sound(num_samples)

    got = chunked(front_end, samples, chunk_mel_frames)

    expected = front_end(samples.unsqueeze(0))
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-12)


def test_float32_gives_the_same_within_rounding() -> None:
    front_end, samples = MelFrontEnd(PUBLISHED_MEL), sound(32_000).float()

    got = chunked(front_end, samples, 48)

    torch.testing.assert_close(got, front_end(samples.unsqueeze(0)), rtol=0, atol=1e-3)


def test_chunks_without_their_context_would_be_seen() -> None:
    """Guards the oracle: reflecting every chunk at its own ends must fail it clearly."""
    front_end, samples = MelFrontEnd(PUBLISHED_MEL).double(), sound(16_000)

    alone = torch.cat([front_end(part.unsqueeze(0)) for part in torch.split(samples, 3200)], dim=2)

    assert float((alone - front_end(samples.unsqueeze(0))).abs().max()) > 0.1


@pytest.mark.parametrize(("num_samples", "chunk"), [(512, 32), (4000, 0)])
def test_what_cannot_be_analysed_is_refused(num_samples: int, chunk: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        chunked(MelFrontEnd(PUBLISHED_MEL), sound(num_samples).float(), chunk)
