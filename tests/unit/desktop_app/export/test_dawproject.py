import xml.etree.ElementTree as ET
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from desktop_app.export import (
    ExportCancelledError,
    ExportError,
    ExportSettings,
    FileKind,
    plan_export,
    run_export,
)
from desktop_app.project.edits import AddMarker, ChangeLane, SetTempo
from desktop_app.project.ids import LaneId, MarkerId
from desktop_app.project.project import Project
from desktop_app.project.time import Samples, Span
from tests.unit.desktop_app.builders import done
from tests.unit.desktop_app.export.sound import NoiseSources, three_lanes

SPAN = Span(Samples(48_000), Samples(192_000))
SETTINGS = ExportSettings(has_session=True, span=SPAN, sample_rate=44_100)


def project() -> Project:
    return done(
        three_lanes(),
        AddMarker(MarkerId("m"), Samples(72_000), "Storm & 雨"),
        SetTempo(92.5, 3),
        ChangeLane(LaneId("lane0"), name="Rain <\ufffe>"),
    )


def exported(folder: Path, settings: ExportSettings = SETTINGS) -> list[Path]:
    plan = plan_export(project(), settings, folder)
    report = run_export(plan, NoiseSources(), lambda _: None, lambda: False)
    return [file.path for file in report.files]


def session(folder: Path, settings: ExportSettings = SETTINGS) -> ET.Element:
    with ZipFile(exported(folder, settings)[-1]) as archive:
        return ET.fromstring(archive.read("project.xml"))  # noqa: S314 - written by this test


def test_the_session_holds_the_stems_as_they_are(tmp_path: Path) -> None:
    _, *stems, path = exported(tmp_path)

    assert path.name == "Test.dawproject"
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        names = [f"audio/{stem.name}" for stem in stems]
        assert archive.namelist() == ["project.xml", "metadata.xml", *names]
        for stem in stems:
            assert archive.read(f"audio/{stem.name}") == stem.read_bytes()
            assert archive.getinfo(f"audio/{stem.name}").compress_type == ZIP_STORED


def test_every_lane_is_a_track_that_leads_to_the_master(tmp_path: Path) -> None:
    root = session(tmp_path)

    tracks = root.findall("Structure/Track")
    assert [track.get("name") for track in tracks] == ["Rain <>", "Wind", "Bus", "Master"]
    *channels, master = [channel for track in tracks for channel in track.findall("Channel")]
    assert {channel.get("destination") for channel in channels} == {master.get("id")}
    assert (master.get("role"), master.get("destination")) == ("master", None)
    for channel in (*channels, master):
        assert [fader.get("value") for fader in channel] == ["false", "0.5", "1"]


def test_clips_lie_where_the_export_begins(tmp_path: Path) -> None:
    root = session(tmp_path)

    clips = root.findall("Arrangement/Lanes/Lanes/Clips/Clip")
    assert {(clip.get("time"), clip.get("duration"), clip.get("playStart")) for clip in clips} == {
        ("1.000000000", "3.000000000", "0")
    }
    audio = root.findall("Arrangement/Lanes/Lanes/Clips/Clip/Audio")
    assert {(each.get("sampleRate"), each.get("channels")) for each in audio} == {("44100", "2")}
    assert [file.get("path") for each in audio for file in each] == [
        "audio/Test_01_Rain ___.wav",
        "audio/Test_02_Wind.wav",
        "audio/Test_03_Bus.wav",
    ]


def test_tempo_metre_and_markers_are_told(tmp_path: Path) -> None:
    root = session(tmp_path)

    tempo, metre = root.find("Transport/Tempo"), root.find("Transport/TimeSignature")
    assert tempo is not None
    assert metre is not None
    assert (tempo.get("value"), metre.get("numerator"), metre.get("denominator")) == (
        "92.5",
        "3",
        "4",
    )
    markers = root.findall("Arrangement/Markers/Marker")
    assert [(each.get("time"), each.get("name")) for each in markers] == [
        ("1.500000000", "Storm & 雨")
    ]


def test_markers_can_be_left_out(tmp_path: Path) -> None:
    settings = ExportSettings(has_session=True, includes_markers=False)

    assert session(tmp_path, settings).find("Arrangement/Markers") is None


def test_the_same_project_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = exported(tmp_path / "a")[-1], exported(tmp_path / "b")[-1]

    assert first.read_bytes() == second.read_bytes()


def test_the_size_is_planned(tmp_path: Path) -> None:
    file = plan_export(project(), SETTINGS, tmp_path).files[-1]
    path = exported(tmp_path)[-1]

    assert (file.kind, file.path) == (FileKind.SESSION, path)
    assert path.stat().st_size <= file.num_bytes


def test_a_session_needs_stems(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="needs the stems"):
        plan_export(project(), ExportSettings(has_session=True, has_stems=False), tmp_path)


def test_cancelling_while_the_session_is_written_leaves_nothing(tmp_path: Path) -> None:
    plan = plan_export(project(), SETTINGS, tmp_path)
    answers = iter([False, False, False, True])

    with pytest.raises(ExportCancelledError):
        run_export(plan, NoiseSources(), lambda _: None, lambda: next(answers))
    assert list(tmp_path.iterdir()) == []
