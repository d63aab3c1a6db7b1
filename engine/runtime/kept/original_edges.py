"""Cross-fades between samples that stay, as of an imported file, and vocoded ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.longform.sample_splice import crossfaded
from engine.runtime.files.wav_file import FloatWavFile

EDGE_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OriginalEdge:
    """One end of a range that is about to be vocoded, as it is before.

    Attributes:
        first_sample: Where the cross-fade begins.
        before: (n,) samples that are there now.
        fades_in: Whether the vocoded sound follows; otherwise it leads.
    """

    first_sample: int
    before: NDArray[np.float32]
    fades_in: bool

    def join(self, wav: FloatWavFile) -> NDArray[np.float32]:
        """Cross-fade with what was written since; returns the (n,) samples now in the file."""
        after = wav.read(self.first_sample, len(self.before))
        pair = (self.before, after) if self.fades_in else (after, self.before)
        joined: NDArray[np.float32] = crossfaded(*map(torch.from_numpy, pair)).numpy()
        wav.write_at(self.first_sample, joined)
        return joined


def original_edges(
    wav: FloatWavFile, start: int, end: int, *, fades_in: bool, fades_out: bool
) -> tuple[OriginalEdge, ...]:
    """The ends of a range of samples, inside it.

    Args:
        wav: The sound before the range is vocoded.
        start: First sample of the range.
        end: First sample after it.
        fades_in: Whether old sound lies before the range; of a loop also around the wrap.
        fades_out: Whether old sound lies after it.
    """
    length = min(round(EDGE_SECONDS * wav.sample_rate), (end - start) // 2)
    edges = []
    if fades_in:
        edges.append(
            OriginalEdge(first_sample=start, before=wav.read(start, length), fades_in=True)
        )
    if fades_out:
        edges.append(
            OriginalEdge(
                first_sample=end - length, before=wav.read(end - length, length), fades_in=False
            )
        )
    return tuple(edges)
