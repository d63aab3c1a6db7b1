"""What the ear would notice where windows meet, in numbers: no trained judge, no torch.

The measures follow the project's long-form notes: flux, period, jumps, power, detail, loudness,
timbre, repetition, and what an edit leaves alone.
"""

from engine.analysis.edits import DEFAULT_HALO_SECONDS, TakeArrays, changed_edges, edit_locality
from engine.analysis.measurement import Measurement, Verdict
from engine.analysis.report import (
    SHORTEST_SECONDS,
    Piece,
    SeamReport,
    SeamValues,
    analyse,
)
from engine.analysis.seams import SeamLayout, seam_layout
from engine.analysis.spectra import FRAMES_PER_SECOND, HOPS_PER_SECOND

__all__ = [
    "DEFAULT_HALO_SECONDS",
    "FRAMES_PER_SECOND",
    "HOPS_PER_SECOND",
    "SHORTEST_SECONDS",
    "Measurement",
    "Piece",
    "SeamLayout",
    "SeamReport",
    "SeamValues",
    "TakeArrays",
    "Verdict",
    "analyse",
    "changed_edges",
    "edit_locality",
    "seam_layout",
]
