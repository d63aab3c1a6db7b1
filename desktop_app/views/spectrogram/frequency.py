"""Frequencies of a mel axis and their names.

The mel scale is Slaney's (Auditory Toolbox, 1998), the one of librosa: linear to 1 kHz, then
logarithmic.
"""

import math

HIGHEST_HZ = 8_000.0
"""Top of the spectrogram: half of the model's 16 kHz."""

AXIS_HZ = (200.0, 800.0, 2_000.0, 4_000.0, 8_000.0)

_HZ_PER_MEL = 200.0 / 3.0
_LINEAR_HZ = 1_000.0
_LINEAR_MEL = _LINEAR_HZ / _HZ_PER_MEL
_LOG_STEP = math.log(6.4) / 27.0
_NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


def mel_from_hz(frequency_hz: float) -> float:
    """Slaney's mel of a frequency of at least 0."""
    if frequency_hz < _LINEAR_HZ:
        return frequency_hz / _HZ_PER_MEL
    return _LINEAR_MEL + math.log(frequency_hz / _LINEAR_HZ) / _LOG_STEP


def hz_from_mel(mel: float) -> float:
    """The inverse of :func:`mel_from_hz`."""
    if mel < _LINEAR_MEL:
        return mel * _HZ_PER_MEL
    return _LINEAR_HZ * math.exp(_LOG_STEP * (mel - _LINEAR_MEL))


def height_of_hz(frequency_hz: float) -> float:
    """Where a frequency lies on the axis: 0 at the bottom, 1 at the top."""
    return mel_from_hz(frequency_hz) / mel_from_hz(HIGHEST_HZ)


def hz_at_height(height: float) -> float:
    """The inverse of :func:`height_of_hz`."""
    return hz_from_mel(min(max(height, 0.0), 1.0) * mel_from_hz(HIGHEST_HZ))


def axis_label(frequency_hz: float) -> str:
    """Short name for the scale: "800", "2k"."""
    if frequency_hz >= 1_000:
        return f"{frequency_hz / 1_000:g}k"
    return f"{frequency_hz:g}"


def frequency_text(frequency_hz: float) -> str:
    """A frequency for people: "164 Hz" or "2.41 kHz"."""
    if frequency_hz >= 1_000:
        return f"{frequency_hz / 1_000:.2f} kHz"
    return f"{frequency_hz:.0f} Hz"


def note_name(frequency_hz: float) -> str:
    """Nearest note of equal temperament at A4 = 440 Hz, as "D7"; empty below 20 Hz."""
    if frequency_hz < 20:
        return ""
    midi = round(69 + 12 * math.log2(frequency_hz / 440.0))
    return f"{_NOTES[midi % 12]}{midi // 12 - 1}"
