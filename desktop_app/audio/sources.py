"""The sound of takes at the timeline's rate."""

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from desktop_app.project.ids import MediaId
from desktop_app.project.project import Take
from desktop_app.project.storage.atomic import part_path
from desktop_app.project.time import TIMELINE_RATE_HZ, Samples

_BLOCK_SAMPLES = 1 << 16
_SAMPLE_BYTES = 4


class TakeSources(Protocol):
    """Hands out the sound of takes."""

    def samples(self, take: Take, first: Samples, num: int) -> NDArray[np.float32]:
        """Part of a take.

        Args:
            take: The take.
            first: Position relative to the take's own start.
            num: Length in samples.

        Returns:
            (num,) mono float32 at 48 kHz; zeros beyond the take's end or where its file is missing.

        Raises:
            OSError: The file is there but damaged, or the disk is full.
        """
        ...


class MediaTakeSources:
    """Takes from the media store, resampled once and then read from a memory-mapped file.

    Args:
        media_path: Where a media file lies; the file may be missing.
        cache_dir: Folder for the resampled sound. It may be deleted at any time but while open.
    """

    def __init__(self, media_path: Callable[[MediaId], Path], cache_dir: Path) -> None:
        self._media_path = media_path
        self._cache_dir = cache_dir
        self._open: dict[tuple[MediaId, bool], NDArray[np.float32]] = {}

    def samples(self, take: Take, first: Samples, num: int) -> NDArray[np.float32]:
        """See :class:`TakeSources`."""
        sound = self._sound(take.media.audio, is_loop=take.recipe.is_loop)
        part = sound[max(0, first) : max(0, first + num)]
        if len(part) == num:
            return part
        padded = np.zeros(num, np.float32)
        padded[max(0, -first) : max(0, -first) + len(part)] = part
        return padded

    def _sound(self, media: MediaId, *, is_loop: bool) -> NDArray[np.float32]:
        key = media, is_loop
        if key not in self._open:
            source = self._media_path(media)
            if not source.is_file():
                return np.zeros(0, np.float32)
            self._open[key] = self._resampled(media, source, is_loop=is_loop)
        return self._open[key]

    def _resampled(self, media: MediaId, source: Path, *, is_loop: bool) -> NDArray[np.float32]:
        name = f"{Path(media).stem}{'-loop' if is_loop else ''}.f32"
        cached = self._cache_dir / name
        if not cached.is_file():
            self._cache_dir.mkdir(parents=True, exist_ok=True)
            # A name of its own: an export, or another program, may be making the same file.
            partial = part_path(cached)
            try:
                _resample_file(source, partial, is_loop=is_loop)
                partial.replace(cached)
            except soundfile.SoundFileError as error:
                reason = f"the sound file {media} is damaged; generate its lane again"
                raise OSError(errno.EIO, reason) from error
            finally:
                partial.unlink(missing_ok=True)
        if cached.stat().st_size == 0:
            return np.zeros(0, np.float32)
        return np.memmap(cached, np.float32, mode="r")


def _resample_file(source: Path, target: Path, *, is_loop: bool) -> None:
    """Write raw float32 mono samples at the timeline's rate, in bounded memory.

    The filter hears silence beyond the ends, or the other end of a loop.
    """
    with soundfile.SoundFile(source) as sound, target.open("wb") as out:
        stream = soxr.ResampleStream(
            sound.samplerate, TIMELINE_RATE_HZ, 1, dtype="float32", quality="VHQ"
        )
        # A tenth of a second is whole samples at every rate that there is.
        margin = min(sound.frames, sound.samplerate // 10) if is_loop else 0
        skipped = margin * TIMELINE_RATE_HZ // sound.samplerate * _SAMPLE_BYTES
        length = sound.frames * TIMELINE_RATE_HZ // sound.samplerate * _SAMPLE_BYTES
        for block, is_last in _blocks(sound, margin):
            data = stream.resample_chunk(block, last=is_last).tobytes()
            fresh = data[skipped:]
            skipped -= len(data) - len(fresh)
            if is_loop:
                fresh = fresh[: max(0, length - out.tell())]
            out.write(fresh)


def _blocks(sound: soundfile.SoundFile, margin: int) -> Iterator[tuple[NDArray[np.float32], bool]]:
    """The mono sound in blocks, with ``margin`` samples of the other end at both ends."""
    parts = [(sound.frames - margin, sound.frames), (0, sound.frames), (0, margin)]
    if not margin:
        parts = [(0, sound.frames)]
    for number, (start, end) in enumerate(parts, start=1):
        sound.seek(start)
        remaining = end - start
        while remaining > 0:
            block = sound.read(min(_BLOCK_SAMPLES, remaining), dtype="float32", always_2d=True)
            if not len(block):
                break
            remaining -= len(block)
            is_last = remaining <= 0 and number == len(parts)
            yield np.ascontiguousarray(block.mean(1, dtype=np.float32)), is_last
