"""The mel front end against a slow implementation straight from the formulas."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.dsp.mel import MelFrontEnd, slaney_mel_filterbank
from tests.support.networks import PUBLISHED_MEL

_RATE = 16000
_N_FFT = 1024
_HOP = 160


def _slaney_hz(mel: float) -> float:
    """Auditory Toolbox: 200 / 3 Hz per mel up to 15 mel, then 27 steps per factor of 6.4."""
    return mel * 200 / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)


def _slaney_mel(hz: float) -> float:
    return hz * 3 / 200 if hz < 1000 else 15 + 27 * float(np.log(hz / 1000) / np.log(6.4))


def _slow_filters() -> NDArray[np.float64]:
    mels = np.linspace(0.0, _slaney_mel(8000.0), 66)
    edges = [_slaney_hz(float(mel)) for mel in mels]
    filters = np.zeros((64, _N_FFT // 2 + 1))
    for band in range(64):
        left, centre, right = edges[band : band + 3]
        for index in range(filters.shape[1]):
            hz = index * _RATE / _N_FFT
            if left < hz <= centre:
                filters[band, index] = (hz - left) / (centre - left)
            elif centre < hz < right:
                filters[band, index] = (right - hz) / (right - centre)
        filters[band] *= 2 / (right - left)
    return filters


def _slow_mel(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    reflected = np.concatenate([samples[512:0:-1], samples, samples[-2:-514:-1]])
    n = np.arange(_N_FFT)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * n / _N_FFT)
    transform = np.exp(-2j * np.pi * np.outer(np.arange(_N_FFT // 2 + 1), n) / _N_FFT)
    frames = [
        np.abs(transform @ (window * reflected[t * _HOP : t * _HOP + _N_FFT]))
        for t in range(len(samples) // _HOP)
    ]
    mel: NDArray[np.float64] = np.log(np.maximum(np.array(frames) @ _slow_filters().T, 1e-5))
    return mel


def test_the_filters_follow_the_formula() -> None:
    filters = slaney_mel_filterbank(sample_rate=_RATE, n_fft=_N_FFT, n_mels=64, fmin=0, fmax=8000)

    np.testing.assert_allclose(filters.numpy(), _slow_filters(), rtol=0, atol=1e-15)


def test_the_edges_are_those_printed_in_the_documentation_of_librosa() -> None:
    """``librosa.mel_frequencies(n_mels=40)`` as its documentation prints it, 0 .. 11025 Hz."""
    documented = {
        0: 0.0,
        1: 85.317,
        11: 938.49,
        12: 1024.856,
        13: 1119.114,
        20: 2071.84,
        39: 11025.0,
    }
    top = _slaney_mel(11025.0)

    got = {index: _slaney_hz(top * index / 39) for index in documented}

    assert got == pytest.approx(documented, abs=1e-3)


@pytest.mark.parametrize("num_samples", [1600, 4000, 4001, 4159])
def test_the_log_mel_equals_the_slow_one(num_samples: int) -> None:
    rng = np.random.default_rng(num_samples)
    t = np.arange(num_samples) / _RATE
    samples = 0.4 * np.sin(2 * np.pi * (300 + 4000 * t) * t) + 0.05 * rng.standard_normal(len(t))
    samples[: num_samples // 3] = 0.0

    expected = _slow_mel(samples)
    got = MelFrontEnd(PUBLISHED_MEL).double()(torch.from_numpy(samples)[None])
    got_single = MelFrontEnd(PUBLISHED_MEL)(torch.from_numpy(samples).float()[None])

    assert got.shape == (1, 1, num_samples // _HOP, 64)
    # The window and the filters are kept in float32, as they were in training.
    np.testing.assert_allclose(got[0, 0].numpy(), expected, rtol=0, atol=2e-6)
    np.testing.assert_allclose(got_single[0, 0].numpy(), expected, rtol=0, atol=2e-2)


def test_silence_is_the_floor() -> None:
    mel = MelFrontEnd(PUBLISHED_MEL)(torch.zeros(1, 3200))

    torch.testing.assert_close(mel, torch.full_like(mel, float(np.log(1e-5))))
