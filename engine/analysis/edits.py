"""Whether making a section again has left everything else alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.jumps import worst_jump
from engine.analysis.measurement import Measurement, Verdict, judged, not_measured
from engine.api import LATENT_FRAMES_PER_SECOND

DEFAULT_HALO_SECONDS = 0.92
"""How far AudioLDM's decoder and vocoder carry a change: 66 mel frames and 3,558 samples."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TakeArrays:
    """What is stored of a take.

    Attributes:
        samples: (N,) mono.
        sample_rate: In Hz.
        latents: (C, T, F), or ``None``; frames beyond the sound are hidden ones.
        mel: (4 T, M), or ``None``.
    """

    samples: NDArray[np.float32]
    sample_rate: int
    latents: NDArray[np.float32] | None = None
    mel: NDArray[np.float32] | None = None


def edit_locality(
    edited: TakeArrays,
    base: TakeArrays,
    sections: Sequence[tuple[float, float]],
    *,
    halo_seconds: float = DEFAULT_HALO_SECONDS,
) -> tuple[Measurement, ...]:
    """Compare a take with the one whose sections were made again.

    Args:
        edited: The new take.
        base: The take it is based on.
        sections: Ranges that were made again, in seconds from the start of both.
        halo_seconds: How far beyond them spectrogram and sound may change.

    Returns:
        Greatest difference outside the sections of latents, of mel and sound, and the worst jump
        at the edges.

    Raises:
        ValueError: The takes have different lengths or rates.
    """
    if edited.samples.shape != base.samples.shape or edited.sample_rate != base.sample_rate:
        raise ValueError(
            f"both takes must have the same length and rate, got {len(edited.samples)} samples at"
            f" {edited.sample_rate} Hz and {len(base.samples)} at {base.sample_rate} Hz"
        )
    rate = edited.sample_rate
    audible = len(edited.samples) * LATENT_FRAMES_PER_SECOND // rate
    return (
        _outside(
            "edit_latents", "Latents beside the edit", _visible(edited.latents, audible),
            _visible(base.latents, audible), sections, LATENT_FRAMES_PER_SECOND, 0.0,
        ),
        _outside(
            "edit_mel", "Spectrogram beside the edit", edited.mel, base.mel, sections,
            4 * LATENT_FRAMES_PER_SECOND, halo_seconds,
        ),
        _outside(
            "edit_sound", "Sound beside the edit", edited.samples[:, None],
            base.samples[:, None], sections, rate, halo_seconds,
        ),
        worst_jump(
            edited.samples,
            changed_edges(edited.samples, base.samples, sections, rate),
            rate,
            key="edit_jump",
            name="Jump at the edit's edges",
        ),
    )  # fmt: skip


def changed_edges(
    edited: NDArray[np.float32],
    base: NDArray[np.float32],
    sections: Sequence[tuple[float, float]],
    sample_rate: int,
) -> NDArray[np.int64]:
    """Samples at which a section begins or ends, and where the first and last changes lie.

    Args:
        edited: (N,) the new take.
        base: (N,) the take it is based on.
        sections: Ranges in seconds.
        sample_rate: In Hz.

    Returns:
        Ascending, each within 1..N - 1.
    """
    edges = {round(second * sample_rate) for section in sections for second in section}
    changed = np.flatnonzero(edited != base)
    if len(changed):
        edges |= {int(changed[0]), int(changed[-1]) + 1}
    return np.asarray(sorted(edge for edge in edges if 0 < edge < len(edited)), np.int64)


def _visible(latents: NDArray[np.float32] | None, num_frames: int) -> NDArray[np.float32] | None:
    """(T, C * F) without hidden frames."""
    if latents is None:
        return None
    return np.moveaxis(latents, 1, 0)[:num_frames].reshape(min(num_frames, latents.shape[1]), -1)


def _outside(
    key: str,
    name: str,
    edited: NDArray[np.float32] | None,
    base: NDArray[np.float32] | None,
    sections: Sequence[tuple[float, float]],
    rate: int,
    halo_seconds: float,
) -> Measurement:
    if edited is None or base is None or edited.shape != base.shape:
        return not_measured(key, name, "not stored for both takes, or of another size.")
    difference = np.abs(edited - base).max(1)
    is_outside = np.ones(len(difference), bool)
    is_section = np.zeros(len(difference), bool)
    for start, end in sections:
        first, last = int(np.floor(start * rate + 1e-6)), int(np.ceil(end * rate - 1e-6))
        halo = int(np.ceil(halo_seconds * rate))
        is_outside[max(0, first - halo) : max(0, last + halo)] = False
        is_section[max(0, first) : max(0, last)] = True
    value = float(difference[is_outside].max(initial=0.0))
    verdict = judged(value, None, 0.0)
    reach = _reach(difference > 0, is_section) / rate
    return Measurement(
        key=key,
        name=name,
        value=value,
        high=0.0,
        verdict=verdict,
        meaning=f"Untouched, bit for bit; the change reaches {reach:.2f} s beyond the range."
        if verdict is Verdict.OK
        else f"Something changed that should not: up to {reach:.2f} s beyond the range.",
    )


def _reach(is_changed: NDArray[np.bool_], is_section: NDArray[np.bool_]) -> int:
    """Greatest distance of a change from the nearest section, in frames."""
    changed, inside = np.flatnonzero(is_changed & ~is_section), np.flatnonzero(is_section)
    if not len(changed) or not len(inside):
        return 0
    after = np.searchsorted(inside, changed)
    right = inside[np.minimum(after, len(inside) - 1)]
    left = inside[np.maximum(after - 1, 0)]
    return int(np.minimum(np.abs(changed - right), np.abs(changed - left)).max())
