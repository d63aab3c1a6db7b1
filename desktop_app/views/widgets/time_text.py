"""Times as people read and write them. No Qt."""

import re
from collections.abc import Sequence

from desktop_app.project.time import (
    MAX_TIMELINE_SAMPLES,
    TIMELINE_RATE_HZ,
    Samples,
    samples_from_seconds_rounded,
)

_BEGINNING = Samples(0)
MINUS = "\u2212"
_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "ms": 0.001, "m": 60.0, "min": 60.0, "h": 3600.0}
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d*)?)")
_BAR = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)\s*([a-z]*)")


def clock_text(position: Samples, decimals: int = 3) -> str:
    """A position: "0:44.000", "1:02:03.5"."""
    scale = 10**decimals
    total = (position * scale + TIMELINE_RATE_HZ // 2) // TIMELINE_RATE_HZ
    whole, fraction = divmod(total, scale)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    tail = f".{fraction:0{decimals}d}" if decimals else ""
    return f"{head}:{seconds:02d}{tail}"


def padded_clock_text(position: Samples) -> str:
    """A position that does not change its width every minute: "01:27.600"."""
    text = clock_text(position)
    return text if len(text.split(":", 1)[0]) > 1 or text.count(":") > 1 else "0" + text


def duration_text(duration: Samples) -> str:
    """A length: "68.0 s", "2 min 4.0 s"."""
    tenths = (duration * 10 + TIMELINE_RATE_HZ // 2) // TIMELINE_RATE_HZ
    minutes, rest = divmod(tenths, 600)
    seconds = f"{rest // 10}.{rest % 10} s"
    # Up to two minutes seconds are easier to compare than minutes.
    return f"{tenths // 10}.{tenths % 10} s" if minutes < 2 else f"{minutes} min {seconds}"


def range_text(start: Samples, end: Samples) -> str:
    """A range: "0:44 - 1:52", with an en dash."""
    return f"{clock_text(start, 0)}\u2009\u2013\u2009{clock_text(end, 0)}"


def bar_text(position: Samples, tempo_bpm: float, beats_per_bar: int) -> str:
    """Bar, beat and sixteenth, each from one: "34.3.2"."""
    sixteenths = int(position * tempo_bpm * 4 / (60 * TIMELINE_RATE_HZ) + 1e-6)
    beats, sixteenth = divmod(sixteenths, 4)
    bar, beat = divmod(beats, beats_per_bar)
    return f"{bar + 1}.{beat + 1}.{sixteenth + 1}"


def decibel_text(value_db: float, silence_db: float = -60.0) -> str:
    """A level: "-3.2 dB" with a true minus; an infinity sign at ``silence_db`` and below."""
    return f"{decibel_number(value_db, silence_db)} dB"


def decibel_number(value_db: float, silence_db: float = -60.0) -> str:
    """As ``decibel_text`` without the unit."""
    if value_db <= silence_db:
        return f"{MINUS}\u221e"
    return f"{value_db + 0.0:.1f}".replace("-0.0", "0.0").replace("-", MINUS)


def pan_text(pan: float) -> str:
    """A pan position: "C", "25 L", "100 R"."""
    percent = round(abs(pan) * 100)
    return "C" if percent == 0 else f"{percent} {'L' if pan < 0 else 'R'}"


def samples_from_text(
    text: str,
    *,
    current: Samples = _BEGINNING,
    tempo_bpm: float = 120.0,
    beats_per_bar: int = 4,
) -> Samples:
    """A time that somebody typed.

    Args:
        text: "1:52", "1:02:03.5", "112s", "1.5 min", "200 ms", "34.3.2" (bar, beat, sixteenth), or
            one of these with a leading plus or minus, which counts from ``current``.
        current: What a sign counts from.
        tempo_bpm: For bars.
        beats_per_bar: For bars.

    Raises:
        ValueError: It is not a time, or not on the timeline; the message is for people.
    """
    cleaned = text.strip().lower().replace(",", ".").replace(MINUS, "-")
    sign = cleaned[:1] if cleaned[:1] in {"+", "-"} else ""
    body = cleaned[len(sign) :].strip()
    bar = _BAR.fullmatch(body)
    if bar and not sign:
        value = _samples_from_bar(bar.groups(), tempo_bpm, beats_per_bar)
    else:
        value = samples_from_seconds_rounded(_seconds_from_text(body))
    if sign:
        value = Samples(current + value if sign == "+" else current - value)
    if value < 0:
        raise ValueError("That is before the beginning.")
    if value > MAX_TIMELINE_SAMPLES:
        raise ValueError("The timeline ends after 24 hours.")
    return value


def _samples_from_bar(parts: Sequence[str], tempo_bpm: float, beats_per_bar: int) -> Samples:
    bar, beat, sixteenth = (int(part) for part in parts)
    if bar < 1 or not 1 <= beat <= beats_per_bar or not 1 <= sixteenth <= 4:
        raise ValueError(f"Bars and beats count from 1; a bar has {beats_per_bar} beats.")
    sixteenths = ((bar - 1) * beats_per_bar + beat - 1) * 4 + sixteenth - 1
    return samples_from_seconds_rounded(sixteenths * 15 / tempo_bpm)


def _seconds_from_text(text: str) -> float:
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds = clock.groups()
        if float(seconds) >= 60:
            raise ValueError("Seconds go up to 59.")
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
    number = _NUMBER.fullmatch(text)
    if number is None or number.group(2) not in _UNITS:
        raise ValueError("Write a time such as 1:52, 112s or +5.")
    return float(number.group(1)) * _UNITS[number.group(2)]
