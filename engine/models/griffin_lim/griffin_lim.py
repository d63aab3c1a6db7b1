"""A vocoder without weights.

Shape letters in this file:
    B  batch
    T  mel frames
    M  mel bands
    K  frequency bins
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.dsp.mel import slaney_mel_filterbank
from engine.models.griffin_lim.config import GriffinLimConfig
from engine.models.griffin_lim.mel_inverse import MelInverse
from engine.models.griffin_lim.phase import position_keyed_phase
from engine.models.griffin_lim.stft import EndlessSTFT

# Keeps the division by a vanishing magnitude finite without touching any that matters.
_TINY = 1e-30


def _with_magnitude(spectrum: Tensor, magnitude: Tensor) -> Tensor:
    parts = torch.view_as_real(spectrum)
    gain = magnitude * torch.rsqrt(parts.square().sum(dim=-1) + _TINY)
    return torch.view_as_complex(parts * gain.unsqueeze(-1))


def _bent(signal: Tensor, knee: float) -> Tensor:
    """The signal as it is up to ``knee``, beyond it smoothly towards 1; sample by sample."""
    room = 1.0 - knee
    magnitude = signal.abs()
    beyond = knee + room * torch.tanh((magnitude - knee) / room)
    return torch.where(magnitude <= knee, signal, torch.copysign(beyond, signal))


class GriffinLim(nn.Module):
    """Turns a log-mel spectrogram into a waveform by searching for a consistent phase.

    "Signal estimation from modified short-time Fourier transform" (Griffin and Lim, 1984,
    section III): alternate between the nearest signal and the wanted magnitudes, here with the
    momentum of "A fast Griffin-Lim algorithm" (Perraudin et al., 2013, section 3). Every step is
    local and the first phases depend only on the address, so a track can be rendered in chunks:
    with :attr:`halo_frames` frames of context the result is that of the whole track. Outside the
    frames it is given there is silence.

    Has no parameters and no saved state.
    """

    def __init__(self, config: GriffinLimConfig) -> None:
        super().__init__()
        self.config = config
        filters = slaney_mel_filterbank(
            sample_rate=config.sample_rate,
            n_fft=config.n_fft,
            n_mels=config.n_mels,
            fmin=config.fmin,
            fmax=config.fmax,
        )
        self.mel_inverse = MelInverse(filters)
        self.stft = EndlessSTFT(config.n_fft, config.win_length, config.hop_length)

    @property
    def hop_length(self) -> int:
        """Samples per mel frame."""
        return self.config.hop_length

    @property
    def halo_frames(self) -> int:
        """Frames of context on each side that can change the samples of a frame."""
        # The samples of frame t reach from its centre to just before the next centre, so the
        # furthest window that touches them belongs to a later frame.
        half_window = self.config.win_length // 2
        last = (half_window + self.hop_length - 2) // self.hop_length
        return self.config.num_iterations * self.stft.reach_frames + last

    def forward(self, mel: Tensor, addresses: Tensor | None = None) -> Tensor:
        """Render a log-mel spectrogram.

        Args:
            mel: (B, T, M) natural-log mel, at least one frame, float32 or float64.
            addresses: (T,) int64, on the CPU: the frames' addresses, which choose the phases to
                start from; by default 0 to T - 1.

        Returns:
            (B, T * hop_length) samples; sample 0 is the centre of frame 0. They lie within -1 and 1
            if the configuration has a knee; else nothing limits them.

        Raises:
            ValueError: If the shape is wrong.
        """
        if mel.ndim != 3 or mel.shape[1] == 0 or mel.shape[2] != self.config.n_mels:
            raise ValueError(
                f"mel must be (batch, frames >= 1, {self.config.n_mels}), got {tuple(mel.shape)}"
            )
        magnitude = self._magnitude(mel)
        num_frames, num_bins = magnitude.shape[1:]
        if addresses is None:
            addresses = torch.arange(num_frames)
        if addresses.shape != (num_frames,):
            raise ValueError(
                f"addresses must be one for each of {num_frames} frames, "
                f"got {tuple(addresses.shape)}"
            )
        phase = position_keyed_phase(addresses, num_bins)
        # Cast before it moves: not every device knows float64.
        phase = phase.to(magnitude.dtype).to(magnitude.device)
        spectrum = torch.polar(magnitude, phase.expand_as(magnitude).contiguous())
        previous: Tensor | None = None
        for _ in range(self.config.num_iterations):
            consistent = self.stft.analysis(self.stft.synthesis(spectrum))
            step = 0.0 if previous is None else self.config.momentum * (consistent - previous)
            spectrum = _with_magnitude(consistent + step, magnitude)
            previous = consistent
        lead = self.stft.lead_samples
        signal = self.stft.synthesis(spectrum)[:, lead : lead + num_frames * self.hop_length]
        return signal if self.config.knee is None else _bent(signal, self.config.knee)

    def _magnitude(self, mel: Tensor) -> Tensor:
        # The floor of the front end means "nothing", not "a little noise in every band".
        silent = mel <= math.log(self.config.log_floor)
        if self.config.log_ceiling is not None:
            mel = mel.clamp_max(self.config.log_ceiling)
        magnitude: Tensor = self.mel_inverse(mel.exp().masked_fill(silent, 0.0))
        return magnitude
