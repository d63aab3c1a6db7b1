"""Griffin-Lim against slow formulas, and a track in chunks against the whole track."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.dsp.mel import MelFrontEnd, slaney_mel_filterbank
from engine.models.griffin_lim.griffin_lim import GriffinLim
from engine.models.griffin_lim.mel_inverse import MelInverse
from engine.models.griffin_lim.stft import EndlessSTFT
from tests.support.networks import PUBLISHED_MEL, griffin_lim_config, relative_error

_HOP = 160
_RAGGED = (0, 1, 130, 287, 450, 620)


def _sound(num_samples: int) -> Tensor:
    """Three notes with overtones, a glide, some noise and a silent gap, peak below 1."""
    t = torch.arange(num_samples, dtype=torch.float64) / 16000
    notes = sum(torch.sin(2 * math.pi * 220 * k * t) / k for k in (1, 2, 3, 5)) * torch.exp(
        -t % 0.4
    )
    glide = torch.sin(2 * math.pi * (300 + 350 * t) * t)
    noise = torch.randn(num_samples, generator=torch.Generator().manual_seed(1)).double()
    sound = 0.2 * notes + 0.2 * glide + 0.01 * noise
    sound[num_samples // 2 : num_samples // 2 + 8000] = 0
    return sound


def _mel(num_frames: int) -> Tensor:
    mel: Tensor = MelFrontEnd(PUBLISHED_MEL).double()(_sound(num_frames * _HOP)[None])
    return mel[:, 0]


def _in_chunks(vocoder: GriffinLim, mel: Tensor, halo: int) -> Tensor:
    pieces = []
    for first, last in itertools.pairwise(_RAGGED):
        start, stop = max(0, first - halo), min(mel.shape[1], last + halo)
        chunk = vocoder(mel[:, start:stop], torch.arange(start, stop))
        pieces.append(chunk[:, (first - start) * _HOP : (last - start) * _HOP])
    return torch.cat(pieces, dim=1)


def _largest_difference(got: Tensor, expected: Tensor) -> float:
    return float((got - expected).abs().max())


@pytest.mark.parametrize("momentum", [0.0, 0.99])
@torch.inference_mode()
def test_a_track_in_chunks_equals_the_whole_track(momentum: float) -> None:
    vocoder = GriffinLim(griffin_lim_config(momentum=momentum)).double()
    mel = _mel(_RAGGED[-1])

    whole = vocoder(mel)

    assert whole.shape == (1, _RAGGED[-1] * _HOP)
    assert _largest_difference(_in_chunks(vocoder, mel, vocoder.halo_frames), whole) <= 1e-9
    assert _largest_difference(_in_chunks(vocoder, mel, 6), whole) > 1e-3


@torch.inference_mode()
def test_chunks_equal_the_whole_in_single_precision_too() -> None:
    vocoder = GriffinLim(griffin_lim_config())
    mel = _mel(_RAGGED[-1]).float()

    chunked = _in_chunks(vocoder, mel, vocoder.halo_frames)

    assert _largest_difference(chunked, vocoder(mel)) <= 1e-5


@pytest.mark.parametrize("num_iterations", [0, 1])
@torch.inference_mode()
def test_the_halo_is_exactly_what_a_frame_depends_on(num_iterations: int) -> None:
    """With the halo nothing changes; with one frame less on each side something does.

    More rounds would show nothing: the outermost frames meet only the feet of the windows.
    """
    vocoder = GriffinLim(griffin_lim_config(num_iterations=num_iterations)).double()
    halo = vocoder.halo_frames
    generator = torch.Generator().manual_seed(2)
    mel = torch.randn(1, 61, 64, generator=generator, dtype=torch.float64) - 2
    frame = 30

    def alone(context: int) -> Tensor:
        start, stop = frame - context, frame + context + 1
        chunk: Tensor = vocoder(mel[:, start:stop], torch.arange(start, stop))
        return chunk[:, context * _HOP : (context + 1) * _HOP]

    whole = vocoder(mel)[:, frame * _HOP : (frame + 1) * _HOP]
    assert _largest_difference(alone(halo), whole) <= 1e-12
    assert _largest_difference(alone(halo - 1), whole) > 1e-9


@torch.inference_mode()
def test_analysis_equals_the_discrete_fourier_sum() -> None:
    stft = EndlessSTFT(64, 48, 12).double()
    num_frames = 5
    blocks = num_frames + stft.num_blocks_per_window - 1
    signal = torch.randn(1, blocks * 12, dtype=torch.float64)
    n = np.arange(64)
    window = np.where((n >= 8) & (n < 56), 0.5 - 0.5 * np.cos(2 * np.pi * (n - 8) / 48), 0)
    transform = np.exp(-2j * np.pi * np.outer(np.arange(33), n) / 64)
    samples = signal[0].numpy()

    expected = np.stack(
        [transform @ (window * samples[t * 12 : t * 12 + 64]) for t in range(num_frames)]
    )

    # The window is kept in float32.
    np.testing.assert_allclose(stft.analysis(signal)[0].numpy(), expected, rtol=0, atol=1e-5)


@torch.inference_mode()
def test_synthesis_undoes_analysis_where_all_windows_are_present() -> None:
    stft = EndlessSTFT(1024, 1024, _HOP).double()
    signal = torch.randn(2, 30 * _HOP, dtype=torch.float64)

    returned = stft.synthesis(stft.analysis(signal))

    inside = slice(1024, -1024)
    assert _largest_difference(returned[:, inside], signal[:, inside]) <= 1e-6


@torch.inference_mode()
def test_the_inverse_of_a_mel_spectrum_has_that_mel_spectrum() -> None:
    filters = slaney_mel_filterbank(sample_rate=16000, n_fft=1024, n_mels=64, fmin=0, fmax=8000)
    mel = _mel(200).exp()

    magnitude = MelInverse(filters).double()(mel)

    assert magnitude.min() >= 0
    assert relative_error(magnitude @ filters.T, mel) < 0.03


@torch.inference_mode()
def test_the_sound_that_comes_out_has_the_mel_spectrum_that_went_in() -> None:
    mel = _mel(300)

    rendered = GriffinLim(griffin_lim_config()).double()(mel)

    again = MelFrontEnd(PUBLISHED_MEL).double()(rendered)[:, 0]
    inside = slice(8, -8)
    assert relative_error(again[:, inside].exp(), mel[:, inside].exp()) < 0.25


@torch.inference_mode()
def test_momentum_gets_nearer_in_the_same_number_of_rounds() -> None:
    mel = _mel(300)
    errors = []
    for momentum in (0.0, 0.99):
        vocoder = GriffinLim(griffin_lim_config(momentum=momentum)).double()
        again = MelFrontEnd(PUBLISHED_MEL).double()(vocoder(mel))[:, 0]
        errors.append(relative_error(again[:, 8:-8].exp(), mel[:, 8:-8].exp()))

    assert errors[1] < errors[0]
