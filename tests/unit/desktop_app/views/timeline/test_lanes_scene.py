"""The scene, and what is derived from it: takes in words, readings, the overview's columns."""

import math

import numpy as np
import pytest

from desktop_app.audio.peaks import Peaks
from desktop_app.project.ids import ClipId, LaneId, MarkerId, MediaId, TakeId
from desktop_app.project.project import (
    GenerationSettings,
    Lane,
    Marker,
    Project,
    Prompt,
    PromptClip,
    Recipe,
    SoundBlock,
    Take,
    TakeMedia,
)
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.hit_testing import Part
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.mix_columns import mix_columns
from desktop_app.views.timeline.reading import reading_at
from desktop_app.views.timeline.take_words import takes_text
from desktop_app.views.timeline.values import (
    Grid,
    JobState,
    LaneJob,
    SoundView,
    TakePicture,
    TimelineSelection,
)

SECOND = 48_000


def span(start: float, end: float) -> Span:
    return Span(Samples(round(start * SECOND)), Samples(round(end * SECOND)))


def take(name: str, start: float, end: float) -> Take:
    media = TakeMedia(
        audio=MediaId(""), mel=MediaId(""), latents=MediaId(""), state=MediaId(""),
        sample_rate=16_000,
    )  # fmt: skip
    recipe = Recipe(
        prompts=(), settings=GenerationSettings(), stream=0, noise_take=1, engine_version="0"
    )
    return Take(id=TakeId(name), number=1, span=span(start, end), media=media, recipe=recipe)


def block(name: str, start: float, end: float) -> SoundBlock:
    return SoundBlock(span=span(start, end), take_id=TakeId(name))


def lane(name: str = "a", **changes: object) -> Lane:
    values: dict[str, object] = {"id": LaneId(name), "name": name, "colour": "moss", "stream": 0}
    return Lane(**{**values, **changes})  # type: ignore[arg-type]


def clip(name: str, start: float, end: float) -> PromptClip:
    return PromptClip(id=ClipId(name), span=span(start, end), prompt=Prompt())


def scene_of(*lanes: Lane, markers: tuple[Marker, ...] = ()) -> LanesScene:
    scene = LanesScene()
    scene.show_project(Project(lanes=lanes, markers=markers))
    return scene


def picture(seconds: float = 10, amplitude: float = 0.5) -> TakePicture:
    samples = np.full(round(seconds * 16_000), amplitude, np.float32)
    return TakePicture(
        peaks=Peaks.of(samples, 16_000), levels=np.full((64, round(seconds * 100)), 255, np.uint8)
    )


def test_a_scene_without_clips_and_takes_is_empty() -> None:
    assert scene_of(lane()).is_empty
    assert not scene_of(lane(clips=(clip("c", 0, 1),))).is_empty
    assert not scene_of(lane(takes=(take("t", 0, 1),))).is_empty


def test_the_grid_step_follows_tempo_and_zoom() -> None:
    scene = scene_of(lane())
    scene.grid = Grid.BAR
    assert scene.grid_step == 4 * 24_000


def test_a_running_job_with_windows_has_a_comb_until_it_is_over() -> None:
    scene = scene_of(lane())
    job = LaneJob(job_id="j", span=span(0, 9), state=JobState.RUNNING, num_windows=5)
    scene.show_job(LaneId("a"), job)
    assert [row.comb is not None for row in scene.rows] == [True]
    scene.show_job(LaneId("a"), None)
    assert [row.comb for row in scene.rows] == [None]
    assert scene.jobs == {}


def test_waiting_jobs_have_no_comb() -> None:
    scene = scene_of(lane())
    scene.show_job(LaneId("a"), LaneJob(job_id="j", span=span(0, 9), num_windows=5))
    assert scene.rows[0].comb is None


def test_heights_can_be_changed_one_by_one_and_all_at_once() -> None:
    scene = scene_of(lane("a"), lane("b"))
    scene.set_height(LaneId("a"), 200)
    scene.change_heights(10)
    assert [row.band.height for row in scene.rows] == [210, 182]


def test_places_are_found_by_lane_and_by_point() -> None:
    scene = scene_of(lane("a"), lane("b"))
    scene.scroll_y = 176
    row = scene.row_of(LaneId("b"))
    assert row is not None
    assert row.index == 1
    assert scene.row_of(LaneId("x")) is None
    assert scene.hit(50, 10).lane_id == "b"
    assert scene.hit(50, 60).part is Part.SOUND


def test_positions_are_drawn_to_other_clips_markers_and_the_playhead() -> None:
    scene = scene_of(
        lane(clips=(clip("c", 1, 2), clip("d", 5, 6))),
        markers=(Marker(id=MarkerId("m"), position=Samples(7), name="M"),),
    )
    scene.playhead = Samples(99)
    snap = scene.snap(frozenset({ClipId("c")}))
    assert set(snap.targets) == {7, 99, 5 * SECOND, 6 * SECOND}


def test_a_lane_is_silenced_by_its_mute_or_by_the_solo_of_others() -> None:
    muted, solo, other = lane("a", is_muted=True), lane("b", is_soloed=True), lane("c")
    scene = scene_of(muted, solo, other)
    assert [scene.is_silenced(entry) for entry in (muted, solo, other)] == [True, False, True]
    assert not scene_of(other).is_silenced(other)


def test_sound_is_found_where_blocks_are() -> None:
    played = lane(sound=(block("t", 0, 5),))
    assert scene_of(played).has_sound(played, span(4, 9))
    assert not scene_of(played).has_sound(played, span(5, 9))


def test_stale_clips_and_blocks_with_sound_are_marked_once() -> None:
    played = lane(clips=(clip("c", 0, 5), clip("d", 50, 60)), sound=(block("t", 0, 20),))
    scene = scene_of(played)
    scene.stale = frozenset({ClipId("c"), ClipId("d"), TakeId("t")})
    assert scene.stale_spans(played) == [span(0, 5)]
    scene.stale = frozenset({TakeId("t")})
    assert scene.stale_spans(played) == [span(0, 20)]
    scene.show_job(LaneId("a"), LaneJob(job_id="j", span=span(0, 9)))
    assert scene.stale_spans(played) == []


def test_another_lane_can_be_focused() -> None:
    scene = scene_of(lane())
    scene.selection = TimelineSelection(clip_ids=frozenset({ClipId("c")}))
    assert scene.focus(LaneId("a")).focused_lane == "a"
    assert scene.focus(LaneId("a")).clip_ids == {"c"}


@pytest.mark.parametrize(
    ("names", "playing", "words"),
    [
        ((), (), "No takes"),
        (("t",), (), "1 take"),
        (("t", "u"), (), "2 takes"),
        (("t", "u"), ("u",), "Take 2 of 2"),
        (("t", "u"), ("t", "u"), "Comp of 2"),
        (("t",), ("gone",), "1 take"),
    ],
)
def test_the_takes_button_says_what_plays(
    names: tuple[str, ...], playing: tuple[str, ...], words: str
) -> None:
    takes = tuple(take(name, 0, 1) for name in names)
    sound = tuple(block(name, index, index + 1) for index, name in enumerate(playing))
    assert takes_text(lane(takes=takes, sound=sound)) == words


def reading_scene() -> LanesScene:
    scene = scene_of(lane(takes=(take("t", 0, 10),), sound=(block("t", 0, 10),)))
    scene.geometry = type(scene.geometry)(samples_per_px=4_800.0, content_end=Samples(SECOND * 10))
    scene.pictures = {TakeId("t"): picture()}
    return scene


def test_the_reading_names_time_frequency_note_and_level() -> None:
    words = reading_at(reading_scene(), 8 + 12.4, 171.0)
    assert words.startswith("0:01.240   ")
    assert words.endswith("−22 dB")
    assert "Hz" in words


def test_the_reading_of_the_waveform_is_the_time_alone() -> None:
    assert reading_at(reading_scene(), 18.0, 60.0) == "0:01.000"
    assert reading_at(reading_scene(), 18.0, 900.0) == "0:01.000"


def test_the_reading_has_no_level_where_nothing_is_known() -> None:
    scene = reading_scene()
    assert "dB" not in reading_at(scene, 8 + 500, 100.0)
    scene.pictures = {TakeId("t"): picture(0.5)}
    assert "dB" not in reading_at(scene, 8 + 50, 100.0)
    scene.pictures = {}
    assert "dB" not in reading_at(scene, 8 + 50, 100.0)


def test_the_mix_adds_the_energies_of_what_plays() -> None:
    one = lane("a", takes=(take("t", 0, 10),), sound=(block("t", 0, 10),))
    two = lane("b", takes=(take("u", 0, 10),), sound=(block("u", 0, 5),), gain_db=-20.0)
    pictures = {TakeId("t"): picture(), TakeId("u"): picture()}
    columns = mix_columns(Project(lanes=(one, two)), pictures, 20, Samples(20 * SECOND))
    assert columns.rms[2] == pytest.approx(0.5 * math.sqrt(1.01), rel=1e-3)
    assert columns.rms[7] == pytest.approx(0.5, rel=1e-3)
    assert columns.minimum[7] == -columns.maximum[7]
    assert np.isnan(columns.rms[12])


def test_the_mix_leaves_out_what_is_muted_silent_or_unknown() -> None:
    played = {"takes": (take("t", 0, 10),), "sound": (block("t", 0, 10),)}
    lanes = (
        lane("a", is_muted=True, **played),
        lane("b", gain_db=-60.0, **played),
        lane("c", takes=(), sound=(block("t", 0, 10),)),
        lane("d", takes=(take("t", 0, 10),), sound=(block("t", 15, 20),)),
    )
    columns = mix_columns(Project(lanes=lanes), {TakeId("t"): picture()}, 10, Samples(10 * SECOND))
    assert np.all(np.isnan(columns.rms))


def test_the_sound_view_is_part_of_the_layout() -> None:
    scene = scene_of(lane())
    scene.sound_view = SoundView.WAVEFORM
    scene.lay_out()
    assert scene.rows[0].spectrogram is None
