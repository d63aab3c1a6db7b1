import errno
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from wavinfo import WavInfoReader

from desktop_app.audio.mixdown import render_mix
from desktop_app.export import (
    ExportCancelledError,
    ExportError,
    ExportReport,
    ExportSettings,
    OnCollision,
    SampleFormat,
    measure_mix,
    plan_export,
    run_export,
)
from desktop_app.export.outputs import LaneStream
from desktop_app.project.edits import AddMarker, ChangeLane, SetLoop
from desktop_app.project.ids import LaneId, MarkerId
from desktop_app.project.project import Project, SoundBlock
from desktop_app.project.storage.errors import StorageError
from desktop_app.project.time import Samples, Span
from tests.unit.desktop_app.builders import done
from tests.unit.desktop_app.export.sound import NoiseSources, three_lanes

FLOAT = SampleFormat.FLOAT_32


def exported(
    folder: Path, settings: ExportSettings, project: Project | None = None
) -> ExportReport:
    plan = plan_export(project or three_lanes(), settings, folder)
    return run_export(plan, NoiseSources(), lambda _: None, lambda: False)


def read(path: Path) -> NDArray[np.float32]:
    samples: NDArray[np.float32] = soundfile.read(path, dtype="float32", always_2d=True)[0]
    return samples


@pytest.mark.parametrize("sample_rate", [44_100, 48_000])
def test_float_stems_add_up_to_the_mix_sample_by_sample(tmp_path: Path, sample_rate: int) -> None:
    settings = ExportSettings(sample_format=FLOAT, sample_rate=sample_rate)

    mix, *stems = (read(file.path) for file in exported(tmp_path, settings).files)
    total = np.zeros_like(mix)
    for stem in stems:
        total += stem

    assert len(stems) == 3
    assert len(mix) == 5 * sample_rate
    assert np.abs(mix).max() > 0.1
    np.testing.assert_array_equal(total, mix)


def test_the_mix_is_what_is_heard(tmp_path: Path) -> None:
    report = exported(tmp_path, ExportSettings(sample_format=FLOAT, has_stems=False))
    heard = render_mix(three_lanes(), NoiseSources(), Span(Samples(0), Samples(240_000)))

    np.testing.assert_array_equal(read(report.files[0].path), heard)


def test_the_mix_is_the_same_with_and_without_stems(tmp_path: Path) -> None:
    alone = exported(tmp_path / "a", ExportSettings(has_stems=False, sample_rate=44_100))
    together = exported(tmp_path / "b", ExportSettings(sample_rate=44_100))

    assert alone.files[0].path.read_bytes() == together.files[0].path.read_bytes()


@pytest.mark.parametrize("sample_format", list(SampleFormat))
def test_the_same_project_gives_the_same_bytes(tmp_path: Path, sample_format: SampleFormat) -> None:
    settings = ExportSettings(sample_format=sample_format, sample_rate=44_100)
    first, second = (exported(tmp_path / name, settings) for name in "ab")

    for one, other in zip(first.files, second.files, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes()


@pytest.mark.parametrize("sample_format", list(SampleFormat))
def test_files_have_the_planned_sizes_and_lengths(
    tmp_path: Path, sample_format: SampleFormat
) -> None:
    settings = ExportSettings(sample_format=sample_format, sample_rate=44_100)
    plan = plan_export(three_lanes(), settings, tmp_path)
    run_export(plan, NoiseSources(), lambda _: None, lambda: False)

    for file in plan.files:
        size = file.path.stat().st_size
        assert size < file.num_bytes if sample_format.is_flac else size == file.num_bytes
        assert soundfile.info(file.path).frames == file.num_frames


def test_dither_differs_between_the_files(tmp_path: Path) -> None:
    settings = ExportSettings(sample_format=SampleFormat.PCM_16, has_mix=False)
    project = done(
        three_lanes(), *(ChangeLane(LaneId(f"lane{n}"), gain_db=-60.0) for n in range(3))
    )
    first, second, _ = (read(file.path) for file in exported(tmp_path, settings, project).files)

    assert np.abs(first).max() <= 1 / 2**15
    assert not np.array_equal(first, second)


def test_resampling_keeps_a_tone_and_its_place(tmp_path: Path) -> None:
    class Tone(NoiseSources):
        def samples(self, take: object, first: Samples, num: int) -> NDArray[np.float32]:
            time = np.arange(first, first + num) / 48_000
            return (0.5 * np.sin(2 * np.pi * 997 * time)).astype(np.float32)

    project = ChangeLane(LaneId("lane0"), gain_db=0.0, pan=0.0, is_soloed=True).apply(three_lanes())
    settings = ExportSettings(sample_format=FLOAT, sample_rate=44_100, has_stems=False)
    plan = plan_export(project, settings, tmp_path)
    report = run_export(plan, Tone(), lambda _: None, lambda: False)

    middle = np.arange(10_000, 100_000)
    expected = 0.5 * np.sin(2 * np.pi * 997 * middle / 44_100)
    np.testing.assert_allclose(read(report.files[0].path)[middle, 0], expected, atol=1e-5)


def test_files_say_where_they_begin_and_what_is_in_them(tmp_path: Path) -> None:
    project = done(
        three_lanes(),
        AddMarker(MarkerId("m"), Samples(72_000), "Storm"),
        AddMarker(MarkerId("n"), Samples(0), "Before"),
        SetLoop(Span(Samples(96_000), Samples(144_000))),
    )
    span = Span(Samples(48_000), Samples(192_000))
    settings = ExportSettings(
        span=span, sample_rate=44_100, includes_loop=True, licence="CC BY 4.0"
    )
    report = exported(tmp_path, settings, project)

    mix, stem = (WavInfoReader(str(report.files[n].path), info_encoding="utf-8") for n in (0, 2))

    assert (mix.bext.time_reference, stem.bext.time_reference) == (44_100, 44_100)
    assert mix.bext.description == "Test - Mix"
    assert [cue.position for cue in mix.cues.cues] == [22_050]
    assert [label.text for label in mix.cues.labels] == ["Storm"]
    assert [(loop.start, loop.end) for loop in mix.smpl.sample_loops] == [(44_100, 88_199)]
    assert report.files[0].loudness is not None
    assert mix.bext.loudness_value == round(report.files[0].loudness.integrated_lufs, 2)
    assert (stem.info.copyright, stem.info.title) == ("CC BY 4.0", "Test - Wind")
    comment = json.loads(stem.info.comment)
    assert [lane["name"] for lane in comment["lanes"]] == ["Wind"]
    assert comment["lanes"][0]["takes"][0]["recipe"]["prompts"][0]["prompt"]["text"] == "rain"
    assert comment["digital_source_type"].endswith("trainedAlgorithmicMedia")


def test_a_loop_that_is_only_partly_exported_is_left_out(tmp_path: Path) -> None:
    project = SetLoop(Span(Samples(0), Samples(96_000))).apply(three_lanes())
    settings = ExportSettings(
        span=Span(Samples(48_000), Samples(192_000)), includes_loop=True, has_stems=False
    )

    report = exported(tmp_path, settings, project)

    assert WavInfoReader(str(report.files[0].path)).smpl is None


def test_prompts_can_be_kept_in_the_house(tmp_path: Path) -> None:
    settings = ExportSettings(includes_prompts=False, includes_markers=False)
    project = AddMarker(MarkerId("m"), Samples(72_000), "Storm").apply(three_lanes())

    for file in exported(tmp_path, settings, project).files:
        data = file.path.read_bytes()
        assert b'"rain"' not in data
        assert b'"noise_take"' in data
        assert b"Storm" not in data


def test_a_file_can_keep_silent_about_itself(tmp_path: Path) -> None:
    settings = ExportSettings(includes_recipe=False, includes_ai_tag=False)

    for file in exported(tmp_path, settings).files:
        assert WavInfoReader(str(file.path)).info.comment is None


@pytest.mark.parametrize("num_bits", [16, 24])
def test_flac_holds_the_same_samples_as_wav(tmp_path: Path, num_bits: int) -> None:
    wav = exported(tmp_path, ExportSettings(sample_format=SampleFormat(f"wav{num_bits}")))
    flac = exported(tmp_path, ExportSettings(sample_format=SampleFormat(f"flac{num_bits}")))

    for one, other in zip(wav.files, flac.files, strict=True):
        assert other.path.suffix == ".flac"
        np.testing.assert_array_equal(read(one.path), read(other.path))
    with soundfile.SoundFile(flac.files[2].path) as sound:
        assert (sound.title, sound.subtype) == ("Test - Wind", f"PCM_{num_bits}")
        assert json.loads(sound.comment)["lanes"][0]["name"] == "Wind"


def test_the_mix_can_be_measured_beforehand(tmp_path: Path) -> None:
    plan = plan_export(three_lanes(), ExportSettings(), tmp_path)
    before = measure_mix(plan.project, NoiseSources(0.5), plan.span, lambda: False)
    report = run_export(plan, NoiseSources(0.5), lambda _: None, lambda: False)

    assert before.loudness == report.files[0].loudness
    assert before.num_clipped == pytest.approx(report.files[0].num_clipped, abs=2)
    with pytest.raises(ExportCancelledError):
        measure_mix(plan.project, NoiseSources(), plan.span, lambda: True)


def test_clipping_is_reported(tmp_path: Path) -> None:
    plan = plan_export(three_lanes(), ExportSettings(), tmp_path)
    report = run_export(plan, NoiseSources(0.5), lambda _: None, lambda: False)

    assert report.files[0].num_clipped > 0
    assert report.files[0].peak_db > 0


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("num_blocks", [0, 1, 5])
def test_a_cancelled_export_leaves_nothing(tmp_path: Path, num_blocks: int) -> None:
    plan = plan_export(three_lanes(), ExportSettings(), tmp_path / "new")
    answers = iter([False] * num_blocks + [True])

    with pytest.raises(ExportCancelledError):
        run_export(plan, NoiseSources(), lambda _: None, lambda: next(answers))
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("call", ["fsync", "write", "rename", "header"])
def test_a_disk_that_fills_up_leaves_nothing_new_and_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    (tmp_path / "Test_00_Mix.wav").write_bytes(b"old")
    settings = ExportSettings(on_collision=OnCollision.OVERWRITE)
    plan = plan_export(three_lanes(), settings, tmp_path)
    rename = Path.replace

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def rename_or_fail(path: Path, target: Path) -> Path:
        if target.name == "Test_02_Wind.wav":
            fail()
        return rename(path, target)

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    elif call == "header":
        monkeypatch.setattr("desktop_app.export.wav.WavWriter._header", fail)
    elif call == "write":
        monkeypatch.setattr("desktop_app.export.wav.WavWriter.write", fail)
    else:
        monkeypatch.setattr(Path, "replace", rename_or_fail)
    with pytest.raises(StorageError, match="disk is full"):
        run_export(plan, NoiseSources(), lambda _: None, lambda: False)
    monkeypatch.undo()

    assert files_in(tmp_path) == ["Test_00_Mix.wav"]
    assert (tmp_path / "Test_00_Mix.wav").read_bytes() == b"old"


def test_too_full_a_disk_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 10**6

    plan = plan_export(three_lanes(), ExportSettings(), tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage)

    with pytest.raises(ExportError, match=r"needs 6 MB, but only 1 MB are free"):
        run_export(plan, NoiseSources(), lambda _: None, lambda: False)
    assert files_in(tmp_path) == []


def test_a_chosen_file_is_overwritten(tmp_path: Path) -> None:
    settings = ExportSettings(on_collision=OnCollision.OVERWRITE, has_stems=False)
    (tmp_path / "Test_00_Mix.wav").write_bytes(b"old")

    report = exported(tmp_path, settings)

    assert files_in(tmp_path) == ["Test_00_Mix.wav"]
    assert soundfile.info(report.files[0].path).frames == 240_000


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    plan = plan_export(three_lanes(), ExportSettings(has_stems=False), tmp_path)
    (tmp_path / "Test_00_Mix.wav").write_bytes(b"somebody's work")

    report = run_export(plan, NoiseSources(), lambda _: None, lambda: False)

    assert report.files[0].path.name == "Test_00_Mix_2.wav"
    assert (tmp_path / "Test_00_Mix.wav").read_bytes() == b"somebody's work"


def test_a_folder_of_the_name_is_not_replaced(tmp_path: Path) -> None:
    settings = ExportSettings(on_collision=OnCollision.OVERWRITE, has_stems=False)
    (tmp_path / "Test_00_Mix.wav").mkdir()

    assert exported(tmp_path, settings).files[0].path.name == "Test_00_Mix_2.wav"


def test_progress_rises_to_one(tmp_path: Path) -> None:
    told: list[float] = []
    plan = plan_export(three_lanes(), ExportSettings(), tmp_path)
    run_export(plan, NoiseSources(), told.append, lambda: False)

    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def test_a_very_short_part_is_exported_whole(tmp_path: Path) -> None:
    for number in (1, 7, 100, 999):
        span = Span(Samples(50_000), Samples(50_000 + number))
        settings = ExportSettings(span=span, sample_rate=44_100, sample_format=FLOAT)
        report = exported(tmp_path / str(number), settings)
        assert {len(read(file.path)) for file in report.files} == {report.files[0].num_frames}


def test_a_project_with_a_strange_name_is_exported(tmp_path: Path) -> None:
    project = replace(three_lanes(), name='a/b:"雨"')

    assert exported(tmp_path, ExportSettings(has_stems=False), project).files[0].path.name == (
        "a_b__雨__00_Mix.wav"
    )


def test_what_the_resampler_does_not_give_is_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ExportSettings(sample_rate=44_100, sample_format=FLOAT, has_stems=False)
    resampled = LaneStream.resampled

    def short(
        self: LaneStream, samples: NDArray[np.float32], *, is_last: bool
    ) -> NDArray[np.float32]:
        part = resampled(self, samples, is_last=is_last)
        return part[:-10] if is_last else part

    monkeypatch.setattr(LaneStream, "resampled", short)
    samples = read(exported(tmp_path, settings).files[0].path)

    assert len(samples) == 220_500
    assert not samples[-10:].any()


def test_a_lane_that_is_a_loop_says_where_it_begins_and_ends(tmp_path: Path) -> None:
    project = three_lanes()
    lane = next(each for each in project.lanes if each.sound)
    [block] = lane.sound[:1]
    made = next(each for each in lane.takes if each.id == block.take_id)
    made = replace(made, recipe=replace(made.recipe, is_loop=True))
    whole = SoundBlock(span=made.span, take_id=made.id)
    alone = replace(lane, takes=(made,), sound=(whole,))
    project = replace(project, lanes=(alone,))
    settings = ExportSettings(span=made.span, includes_loop=False)

    report = exported(tmp_path, settings, project)

    for file in report.files:
        [loop] = WavInfoReader(str(file.path)).smpl.sample_loops
        assert (loop.start, loop.end) == (0, made.span.duration - 1)
