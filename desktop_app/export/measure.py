"""Loudness of the mix before anything is written."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from desktop_app.audio.mixdown import render_mix
from desktop_app.audio.sources import TakeSources
from desktop_app.export.blocks import blocks
from desktop_app.export.chunks import Loudness
from desktop_app.export.errors import ExportCancelledError
from desktop_app.export.loudness import ProgrammeMeter
from desktop_app.project.project import Project
from desktop_app.project.time import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MixMeasurement:
    """What the export dialog tells about the mix.

    Attributes:
        loudness: Its loudness, range and true peak.
        num_clipped: Samples beyond full scale.
    """

    loudness: Loudness
    num_clipped: int


def measure_mix(
    project: Project, sources: TakeSources, span: Span, is_cancelled: Callable[[], bool]
) -> MixMeasurement:
    """Render the mix and measure it, in bounded memory.

    Args:
        project: The project.
        sources: Sound of its takes.
        span: The part that would be exported.
        is_cancelled: Asked after each second of sound.

    Raises:
        ExportCancelledError: It was cancelled.
    """
    meter, num_clipped = ProgrammeMeter(), 0
    for block in blocks(span):
        if is_cancelled():
            raise ExportCancelledError
        mix = render_mix(project, sources, block)
        num_clipped += int(np.count_nonzero(np.abs(mix) > 1))
        meter.add(mix, is_last=block.end == span.end)
    return MixMeasurement(loudness=meter.measured(), num_clipped=num_clipped)
