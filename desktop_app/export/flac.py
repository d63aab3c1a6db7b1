"""A streaming writer of FLAC files."""

import errno
import os
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import soundfile

from desktop_app.export.settings import SampleFormat


class FlacWriter:
    """Writes samples as they come. Use it in a ``with`` block, which closes it.

    Args:
        path: A new file.
        sample_format: One of the FLAC formats.
        sample_rate: In Hz.
        title: Tag of the file.
        comment: Tag of the file; may be empty.
        licence: Tag of the file; may be empty.
    """

    def __init__(
        self,
        path: Path,
        *,
        sample_format: SampleFormat,
        sample_rate: int,
        title: str,
        comment: str,
        licence: str,
    ) -> None:
        if path.exists():
            raise FileExistsError(path)
        self._path = path
        self._num_frames = 0
        self._num_bits = sample_format.num_bits
        self._file = soundfile.SoundFile(
            path,
            "w",
            sample_rate,
            2,
            subtype={16: "PCM_16", 24: "PCM_24"}[self._num_bits],
            format="FLAC",
        )
        for name, text in (("title", title), ("comment", comment), ("license", licence)):
            if text:
                setattr(self._file, name, text)

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
        """Append encoded interleaved stereo samples; see ``samples.encoded``.

        Raises:
            OSError: They could not be written.
        """
        if self._num_bits == 16:
            words = np.frombuffer(encoded, "<i2")
        else:
            # The library takes 24 bits as the upper ones of 32.
            padded = np.zeros((len(encoded) // 3, 4), np.uint8)
            padded[:, 1:] = np.frombuffer(encoded, np.uint8).reshape(-1, 3)
            words = padded.view("<i4")
        self._num_frames += len(words.reshape(-1, 2))
        try:
            self._file.write(words.reshape(-1, 2))
        except (soundfile.LibsndfileError, AssertionError) as error:
            # The library does not tell a full disk from others; it asserts that all was written.
            raise OSError(errno.EIO, f"the disk may be full ({error})") from error

    def finish(self) -> None:
        """Write what is buffered and flush all to the disk.

        Raises:
            OSError: It could not be written, which the library does not tell by itself.
        """
        self._file.close()
        if soundfile.info(self._path).frames != self._num_frames:
            raise OSError(errno.EIO, "the disk may be full (the end is missing)")
        with self._path.open("rb+") as file:
            os.fsync(file.fileno())

    def close(self) -> None:
        """Close the file, finished or not."""
        self._file.close()
