"""Clips that begin between two latent frames, and what is said of their sound."""

from dataclasses import replace

from desktop_app.generation import is_stale, plan_sections
from desktop_app.project.time import Samples, Span
from tests.unit.desktop_app.test_generation import (
    FRAME,
    SECOND,
    clip,
    lane_with_sound,
    project_of,
    take_of,
)


def test_sound_with_a_section_made_again_is_up_to_date_although_its_clip_begins_off_the_grid() -> (
    None
):
    lane = lane_with_sound(clip(1_000, 10 * SECOND + 777))
    project = project_of(lane)
    section = Span(Samples(2 * SECOND), Samples(4 * SECOND))

    repaired = take_of(plan_sections(project, lane, lane.takes[0], [section]))

    assert not is_stale(project, lane, repaired)


def test_a_clip_moved_by_a_latent_frame_makes_its_sound_stale() -> None:
    lane = lane_with_sound(clip(1_000, 10 * SECOND))
    moved = replace(lane, clips=(clip(1_000 + FRAME, 10 * SECOND),))

    assert is_stale(project_of(moved), moved, lane.takes[0])
