"""The chunks of a broadcast WAV file.

RIFF/WAVE with BWF (EBU Tech 3285 version 2), 64-bit sizes (EBU Tech 3306), cue points, labels and
loops. All sizes are even: some readers of RF64 do not skip the pad byte after an odd chunk.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desktop_app.export.settings import SampleFormat

_FORMAT_PCM, _FORMAT_FLOAT = 1, 3
_UNKNOWN_LOUDNESS = 0x7FFF
_MAX_32 = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: four letters and its content."""

    name: bytes
    content: bytes

    def encoded(self) -> bytes:
        """Name, size and content, padded inside the chunk to an even size."""
        content = self.content + b"\0" * (len(self.content) % 2)
        return self.name + struct.pack("<I", len(content)) + content


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """What the loudness fields of a bext chunk say.

    Attributes:
        integrated_lufs: Programme loudness.
        range_lu: Loudness range, 0 for sound that is too short.
        highest_short_term_lufs: Highest loudness of three seconds.
        true_peak_dbtp: Highest true peak.
    """

    integrated_lufs: float
    range_lu: float
    highest_short_term_lufs: float
    true_peak_dbtp: float


def bext_chunk(
    *,
    description: str,
    originator: str,
    originated_at: datetime | None,
    time_reference: int,
    loudness: Loudness | None,
    coding_history: str,
) -> Chunk:
    """The broadcast extension, version 2.

    Args:
        description: At most 256 characters; others than ASCII become "?".
        originator: At most 32 characters.
        originated_at: Date and time, or ``None`` to leave them empty.
        time_reference: First sample's position on the timeline, in samples of the file.
        loudness: ``None`` leaves the fields marked as unknown.
        coding_history: One line as EBU R 98 has it, without its end.
    """
    date = f"{originated_at:%Y-%m-%d}" if originated_at else ""
    clock = f"{originated_at:%H:%M:%S}" if originated_at else ""
    levels = [_UNKNOWN_LOUDNESS] * 5
    if loudness is not None:
        levels[0] = _hundredths(loudness.integrated_lufs)
        levels[1] = _hundredths(loudness.range_lu)
        levels[2] = _hundredths(loudness.true_peak_dbtp)
        levels[4] = _hundredths(loudness.highest_short_term_lufs)
    fixed = struct.pack(
        "<256s32s32s10s8sQH64s5h180s",
        _ascii(description, 256),
        _ascii(originator, 32),
        b"",
        _ascii(date, 10),
        _ascii(clock, 8),
        time_reference,
        2,
        b"",
        *levels,
        b"",
    )
    history = f"{coding_history}\r\n".encode("ascii", "replace")
    return Chunk(b"bext", fixed + history)


def format_chunks(
    sample_format: SampleFormat, sample_rate: int, num_channels: int, num_frames: int
) -> tuple[Chunk, ...]:
    """``fmt`` and, for floats, ``fact``."""
    num_bytes = sample_format.num_bits // 8 * num_channels
    kind = _FORMAT_FLOAT if sample_format.is_float else _FORMAT_PCM
    content = struct.pack(
        "<HHIIHH",
        kind,
        num_channels,
        sample_rate,
        sample_rate * num_bytes,
        num_bytes,
        sample_format.num_bits,
    )
    if not sample_format.is_float:
        return (Chunk(b"fmt ", content),)
    fact = struct.pack("<I", min(num_frames, _MAX_32))
    return Chunk(b"fmt ", content + struct.pack("<H", 0)), Chunk(b"fact", fact)


def marker_chunks(markers: Sequence[tuple[int, str]]) -> tuple[Chunk, ...]:
    """Cue points and their names.

    Args:
        markers: Frame and name, in order of time; frames beyond 32 bits are left out.
    """
    fitting = [(frame, name) for frame, name in markers if frame <= _MAX_32]
    if not fitting:
        return ()
    points = struct.pack("<I", len(fitting))
    labels = b"adtl"
    for number, (frame, name) in enumerate(fitting, start=1):
        points += struct.pack("<II4sIII", number, frame, b"data", 0, 0, frame)
        labels += Chunk(b"labl", struct.pack("<I", number) + _text(name)).encoded()
    return Chunk(b"cue ", points), Chunk(b"LIST", labels)


def loop_chunk(sample_rate: int, first_frame: int, last_frame: int) -> Chunk:
    """A sampler chunk with one endless forward loop.

    Args:
        sample_rate: In Hz.
        first_frame: First frame of the loop.
        last_frame: Last frame of the loop; it belongs to it.
    """
    period = round(1e9 / sample_rate)
    head = struct.pack("<9I", 0, 0, period, 60, 0, 0, 0, 1, 0)
    return Chunk(b"smpl", head + struct.pack("<6I", 0, 0, first_frame, last_frame, 0, 0))


def info_chunk(values: Sequence[tuple[bytes, str]]) -> Chunk:
    """A list of texts, such as INAM (title), ICMT (comment) and ISFT (software), in UTF-8."""
    content = b"INFO"
    for name, text in values:
        content += Chunk(name, _text(text)).encoded()
    return Chunk(b"LIST", content)


def _text(text: str) -> bytes:
    return text.encode(errors="replace") + b"\0"


def _ascii(text: str, num_bytes: int) -> bytes:
    return text.encode("ascii", "replace")[:num_bytes]


def _hundredths(level: float) -> int:
    return max(-9_999, min(9_999, round(level * 100)))
