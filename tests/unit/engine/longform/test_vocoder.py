"""Chunked vocoding equals vocoding at once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.longform.vocoder import (
    AudioChunk,
    context_mel_frames,
    vocoded_chunks,
    vocoded_range,
)


class TinyVocoder(nn.Module):
    """Two convolutions and one transposed convolution, with surplus samples like HiFi-GAN."""

    hop_length = 5
    halo_frames = 5

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.wide = nn.Conv1d(3, 4, 7, padding=3).double()
        # Kernel minus rate is odd, so the output has one sample too many at its end.
        self.up = nn.ConvTranspose1d(4, 1, 8, stride=5, padding=1).double()
        self.calls: list[tuple[int, int]] = []

    def forward(self, mel: Tensor, addresses: Tensor) -> Tensor:
        self.calls.append((int(addresses[0]), mel.shape[1]))
        up: Tensor = self.up(torch.tanh(self.wide(mel.transpose(1, 2))))
        return nn.functional.pad(torch.tanh(up[:, 0]), (0, 1))


class FrameCounter:
    """Answers with positions by address, so that wrong offsets show."""

    hop_length = 10
    halo_frames = 3

    def __call__(self, mel: Tensor, addresses: Tensor, /) -> Tensor:
        assert len(addresses) == mel.shape[1]
        samples = (addresses[:, None] * self.hop_length + torch.arange(self.hop_length)).flatten()
        surplus = torch.full((4,), -1)
        return torch.cat((surplus, samples, surplus)).double()[None]


def mel(num_frames: int) -> Tensor:
    return torch.randn(
        1, num_frames, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(3)
    )


def joined(chunks: Sequence[AudioChunk]) -> Tensor:
    position = 0
    for chunk in chunks:
        assert chunk.first_sample == position
        position += chunk.samples.shape[1]
    return torch.cat([chunk.samples for chunk in chunks], dim=1)


@settings(deadline=None, max_examples=40)
@given(num_frames=st.integers(1, 300), chunk=st.sampled_from([32, 64, 96, 1024]))
def test_chunks_join_to_the_whole(num_frames: int, chunk: int) -> None:
    vocoder = TinyVocoder()
    whole = vocoder(mel(num_frames), torch.arange(num_frames))

    got = joined(list(vocoded_chunks(vocoder, mel(num_frames), chunk_mel_frames=chunk)))

    skip = (whole.shape[1] - 5 * num_frames) // 2
    torch.testing.assert_close(got, whole[:, skip : skip + 5 * num_frames], rtol=0, atol=1e-12)


@pytest.mark.parametrize("is_circular", [False, True])
def test_every_frame_comes_with_its_address(is_circular: bool) -> None:
    addresses = torch.cat((torch.arange(77, 177), torch.arange(5, 55)))

    got = joined(
        list(
            vocoded_chunks(
                FrameCounter(),
                mel(150),
                addresses=addresses,
                is_circular=is_circular,
                chunk_mel_frames=64,
            )
        )
    )

    expected = torch.cat((torch.arange(770, 1770), torch.arange(50, 550)))
    assert torch.equal(got[0], expected.double())


def test_frames_that_were_never_moved_are_numbered_from_the_start() -> None:
    got = joined(list(vocoded_chunks(FrameCounter(), mel(150), chunk_mel_frames=64)))

    assert torch.equal(got[0], torch.arange(1500).double())


def test_addresses_of_another_number_of_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="150 frames"):
        vocoded_range(FrameCounter(), mel(150), 0, 9, addresses=torch.arange(149))


@pytest.mark.parametrize("num_frames", [1, 7, 33, 200])
def test_a_loop_takes_its_context_around_the_wrap_as_often_as_needed(num_frames: int) -> None:
    vocoder = TinyVocoder()
    turns = 2 * (-(-32 // num_frames)) + 1
    many = vocoder(mel(num_frames).repeat(1, turns, 1), torch.zeros(num_frames * turns))

    got = joined(
        list(vocoded_chunks(vocoder, mel(num_frames), is_circular=True, chunk_mel_frames=32))
    )

    skip = (many.shape[1] - 5 * num_frames * turns) // 2 + 5 * num_frames * (turns // 2)
    expected = many[:, skip : skip + 5 * num_frames]
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-12)


def test_a_range_alone_equals_its_part_of_the_whole() -> None:
    vocoder = TinyVocoder()
    whole = vocoded_range(vocoder, mel(200), 0, 200)

    part = vocoded_range(vocoder, mel(200), 96, 131)

    torch.testing.assert_close(part, whole[:, 96 * 5 : 131 * 5], rtol=0, atol=1e-12)


def test_the_halo_is_rounded_up_to_the_grid_and_stops_at_the_ends() -> None:
    vocoder = TinyVocoder()

    list(vocoded_chunks(vocoder, mel(200), chunk_mel_frames=64))

    assert vocoder.calls == [(0, 96), (32, 128), (96, 104), (160, 40)]


@pytest.mark.parametrize("chunk", [0, 31, 48])
def test_a_chunk_off_the_grid_is_refused(chunk: int) -> None:
    with pytest.raises(ValueError, match=str(chunk)):
        list(vocoded_chunks(TinyVocoder(), mel(10), chunk_mel_frames=chunk))


def test_a_sample_that_is_not_finite_stops_the_run() -> None:
    values = mel(200)
    values[0, 130] = torch.nan

    chunks = vocoded_chunks(TinyVocoder(), values, chunk_mel_frames=64)

    assert torch.isfinite(next(chunks).samples).all()
    with pytest.raises(FloatingPointError, match="64 to 128"):
        next(chunks)


def test_cancelling_stops_between_chunks() -> None:
    vocoder = TinyVocoder()

    def check() -> None:
        if len(vocoder.calls) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        list(vocoded_chunks(vocoder, mel(300), chunk_mel_frames=64, check_cancelled=check))
    assert len(vocoder.calls) == 2


@pytest.mark.parametrize(("halo", "context"), [(0, 32), (23, 32), (31, 32), (32, 64)])
def test_context_leaves_room_for_samples_shifted_by_a_part_of_a_frame(
    halo: int, context: int
) -> None:
    vocoder = TinyVocoder()
    vocoder.halo_frames = halo

    assert context_mel_frames(vocoder) == context
