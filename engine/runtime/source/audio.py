"""A user's sound file as the beginning of a piece: where it lies, how loud it is. No torch.

**Level.** The models were trained on sounds whose peak is about a half of full scale. A file is
brought there by one gain for the whole file, never by one for each part: parts of one file must fit
together, and what was quiet must stay quiet beside what was loud. Otherwise what is made again
would have the level of the training and not of the file: a model that hears rain far too loud makes
it softer. The gain is only for the networks and is undone for all that comes out of them; samples
of the file itself are never touched.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api import AudioSource
from engine.runtime.checks.request import file_errors
from engine.runtime.files.audio_file import audio_seconds, read_audio

TRAINING_PEAK = 0.45
"""The loudest sample of the sounds that the models were trained on: 0.5 in AudioLDM (its
``read_wav``), 0.4 on average in the starter model (``engine.training.foundry.clips``)."""

_BLOCK_SECONDS = 60
_SEED_BITS = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAudio:
    """A file on the time line of a piece. Sample 0 is the first sample of the piece.

    Attributes:
        path: The file.
        start_seconds: Where the piece begins in the file.
        file_seconds: Length of the file.
        sample_rate: Rate of the samples read, in Hz.
        gain: Brings the file to the level of the training.
        seed: Made from the content of the file; keys the noise that stands for its own.
    """

    path: Path
    start_seconds: float
    file_seconds: float
    sample_rate: int
    gain: float
    seed: int

    @classmethod
    def open(
        cls,
        source: AudioSource,
        sample_rate: int,
        check_cancelled: Callable[[], None] = lambda: None,
    ) -> SourceAudio:
        """Look through a file once.

        Args:
            source: The file and where the piece begins in it.
            sample_rate: Rate of the samples to be read, in Hz.
            check_cancelled: Called before every minute of the file; raises to stop.

        Raises:
            EngineError: The file is missing or unreadable.
        """
        path = Path(source.path)
        seconds = audio_seconds(path)
        peak = 0.0
        for start in range(0, math.ceil(seconds), _BLOCK_SECONDS):
            check_cancelled()
            block = read_audio(path, start, min(_BLOCK_SECONDS, seconds - start), sample_rate)
            peak = max(peak, float(np.abs(block).max()))
        return cls(
            path=path,
            start_seconds=source.start_seconds,
            file_seconds=seconds,
            sample_rate=sample_rate,
            gain=encoder_gain(peak),
            seed=content_seed(path),
        )

    def read(self, start: int, end: int) -> NDArray[np.float32]:
        """(end - start,) samples at the level of the file; silence beyond its ends.

        Any range is the same part of the whole file at this rate.

        Args:
            start: First sample, counted from the start of the piece; may be negative.
            end: First sample after the range.
        """
        # Whole seconds, so that the resampler has the same phase wherever a range begins.
        first, last = start // self.sample_rate, -(-end // self.sample_rate)
        samples = np.zeros((last - first) * self.sample_rate, np.float32)
        begin = max(first, math.floor(-self.start_seconds))
        stop = min(last, math.ceil(self.file_seconds - self.start_seconds))
        if begin < stop:
            place = slice((begin - first) * self.sample_rate, (stop - first) * self.sample_rate)
            samples[place] = read_audio(
                self.path, self.start_seconds + begin, stop - begin, self.sample_rate
            )
        offset = start - first * self.sample_rate
        return samples[offset : offset + end - start]


def encoder_gain(peak: float) -> float:
    """What brings a peak to that of the training.

    Args:
        peak: Largest magnitude of the file, 0 or more; silence is left alone.
    """
    return TRAINING_PEAK / peak if peak > 0.0 else 1.0


def content_seed(path: Path) -> int:
    """A number made from the bytes of a file (SHA-256), 0 <= seed < 2**63.

    Raises:
        EngineError: The file cannot be read.
    """
    remedy = "Check that the file is there and may be read."
    with file_errors(f"read {path}", remedy), path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return int.from_bytes(digest[:8], "little") >> (64 - _SEED_BITS)
