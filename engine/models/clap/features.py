"""The log-mel features of CLAP's audio tower, and clips longer than its input.

Shape letters in this file:
    N  samples at 48 kHz
    W  windows of ten seconds
    M  mel bins
    E  width of the embedding
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from engine.dsp.mel import slaney_mel_filterbank
from engine.models.clap.audio import AudioEncoder

SAMPLE_RATE = 48_000
WINDOW_SAMPLES = 480_000

_N_FFT = 1024
_HOP_LENGTH = 480
_N_MELS = 64
_FMIN_HZ = 50.0
_FMAX_HZ = 14_000.0
_POWER_FLOOR = 1e-10


class ClapMelFrontEnd:
    """Cuts a clip into windows of ten seconds and analyses each.

    Power spectrogram (periodic Hann, centred frames, reflected ends), Slaney filters, decibels
    without a limit below the peak: what the non-fusion CLAP models were trained on. Computed in
    float64 on the CPU, so that a score does not depend on the device.
    """

    def __init__(self) -> None:
        self._analysis_window = torch.hann_window(_N_FFT, periodic=True, dtype=torch.float64)
        self._filters = slaney_mel_filterbank(
            sample_rate=SAMPLE_RATE, n_fft=_N_FFT, n_mels=_N_MELS, fmin=_FMIN_HZ, fmax=_FMAX_HZ
        )

    def __call__(self, waveform: Tensor) -> Tensor:
        """Analyse one clip.

        A clip shorter than the window is repeated as often as it fits whole, then padded with
        silence. A longer one is covered by evenly spaced windows, the last ending with the clip;
        the published code takes one random window instead.

        Args:
            waveform: (N,) mono samples in [-1, 1] at 48 kHz, N >= 1.

        Returns:
            (W, 1, 1001, M) float32 log-mel in dB on the CPU, W = ceil(N / 480 000).

        Raises:
            ValueError: If the waveform is empty or not one-dimensional.
        """
        if waveform.ndim != 1 or waveform.numel() == 0:
            raise ValueError(
                f"CLAP features need one mono clip (samples,), got {tuple(waveform.shape)}"
            )
        windows = _windows(waveform.to(device="cpu", dtype=torch.float64))
        spectrum = torch.stft(
            windows,
            n_fft=_N_FFT,
            hop_length=_HOP_LENGTH,
            window=self._analysis_window,
            center=True,
            pad_mode="reflect",
            return_complex=True,
        )
        power = self._filters @ spectrum.abs().square()
        decibels = 10.0 * power.clamp_min(_POWER_FLOOR).log10()
        return decibels.transpose(1, 2).unsqueeze(1).float()


@torch.inference_mode()
def embed_windows(
    encoder: AudioEncoder,
    front_end: ClapMelFrontEnd,
    waveform: Tensor,
    check_cancelled: Callable[[], None] = lambda: None,
) -> Tensor:
    """Embed every window of a clip of any length, one after the other.

    Args:
        encoder: The audio tower, on any device.
        front_end: Its features.
        waveform: (N,) mono samples in [-1, 1] at 48 kHz, N >= 1.
        check_cancelled: Called before every window; raises to stop the work.

    Returns:
        (W, E) float32 embeddings of length one, on the encoder's device.
    """
    parameter = encoder.audio_projection.linear1.weight
    embeddings = []
    for start in window_starts(waveform.shape[0]):
        check_cancelled()
        features = front_end(waveform[start : start + WINDOW_SAMPLES])
        embeddings.append(encoder(features.to(device=parameter.device, dtype=parameter.dtype)))
    return torch.cat(embeddings).float()


def embed_clip(
    encoder: AudioEncoder,
    front_end: ClapMelFrontEnd,
    waveform: Tensor,
    check_cancelled: Callable[[], None] = lambda: None,
) -> Tensor:
    """Embed one clip of any length; arguments as above.

    Returns:
        (E,) float32 embedding of length one: the normalised mean over the windows of the clip.
    """
    mean = embed_windows(encoder, front_end, waveform, check_cancelled).mean(dim=0)
    return torch.nn.functional.normalize(mean, dim=0)


def window_starts(num_samples: int) -> list[int]:
    """First samples of the windows that cover a clip evenly, the last one ending with it."""
    num_windows = max(1, -(-num_samples // WINDOW_SAMPLES))
    spare = num_samples - WINDOW_SAMPLES
    return [spare * index // (num_windows - 1) if index else 0 for index in range(num_windows)]


def _windows(waveform: Tensor) -> Tensor:
    """(N,) -> (W, 480 000)."""
    num_samples = waveform.shape[0]
    if num_samples <= WINDOW_SAMPLES:
        repeated = waveform.repeat(WINDOW_SAMPLES // num_samples)
        missing = WINDOW_SAMPLES - repeated.shape[0]
        return torch.nn.functional.pad(repeated, (0, missing)).unsqueeze(0)
    starts = window_starts(num_samples)
    return torch.stack([waveform[start : start + WINDOW_SAMPLES] for start in starts])
