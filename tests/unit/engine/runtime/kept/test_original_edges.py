from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.analysis.jumps import jump_ratios
from engine.runtime.files.wav_file import FloatWavFile
from engine.runtime.kept.original_edges import original_edges

RATE = 16_000
EDGE = 320
TIME = np.arange(8_000) / RATE
OLD = (0.3 * np.sin(2 * np.pi * 200 * TIME)).astype(np.float32)
NEW = (0.3 * np.sin(2 * np.pi * 200 * TIME + 2.0)).astype(np.float32)
"""The same tone in another phase: what a vocoder makes of it."""


@pytest.fixture
def wav(tmp_path: Path) -> Iterator[FloatWavFile]:
    file = FloatWavFile.create(tmp_path / "a.wav", RATE)
    file.append(OLD)
    yield file
    file.close()


def revoiced(
    wav: FloatWavFile, start: int, end: int
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    edges = original_edges(wav, start, end, fades_in=start > 0, fades_out=end < len(OLD))
    wav.write_at(start, NEW[start:end])
    for edge in edges:
        edge.join(wav)
    return wav.read(0, len(OLD))


def test_only_the_ends_inside_the_range_are_cross_faded(wav: FloatWavFile) -> None:
    got = revoiced(wav, 2_000, 6_000)

    assert np.array_equal(got[:2_000], OLD[:2_000])
    assert np.array_equal(got[6_000:], OLD[6_000:])
    assert np.array_equal(got[2_000 + EDGE : 6_000 - EDGE], NEW[2_000 + EDGE : 6_000 - EDGE])


def test_nothing_clicks_where_a_hard_cut_would(wav: FloatWavFile) -> None:
    hard = OLD.copy()
    hard[2_010:6_010] = NEW[2_010:6_010]
    got = revoiced(wav, 2_010, 6_010)

    edges = np.asarray([2_010, 6_010])
    assert jump_ratios(hard, edges, RATE).max() > 2.0
    # A tone's own steepest place has 1.41.
    around = np.concatenate([np.arange(1_990, 2_360), np.arange(5_660, 6_040)])
    assert jump_ratios(got, around, RATE).max() < 1.5


def test_ends_that_nothing_old_lies_beyond_are_not_faded(wav: FloatWavFile) -> None:
    got = revoiced(wav, 0, len(OLD))

    assert np.array_equal(got, NEW)


def test_a_short_range_is_shared_by_both_fades(wav: FloatWavFile) -> None:
    edges = original_edges(wav, 1_000, 1_200, fades_in=True, fades_out=True)

    assert [(edge.first_sample, len(edge.before)) for edge in edges] == [(1_000, 100), (1_100, 100)]
