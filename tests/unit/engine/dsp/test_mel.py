import dataclasses
import math

import pytest
import torch

from engine.dsp.mel import MelFrontEnd, slaney_mel_filterbank
from tests.support.networks import PUBLISHED_MEL


@pytest.mark.parametrize(
    ("num_samples", "num_frames"), [(513, 3), (1599, 9), (1600, 10), (163840, 1024)]
)
def test_gives_a_frame_per_whole_hop(num_samples: int, num_frames: int) -> None:
    mel = MelFrontEnd(PUBLISHED_MEL)(torch.randn(2, num_samples))

    assert mel.shape == (2, 1, num_frames, 64)


def test_a_tone_shows_in_the_band_around_its_frequency() -> None:
    filters = slaney_mel_filterbank(sample_rate=16000, n_fft=1024, n_mels=64, fmin=0, fmax=8000)
    tone = torch.sin(2 * math.pi * 1000 * torch.arange(8000) / 16000)[None]

    loudest = MelFrontEnd(PUBLISHED_MEL)(tone)[0, 0, 25].argmax()

    assert loudest == filters[:, 64].argmax(), "bin 64 is 1000 Hz"


def test_a_click_is_strongest_in_the_frame_centred_on_it() -> None:
    click = torch.zeros(1, 8000)
    click[0, 20 * 160] = 1

    assert MelFrontEnd(PUBLISHED_MEL)(click).mean(dim=3).argmax() == 20


def test_twice_the_amplitude_adds_the_logarithm_of_two() -> None:
    waveform = 0.1 * torch.randn(1, 4000)
    front_end = MelFrontEnd(PUBLISHED_MEL)

    difference = front_end(2 * waveform) - front_end(waveform)

    torch.testing.assert_close(difference, torch.full_like(difference, math.log(2)))


def test_has_nothing_to_save() -> None:
    assert not MelFrontEnd(PUBLISHED_MEL).state_dict()


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((16000,), r"\(batch, samples\), got \(16000,\)"),
        ((1, 1, 16000), r"got \(1, 1, 16000\)"),
        ((1, 512), "512 samples is too short for the mel front end; pad it to at least 513"),
    ],
)
def test_refuses_a_wrong_shape(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MelFrontEnd(PUBLISHED_MEL)(torch.zeros(shape))


@pytest.mark.parametrize("limits", [(-1.0, 8000.0), (0.0, 8001.0), (500.0, 500.0)])
def test_refuses_bands_outside_the_spectrum(limits: tuple[float, float]) -> None:
    fmin, fmax = limits
    with pytest.raises(ValueError, match="0 <= fmin < fmax <= 8000 Hz"):
        MelFrontEnd(dataclasses.replace(PUBLISHED_MEL, fmin=fmin, fmax=fmax))


def test_the_filters_have_unit_area() -> None:
    """Wide bands only: a narrow triangle is sampled too coarsely for its sum to be its area."""
    filters = slaney_mel_filterbank(sample_rate=16000, n_fft=8192, n_mels=64, fmin=0, fmax=8000)

    areas = filters.sum(dim=1) * (16000 / 8192)

    torch.testing.assert_close(areas, torch.ones_like(areas), rtol=2e-3, atol=0)
