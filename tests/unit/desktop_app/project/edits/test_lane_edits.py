from dataclasses import replace

import pytest

from desktop_app.project.checks import MAX_LANES
from desktop_app.project.edits import (
    AddLane,
    ChangeLane,
    ChangeLaneSettings,
    Edit,
    EditError,
    MoveLane,
    RemoveLane,
)
from desktop_app.project.ids import LaneId
from desktop_app.project.project import LANE_COLOURS, GenerationSettings, Project
from tests.unit.desktop_app.builders import LANE, clip, done, project_with

OTHER = LaneId("lane1")


def names(project: Project) -> list[str]:
    return [str(lane.id) for lane in project.lanes]


def add(name: str) -> AddLane:
    return AddLane(LaneId(name))


def test_a_new_lane_goes_below_the_others_with_the_first_free_name() -> None:
    project = done(project_with((), ()), add("x"))

    assert names(project) == ["lane0", "lane1", "x"]
    assert project.lanes[2].name == "Lane 3"


def test_a_new_lane_skips_names_that_are_taken() -> None:
    project = done(project_with(()), ChangeLane(LANE, name="Lane 2"), add("x"))

    assert project.lanes[1].name == "Lane 3"


def test_a_new_lane_can_have_a_place_a_name_a_colour_and_settings() -> None:
    settings = GenerationSettings(num_steps=7)
    edit = AddLane(LaneId("x"), name="Rain", colour="moss", index=0, settings=settings)

    lane = edit.apply(project_with((), ())).lanes[0]

    assert (lane.id, lane.name, lane.colour, lane.settings) == ("x", "Rain", "moss", settings)


def test_new_lanes_take_the_colours_in_turn() -> None:
    project = done(Project(), *(add(f"x{n}") for n in range(len(LANE_COLOURS) + 1)))

    assert [lane.colour for lane in project.lanes] == [*LANE_COLOURS, LANE_COLOURS[0]]


def test_a_noise_stream_is_never_given_out_twice() -> None:
    project = done(Project(), add("a"), add("b"), RemoveLane(LaneId("b")), add("c"))

    assert [lane.stream for lane in project.lanes] == [0, 2]


def test_a_lane_is_removed_with_everything_on_it() -> None:
    project = RemoveLane(LANE).apply(project_with((clip("a", 0, 9),), ()))

    assert names(project) == ["lane1"]


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (0, ["lane0", "lane1", "lane2"]),
        (1, ["lane1", "lane0", "lane2"]),
        (2, ["lane1", "lane2", "lane0"]),
    ],
)
def test_a_lane_moves_to_the_place_it_has_afterwards(index: int, expected: list[str]) -> None:
    assert names(MoveLane(LANE, index).apply(project_with((), (), ()))) == expected


def test_only_the_given_values_of_a_lane_change() -> None:
    before = project_with((clip("a", 0, 9),), ())

    after = ChangeLane(LANE, gain_db=-6.0, is_muted=True).apply(before)

    assert after.lanes[0] == replace(before.lanes[0], gain_db=-6.0, is_muted=True)
    assert after.lanes[1] is before.lanes[1]


def test_settings_change_on_one_lane() -> None:
    settings = GenerationSettings(sampler="dpm-solver++2m", num_steps=12, seed=2**63 - 1)

    after = ChangeLaneSettings(OTHER, settings).apply(project_with((), ()))

    assert [lane.settings for lane in after.lanes] == [GenerationSettings(), settings]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (add("lane0"), "already has a lane"),
        (AddLane(LaneId("x"), index=3), "no place 3"),
        (AddLane(LaneId("x"), index=-1), "no place -1"),
        (AddLane(LaneId("x"), colour="beige"), "“beige” is no lane colour"),
        (AddLane(LaneId("x"), name="a" * 256), "256 characters"),
        (AddLane(LaneId("x"), name="a\nb"), "line break"),
        (AddLane(LaneId("x"), settings=GenerationSettings(num_steps=0)), "number of steps"),
        (RemoveLane(LaneId("x")), "no lane “x”"),
        (MoveLane(LaneId("x"), 0), "no lane “x”"),
        (MoveLane(LANE, 2), "no place 2"),
        (ChangeLane(LaneId("x"), pan=0.0), "no lane “x”"),
        (ChangeLane(LANE, pan=1.01), "pan must lie between -1 and 1"),
        (ChangeLane(LANE, pan=float("nan")), "pan"),
        (ChangeLane(LANE, gain_db=12.5), "level in dB"),
        (ChangeLaneSettings(LaneId("x"), GenerationSettings()), "no lane “x”"),
        (ChangeLaneSettings(LANE, GenerationSettings(model="")), "no model"),
        (ChangeLaneSettings(LANE, GenerationSettings(sampler="euler")), "“euler” is no sampler"),
        (ChangeLaneSettings(LANE, GenerationSettings(num_steps=1001)), "number of steps"),
        (ChangeLaneSettings(LANE, GenerationSettings(stride_latent_frames=0)), "distance"),
        (ChangeLaneSettings(LANE, GenerationSettings(stride_latent_frames=100)), "multiple of 8"),
        (ChangeLaneSettings(LANE, GenerationSettings(seed=-1)), "seed"),
        (ChangeLaneSettings(LANE, GenerationSettings(seed=2**63)), "seed"),
    ],
)
def test_impossible_edits_of_lanes_say_why(edit: Edit, message: str) -> None:
    with pytest.raises(EditError, match=message):
        edit.apply(project_with((), ()))


def test_a_project_holds_a_limited_number_of_lanes() -> None:
    full = project_with(*(() for _ in range(MAX_LANES)))

    with pytest.raises(EditError, match=f"at most {MAX_LANES} lanes"):
        add("x").apply(full)


@pytest.mark.parametrize(
    ("edit", "label"),
    [
        (add("x"), "Add lane"),
        (RemoveLane(LANE), "Remove lane"),
        (MoveLane(LANE, 0), "Move lane"),
        (ChangeLane(LANE, name="x"), "Rename lane"),
        (ChangeLane(LANE, gain_db=1.0), "Change lane level"),
        (ChangeLane(LANE, is_soloed=True), "Solo lane"),
        (ChangeLane(LANE, is_soloed=False), "Unsolo lane"),
        (ChangeLane(LANE, is_folded=False, is_muted=False), "Change lane"),
        (ChangeLaneSettings(LANE, GenerationSettings()), "Change generation settings"),
    ],
)
def test_edits_of_lanes_say_what_they_do(edit: Edit, label: str) -> None:
    assert edit.label == label
