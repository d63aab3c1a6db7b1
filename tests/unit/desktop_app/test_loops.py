"""Whole bars for loops."""

import pytest

from desktop_app.generation import is_stale, plan_island, reason_not_to_generate
from desktop_app.loops import fits_a_loop, loop_fit
from desktop_app.project.edits.make_loop import MakeLoop
from desktop_app.project.edits.trim_clip import TrimClip
from desktop_app.project.errors import EditError
from desktop_app.project.ids import ClipId
from desktop_app.project.project import Project
from desktop_app.project.time import Samples, Span
from tests.unit.desktop_app.builders import (
    clip,
    clips_at,
    done,
    frames,
    project_with,
    span,
)
from tests.unit.desktop_app.controllers.jobs import take_of

A, B = ClipId("a"), ClipId("b")


@pytest.mark.parametrize(
    ("num_frames", "bpm", "words"),
    [
        (200, 120.0, "4 bars, 8.00 s exactly"),
        (190, 120.0, "4 bars, 8.00 s exactly"),
        (260, 92.0, "4 bars, 10.56 s, 125 ms longer"),
        (300, 110.0, "6 bars, 13.12 s, 29 ms longer"),
        (10, 120.0, "3 bars, 6.08 s, 80 ms longer"),
        (130, 20.0, "1 bar, 11.84 s, 160 ms shorter"),
    ],
)
def test_the_nearest_whole_bars_are_found_and_said(num_frames: int, bpm: float, words: str) -> None:
    fit = loop_fit(span(0, num_frames), bpm, 4, "starter")

    assert fit.words == words
    assert fit.length.num_latent_frames % 8 == 0
    assert fit.length.num_latent_frames >= 128


def test_larger_models_have_longer_loops() -> None:
    assert loop_fit(span(0, 10), 120.0, 4, "large").length.num_latent_frames >= 256


def looped(project: Project, num_frames: int = 160) -> Project:
    return done(project, MakeLoop(B, num_frames))


def two_clips() -> Project:
    return project_with((clip("a", 3.4, 80), clip("b", 70, 150), clip("c", 400, 500)))


def test_a_run_becomes_a_loop_of_the_given_length_on_the_grid() -> None:
    project = looped(two_clips())

    assert clips_at(project) == {"a": (3, 80), "b": (70, 163), "c": (400, 500)}
    assert [each.is_loop for each in project.lanes[0].clips] == [True, True, False]
    plan = plan_island(project, project.lanes[0], project.lanes[0].clips[:2])
    request = plan.request(job_id="j", output_dir="/nowhere")
    assert (request.is_loop, request.num_latent_frames) == (True, 160)
    again = done(project, MakeLoop(A, None))
    assert not any(each.is_loop for each in again.lanes[0].clips)
    assert clips_at(again) == clips_at(project)


def test_a_loop_needs_room() -> None:
    with pytest.raises(EditError, match="reach the next clip"):
        looped(two_clips(), 400)
    with pytest.raises(EditError, match="nothing of the last clip"):
        looped(two_clips(), 64)


def test_a_loop_that_was_dragged_out_of_shape_is_not_generated() -> None:
    project = looped(two_clips())
    assert reason_not_to_generate(project, project.lanes[0]) is None
    assert fits_a_loop(span(3, 163))
    assert not fits_a_loop(Span(frames(3), Samples(frames(163) + 1)))

    bent = done(looped(project_with((clip("b", 0, 100),))), TrimClip(B, span(0, 161)))
    reason = reason_not_to_generate(bent, bent.lanes[0])
    assert reason is not None
    assert "multiple of 0.32 s" in reason


def test_a_take_is_stale_when_its_run_is_made_a_loop() -> None:
    project = project_with((clip("b", 0, 160),))
    lane = project.lanes[0]
    take = take_of(plan_island(project, lane, lane.clips), "t")
    after = looped(project)

    assert not is_stale(project, lane, take)
    assert is_stale(after, after.lanes[0], take)
