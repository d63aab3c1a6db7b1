import pytest

from desktop_app.project.time import Samples
from desktop_app.views.timeline.follow import followed
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.values import FollowMode

SECOND = 48_000
SHOWN = TimelineGeometry(
    samples_per_px=4_800.0, scroll_px=500.0, width_px=1_000, content_end=Samples(600 * SECOND)
)


def go(mode: FollowMode, before_x: float, x: float) -> TimelineGeometry:
    return followed(SHOWN, mode, SHOWN.samples_at(before_x), SHOWN.samples_at(x))


def test_a_page_is_turned_when_the_playhead_leaves_the_view() -> None:
    turned = go(FollowMode.PAGE, 999, 1_001)
    assert turned.x_at(SHOWN.samples_at(1_001)) == pytest.approx(24)


def test_nothing_moves_while_the_playhead_is_in_view() -> None:
    assert go(FollowMode.PAGE, 400, 402) == SHOWN


def test_who_scrolled_away_is_left_alone() -> None:
    assert go(FollowMode.PAGE, 1_400, 1_402) == SHOWN
    assert go(FollowMode.CENTRE, 1_400, 1_402) == SHOWN


def test_seeking_out_of_view_goes_there() -> None:
    assert go(FollowMode.PAGE, 1_400, 3_000).x_at(SHOWN.samples_at(3_000)) == pytest.approx(24)
    assert go(FollowMode.PAGE, 400, -200).scroll_px < SHOWN.scroll_px


def test_the_playhead_can_stay_in_the_middle() -> None:
    centred = go(FollowMode.CENTRE, 700, 702)
    assert centred.x_at(SHOWN.samples_at(702)) == pytest.approx(500)


def test_following_can_be_off() -> None:
    assert go(FollowMode.OFF, 400, 3_000) == SHOWN
