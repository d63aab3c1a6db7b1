"""The files of a finished take, read in part, and put together anew.

Only what is asked for is read into memory. Where everything stays in its place the new file begins
as a plain copy of the old one; otherwise the stretches are copied piece by piece.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import EngineError
from engine.longform.placement import FrameRange, PlacedSpan
from engine.longform.sections import CroppedGrid
from engine.runtime.checks.request import WRITING_REMEDY, file_errors
from engine.runtime.files.wav_file import FloatWavFile

READING_REMEDY = "Check that the file is there and may be read."
_FRAMES_AT_ONCE = 4096
_SAMPLES_AT_ONCE = 1 << 20

MappedFile = np.memmap[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptLatents:
    """The latents of a take on disk.

    Attributes:
        path: The file.
        first_frame: Absolute latent frame that it begins with.
        values: (C, T, F) float32; only what is read comes into memory.
    """

    path: Path
    first_frame: int
    values: NDArray[np.float32]

    @classmethod
    def open(cls, path: Path, *, first_frame: int, shape: tuple[int, int, int]) -> KeptLatents:
        """Open a file.

        Args:
            path: ``latents.npy`` of a take.
            first_frame: Absolute latent frame that it begins with.
            shape: (C, T, F) that it must have.

        Raises:
            EngineError: It cannot be read, or is of another shape.
        """
        stored = _mapped(path, "latents")
        if stored.shape != shape or stored.dtype != np.float32:
            raise EngineError(
                f"The latents in {path} are {stored.dtype} {stored.shape}, not float32 {shape}.",
                "Generate the whole piece again.",
            )
        return cls(path=path, first_frame=first_frame, values=stored)

    @property
    def end_frame(self) -> int:
        """First frame after the file."""
        return self.first_frame + len(self.values[0])

    def read(self, start: int, end: int) -> NDArray[np.float32]:
        """(C, end - start, F) absolute frames; they must be in the file."""
        return self.values[:, start - self.first_frame : end - self.first_frame]

    def cropped(self, spans: Sequence[PlacedSpan], crop: CroppedGrid) -> Tensor:
        """What the windows of a crop read of the stretches.

        Args:
            spans: Stretches of the file and where they go.
            crop: The windows.

        Returns:
            (1, C, crop.num_frames, F) float32, 0 where no stretch lies.
        """
        channels, _, bins = self.values.shape
        result = np.zeros((channels, crop.num_frames, bins), np.float32)
        for span in spans:
            for first, absolute, num in crop.overlaps(span.target_start, span.target_end):
                source = absolute - span.shift
                result[:, first : first + num] = self.read(source, source + num)
        return torch.from_numpy(result).unsqueeze(0)


def write_latents(
    target: Path,
    kept: KeptLatents,
    spans: Sequence[PlacedSpan],
    stored_range: FrameRange,
    made: Iterator[tuple[int, NDArray[np.float32]]],
) -> None:
    """Write the latents of a piece: the stretches bit for bit, and over them what was made.

    Args:
        target: Replaced if it exists.
        kept: Latents of the take.
        spans: Stretches of it and where they go.
        stored_range: Absolute frames [start, end) of the new file.
        made: First absolute frame and (C, n, F) values of each part that was made.
    """
    first, end = stored_range
    if _is_copy(spans, stored_range, (kept.first_frame, kept.end_frame)):
        copy_file(kept.path, target)
        new = np.lib.format.open_memmap(target, mode="r+")
    else:
        channels, _, bins = kept.values.shape
        new = np.lib.format.open_memmap(
            target, mode="w+", dtype=np.float32, shape=(channels, end - first, bins)
        )
        for span in spans:
            for source in range(span.start, span.end, _FRAMES_AT_ONCE):
                stop = min(source + _FRAMES_AT_ONCE, span.end)
                place = source + span.shift - first
                new[:, place : place + stop - source] = kept.read(source, stop)
    for start, values in made:
        new[:, start - first : start - first + values.shape[1]] = values
    new.flush()


def kept_mel(
    source: Path, target: Path, heard: Sequence[PlacedSpan], old: FrameRange, new: FrameRange
) -> MappedFile:
    """Begin a spectrogram with what is kept of another.

    Args:
        source: ``mel.npy`` of the take.
        target: Replaced if it exists.
        heard: Stretches and where they go, in absolute **mel** frames.
        old: Mel frames [start, end) of the take.
        new: Mel frames [start, end) of the piece.

    Returns:
        (T, M) of the piece, open for writing; 0 where no stretch lies.

    Raises:
        EngineError: The file cannot be read, or is of another length.
    """
    stored = _mapped(source, "spectrogram")
    if stored.dtype != np.float32 or stored.ndim != 2 or len(stored) != old[1] - old[0]:
        raise unusable(source)
    if _is_copy(heard, new, old):
        copy_file(source, target)
        return np.lib.format.open_memmap(target, mode="r+")
    mel = np.lib.format.open_memmap(
        target, mode="w+", dtype=np.float32, shape=(new[1] - new[0], stored.shape[1])
    )
    for span in heard:
        for first in range(span.start, span.end, _FRAMES_AT_ONCE):
            last = min(first + _FRAMES_AT_ONCE, span.end)
            place = first + span.shift - new[0]
            mel[place : place + last - first] = stored[first - old[0] : last - old[0]]
    return mel


def kept_audio(
    source: Path,
    target: Path,
    heard: Sequence[PlacedSpan],
    old: FrameRange,
    new: FrameRange,
    hop_length: int,
) -> FloatWavFile:
    """Begin a sound file with what is kept of another.

    Args:
        source: ``audio.wav`` of the take.
        target: Replaced if it exists.
        heard: Stretches and where they go, in absolute **mel** frames.
        old: Mel frames [start, end) of the take.
        new: Mel frames [start, end) of the piece.
        hop_length: Samples per mel frame.

    Returns:
        The sound of the piece in full length, open for writing; silent where no stretch lies.

    Raises:
        EngineError: The file cannot be read, or is of another length.
    """
    num_old = (old[1] - old[0]) * hop_length
    if _is_copy(heard, new, old):
        copy_file(source, target)
        wav = _opened(target, source)
        if wav.num_samples != num_old:
            wav.close()
            raise unusable(source)
        return wav
    reading = _opened(source, source, is_writable=False)
    try:
        if reading.num_samples != num_old:
            raise unusable(source)
        writing = FloatWavFile.create(target, reading.sample_rate)
        for span in heard:
            _append_silence(writing, (span.target_start - new[0]) * hop_length)
            start, end = ((frame - old[0]) * hop_length for frame in (span.start, span.end))
            for first in range(start, end, _SAMPLES_AT_ONCE):
                writing.append(reading.read(first, min(_SAMPLES_AT_ONCE, end - first)))
        _append_silence(writing, (new[1] - new[0]) * hop_length)
        return writing
    finally:
        reading.close()


def copy_file(source: Path, target: Path) -> None:
    """Copy the content of a file; a failure tells which end it was."""
    with file_errors(f"read {source}", READING_REMEDY), source.open("rb"):
        pass
    with file_errors(f"copy {source} to {target}", WRITING_REMEDY):
        shutil.copyfile(source, target)


def unusable(path: Path) -> EngineError:
    """What to say about a file that does not fit."""
    return EngineError(
        f"The file {path} of the take is damaged or of another length.",
        "Generate the whole piece again.",
    )


def _mapped(path: Path, what: str) -> NDArray[np.float32]:
    try:
        with file_errors(f"read {path}", READING_REMEDY):
            stored: NDArray[np.float32] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise EngineError(
            f"The {what} of the take in {path} cannot be read.",
            "Generate the whole piece again.",
            str(error),
        ) from error
    return stored


def _opened(path: Path, named: Path, *, is_writable: bool = True) -> FloatWavFile:
    try:
        with file_errors(f"read {path}", READING_REMEDY):
            return FloatWavFile.open(path, is_writable=is_writable)
    except ValueError as error:
        raise unusable(named) from error


def _is_copy(spans: Sequence[PlacedSpan], new: FrameRange, old: FrameRange) -> bool:
    """Whether everything stays in its place, and nothing comes or goes."""
    return new == old and [(s.start, s.end, s.shift) for s in spans] == [(*old, 0)]


def _append_silence(wav: FloatWavFile, num_samples: int) -> None:
    """Lengthen a file to so many samples."""
    while wav.num_samples < num_samples:
        wav.append(np.zeros(min(_SAMPLES_AT_ONCE, num_samples - wav.num_samples), np.float32))
