from pathlib import Path

import pytest

from desktop_app.export import (
    ExportError,
    ExportSettings,
    FileKind,
    OnCollision,
    SampleFormat,
    plan_export,
)
from desktop_app.project.edits import ChangeLane, KeepTake, RenameProject
from desktop_app.project.ids import LaneId
from desktop_app.project.project import Project
from desktop_app.project.time import Samples, Span
from tests.unit.desktop_app.builders import done, project_with, take
from tests.unit.desktop_app.export.sound import three_lanes

LANE0, LANE1 = LaneId("lane0"), LaneId("lane1")


def names(project: Project, folder: Path, **settings: object) -> list[str]:
    chosen = ExportSettings(**settings)  # type: ignore[arg-type]  # one helper for all fields
    return [file.path.name for file in plan_export(project, chosen, folder).files]


def test_the_mix_and_all_stems_have_numbered_names(tmp_path: Path) -> None:
    assert names(three_lanes(), tmp_path) == [
        "Test_00_Mix.wav",
        "Test_01_Rain.wav",
        "Test_02_Wind.wav",
        "Test_03_Bus.wav",
    ]


def test_all_files_start_together_and_are_equally_long(tmp_path: Path) -> None:
    plan = plan_export(three_lanes(), ExportSettings(sample_rate=44_100), tmp_path)

    assert plan.span == Span(Samples(0), Samples(240_000))
    assert {file.num_frames for file in plan.files} == {220_500}


def test_only_what_is_chosen_is_planned(tmp_path: Path) -> None:
    project = three_lanes()

    assert names(project, tmp_path, has_stems=False) == ["Test_00_Mix.wav"]
    assert len(names(project, tmp_path, has_mix=False)) == 3
    assert names(project, tmp_path, has_mix=False, lane_ids=(LANE1,)) == ["Test_02_Wind.wav"]


def test_muted_and_silent_lanes_are_left_out_unless_they_are_chosen(tmp_path: Path) -> None:
    project = done(
        project_with((), (), ()),
        KeepTake(LANE0, take("a", 1, 0, 9)),
        KeepTake(LANE1, take("b", 1, 0, 9)),
        ChangeLane(LANE1, is_muted=True),
    )
    plan = plan_export(project, ExportSettings(lane_ids=(LANE1,)), tmp_path)

    assert names(project, tmp_path) == ["Test_00_Mix.wav", "Test_01_Lane 1.wav"]
    assert [(file.kind, file.lane_ids) for file in plan.files] == [
        (FileKind.MIX, (LANE0,)),
        (FileKind.STEM, (LANE1,)),
    ]


def test_only_soloed_lanes_are_exported(tmp_path: Path) -> None:
    project = ChangeLane(LANE1, is_soloed=True).apply(three_lanes())

    assert names(project, tmp_path) == ["Test_00_Mix.wav", "Test_02_Wind.wav"]


def test_names_that_are_there_get_a_number(tmp_path: Path) -> None:
    (tmp_path / "test_00_MIX.wav").touch()
    (tmp_path / "Test_00_Mix_2.wav").touch()

    plan = plan_export(three_lanes(), ExportSettings(has_stems=False), tmp_path)

    assert (plan.files[0].path.name, plan.files[0].replaces) == ("Test_00_Mix_3.wav", False)


def test_overwriting_is_told(tmp_path: Path) -> None:
    (tmp_path / "Test_00_Mix.wav").touch()
    settings = ExportSettings(on_collision=OnCollision.OVERWRITE)

    plan = plan_export(three_lanes(), settings, tmp_path)

    assert [file.replaces for file in plan.files] == [True, False, False, False]


def test_two_lanes_of_the_same_name_never_share_a_file(tmp_path: Path) -> None:
    project = done(three_lanes(), ChangeLane(LANE0, name="wind"))
    settings = {"name_template": "{lane}", "on_collision": OnCollision.OVERWRITE}

    assert names(project, tmp_path, **settings) == ["Mix.wav", "wind.wav", "Wind_2.wav", "Bus.wav"]


def test_every_field_of_the_template_is_known(tmp_path: Path) -> None:
    template = "{project} {nn} {lane} {bpm}bpm {rate} {bits}"

    assert names(three_lanes(), tmp_path, has_stems=False, name_template=template) == [
        "Test 00 Mix 120bpm 48000 24.wav"
    ]


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    project = done(three_lanes(), RenameProject("../../x"), ChangeLane(LANE0, name="/etc"))
    plan = plan_export(project, ExportSettings(), tmp_path)

    assert {file.path.parent for file in plan.files} == {tmp_path}


def test_the_media_that_will_be_heard_are_told(tmp_path: Path) -> None:
    project = three_lanes()
    early = Span(Samples(0), Samples(100))
    plan = plan_export(project, ExportSettings(span=early), tmp_path)

    assert plan.media == {project.lanes[0].takes[0].media.audio}
    assert len(plan_export(project, ExportSettings(), tmp_path).media) == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (ExportSettings(sample_rate=22_050), "22050 Hz is not offered. Choose 44100 or 48000 Hz."),
        (ExportSettings(has_mix=False, has_stems=False), "Neither the mix nor stems"),
        (ExportSettings(lane_ids=(LaneId("x"),)), "no lane “x”"),
        (ExportSettings(lane_ids=()), "None of the chosen lanes"),
        (ExportSettings(name_template="{"), "braces"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    tmp_path: Path, settings: ExportSettings, message: str
) -> None:
    with pytest.raises(ExportError, match=message):
        plan_export(three_lanes(), settings, tmp_path)


def test_a_project_without_sound_is_refused(tmp_path: Path) -> None:
    everything = Span(Samples(0), Samples(10))
    muted = done(
        project_with(()), KeepTake(LANE0, take("a", 1, 0, 9)), ChangeLane(LANE0, is_muted=True)
    )

    with pytest.raises(ExportError, match="None of the chosen lanes has sound"):
        plan_export(project_with(()), ExportSettings(), tmp_path)
    with pytest.raises(ExportError, match="no sound to export"):
        plan_export(project_with(()), ExportSettings(has_stems=False), tmp_path)
    with pytest.raises(ExportError, match="can be heard"):
        plan_export(muted, ExportSettings(has_stems=False, span=everything), tmp_path)


def test_sizes_grow_with_the_word_length(tmp_path: Path) -> None:
    sizes = [
        plan_export(three_lanes(), ExportSettings(sample_format=each), tmp_path).num_bytes
        for each in (SampleFormat.PCM_16, SampleFormat.PCM_24, SampleFormat.FLOAT_32)
    ]

    assert [round(size / 240_000 / 4 / 2) for size in sizes] == [2, 3, 4]
