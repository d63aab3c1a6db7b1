import pytest

from desktop_app.project.ids import LaneId
from desktop_app.project.project import Lane
from desktop_app.views.timeline.lane_layout import (
    COMB_PX,
    DEFAULT_HEIGHT_PX,
    FOLDED_HEIGHT_PX,
    GAP_PX,
    MAX_HEIGHT_PX,
    MIN_HEIGHT_PX,
    NEW_LANE_PX,
    Band,
    clamped_height,
    content_height,
    lane_rows,
    nearest_index,
    row_at,
    rows_between,
)
from desktop_app.views.timeline.values import SoundView


def lane(name: str, *, is_folded: bool = False) -> Lane:
    return Lane(id=LaneId(name), name=name, colour="moss", stream=0, is_folded=is_folded)


ROWS = lane_rows([lane("a"), lane("b", is_folded=True), lane("c")], {}, SoundView.BOTH)


def test_an_open_lane_has_the_heights_of_the_design() -> None:
    row = ROWS[0]
    assert row.wave is not None
    assert row.spectrogram is not None
    heights = (row.strip.height, row.wave.height, row.spectrogram.height)
    assert heights == (36, 56, 80)
    assert row.band.height == DEFAULT_HEIGHT_PX


def test_lanes_follow_each_other_with_a_gap() -> None:
    assert ROWS[1].band.top == ROWS[0].band.bottom + GAP_PX
    assert ROWS[2].band.top == ROWS[1].band.top + FOLDED_HEIGHT_PX + GAP_PX


def test_a_folded_lane_shows_no_sound() -> None:
    assert ROWS[1].sound is None
    assert ROWS[0].sound == Band(top=36, height=136)


@pytest.mark.parametrize(
    ("view", "has_wave", "has_spectrogram"),
    [(SoundView.WAVEFORM, True, False), (SoundView.SPECTROGRAM, False, True)],
)
def test_one_kind_of_picture_takes_all_of_the_room(
    view: SoundView, *, has_wave: bool, has_spectrogram: bool
) -> None:
    row = lane_rows([lane("a")], {}, view)[0]
    assert (row.wave is not None, row.spectrogram is not None) == (has_wave, has_spectrogram)
    assert row.sound == Band(top=36, height=136)


def test_a_comb_takes_its_room_from_the_sound_and_moves_no_other_lane() -> None:
    rows = lane_rows([lane("a"), lane("b")], {}, SoundView.BOTH, [LaneId("a")])
    assert rows[0].comb == Band(top=36, height=COMB_PX)
    assert rows[0].band == ROWS[0].band
    assert rows[1].band.top == ROWS[1].band.top


def test_heights_stay_within_bounds() -> None:
    assert clamped_height(10) == MIN_HEIGHT_PX
    assert clamped_height(9_999) == MAX_HEIGHT_PX
    tall = lane_rows([lane("a")], {LaneId("a"): 240}, SoundView.BOTH)[0]
    assert tall.band.height == 240


def test_the_content_ends_with_the_row_for_a_new_lane() -> None:
    assert content_height(()) == NEW_LANE_PX
    assert content_height(ROWS) == ROWS[2].band.bottom + GAP_PX + NEW_LANE_PX


def test_the_gap_belongs_to_the_lane_above() -> None:
    found = row_at(ROWS, ROWS[0].band.bottom + 1)
    assert found is not None
    assert found.lane_id == "a"
    assert row_at(ROWS, -1) is None


def test_the_nearest_lane_is_found_beyond_the_ends() -> None:
    assert nearest_index(ROWS, -50) == 0
    assert nearest_index(ROWS, 9_999) == 2
    assert nearest_index(ROWS, ROWS[1].band.top) == 1
    assert nearest_index((), 3) == 0


def test_lanes_between_two_heights_come_from_top_to_bottom() -> None:
    assert rows_between(ROWS, 9_999, ROWS[1].band.top) == ("b", "c")
    assert rows_between((), 0, 1) == ()
