"""The seam report of one piece of sound."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.drift import centroid_drift, drift_measurements, loudness_drift
from engine.analysis.flux import highest_nearby, seam_flux_ratio, stride_periodicity
from engine.analysis.jumps import jump_ratio, jump_ratios, worst_jump
from engine.analysis.measurement import Measurement, Verdict
from engine.analysis.repetition import repetition
from engine.analysis.seams import SeamLayout
from engine.analysis.spectra import (
    band_spectrum,
    spectral_flux,
    weighted_powers,
)
from engine.analysis.zones import zone_measurements
from engine.api import LATENT_FRAMES_PER_SECOND, MEL_FRAMES_PER_LATENT_FRAME

SHORTEST_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """What is to be analysed.

    Attributes:
        samples: (N,) mono, -1 to 1.
        sample_rate: In Hz.
        latents: (C, T, F), or ``None`` if they are not there; hidden frames at the end are allowed.
        mel: (4 T, M) natural-log mel of the decoder, or ``None``.
        border_seconds: Where prompts begin or end within the piece, if that is known.
    """

    samples: NDArray[np.float32]
    sample_rate: int
    latents: NDArray[np.float32] | None = None
    mel: NDArray[np.float32] | None = None
    border_seconds: tuple[float, ...] = ()

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class SeamValues:
    """What was measured at one seam; NaN where it could not be.

    Attributes:
        seconds: Its place.
        flux: Highest flux within two frames.
        jump_ratio: Jump of the wave.
        loudness_step_lu: Loudness of the three seconds after less that of those before.
        centroid_step_octaves: The same of the spectral centroid.
    """

    seconds: float
    flux: float
    jump_ratio: float
    loudness_step_lu: float
    centroid_step_octaves: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeamReport:
    """What :func:`analyse` found.

    Attributes:
        seconds: Length of the sound.
        layout: The windows that were assumed.
        measurements: In the order in which they are shown.
        seams: Each seam.
        log_bands: (T, B) spectrum, 100 frames a second, for a picture.
        flux: (T,) spectral flux, 100 a second.
        loudness_lufs: (H,) short-term loudness, 10 a second; NaN in silence.
    """

    seconds: float
    layout: SeamLayout
    measurements: tuple[Measurement, ...]
    seams: tuple[SeamValues, ...]
    log_bands: NDArray[np.float32]
    flux: NDArray[np.float64]
    loudness_lufs: NDArray[np.float64]

    @property
    def is_ok(self) -> bool:
        """Whether no measurement is outside its target."""
        return all(measurement.verdict is not Verdict.OFF for measurement in self.measurements)

    def by_key(self) -> Mapping[str, Measurement]:
        """The measurements by their keys."""
        return {measurement.key: measurement for measurement in self.measurements}


def analyse(piece: Piece, layout: SeamLayout) -> SeamReport:
    """Measure everything that needs no trained judge.

    Args:
        piece: The sound, and what is known of how it was made.
        layout: Its windows.

    Raises:
        ValueError: The sound is too short, its rate too low, or it has values that are no numbers.
    """
    if piece.seconds < SHORTEST_SECONDS:
        raise ValueError(
            f"at least {SHORTEST_SECONDS:g} s of sound are needed, got {piece.seconds:.2f} s"
        )
    if not np.isfinite(piece.samples).all():
        raise ValueError("the sound has samples that are not finite numbers")
    rate = piece.sample_rate
    num_latent_frames = len(piece.samples) * LATENT_FRAMES_PER_SECOND // rate
    frames = layout.seam_frames(num_latent_frames)
    seconds = frames / LATENT_FRAMES_PER_SECOND
    seam_samples = frames * rate // LATENT_FRAMES_PER_SECOND
    seam_bands = frames * MEL_FRAMES_PER_LATENT_FRAME
    stride_seconds = layout.stride / LATENT_FRAMES_PER_SECOND
    stride_bands = layout.stride * MEL_FRAMES_PER_LATENT_FRAME

    spectrum = band_spectrum(piece.samples, rate)
    log_bands = spectrum.log_bands()
    flux = spectral_flux(log_bands)
    loudness = loudness_drift(weighted_powers(piece.samples, rate))
    centroid = centroid_drift(spectrum)
    measurements = (
        seam_flux_ratio(flux, seam_bands, stride_bands),
        stride_periodicity(flux, stride_bands),
        jump_ratio(
            piece.samples, seam_samples, stride=round(stride_seconds * rate), sample_rate=rate
        ),
        worst_jump(piece.samples, seam_samples, rate),
        *_zones(piece, log_bands, layout, num_latent_frames),
        *drift_measurements(loudness, seconds, stride_seconds, piece.border_seconds),
        *drift_measurements(centroid, seconds, stride_seconds, piece.border_seconds),
        _repetition(piece, log_bands, layout, num_latent_frames),
    )
    peaks = highest_nearby(flux)
    seams = tuple(
        SeamValues(
            seconds=float(second),
            flux=float(peaks[min(band, len(peaks) - 1)]),
            jump_ratio=float(jump),
            loudness_step_lu=float(loud),
            centroid_step_octaves=float(bright),
        )
        for second, band, jump, loud, bright in zip(
            seconds,
            seam_bands,
            jump_ratios(piece.samples, seam_samples, rate),
            loudness.steps(seconds, stride_seconds),
            centroid.steps(seconds, stride_seconds),
            strict=True,
        )
    )
    return SeamReport(
        seconds=piece.seconds,
        layout=layout,
        measurements=measurements,
        seams=seams,
        log_bands=log_bands,
        flux=flux,
        loudness_lufs=loudness.curve(),
    )


def _zones(
    piece: Piece, log_bands: NDArray[np.float32], layout: SeamLayout, num_latent_frames: int
) -> tuple[Measurement, ...]:
    spectrogram = log_bands if piece.mel is None else piece.mel
    sound = zone_measurements(_on_latent_grid(spectrogram), layout, of="spectrum", title="Spectrum")
    if piece.latents is None:
        return sound
    features = _latent_features(piece.latents, num_latent_frames)
    return (*zone_measurements(features, layout, of="latent", title="Latent"), *sound)


def _repetition(
    piece: Piece, log_bands: NDArray[np.float32], layout: SeamLayout, num_latent_frames: int
) -> Measurement:
    features = (
        _on_latent_grid(log_bands if piece.mel is None else piece.mel)
        if piece.latents is None
        else _latent_features(piece.latents, num_latent_frames)
    )
    return repetition(features, window=layout.window, frames_per_second=LATENT_FRAMES_PER_SECOND)


def _latent_features(latents: NDArray[np.float32], num_latent_frames: int) -> NDArray[np.float32]:
    """(T, C * F) without hidden frames."""
    heard = np.moveaxis(latents, 1, 0)[:num_latent_frames]
    return np.ascontiguousarray(heard.reshape(len(heard), -1))


def _on_latent_grid(log_bands: NDArray[np.float32]) -> NDArray[np.float32]:
    """(T, 4 * M): the four frames of each latent frame side by side, so that detail is kept."""
    num = len(log_bands) // MEL_FRAMES_PER_LATENT_FRAME
    return np.asarray(log_bands[: num * MEL_FRAMES_PER_LATENT_FRAME].reshape(num, -1), np.float32)
