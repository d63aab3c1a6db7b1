"""How messages travel between the application and the engine's process.

Each message is a length (8 bytes, little endian) followed by a pickle. Only this program writes to
these private pipes, so nothing foreign is ever unpickled; nothing read from a file or from the
network may come this way.
"""

import pickle
import struct
from dataclasses import dataclass
from typing import IO

from engine.api.errors import EngineError
from engine.api.events import EngineEvent
from engine.api.requests import GenerateRequest

_LENGTH = struct.Struct("<Q")
_PICKLE_PROTOCOL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJob:
    """To the engine: run this job when the ones before it are done."""

    request: GenerateRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelJob:
    """To the engine: end this job, or forget it if it has not begun."""

    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReported:
    """From the engine: what ``emit`` was called with."""

    event: EngineEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReturned:
    """From the engine: ``generate`` returned or raised; the next job may begin.

    Attributes:
        is_cancelled: It raised ``CancelledError``.
        error: What it raised otherwise, or ``None``.
    """

    job_id: str
    is_cancelled: bool = False
    error: EngineError | None = None


WireMessage = RunJob | CancelJob | EventReported | JobReturned


def write_message(stream: IO[bytes], message: WireMessage) -> None:
    """Send one message.

    Args:
        stream: A pipe open for writing.
        message: What to send.

    Raises:
        OSError: The other side is gone.
    """
    body = pickle.dumps(message, protocol=_PICKLE_PROTOCOL)
    stream.write(_LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def read_message(stream: IO[bytes]) -> WireMessage | None:
    """Wait for the next message.

    Args:
        stream: A pipe open for reading.

    Returns:
        The message, or ``None`` when the other side is gone, also in the middle of a message.
    """
    header = stream.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(header)
    body = stream.read(length)
    if len(body) < length:
        return None
    message: WireMessage = pickle.loads(body)  # noqa: S301 - our own process at the other end
    return message
