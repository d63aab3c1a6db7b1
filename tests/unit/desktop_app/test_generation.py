from dataclasses import fields, replace
from pathlib import Path

import pytest

from desktop_app.generation import (
    GenerationPlan,
    base_of_take,
    combined_prompt,
    is_stale,
    media_from_result,
    needs_generation,
    plan_island,
    plan_sections,
    plans_for_lane,
    reason_not_to_generate,
    take_from_result,
)
from desktop_app.project.ids import ClipId, LaneId, MediaId, TakeId
from desktop_app.project.lookup import islands
from desktop_app.project.project import (
    CurvePoint,
    GenerationSettings,
    Lane,
    Project,
    Prompt,
    PromptClip,
    PromptSpan,
    Recipe,
    SoundAnchor,
    SoundBlock,
    SoundSource,
    Take,
    TakeMedia,
    TransitionKind,
)
from desktop_app.project.time import Samples, Span
from engine.api import EngineError, GenerateRequest, Sampler
from tests.support.engine import finished

SECOND = 48_000
FRAME = 1_920


def clip(start: int, end: int, text: str = "rain", name: str = "") -> PromptClip:
    return PromptClip(
        id=ClipId(name or f"{text}@{start}"),
        span=Span(Samples(start), Samples(end)),
        prompt=Prompt(text=text),
    )


def lane_of(*clips: PromptClip) -> Lane:
    return Lane(id=LaneId("l"), name="Rain", colour="sky", stream=3, clips=clips)


def project_of(lane: Lane, everywhere: str = "") -> Project:
    return Project(lanes=(lane,), everywhere=Prompt(text=everywhere))


def request_of(plan: GenerationPlan) -> GenerateRequest:
    return plan.request(job_id="j", output_dir="/out")


def plan_of(*clips: PromptClip) -> GenerationPlan:
    lane = lane_of(*clips)
    return plan_island(project_of(lane), lane, clips)


def take_of(plan: GenerationPlan) -> Take:
    media = TakeMedia(
        audio=MediaId("a.wav"),
        mel=MediaId("m.npy"),
        latents=MediaId("l.npy"),
        state=MediaId("s.npz"),
        sample_rate=16_000,
    )
    return take_from_result(plan, finished("j").result, media, take_id=TakeId("t"))


def lane_with_sound(*clips: PromptClip) -> Lane:
    """A lane whose first run of clips has just been generated."""
    lane = lane_of(*clips)
    take = take_of(plan_island(project_of(lane), lane, islands(lane)[0]))
    return replace(
        lane,
        takes=(take,),
        sound=(SoundBlock(span=take.span, take_id=take.id),),
        next_take_number=2,
    )


def test_a_clip_becomes_a_region_on_the_latent_grid() -> None:
    (region,) = request_of(plan_of(clip(4 * FRAME, 14 * FRAME))).regions

    assert region.start_latent_frame == 4
    assert region.num_latent_frames == 10
    assert region.prompt == "rain"


def test_ends_off_the_grid_go_outwards_and_inner_borders_to_the_nearest_frame() -> None:
    border = 10 * FRAME + 1_000
    plan = plan_of(clip(100, border, "rain"), clip(border, 20 * FRAME + 1, "wind"))

    first, second = request_of(plan).regions

    assert (first.start_latent_frame, first.end_latent_frame) == (0, 11)
    assert (second.start_latent_frame, second.end_latent_frame) == (11, 21)
    assert plan.span == Span(Samples(0), Samples(20 * FRAME + 1))


def test_a_clip_shorter_than_a_frame_still_has_one() -> None:
    plan = plan_of(
        clip(0, 10 * FRAME),
        clip(10 * FRAME, 10 * FRAME + 50, "click"),
        clip(10 * FRAME + 50, SECOND),
    )

    assert [region.num_latent_frames for region in request_of(plan).regions] == [10, 1, 15]


def test_the_everywhere_prompt_is_added_to_clips_that_use_it() -> None:
    everywhere = Prompt(text="in a cave ", leave_out="music")
    own = replace(clip(0, SECOND), prompt=Prompt(text="rain", leave_out="wind"))

    assert combined_prompt(own, everywhere) == Prompt(
        text="rain, in a cave", leave_out="wind, music"
    )
    assert combined_prompt(replace(own, uses_everywhere=False), everywhere) == own.prompt
    assert combined_prompt(clip(0, SECOND, " "), everywhere).text == "in a cave"


CHANGED_PROMPTS: dict[str, object] = {
    "span": Span(Samples(0), Samples(2 * SECOND)),
    "prompt": Prompt(text="snow"),
    "guidance_scale": 5.5,
    "weight": 2.0,
    "transition": TransitionKind.MORPH,
    "transition_duration": Samples(9_600),
    "anchors": (SoundAnchor(media=MediaId("a.wav"), start=Samples(0), duration=Samples(9_600)),),
    "anchor_strength": 0.9,
    "guidance_curve": (CurvePoint(Samples(0), 3.0),),
    "weight_curve": (CurvePoint(Samples(0), 0.5),),
}
CHANGED_SETTINGS: dict[str, object] = {
    "model": "other",
    "sampler": "dpm-solver++2m",
    "num_steps": 7,
    "stride_latent_frames": 64,
    "seed": 99,
    "shared_noise": 0.1,
    "reference_share": 0.2,
}
CHANGED_RECIPE: dict[str, object] = {
    "prompts": (),
    "settings": GenerationSettings(seed=5),
    "stream": 8,
    "noise_take": 8,
    "sections": (Span(Samples(0), Samples(SECOND)),),
    "is_loop": True,
    "source": SoundSource(media=MediaId("a.wav")),
    "period_latent_frames": 50,
}
NOT_FOR_THE_ENGINE = {"engine_version", "based_on", "section_strength", "kept"}
"""The version is the engine's own; the others go with the base's files or the sections."""


def test_no_field_of_prompts_settings_and_recipe_was_forgotten() -> None:
    assert CHANGED_PROMPTS.keys() == {field.name for field in fields(PromptSpan)}
    settings = {field.name for field in fields(GenerationSettings)}
    assert settings - CHANGED_SETTINGS.keys() == {"period_bars"}, "becomes the recipe's period"
    assert CHANGED_RECIPE.keys() | NOT_FOR_THE_ENGINE == {field.name for field in fields(Recipe)}


@pytest.mark.parametrize("name", CHANGED_PROMPTS)
def test_every_field_of_a_prompt_reaches_the_engine(name: str) -> None:
    plan = plan_of(clip(0, SECOND))
    (prompt,) = plan.recipe.prompts
    changed = replace(prompt, **{name: CHANGED_PROMPTS[name]})  # type: ignore[arg-type]  # by name

    other = replace(plan, recipe=replace(plan.recipe, prompts=(changed,)))

    assert request_of(other).regions != request_of(plan).regions


@pytest.mark.parametrize("part", ["text", "leave_out"])
def test_both_parts_of_the_words_reach_the_engine(part: str) -> None:
    plan = plan_of(clip(0, SECOND))
    (prompt,) = plan.recipe.prompts
    words = replace(prompt.prompt, **{part: "something else"})

    other = replace(plan, recipe=replace(plan.recipe, prompts=(replace(prompt, prompt=words),)))

    assert request_of(other).regions != request_of(plan).regions


@pytest.mark.parametrize("name", CHANGED_SETTINGS)
def test_every_setting_reaches_the_engine(name: str) -> None:
    plan = plan_of(clip(0, SECOND))
    settings = replace(plan.recipe.settings, **{name: CHANGED_SETTINGS[name]})  # type: ignore[arg-type]  # by name

    other = replace(plan, recipe=replace(plan.recipe, settings=settings))

    assert request_of(other) != request_of(plan)


@pytest.mark.parametrize("name", sorted(CHANGED_RECIPE.keys() - {"prompts"}))
def test_every_field_of_a_recipe_reaches_the_engine(name: str) -> None:
    plan = plan_of(clip(0, SECOND))
    recipe = replace(plan.recipe, **{name: CHANGED_RECIPE[name]})  # type: ignore[arg-type]  # by name

    assert request_of(replace(plan, recipe=recipe)) != request_of(plan)


def test_the_request_names_the_sampler_and_refuses_an_unknown_one() -> None:
    plan = plan_of(clip(0, SECOND))
    assert request_of(plan).sampling.sampler is Sampler.DDIM

    wrong = replace(plan.recipe, settings=GenerationSettings(sampler="euler"))

    with pytest.raises(EngineError, match=r"no sampler “euler”.*ddim"):
        request_of(replace(plan, recipe=wrong))


def test_each_island_of_a_lane_is_a_take_with_a_number_of_its_own() -> None:
    lane = lane_of(clip(0, SECOND), clip(SECOND, 2 * SECOND), clip(5 * SECOND, 6 * SECOND))

    plans = plans_for_lane(project_of(lane), lane)

    assert [plan.number for plan in plans] == [1, 2]
    assert [plan.recipe.noise_take for plan in plans] == [1, 2]
    assert [len(plan.recipe.prompts) for plan in plans] == [2, 1]
    assert plans[1].span == Span(Samples(5 * SECOND), Samples(6 * SECOND))


def test_a_take_keeps_the_recipe_and_the_version_of_the_engine() -> None:
    plan = plan_of(clip(0, SECOND))

    take = take_of(plan)

    assert take.recipe == replace(plan.recipe, engine_version="0")
    assert (take.number, take.span) == (plan.number, plan.span)


def test_the_files_of_a_result_go_to_the_store_and_come_back_as_a_base() -> None:
    media = media_from_result(
        finished("j").result, lambda path, suffix: MediaId(f"{path.stem}-stored{suffix}")
    )
    take = replace(take_of(plan_of(clip(0, SECOND))), media=media)

    base = base_of_take(take, lambda name: Path("/media") / name)

    assert base.audio_path == "/media/audio-stored.wav"
    assert base.mel_path == "/media/mel-stored.npy"
    assert base.latents_path == "/media/latents-stored.npy"
    assert base.state_path == "/media/state-stored.npz"
    assert media.sample_rate == 16_000


def test_a_fresh_take_is_not_stale() -> None:
    lane = lane_with_sound(clip(100, 3 * SECOND), clip(3 * SECOND, 5 * SECOND, "wind"))

    assert not is_stale(project_of(lane), lane, lane.takes[0])
    assert not needs_generation(project_of(lane), lane, islands(lane)[0])
    assert plans_for_lane(project_of(lane), lane, only_needed=True) == ()


def test_other_words_make_a_take_stale() -> None:
    lane = lane_with_sound(clip(0, 3 * SECOND))
    changed = replace(lane, clips=(clip(0, 3 * SECOND, "snow"),))

    assert is_stale(project_of(changed), changed, lane.takes[0])
    assert len(plans_for_lane(project_of(changed), changed, only_needed=True)) == 1


def test_the_everywhere_prompt_and_the_settings_make_a_take_stale() -> None:
    lane = lane_with_sound(clip(0, 3 * SECOND))
    slower = replace(lane, settings=GenerationSettings(num_steps=77))

    assert is_stale(project_of(lane, everywhere="in a cave"), lane, lane.takes[0])
    assert is_stale(project_of(slower), slower, lane.takes[0])


def test_splitting_a_clip_makes_nothing_stale() -> None:
    lane = lane_with_sound(clip(0, 3 * SECOND))
    split = replace(lane, clips=(clip(0, SECOND), clip(SECOND, 3 * SECOND)))

    assert not is_stale(project_of(split), split, lane.takes[0])


def test_a_clip_that_grew_beyond_its_sound_needs_generation() -> None:
    lane = lane_with_sound(clip(0, 3 * SECOND))
    grown = replace(lane, clips=(clip(0, 4 * SECOND),))

    assert needs_generation(project_of(grown), grown, islands(grown)[0])


def test_a_hole_in_the_sound_needs_generation() -> None:
    lane = lane_with_sound(clip(0, 3 * SECOND))
    block = lane.sound[0]
    late = replace(lane, sound=(replace(block, span=Span(Samples(SECOND), block.span.end)),))
    early = replace(lane, sound=(replace(block, span=Span(Samples(0), Samples(SECOND))),))
    silent = replace(lane, sound=())

    for holed in (late, early, silent):
        assert needs_generation(project_of(holed), holed, islands(holed)[0])


def test_sound_of_another_island_does_not_count() -> None:
    lane = lane_with_sound(clip(0, SECOND), clip(5 * SECOND, 6 * SECOND))

    (plan,) = plans_for_lane(project_of(lane), lane, only_needed=True)

    assert plan.span.start == 5 * SECOND
    assert plan.number == 2


def test_a_section_is_made_again_within_its_take() -> None:
    lane = lane_with_sound(clip(0, 4 * SECOND))
    selected = [Span(Samples(SECOND + 5), Samples(9 * SECOND))]

    plan = plan_sections(project_of(lane), lane, lane.takes[0], selected, strength=0.5)
    request = request_of(plan)

    assert plan.span == lane.takes[0].span
    assert plan.recipe.based_on == TakeId("t")
    assert request.first_latent_frame == 0
    assert request.num_latent_frames == 100
    (section,) = request.sections
    assert (section.start_latent_frame, section.num_latent_frames) == (25, 75)
    assert (section.take, section.strength, section.feather_latent_frames) == (2, 0.5, 25)


def test_a_section_uses_the_words_that_lie_there_now() -> None:
    lane = lane_with_sound(clip(10, 4 * SECOND))
    changed = replace(lane, clips=(clip(10, 2 * SECOND), clip(2 * SECOND, 9 * SECOND, "snow")))

    plan = plan_sections(
        project_of(changed), changed, lane.takes[0], [Span(Samples(0), Samples(SECOND))]
    )

    assert [prompt.prompt.text for prompt in plan.recipe.prompts] == ["rain", "snow"]
    assert plan.recipe.prompts[0].span.start == 0
    assert plan.recipe.prompts[-1].span.end == lane.takes[0].span.end


@pytest.mark.parametrize(
    "clips",
    [
        (),
        (clip(0, SECOND),),
        (clip(2 * SECOND, 4 * SECOND),),
        (clip(0, SECOND), clip(96_001, 4 * SECOND)),
    ],
)
def test_a_section_of_a_take_whose_clips_are_gone_uses_its_own_words(
    clips: tuple[PromptClip, ...],
) -> None:
    lane = lane_with_sound(clip(0, 4 * SECOND, "snow"))
    changed = replace(lane, clips=clips)

    plan = plan_sections(
        project_of(changed), changed, lane.takes[0], [Span(Samples(0), Samples(SECOND))]
    )

    assert plan.recipe.prompts == lane.takes[0].recipe.prompts


def test_a_section_outside_the_take_is_refused() -> None:
    lane = lane_with_sound(clip(0, SECOND))

    with pytest.raises(EngineError, match="does not meet take 1"):
        plan_sections(
            project_of(lane), lane, lane.takes[0], [Span(Samples(2 * SECOND), Samples(3 * SECOND))]
        )


def test_the_reason_against_generating_is_named() -> None:
    empty, wordless, fine = lane_of(), lane_of(clip(0, SECOND, " ")), lane_of(clip(0, SECOND))

    assert "has no clips" in (reason_not_to_generate(project_of(empty), empty) or "")
    assert "Clip 1" in (reason_not_to_generate(project_of(wordless), wordless) or "")
    assert reason_not_to_generate(project_of(wordless, everywhere="rain"), wordless) is None
    assert reason_not_to_generate(project_of(fine), fine) is None
