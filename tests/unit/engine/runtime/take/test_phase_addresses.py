"""Addresses of the vocoder's first phases."""

import numpy as np
import pytest

from engine.longform.placement import PlacedSpan
from engine.runtime.take.phase_addresses import AddressRun, addresses_of, first_run, placed_runs


def test_a_piece_counts_from_its_start() -> None:
    run = first_run(-10, 20)

    assert addresses_of([run], -40, 40).tolist() == list(range(80))
    assert addresses_of([run], -36, -33).tolist() == [4, 5, 6]


def test_moved_frames_keep_their_addresses_and_new_ones_have_others() -> None:
    spans = [PlacedSpan(start=0, end=10), PlacedSpan(start=10, end=20, shift=5)]

    runs = placed_runs([first_run(0, 20)], spans, [(10, 15), (-3, 0)])

    got = addresses_of(runs, -12, 100)
    assert got[12:52].tolist() == list(range(40))
    assert got[72:].tolist() == list(range(40, 80))
    assert len(np.unique(got)) == len(got)


def test_new_frames_never_meet_those_of_an_earlier_insertion() -> None:
    runs: tuple[AddressRun, ...] = (first_run(0, 20),)
    for _ in range(3):
        # Five frames are put in at 5, and each time pushed on by the next five.
        spans = [PlacedSpan(start=0, end=5), PlacedSpan(start=5, end=20, shift=5)]
        runs = placed_runs(runs, spans, [(5, 10)])

    got = addresses_of(runs, 0, 100)
    assert len(np.unique(got)) == 100


def test_what_stays_in_its_place_is_one_run() -> None:
    spans = [PlacedSpan(start=0, end=7), PlacedSpan(start=7, end=20)]

    assert placed_runs([first_run(0, 20)], spans, []) == (first_run(0, 20),)


def test_an_unknown_frame_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not all known"):
        addresses_of([AddressRun(start=0, end=4, address=0)], 2, 5)
