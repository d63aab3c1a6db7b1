"""What the transport bar is told. No Qt."""

from dataclasses import dataclass
from enum import StrEnum


class PlayState(StrEnum):
    """What the transport is doing."""

    STOPPED = "stopped"
    PLAYING = "playing"
    PAUSED = "paused"


class EngineState(StrEnum):
    """What the engine is doing; the dot of its chip."""

    READY = "ready"
    WORKING = "working"
    NOT_LOADED = "not_loaded"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """What the engine's chip shows.

    Attributes:
        state: The dot.
        model: Name of the model.
        note: At the right: the device, the remaining time, "not loaded" or "stopped".
        details: The tooltip, in whole sentences.
    """

    state: EngineState
    model: str
    note: str
    details: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterLevels:
    """Levels of the mix in dB of full scale.

    Attributes:
        left_db: Left channel now.
        right_db: Right channel now.
        left_held_db: Highest level of the left channel, held for a moment.
        right_held_db: Highest level of the right channel, held for a moment.
    """

    left_db: float = -120.0
    right_db: float = -120.0
    left_held_db: float = -120.0
    right_held_db: float = -120.0


METER_MARKS_DB = (-60, -36, -24, -12, 0)


def meter_fraction(level_db: float) -> float:
    """Place of a level along the meter, 0 to 1; the marks are evenly spaced."""
    if level_db <= METER_MARKS_DB[0]:
        return 0.0
    parts = len(METER_MARKS_DB) - 1
    for index in range(parts):
        low, high = METER_MARKS_DB[index : index + 2]
        if level_db <= high:
            return (index + (level_db - low) / (high - low)) / parts
    return 1.0
