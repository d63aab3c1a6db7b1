"""A mono 32-bit float WAV file that is valid at every moment while it grows. No torch.

    RIFF | JUNK (28 bytes, becomes ds64) | fmt | fact | data

Sizes are brought up to date after every write. Beyond 4 GiB the file turns into RF64 (EBU Tech
3306), for which the JUNK chunk keeps the place.
"""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_HEADER_BYTES = 12 + 36 + 26 + 12 + 8
_BYTES_PER_SAMPLE = 4
_FLOAT_FORMAT = 3
_LARGEST_RIFF = 0xFFFFFFFF
_IN_DS64 = 0xFFFFFFFF


class FloatWavFile:
    """Writes samples at any position; see :meth:`create` and :meth:`open`."""

    def __init__(self, file: BinaryIO, sample_rate: int, num_samples: int) -> None:
        self._file = file
        self._sample_rate = sample_rate
        self._num_samples = num_samples

    @classmethod
    def create(cls, path: Path, sample_rate: int) -> "FloatWavFile":
        """Begin a file without samples.

        Args:
            path: Replaced if it exists.
            sample_rate: In Hz.
        """
        wav = cls(path.open("w+b"), sample_rate, 0)
        wav._write_header()
        return wav

    @classmethod
    def open(cls, path: Path, *, is_writable: bool = True) -> "FloatWavFile":
        """Open a file that this class has written.

        Args:
            path: The file.
            is_writable: Whether samples of it will be changed.

        Raises:
            ValueError: The file was not written by this class, or is damaged.
        """
        file = path.open("r+b" if is_writable else "rb")
        try:
            rate, num_samples = _read_header(file.read(_HEADER_BYTES), path.stat().st_size)
        except (ValueError, struct.error) as error:
            file.close()
            raise ValueError(f"{path} is not a float WAV file of this program") from error
        return cls(file, rate, num_samples)

    @property
    def num_samples(self) -> int:
        """Length of the file."""
        return self._num_samples

    @property
    def sample_rate(self) -> int:
        """Samples per second."""
        return self._sample_rate

    def append(self, samples: NDArray[np.float32]) -> None:
        """Write (N,) samples at the end."""
        self.write_at(self._num_samples, samples)

    def write_at(self, first_sample: int, samples: NDArray[np.float32]) -> None:
        """Write (N,) samples over or behind what is there.

        Raises:
            ValueError: The position would leave a hole.
        """
        if not 0 <= first_sample <= self._num_samples:
            raise ValueError(f"sample {first_sample} is not within 0..{self._num_samples}")
        self._file.seek(_HEADER_BYTES + first_sample * _BYTES_PER_SAMPLE)
        self._file.write(samples.astype("<f4", copy=False).tobytes())
        end = first_sample + len(samples)
        if end > self._num_samples:
            self._num_samples = end
            self._write_header()
        self._file.flush()

    def read(self, first_sample: int, num: int) -> NDArray[np.float32]:
        """The samples from a position on; fewer where the file ends."""
        self._file.seek(_HEADER_BYTES + first_sample * _BYTES_PER_SAMPLE)
        return np.frombuffer(self._file.read(num * _BYTES_PER_SAMPLE), "<f4").astype(np.float32)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write_header(self) -> None:
        self._file.seek(0)
        self._file.write(_header(self._sample_rate, self._num_samples))
        self._file.flush()


def _header(sample_rate: int, num_samples: int, largest: int = _LARGEST_RIFF) -> bytes:
    data_bytes = num_samples * _BYTES_PER_SAMPLE
    riff_bytes = _HEADER_BYTES - 8 + data_bytes
    is_large = riff_bytes > largest
    sizes = struct.pack("<QQQI", riff_bytes, data_bytes, num_samples, 0)
    pick: Callable[[int], int] = lambda size: _IN_DS64 if is_large else size  # noqa: E731 - one line
    return b"".join(
        (
            struct.pack("<4sI4s", b"RF64" if is_large else b"RIFF", pick(riff_bytes), b"WAVE"),
            struct.pack("<4sI", b"ds64" if is_large else b"JUNK", len(sizes)),
            sizes if is_large else bytes(len(sizes)),
            struct.pack(
                "<4sIHHIIHHH",
                b"fmt ",
                18,
                _FLOAT_FORMAT,
                1,
                sample_rate,
                sample_rate * _BYTES_PER_SAMPLE,
                _BYTES_PER_SAMPLE,
                8 * _BYTES_PER_SAMPLE,
                0,
            ),
            struct.pack("<4sII", b"fact", 4, pick(num_samples)),
            struct.pack("<4sI", b"data", pick(data_bytes)),
        )
    )


def _read_header(header: bytes, file_bytes: int) -> tuple[int, int]:
    """Sample rate and number of samples; ``ValueError`` if it is not our header, or cut off."""
    (rate,) = struct.unpack_from("<I", header, 12 + 36 + 8 + 4)
    (data_bytes,) = struct.unpack_from("<I", header, _HEADER_BYTES - 4)
    if header[:4] == b"RF64":
        _, data_bytes = struct.unpack_from("<QQ", header, 20)
    num_samples = data_bytes // _BYTES_PER_SAMPLE
    largest = 0 if header[:4] == b"RF64" else _LARGEST_RIFF
    if _header(rate, num_samples, largest) != header:
        raise ValueError("another layout")
    if file_bytes < _HEADER_BYTES + num_samples * _BYTES_PER_SAMPLE:
        raise ValueError("cut off")
    return rate, num_samples
