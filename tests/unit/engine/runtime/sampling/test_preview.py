import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from engine.runtime.sampling.preview import PreviewSchedule, QuickDecoder


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def made_after(time: FakeTime, schedule: PreviewSchedule, cost: float) -> None:
    began_at = time.seconds
    time.seconds += cost
    schedule.made(began_at)


def test_the_first_preview_comes_after_a_second_and_a_half() -> None:
    time = FakeTime()
    schedule = PreviewSchedule(time)
    time.seconds = 1.4
    assert not schedule.is_due(1, 25)

    time.seconds = 1.5

    assert schedule.is_due(1, 25)


def test_previews_take_at_most_a_twentieth_of_the_time() -> None:
    time = FakeTime()
    schedule = PreviewSchedule(time)
    spent = 0.0
    for step in range(1, 101):
        time.seconds += 1.0
        if schedule.is_due(step, 100):
            made_after(time, schedule, cost=0.9)
            spent += 0.9

    assert spent > 0.0
    assert spent <= 0.05 * time.seconds


def test_cheap_previews_come_no_more_often_than_every_second_and_a_half() -> None:
    time = FakeTime()
    schedule = PreviewSchedule(time)
    count = 0
    for step in range(1, 1001):
        time.seconds += 0.1
        if schedule.is_due(step, 1000):
            made_after(time, schedule, cost=0.0)
            count += 1

    assert 60 <= count <= 67


def test_the_finished_piece_needs_no_preview() -> None:
    time = FakeTime()
    schedule = PreviewSchedule(time)
    time.seconds = 100.0

    assert not schedule.is_due(25, 25)


def local_decoder(latents: Tensor) -> Tensor:
    """Linear in the 3 x 3 neighbourhood, and different in every frequency bin."""
    kernel = torch.linspace(-1, 1, 16 * 8 * 9).view(16, 8, 3, 3)
    patches = functional.conv2d(latents, kernel, padding=1) + torch.arange(latents.shape[3]).float()
    return functional.pixel_shuffle(patches, 4)


@pytest.mark.parametrize("num_frames", [1, 64, 65, 300, 9000])
def test_a_local_decoder_is_approximated_well(num_frames: int) -> None:
    latents = torch.randn(1, 8, num_frames, 16, generator=torch.Generator().manual_seed(1))

    mel = QuickDecoder(local_decoder, 4).mel(latents)

    expected = local_decoder(latents)[0, 0].numpy()
    assert mel.shape == (4 * num_frames, 64)
    assert not mel.flags.writeable
    assert np.abs(mel - expected).mean() < 0.05 * np.abs(expected).mean()


def test_short_pieces_are_decoded_exactly() -> None:
    latents = torch.randn(1, 8, 40, 16, generator=torch.Generator().manual_seed(1))

    mel = QuickDecoder(local_decoder, 4).mel(latents)

    np.testing.assert_array_equal(mel, local_decoder(latents)[0, 0].numpy())


def test_only_a_short_stretch_is_decoded_and_another_one_each_time() -> None:
    seen: list[Tensor] = []

    def decode(latents: Tensor) -> Tensor:
        seen.append(latents)
        return local_decoder(latents)

    latents = torch.randn(1, 8, 2000, 16, generator=torch.Generator().manual_seed(1))
    decoder = QuickDecoder(decode, 4)
    for _ in range(3):
        decoder.mel(latents)

    assert [stretch.shape[2] for stretch in seen] == [64, 64, 64]
    assert not torch.equal(seen[0], seen[1])
