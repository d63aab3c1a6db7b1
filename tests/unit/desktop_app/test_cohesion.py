"""What keeps pieces together, from a lane's settings to requests, recipes and costs."""

from dataclasses import replace

import pytest

from desktop_app.extension import plan_extension
from desktop_app.generation import GenerationPlan, is_stale, plan_island, plan_sections
from desktop_app.plan_work import INVERSION_STEPS
from desktop_app.project.edits import ChangeLaneSettings, KeepTake, SetTempo, TrimClip
from desktop_app.project.errors import EditError
from desktop_app.project.ids import ClipId, MediaId
from desktop_app.project.project import GenerationSettings, Project, SoundSource, SourceNoise
from desktop_app.time_change import change_of_time, plan_time_change
from engine.api import BaseResult, Cohesion
from engine.api import SourceNoise as EngineNoise
from engine.runtime.source.latents import INVERSION_PREDICTIONS
from tests.unit.desktop_app.builders import LANE, clip, done, project_with, span, with_settings
from tests.unit.desktop_app.controllers.jobs import take_of

BASE = BaseResult(latents_path="l", mel_path="m", audio_path="a", state_path="s")
PLAIN = GenerationSettings(num_steps=50)
COHERENT = replace(PLAIN, shared_noise=0.2, period_bars=1.5, reference_share=0.3)


def project_of(settings: GenerationSettings = COHERENT, end: float = 400) -> Project:
    return with_settings(project_with((clip("a", 0, end),)), settings)


def planned(project: Project) -> GenerationPlan:
    lane = project.lanes[0]
    return plan_island(project, lane, lane.clips)


def cohesion_of(plan: GenerationPlan) -> Cohesion:
    base = BASE if plan.recipe.based_on else None
    return plan.request(job_id="j", output_dir="/nowhere", base=base).cohesion


def with_take(project: Project) -> Project:
    return done(project, KeepTake(LANE, take_of(planned(project), "t")))


def test_by_default_nothing_keeps_a_piece_together() -> None:
    plan = planned(project_of(GenerationSettings(period_bars=4.0)))

    assert cohesion_of(plan) == Cohesion()
    assert plan.recipe.period_latent_frames is None


@pytest.mark.parametrize(
    ("bpm", "beats", "bars", "frames"),
    [(120.0, 4, 1.0, 50), (120.0, 4, 0.5, 25), (90.0, 3, 1.5, 75), (110.0, 4, 2.0, 109)],
)
def test_the_period_follows_tempo_and_metre(
    bpm: float, beats: int, bars: float, frames: int
) -> None:
    settings = replace(COHERENT, period_bars=bars)
    project = done(project_of(settings), SetTempo(bpm, beats))

    assert cohesion_of(planned(project)) == Cohesion(
        shared_noise=0.2, period_latent_frames=frames, reference_share=0.3
    )


def test_a_loop_holds_a_whole_number_of_periods() -> None:
    """Six bars at 115 are 313 frames, so the loop has 312: exactly six of 52."""
    project = done(project_of(replace(COHERENT, period_bars=1.0), end=312), SetTempo(115.0, 4))
    [piece] = project.lanes[0].clips
    looped = replace(project.lanes[0], clips=(replace(piece, is_loop=True),))
    five = replace(looped, clips=(replace(piece, is_loop=True, span=span(0, 248)),))

    assert plan_island(project, looped, looped.clips).recipe.period_latent_frames == 52
    assert plan_island(project, five, five.clips).recipe.period_latent_frames == 50


def test_what_is_made_of_a_take_repeats_as_it_does() -> None:
    """Also after tempo and settings have changed: the take's own noise repeats as before."""
    changed = GenerationSettings(shared_noise=0.9, period_bars=4.0)
    project = done(with_take(project_of()), ChangeLaneSettings(LANE, changed), SetTempo(60.0, 4))
    [lane] = project.lanes
    [take] = lane.takes
    made = Cohesion(shared_noise=0.2, period_latent_frames=75, reference_share=0.3)

    section = plan_sections(project, lane, take, [span(100, 150)])
    assert cohesion_of(section) == made
    longer = done(project, TrimClip(ClipId("a"), span(0, 500)))
    [lane] = longer.lanes
    assert cohesion_of(plan_extension(longer, lane, lane.clips, take, number=2)) == made
    cut = plan_time_change(project, change_of_time(project.lanes[0], span(100, 150), inserts=False))
    assert cut is not None
    assert cohesion_of(cut[0]) == made


def test_a_take_is_stale_if_something_else_would_repeat() -> None:
    project = with_take(project_of())
    [take] = project.lanes[0].takes

    def stale(changed: Project) -> bool:
        return is_stale(changed, changed.lanes[0], take)

    assert not stale(project)
    assert stale(done(project, SetTempo(90.0, 4)))
    for change in ({"shared_noise": 0.1}, {"period_bars": 1.0}, {"reference_share": 0.1}):
        assert stale(with_settings(project, replace(COHERENT, **change)))  # type: ignore[arg-type]  # by name


def test_what_changes_nothing_makes_no_take_stale() -> None:
    """The period where nothing repeats, and the beginning of a piece that is nothing else."""
    project = with_take(project_of(PLAIN, end=128))
    settings = replace(PLAIN, period_bars=4.0, reference_share=0.5)
    changed = done(with_settings(project, settings), SetTempo(90.0, 4))

    assert not is_stale(changed, changed.lanes[0], changed.lanes[0].takes[0])


def test_borrowing_costs_the_beginning_once_more() -> None:
    """15 of 50 steps, of which the first is free, over the 128 frames of the starter's window."""
    plain = planned(project_of(PLAIN)).work
    assert planned(project_of(COHERENT)).work - plain == 14 * 128
    large = replace(PLAIN, model="large")
    more = planned(project_of(replace(large, reference_share=0.3))).work
    assert more - planned(project_of(large)).work == 14 * 256


def test_a_single_window_and_parts_of_a_take_borrow_nothing() -> None:
    short = planned(project_of(COHERENT, end=128))
    assert short.work == planned(project_of(PLAIN, end=128)).work

    project = with_take(project_of())
    section = plan_sections(project, project.lanes[0], project.lanes[0].takes[0], [span(0, 50)])
    assert section.work == planned(project_of(PLAIN)).work


def test_the_noise_of_a_sound_reaches_the_engine_and_costs_a_run_over_it() -> None:
    plan = planned(project_of(PLAIN))
    drawn, found = (
        replace(
            plan,
            recipe=replace(
                plan.recipe,
                source=SoundSource(media=MediaId("a.wav"), strength=0.5, noise=noise),
            ),
        )
        for noise in SourceNoise
    )

    sources = [each.request(job_id="j", output_dir="/n").source for each in (drawn, found)]
    assert [source.noise for source in sources if source] == list(EngineNoise)
    assert found.work - drawn.work == 2 * drawn.work
    assert INVERSION_STEPS * 2 == INVERSION_PREDICTIONS, "guided steps ask the network twice"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shared_noise": 1.1}, "How much of the noise repeats must lie between 0 and 1"),
        ({"period_bars": 1.3}, "whole or half bars, but 1.3 are given"),
        ({"period_bars": 0.0}, "The period in bars must lie between 0.5 and 64"),
        ({"reference_share": 0.6}, "like the start must lie between 0 and 0.5"),
    ],
)
def test_impossible_settings_are_refused(change: dict[str, float], words: str) -> None:
    settings = replace(COHERENT, **change)  # type: ignore[arg-type]  # by name
    with pytest.raises(EditError, match=words):
        ChangeLaneSettings(LANE, settings).apply(project_of())
