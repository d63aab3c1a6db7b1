"""Levels and pans as positions of a slider, and as words. No Qt."""

import math

from desktop_app.project.project import MAX_GAIN_DB, MIN_GAIN_DB

_POWER = 0.75


def position_of_gain(gain_db: float) -> float:
    """Where a level lies on its slider, 0 to 1; there is more room near 0 dB."""
    share = (gain_db - MIN_GAIN_DB) / (MAX_GAIN_DB - MIN_GAIN_DB)
    limited: float = min(max(share, 0.0), 1.0)
    return math.pow(limited, 1 / _POWER)


def gain_at(position: float) -> float:
    """The inverse of :func:`position_of_gain`, in steps of 0.1 dB."""
    share = math.pow(min(max(position, 0.0), 1.0), _POWER)
    return round(MIN_GAIN_DB + share * (MAX_GAIN_DB - MIN_GAIN_DB), 1)


def gain_text(gain_db: float) -> str:
    """A level for people: "−3.2", "0.0", or "−∞" for silence."""
    if gain_db <= MIN_GAIN_DB:
        return "−∞"
    return f"{gain_db:.1f}".replace("-", "−").replace("−0.0", "0.0")


def pan_text(pan: float) -> str:
    """A pan for people: "C", "25 L" or "35 R"."""
    amount = round(abs(pan) * 100)
    if amount == 0:
        return "C"
    return f"{amount} {'L' if pan < 0 else 'R'}"


def meter_height(level_db: float) -> float:
    """How high a meter stands, 0 at −60 dB to 1 at 0 dB."""
    return min(max((level_db + 60.0) / 60.0, 0.0), 1.0)
