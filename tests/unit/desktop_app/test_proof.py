"""Tests of the proof that a repair has left the rest alone."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from desktop_app.proof import num_changed_outside
from tests.unit.desktop_app.controllers.jobs import span

RATE = 16_000
SPAN = span(10, 14)


def written(path: Path, *changed: int, num: int = 4 * RATE) -> Path:
    samples = np.zeros(num, np.float32)
    samples[list(changed)] = 0.1
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    return path


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ((), 0),
        # The range from 11.01 s to 12.01 s is that of whole frames of 40 ms: 11 s to 12.04 s.
        ((RATE, 2 * RATE, 2 * RATE + 639), 0),
        ((RATE - 1,), 1),
        ((2 * RATE + 640, 4 * RATE - 1), 2),
    ],
)
def test_samples_outside_a_section_are_counted(
    tmp_path: Path, changed: tuple[int, ...], expected: int
) -> None:
    before, after = written(tmp_path / "a.wav"), written(tmp_path / "b.wav", *changed)
    assert num_changed_outside(before, after, SPAN, [span(11.01, 12.01)]) == expected


def test_samples_that_only_one_of_them_has_count_as_changed(tmp_path: Path) -> None:
    before, after = written(tmp_path / "a.wav"), written(tmp_path / "b.wav", num=4 * RATE - 7)
    assert num_changed_outside(before, after, SPAN, [span(11, 12)]) == 7


def test_long_takes_are_compared_block_by_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.proof._BLOCK_SAMPLES", 1_000)
    changed = (0, 20_000, 40_000, 63_999)
    before, after = written(tmp_path / "a.wav"), written(tmp_path / "b.wav", *changed)
    assert num_changed_outside(before, after, SPAN, [span(11, 12)]) == 3


def test_what_is_no_sound_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "b.wav"
    broken.write_bytes(b"RIFF")
    with pytest.raises(OSError, match="cannot be compared"):
        num_changed_outside(written(tmp_path / "a.wav"), broken, SPAN, [])
