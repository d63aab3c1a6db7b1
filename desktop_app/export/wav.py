"""A streaming writer of broadcast WAV files that become RF64 when they pass 4 GiB."""

import os
import struct
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from desktop_app.export.chunks import Chunk, format_chunks
from desktop_app.export.settings import SampleFormat

MAX_RIFF_BYTES = 2**32 - 1
_DS64_BYTES = 28
_UNKNOWN_32 = 2**32 - 1


def wav_bytes(
    head: Sequence[Chunk], tail: Sequence[Chunk], sample_format: SampleFormat, num_frames: int
) -> int:
    """Size of a stereo file with these chunks."""
    formats = format_chunks(sample_format, 0, 2, num_frames)
    chunks = sum(len(chunk.encoded()) for chunk in (*head, *formats, *tail))
    return 12 + 8 + _DS64_BYTES + chunks + 8 + num_frames * 2 * sample_format.num_bits // 8


class WavWriter:
    """Writes samples as they come; sizes are filled in at the end.

    Without :meth:`finish` the file is not valid. Use it in a ``with`` block, which closes it.

    Args:
        path: A new file.
        sample_format: Word length.
        sample_rate: In Hz.
        head: Chunks before the samples, such as ``bext``.
        max_riff_bytes: Beyond this size the file becomes RF64.
    """

    def __init__(
        self,
        path: Path,
        *,
        sample_format: SampleFormat,
        sample_rate: int,
        head: Sequence[Chunk] = (),
        max_riff_bytes: int = MAX_RIFF_BYTES,
    ) -> None:
        self._sample_format = sample_format
        self._sample_rate = sample_rate
        self._frame_bytes = sample_format.num_bits // 8 * 2
        self._max_riff_bytes = max_riff_bytes
        self._head = tuple(head)
        self._num_data_bytes = 0
        self._file = path.open("xb")
        try:
            self._file.write(self._header(num_tail_bytes=0))
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, encoded: bytes) -> None:
        """Append encoded interleaved stereo samples; see ``samples.encoded``."""
        self._file.write(encoded)
        self._num_data_bytes += len(encoded)

    def finish(self, tail: Sequence[Chunk] = (), head: Sequence[Chunk] | None = None) -> None:
        """Write the chunks after the samples, fill in the sizes and flush all to the disk.

        Args:
            tail: Chunks after the samples.
            head: Replaces the chunks before the samples, as far as they are known only now.

        Raises:
            ValueError: The new head has another size than the first one.
        """
        encoded = b"".join(chunk.encoded() for chunk in tail)
        if head is not None:
            if _total(head) != _total(self._head):
                raise ValueError("the chunks before the samples must keep their size")
            self._head = tuple(head)
        self._file.write(encoded)
        self._file.seek(0)
        self._file.write(self._header(num_tail_bytes=len(encoded)))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file, finished or not."""
        self._file.close()

    def _header(self, num_tail_bytes: int) -> bytes:
        num_frames = self._num_data_bytes // self._frame_bytes
        formats = format_chunks(self._sample_format, self._sample_rate, 2, num_frames)
        chunks = b"".join(chunk.encoded() for chunk in (*self._head, *formats))
        num_riff_bytes = (
            4 + 8 + _DS64_BYTES + len(chunks) + 8 + self._num_data_bytes + num_tail_bytes
        )
        if num_riff_bytes <= self._max_riff_bytes:
            start = struct.pack("<4sI4s", b"RIFF", num_riff_bytes, b"WAVE")
            sizes = Chunk(b"JUNK", bytes(_DS64_BYTES))
            num_data_bytes = self._num_data_bytes
        else:
            start = struct.pack("<4sI4s", b"RF64", _UNKNOWN_32, b"WAVE")
            real = struct.pack("<QQQI", num_riff_bytes, self._num_data_bytes, num_frames, 0)
            sizes = Chunk(b"ds64", real)
            num_data_bytes = _UNKNOWN_32
        return start + sizes.encoded() + chunks + struct.pack("<4sI", b"data", num_data_bytes)


def _total(chunks: Sequence[Chunk]) -> int:
    return sum(len(chunk.encoded()) for chunk in chunks)
