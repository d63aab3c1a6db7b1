"""Stretches of the user's sound files, mono and at the rate that a network wants. No torch."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from engine.api import EngineError

_BLOCK_FRAMES = 1 << 18
_MARGIN_SECONDS = 1
"""Heard beside the stretch by the resampler, whose filter is a few hundredths of a second long."""

_OTHER_FILE = "Choose another file, or save it anew as WAV or FLAC."


def content_hash(path: Path) -> str:
    """SHA-256 of a file's content in hexadecimal digits.

    Raises:
        EngineError: It is missing or unreadable.
    """
    _require_present(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EngineError(f"Cannot read {path}: {error.strerror}.", _OTHER_FILE) from error


def audio_seconds(path: Path) -> float:
    """Length of a sound file.

    Raises:
        EngineError: It is missing, unreadable or empty.
    """
    with _opened(path) as file:
        return float(file.frames / file.samplerate)


def read_audio(
    path: Path, start_seconds: float, duration_seconds: float | None, sample_rate: int
) -> NDArray[np.float32]:
    """A stretch of a file, its channels averaged; beyond the file's ends it is silent.

    The level is that of the file: nothing is normalised or clipped.

    Args:
        path: A file of any rate and number of channels that libsndfile reads.
        start_seconds: Where the stretch begins in the file; may lie before it.
        duration_seconds: Its length, greater than 0; ``None`` reaches to the end of the file.
        sample_rate: Rate of the result in Hz.

    Returns:
        (N,) samples with N = round(duration x rate), full scale at 1.

    Raises:
        EngineError: The file is missing, unreadable, empty or not finite, or the stretch does not
            meet it.
    """
    with _opened(path) as file:
        length = file.frames / file.samplerate
        end_seconds = length if duration_seconds is None else start_seconds + duration_seconds
        if not (start_seconds < length and end_seconds > max(0.0, start_seconds)):
            raise EngineError(
                f"{start_seconds:g} s to {end_seconds:g} s lie outside {path}, which is"
                f" {length:.2f} s long.",
                "Choose a stretch of the file.",
            )
        num_samples = max(1, round((end_seconds - start_seconds) * sample_rate))
        margin = 0 if file.samplerate == sample_rate else _MARGIN_SECONDS
        begin = round(start_seconds * file.samplerate) - margin * file.samplerate
        end = round(end_seconds * file.samplerate) + margin * file.samplerate
        blocks = list(_at_rate(_mono(file, begin, end), file.samplerate, sample_rate))
    samples = np.concatenate(blocks)[margin * sample_rate :][:num_samples]
    if not np.isfinite(samples).all():
        raise EngineError(f"{path} contains values that are not numbers.", _OTHER_FILE)
    return np.pad(samples, (0, num_samples - len(samples)))


@contextmanager
def _opened(path: Path) -> Iterator[soundfile.SoundFile]:
    _require_present(path)
    try:
        with soundfile.SoundFile(path) as file:
            if file.frames < 1:
                raise EngineError(f"{path} has no sound in it.", "Choose another file.")
            yield file
    except soundfile.SoundFileError as error:
        raise EngineError(f"Cannot read {path} as sound.", _OTHER_FILE, str(error)) from error


def _require_present(path: Path) -> None:
    if not path.is_file():
        raise EngineError(f"The sound file {path} is missing.", "Put it back, or choose another.")


def _mono(file: soundfile.SoundFile, begin: int, end: int) -> Iterator[NDArray[np.float32]]:
    """Frames [begin, end) block by block; silence before the first frame and after the last."""
    yield from _silence(min(end, 0) - begin)
    position = max(0, begin)
    file.seek(min(position, file.frames))
    while position < end:
        block = file.read(min(_BLOCK_FRAMES, end - position), dtype="float32", always_2d=True)
        if not len(block):
            break
        position += len(block)
        yield block.mean(axis=1, dtype=np.float32)
    yield from _silence(end - position)


def _silence(num_frames: int) -> Iterator[NDArray[np.float32]]:
    for start in range(0, num_frames, _BLOCK_FRAMES):
        yield np.zeros(min(_BLOCK_FRAMES, num_frames - start), np.float32)


def _at_rate(
    blocks: Iterator[NDArray[np.float32]], from_rate: int, to_rate: int
) -> Iterator[NDArray[np.float32]]:
    if from_rate == to_rate:
        yield from blocks
        return
    stream = soxr.ResampleStream(from_rate, to_rate, 1, dtype="float32", quality="VHQ")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)
