"""Parameters of the Griffin-Lim vocoder, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GriffinLimConfig:
    """What the mel spectrogram was made with, and how long to search for its phase.

    Attributes:
        sample_rate: Samples per second of the waveform.
        n_fft: Length of the Fourier transform in samples; even.
        win_length: Length of the periodic Hann window in samples, at most ``n_fft``.
        hop_length: Samples between two frames; at most half of ``win_length``.
        n_mels: Number of mel bands.
        fmin: Lower edge of the lowest band in Hz.
        fmax: Upper edge of the highest band in Hz.
        log_floor: Magnitudes at or below this are silence.
        num_iterations: Rounds of Griffin-Lim.
        momentum: How far each round goes on in the direction of the last step; 0 is the plain
            method, 0.99 reaches in 32 rounds what the plain method reaches in 100.
        log_ceiling: Log-mel above which a model's output is no sound that it learnt but an
            overshoot: such values are taken as the ceiling. ``None`` for no limit.
        knee: Magnitude of samples from which on they bend and never reach full scale, as those of
            a neural vocoder that ends in a hyperbolic tangent; above 0, below 1. ``None`` leaves
            them alone, and peaks may exceed 1.
    """

    sample_rate: int
    n_fft: int
    win_length: int
    hop_length: int
    n_mels: int
    fmin: float
    fmax: float
    log_floor: float
    num_iterations: int
    momentum: float
    log_ceiling: float | None = None
    knee: float | None = None

    def __post_init__(self) -> None:
        if self.n_fft % 2 or not self.win_length <= self.n_fft or self.win_length % 2:
            raise ValueError(
                f"n_fft and win_length must be even and win_length at most n_fft, got n_fft"
                f" {self.n_fft} and win_length {self.win_length}"
            )
        if not 1 <= self.hop_length <= self.win_length // 2:
            raise ValueError(
                f"hop_length must be 1 .. {self.win_length // 2} (half of win_length) for the"
                f" windows to cover every sample, got {self.hop_length}"
            )
        if self.num_iterations < 0:
            raise ValueError(f"num_iterations must not be negative, got {self.num_iterations}")
        if not 0.0 <= self.momentum <= 1.0:
            raise ValueError(f"momentum must be 0 .. 1, beyond it diverges, got {self.momentum}")
        if self.knee is not None and not 0.0 < self.knee < 1.0:
            raise ValueError(f"knee must be above 0 and below 1 (full scale), got {self.knee}")
