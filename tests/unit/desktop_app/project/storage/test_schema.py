import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.project.edits import (
    AddMarker,
    ChangeClips,
    ChangeEverywhere,
    ChangeLane,
    ChangeLaneSettings,
    KeepTake,
    SetLoop,
    SetTempo,
    UseTake,
)
from desktop_app.project.ids import ClipId, MarkerId, MediaId, TakeId
from desktop_app.project.project import (
    GenerationSettings,
    Project,
    Prompt,
    SoundAnchor,
    SoundSource,
    SourceNoise,
    TransitionKind,
)
from desktop_app.project.storage.schema import (
    FORMAT_VERSION,
    SchemaError,
    content_hash,
    data_from_project,
    project_from_data,
)
from desktop_app.project.storage.upgrades import STEPS, upgraded
from desktop_app.project.time import Samples, Span
from tests.unit.desktop_app.builders import LANE, clip, done, frames, project_with, span, take


def full_project() -> Project:
    """A project in which nothing has its default value."""
    based = take("b", 2, 10, 20)
    recipe = replace(
        based.recipe, based_on=TakeId("a"), sections=(span(12, 14),), section_strength=0.5
    )
    named = frozenset([ClipId("a")])
    return done(
        project_with((clip("a", 0, 10, "rain, 雨 🌧"), clip("b", 8, 30)), ()),
        KeepTake(LANE, take("a", 1, 0, 30)),
        KeepTake(LANE, replace(based, recipe=recipe, name="Best", is_favourite=True)),
        UseTake(LANE, TakeId("a"), span(11, 12)),
        ChangeClips(named, leave_out="wind", weight=2.0, transition=TransitionKind.MORPH),
        ChangeClips(named, transition_duration=frames(3), uses_everywhere=False),
        AddMarker(MarkerId("m"), Samples(7)),
        AddMarker(MarkerId("n"), Samples(8)),
        SetLoop(span(1, 2)),
        SetTempo(93.25, 3),
        ChangeEverywhere(Prompt(text="hall", leave_out="hiss")),
    )


def written_and_read(project: Project) -> Project:
    return project_from_data(json.loads(json.dumps(data_from_project(project))))


def test_a_project_survives_writing_and_reading() -> None:
    assert written_and_read(full_project()) == full_project()
    assert written_and_read(Project()) == Project()


@settings(deadline=None, max_examples=50)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_any_text_survives(text: str) -> None:
    project = project_with((clip("a", 0, 9, text),))

    assert written_and_read(project) == project


def test_equal_projects_have_equal_hashes_and_others_do_not() -> None:
    project = full_project()

    assert content_hash(project) == content_hash(written_and_read(project))
    assert content_hash(project) != content_hash(replace(project, tempo_bpm=94.0))
    assert content_hash(replace(project, tempo_bpm=94)) == content_hash(
        replace(project, tempo_bpm=94.0)
    )


def test_numbers_of_numpy_are_written_as_plain_ones() -> None:
    start, end = np.int64(0), np.int64(48_000)
    project = replace(Project(), loop=Span(start, end), tempo_bpm=np.float32(90))  # type: ignore[arg-type]  # what a careless caller passes

    assert written_and_read(project).loop == Span(Samples(0), Samples(48_000))


def test_missing_fields_take_their_defaults_and_unknown_ones_are_ignored() -> None:
    data = data_from_project(full_project())
    del data["tempo_bpm"]
    data["from_the_future"] = [1]

    assert project_from_data(data) == replace(full_project(), tempo_bpm=120.0)


Change = Callable[[dict[str, Any]], object]


def put(key: str, value: object) -> Change:
    """Set a value at a path such as "lanes.0.name"."""
    *way, last = key.split(".")

    def change(data: dict[str, Any]) -> None:
        place: Any = data
        for step in way:
            place = place[int(step)] if step.isdigit() else place[step]
        place[int(last) if last.isdigit() else last] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("lanes", None), "lanes is not a list"),
        (put("lanes", {}), "lanes is not a list"),
        (put("lanes.0", []), r"lanes\[0\] is not a group"),
        (put("lanes.0.name", 7), r"lanes\[0\].name is not text"),
        (put("lanes.0.name", "a" * 100_001), "too long"),
        (put("lanes.0.name", "a" * 256), "256 characters"),
        (put("lanes.0.name", "\ud800"), "half a character"),
        (put("lanes.0.colour", "beige"), "no lane colour"),
        (put("lanes.0.is_muted", 1), "is not true or false"),
        (put("lanes.0.pan", "0"), "is not a number"),
        (put("lanes.0.pan", True), "is not a number"),
        (put("lanes.0.pan", float("nan")), "not a finite number"),
        (put("lanes.0.pan", float("inf")), "not a finite number"),
        (put("lanes.0.pan", 10**400), "not a finite number"),
        (put("lanes.0.pan", 2), "pan must lie"),
        (put("lanes.0.stream", 99), "never given out"),
        (put("lanes.0.stream", -1), "never given out"),
        (put("lanes.0.stream", 2**63), "too large"),
        (put("lanes.0.stream", 1.0), "not a whole number"),
        (put("lanes.0.settings.sampler", "euler"), "no sampler"),
        (put("lanes.0.next_take_number", 1), "not numbered in order"),
        (put("lanes.0.next_take_number", 0), "not numbered from 1"),
        (put("lanes.0.takes.0.number", -3), "not numbered from 1"),
        (put("lanes.0.settings.num_steps", 1_000), "number of steps"),
        (put("lanes.0.settings.stride_latent_frames", 256), "distance of the windows"),
        (put("lanes.1.id", "lane0"), "Two lanes have the same name"),
        (put("lanes.0.clips.0.id", "b"), "Two clips have the same name"),
        (put("lanes.0.takes.0.id", "b"), "Two takes have the same name"),
        (put("lanes.0.id", "../x"), r"lanes\[0\].id is not a valid name"),
        (put("lanes.0.id", ""), "not a valid name"),
        (put("lanes.0.clips.0.span.start", -1), "0 <= start < end"),
        (put("lanes.0.clips.0.span.end", 2**62), "0 <= start < end"),
        (put("lanes.0.clips.1.span.end", 17_280), "inside another clip"),
        (put("lanes.0.clips.0.transition", "wipe"), "none of auto, morph, blend, cut"),
        (put("lanes.0.sound.0.take_id", "x"), "a take that it does not have"),
        (put("lanes.0.sound.0.span.end", 10**9), "overlaps itself|does not have"),
        (put("lanes.0.takes.0.media.audio", "../../etc/passwd"), "audio is not a valid name"),
        (put("lanes.0.takes.0.media.audio", "/etc/passwd"), "audio is not a valid name"),
        (put("lanes.0.takes.0.media.audio", "a" * 64), "audio is not a valid name"),
        (put("lanes.0.takes.0.media.audio", "a" * 64 + ".wav\n"), "not a valid name"),
        (put("markers.0.position", -1), "marker's position"),
        (put("markers.0.position", 10**6), "not in order of time"),
        (put("tempo_bpm", 0), "tempo"),
        (put("beats_per_bar", 10**6), "beats in a bar"),
        (put("name", "a\nb"), "line break"),
        (lambda data: data["lanes"][0].pop("id"), r"lanes\[0\] has no id"),
        (lambda data: data["lanes"].extend(data["lanes"] * 200), "lanes"),
    ],
)
def test_data_that_are_no_project_are_refused_with_the_place(change: Change, message: str) -> None:
    data = data_from_project(full_project())
    change(data)

    with pytest.raises(SchemaError, match=message):
        project_from_data(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None, max_examples=50)
@given(data=JSON, key=st.sampled_from(["lanes", "lanes.0", "lanes.0.takes.0", "markers.0.name"]))
def test_arbitrary_data_never_raise_anything_else(data: object, key: str) -> None:
    everything = data_from_project(full_project())
    put(key, data)(everything)

    for tried in (data, everything):
        try:
            project_from_data(tried)
        except SchemaError:
            continue


def test_absurdly_long_lists_are_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.project.storage.schema.MAX_LIST_ITEMS", 1)

    with pytest.raises(SchemaError, match="lanes has 2 items; at most 1 are read"):
        project_from_data(data_from_project(full_project()))


def test_there_is_a_step_from_every_released_version() -> None:
    assert sorted(STEPS) == list(range(1, FORMAT_VERSION))


def test_steps_are_taken_in_order() -> None:
    def step(name: str) -> Callable[[dict[str, object]], dict[str, object]]:
        return lambda data: {**data, "said": f"{data.get('said', '')}{name}"}

    steps = {1: step("a"), 2: step("b"), 3: step("c")}

    assert upgraded({}, 2, 4, steps) == {"said": "bc"}
    assert upgraded({"x": 1}, 4, 4, steps) == {"x": 1}


def test_a_file_of_the_first_version_is_read_with_defaults_for_what_is_new() -> None:
    data = data_from_project(full_project())

    def without(value: object) -> object:
        if isinstance(value, dict):
            new = {"score", "num_candidates", "is_loop", "source", "anchors", "anchor_strength"}
            new |= {"shared_noise", "period_bars", "reference_share", "period_latent_frames"}
            new |= {"guidance_curve", "weight_curve"}
            return {name: without(item) for name, item in value.items() if name not in new}
        return [without(item) for item in value] if isinstance(value, list) else value

    file = upgraded({"version": 1, "project": without(data)}, 1, FORMAT_VERSION)

    assert file["version"] == FORMAT_VERSION
    assert project_from_data(file["project"]) == full_project()


def test_loops_sounds_and_scores_survive() -> None:
    project = full_project()
    media = project.lanes[0].takes[0].media.audio
    anchor = SoundAnchor(media=media, name="Rain", start=frames(1), duration=frames(2), weight=0.5)
    source = SoundSource(media=media, name="a.wav", start=Samples(-7), strength=0.25)
    source = replace(source, noise=SourceNoise.INVERSION)
    project = done(
        project,
        ChangeClips(
            frozenset([ClipId("a")]), source=source, anchors=(anchor,), anchor_strength=0.75
        ),
        ChangeLane(LANE, num_candidates=3),
        ChangeLaneSettings(
            LANE, GenerationSettings(shared_noise=0.1, period_bars=2.5, reference_share=0.3)
        ),
    )
    lane = project.lanes[0]
    recipe = replace(lane.takes[0].recipe, source=source, is_loop=True, period_latent_frames=50)
    looped = replace(lane.takes[0], recipe=recipe, score=-0.125)
    clips = (replace(lane.clips[0], is_loop=True), *lane.clips[1:])
    lane = replace(lane, takes=(looped, *lane.takes[1:]), clips=clips)
    project = replace(project, lanes=(lane, *project.lanes[1:]))

    assert written_and_read(project) == project
    assert written_and_read(project) != full_project()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("source", SoundSource(media=MediaId("a" * 64 + ".wav"), strength=1.5)),
        ("anchor_strength", -0.1),
        (
            "anchors",
            (SoundAnchor(media=MediaId("a" * 64 + ".wav"), start=frames(0), duration=frames(1)),)
            * 17,
        ),
        (
            "anchors",
            (SoundAnchor(media=MediaId("a" * 64 + ".wav"), start=frames(0), duration=frames(0)),),
        ),
    ],
)
def test_sounds_out_of_range_are_refused(name: str, value: object) -> None:
    project = full_project()
    lane = project.lanes[0]
    bent = replace(lane.clips[0], **{name: value})  # type: ignore[arg-type] # by name
    lane = replace(lane, clips=(bent, *lane.clips[1:]))

    with pytest.raises(SchemaError):
        written_and_read(replace(project, lanes=(lane, *project.lanes[1:])))
