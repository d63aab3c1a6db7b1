"""The proof that making a range again has left the rest alone. No Qt."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from desktop_app.project.time import (
    TIMELINE_RATE_HZ,
    Span,
    latent_frame_ceil,
    latent_frame_floor,
    samples_from_latent_frame,
)

_BLOCK_SAMPLES = 2**20


def num_changed_outside(before: Path, after: Path, span: Span, sections: Sequence[Span]) -> int:
    """How many samples differ outside the sections that were made again.

    Args:
        before: Sound of the take that sections were made again of.
        after: Sound of the take that came of it.
        span: Where both lie on the timeline.
        sections: What was made again; the engine rounds outwards to whole latent frames.

    Raises:
        OSError: A file cannot be read as sound.
    """
    try:
        with soundfile.SoundFile(before) as old, soundfile.SoundFile(after) as new:
            inside = [_own_samples(span, section, old.samplerate) for section in sections]
            num = int(abs(old.frames - new.frames))
            for first in range(0, min(old.frames, new.frames), _BLOCK_SAMPLES):
                old_block = old.read(_BLOCK_SAMPLES, dtype="float32")
                new_block = new.read(_BLOCK_SAMPLES, dtype="float32")
                length = min(len(old_block), len(new_block))
                differs = np.not_equal(old_block[:length], new_block[:length])
                for start, end in inside:
                    differs[max(0, start - first) : max(0, end - first)] = False
                num += int(np.count_nonzero(differs))
    except soundfile.LibsndfileError as error:
        raise OSError(f"The takes cannot be compared: {error}") from error
    return num


def _own_samples(span: Span, section: Span, sample_rate: int) -> tuple[int, int]:
    start = samples_from_latent_frame(latent_frame_floor(section.start)) - span.start
    end = samples_from_latent_frame(latent_frame_ceil(section.end)) - span.start
    return start * sample_rate // TIMELINE_RATE_HZ, end * sample_rate // TIMELINE_RATE_HZ
