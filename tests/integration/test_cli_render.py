"""`longwave render`, from a project to files, with a tiny real model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from desktop_app import cli
from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import GenerationSettings, Lane, Project, Prompt, PromptClip
from desktop_app.project.storage.folder import open_project, save_project
from desktop_app.project.storage.lock import ProjectLock
from desktop_app.project.time import Samples, Span
from tests.support.tiny_model import save_tiny_model

SECOND = 48_000


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


def clip(name: str, start: float, end: float, text: str = "rain") -> PromptClip:
    return PromptClip(
        id=ClipId(name),
        span=Span(Samples(round(start * SECOND)), Samples(round(end * SECOND))),
        prompt=Prompt(text=text),
    )


def saved_project(folder: Path, model: Path, text: str = "rain") -> Path:
    """Two lanes: two islands on the first, one on the second."""
    settings = GenerationSettings(model=str(model), num_steps=1, seed=3)
    lanes = (
        Lane(
            id=LaneId("a"),
            name="Rain",
            colour="sky",
            stream=0,
            clips=(clip("a1", 0, 1, text), clip("a2", 1.5, 2)),
            settings=settings,
        ),
        Lane(
            id=LaneId("b"),
            name="Birds",
            colour="moss",
            stream=1,
            clips=(clip("b1", 0.5, 1.5, "birds"),),
            settings=settings,
        ),
    )
    save_project(Project(lanes=lanes, next_stream=len(lanes)), folder)
    return folder


def render(project: Path, out: Path, *more: str) -> int:
    return cli.main(["render", str(project), "--out", str(out), "--device", "cpu", *more])


def test_render_generates_what_is_missing_and_exports(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = saved_project(tmp_path / "Walk", model)

    assert render(project, tmp_path / "out", "--stems") == 0

    files = sorted((tmp_path / "out").iterdir())
    assert capsys.readouterr().out.split("\n")[:3] == [str(path) for path in files]
    assert [len(soundfile.read(path)[0]) for path in files] == [2 * SECOND] * 3
    kept = open_project(project).project
    assert [len(lane.takes) for lane in kept.lanes] == [2, 1]


def test_a_second_render_generates_nothing_and_gives_the_same_bytes(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = saved_project(tmp_path / "Walk", model)
    render(project, tmp_path / "one")
    capsys.readouterr()

    render(project, tmp_path / "two")

    assert "Rain" not in capsys.readouterr().err
    (first,), (second,) = ((tmp_path / name).iterdir() for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_only_what_is_stale_is_generated_again(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = saved_project(tmp_path / "Walk", model)
    render(folder, tmp_path / "one")
    project = open_project(folder).project
    birds = replace(project.lanes[1], clips=(clip("b1", 0.5, 1.5, "owls"),))
    save_project(replace(project, lanes=(project.lanes[0], birds)), folder)
    capsys.readouterr()

    render(folder, tmp_path / "two")

    errors = capsys.readouterr().err
    assert "Birds (1 of 1)" in errors
    assert "Rain" not in errors


def test_sound_whose_file_was_lost_is_generated_again(model: Path, tmp_path: Path) -> None:
    folder = saved_project(tmp_path / "Walk", model)
    render(folder, tmp_path / "one")
    for path in (folder / "media").glob("*.wav"):
        path.unlink()

    assert render(folder, tmp_path / "two") == 0

    takes = [len(lane.takes) for lane in open_project(folder).project.lanes]
    assert takes == [4, 2]


def test_other_settings_leave_the_project_as_it_is(model: Path, tmp_path: Path) -> None:
    folder = saved_project(tmp_path / "Walk", model)
    before = open_project(folder).content_hash

    code = render(
        folder, tmp_path / "out", "--steps", "2", "--guidance", "2", "--negative", "music"
    )

    assert code == 0
    assert open_project(folder).content_hash == before
    assert not (folder / "media").exists()


def test_formats_and_rates_are_written(model: Path, tmp_path: Path) -> None:
    folder = saved_project(tmp_path / "Walk", model)

    render(folder, tmp_path / "out", "--format", "16", "--rate", "44100")

    (path,) = (tmp_path / "out").iterdir()
    assert soundfile.info(path).subtype == "PCM_16"
    assert soundfile.info(path).samplerate == 44_100


def test_a_rate_that_is_not_offered_is_wrong_usage(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = saved_project(tmp_path / "Walk", model)

    with pytest.raises(SystemExit) as caught:
        render(folder, tmp_path / "out", "--rate", "22050")

    assert caught.value.code == 2
    assert "44100" in capsys.readouterr().err
    assert not (folder / "media").exists()


def test_a_project_that_nobody_could_hear_is_refused_before_it_is_generated(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = saved_project(tmp_path / "Walk", model)
    project = open_project(folder).project
    muted = tuple(replace(lane, is_muted=True) for lane in project.lanes)
    save_project(replace(project, lanes=muted), folder)

    assert render(folder, tmp_path / "out") == 1

    assert "No lane that can be heard" in capsys.readouterr().err
    assert not (folder / "media").exists()


def test_a_project_that_is_open_elsewhere_is_left_alone(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = saved_project(tmp_path / "Walk", model)
    lock = ProjectLock(folder)
    lock.acquire()

    code = render(folder, tmp_path / "out")

    lock.release()
    assert code == 1
    assert "Walk" in capsys.readouterr().err


def test_problems_of_a_project_are_one_clear_sentence(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wordless = saved_project(tmp_path / "Wordless", model, text=" ")
    empty = tmp_path / "Empty"
    save_project(Project(), empty)
    damaged = saved_project(tmp_path / "Damaged", model)
    file = damaged / "Damaged.longwave"
    file.write_bytes(file.read_bytes()[:100])
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")

    for project, out, message in (
        (wordless, tmp_path / "out", "has no words"),
        (empty, tmp_path / "out", "no sound to export"),
        (damaged, tmp_path / "out", "Damaged.longwave"),
        (tmp_path / "nowhere", tmp_path / "out", "no project in “nowhere”"),
        (saved_project(tmp_path / "Good", model), blocked, "blocked is a file"),
    ):
        assert render(project, out) == 1
        errors = capsys.readouterr().err
        assert message in errors.strip().splitlines()[-1]
        assert "Traceback" not in errors
