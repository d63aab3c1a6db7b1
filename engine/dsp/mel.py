"""The log-mel front end of AudioLDM, and its filter bank.

Shape letters in this file:
    B  batch
    N  samples
    T  mel frames
    M  mel bands
    K  frequency bins, ``n_fft // 2 + 1``
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

# Slaney's Auditory Toolbox (1998): linear below 1 kHz, logarithmic above.
_HZ_PER_LINEAR_MEL = 200.0 / 3.0
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _HZ_PER_LINEAR_MEL
_LOG_STEP = np.log(6.4) / 27.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MelConfig:
    """Analysis parameters of a log-mel spectrogram.

    Attributes:
        sample_rate: Samples per second of the waveform.
        n_fft: Length of the Fourier transform in samples.
        win_length: Length of the periodic Hann window in samples, at most ``n_fft``.
        hop_length: Samples between two frames.
        n_mels: Number of bands ``M``.
        fmin: Lower edge of the lowest band in Hz.
        fmax: Upper edge of the highest band in Hz.
        log_floor: Magnitudes below this are raised to it before the logarithm.
    """

    sample_rate: int
    n_fft: int
    win_length: int
    hop_length: int
    n_mels: int
    fmin: float
    fmax: float
    log_floor: float


def _mel_from_hz(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    logarithmic = _BREAK_MEL + np.log(np.maximum(hz, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.where(hz < _BREAK_HZ, hz / _HZ_PER_LINEAR_MEL, logarithmic)


def _hz_from_mel(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    logarithmic = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BREAK_MEL) - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _HZ_PER_LINEAR_MEL, logarithmic)


def slaney_mel_filterbank(
    *, sample_rate: int, n_fft: int, n_mels: int, fmin: float, fmax: float
) -> Tensor:
    """Triangular filters on Slaney's mel scale, each of unit area in Hz.

    The same filters as ``librosa.filters.mel`` with its default arguments.

    Args:
        sample_rate: Samples per second.
        n_fft: Length of the Fourier transform in samples.
        n_mels: Number of filters ``M``.
        fmin: Lower edge of the lowest filter in Hz.
        fmax: Upper edge of the highest filter in Hz, at most half of ``sample_rate``.

    Returns:
        (M, K) float64 weights, all >= 0.

    Raises:
        ValueError: If the band edges are not within 0 .. ``sample_rate / 2``, in order.
    """
    if not 0 <= fmin < fmax <= sample_rate / 2:
        raise ValueError(
            f"mel bands need 0 <= fmin < fmax <= {sample_rate / 2:g} Hz, got {fmin:g} and {fmax:g}"
        )
    limits = _mel_from_hz(np.array([fmin, fmax], dtype=np.float64))
    edges = _hz_from_mel(np.linspace(limits[0], limits[1], n_mels + 2))
    bins = np.arange(n_fft // 2 + 1) * (sample_rate / n_fft)
    widths = np.diff(edges)
    rising = (bins - edges[:-2, None]) / widths[:-1, None]
    falling = (edges[2:, None] - bins) / widths[1:, None]
    area = 2.0 / (edges[2:] - edges[:-2])
    return torch.from_numpy(np.maximum(0.0, np.minimum(rising, falling)) * area[:, None])


class MelFrontEnd(nn.Module):
    """Turns a waveform into the natural-log mel spectrogram the VAE was trained on.

    Magnitude (not power) spectrogram with a periodic Hann window, frames centred on multiples of
    ``hop_length``, ends reflected, Slaney filters, ``log(max(x, log_floor))``. Has no parameters;
    move it with ``.to(device)``.
    """

    window: Tensor
    filters: Tensor

    def __init__(self, config: MelConfig) -> None:
        super().__init__()
        self.config = config
        filters = slaney_mel_filterbank(
            sample_rate=config.sample_rate,
            n_fft=config.n_fft,
            n_mels=config.n_mels,
            fmin=config.fmin,
            fmax=config.fmax,
        )
        window = torch.hann_window(config.win_length, periodic=True, dtype=torch.float64)
        self.register_buffer("window", window.float(), persistent=False)
        self.register_buffer("filters", filters.float(), persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        """Analyse a batch of waveforms.

        Args:
            waveform: (B, N) samples in [-1, 1], at least ``n_fft // 2 + 1`` of them.

        Returns:
            (B, 1, T, M) natural-log mel with ``T = N // hop_length``. The frame centred on the
            very end of the waveform is left out, so that frame ``t`` starts the samples
            ``t * hop_length .. (t + 1) * hop_length``.

        Raises:
            ValueError: If the shape is wrong or the waveform too short to be reflected.
        """
        config = self.config
        half = config.n_fft // 2
        if waveform.ndim != 2:
            raise ValueError(f"the waveform must be (batch, samples), got {tuple(waveform.shape)}")
        if waveform.shape[1] <= half:
            raise ValueError(
                f"a waveform of {waveform.shape[1]} samples is too short for the mel front end;"
                f" pad it to at least {half + 1}"
            )
        padded = F.pad(waveform.unsqueeze(1), (half, half), mode="reflect").squeeze(1)
        return self.of_padded(padded)[:, :, : waveform.shape[1] // config.hop_length]

    def of_padded(self, padded: Tensor) -> Tensor:
        """Analyse waveforms that already have their context of half a window at each end.

        Args:
            padded: (B, N) samples, at least ``n_fft`` of them.

        Returns:
            (B, 1, T, M) natural-log mel of the ``T = (N - n_fft) // hop_length + 1`` windows that
            fit.
        """
        config = self.config
        spectrum = torch.stft(
            padded,
            n_fft=config.n_fft,
            hop_length=config.hop_length,
            win_length=config.win_length,
            window=self.window,
            center=False,
            return_complex=True,
        )
        # (B, K, T) -> (B, T, M): the network wants time before frequency.
        mel = torch.matmul(spectrum.abs().transpose(1, 2), self.filters.T)
        return torch.log(mel.clamp(min=config.log_floor)).unsqueeze(1)
