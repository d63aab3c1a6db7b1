"""The command line, from its arguments to files on disk, with tiny real models."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from desktop_app import cli
from desktop_app.cli_generate import default_path
from desktop_app.cli_support import ProgressBar, clock_time
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


def generate(model: Path, *more: str, prompt: str = "heavy rain") -> int:
    return cli.main(
        ["generate", prompt, "--model", str(model), "--device", "cpu", "--steps", "2", *more]
    )


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


# generate


def test_generate_writes_a_sound_of_the_length_asked_for(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "new folder" / "rain.wav"

    assert generate(model, "--seconds", "1.5", "--seed", "7", "-o", str(target)) == 0

    samples, rate = soundfile.read(target)
    assert (len(samples), rate) == (24_000, 16_000)
    assert np.abs(samples).max() > 0
    output = capsys.readouterr()
    assert output.out.strip() == str(target)
    assert "Generating: done in" in output.err
    assert [path.name for path in target.parent.iterdir()] == ["rain.wav"]


def test_the_same_seed_gives_the_same_file_and_another_one_another(
    model: Path, tmp_path: Path
) -> None:
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        generate(model, "--seconds", "0.5", "--seed", seed, "-o", str(tmp_path / f"{name}.wav"))

    first, again, other = ((tmp_path / f"{name}.wav").read_bytes() for name in "abc")
    assert first == again
    assert first != other


def test_without_a_name_the_file_is_called_after_time_and_prompt(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert generate(model, "--seconds", "0.2", prompt="Heavy rain, far away!") == 0

    (path,) = (tmp_path / "output" / "generation").iterdir()
    assert path.name.endswith("-heavy-rain-far-away.wav")


def test_any_prompt_gives_a_file_name_that_every_system_takes() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    assert default_path("../..\\x:y", moment).name == "2026-01-02-030405-x-y.wav"
    assert default_path("!?", moment).name == "2026-01-02-030405-sound.wav"
    assert len(default_path("rain " * 100, moment).name) < 80


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seconds", "0"], "0 seconds cannot be generated"),
        (["--seconds", "-3"], "-3 seconds cannot be generated"),
        (["--seconds", "100000"], "100000 seconds cannot be generated"),
        (["--steps", "0"], "0 sampling steps"),
        (["--guidance", "-2"], "guidance of -2"),
        (["--seed", "-1"], "seed -1"),
        (["--sampler", "euler"], "no sampler “euler”"),
        (["--device", "tpu"], "no device “tpu”"),
        (["--model", "no-such-model"], "no-such-model"),
        (["-o", "."], "is a folder"),
        (["-o", "/dev/null/rain.wav"], "Cannot write"),
    ],
)
def test_bad_arguments_are_one_clear_sentence(
    model: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert generate(model, *arguments) == 1

    errors = capsys.readouterr().err.strip().splitlines()
    assert message in errors[-1]
    assert "Traceback" not in "".join(errors)


def test_an_empty_prompt_is_refused(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(model, prompt="") == 1

    assert "has no words" in capsys.readouterr().err


def test_an_interrupt_ends_a_job_with_a_message_and_without_a_file(
    model: Path, tmp_path: Path
) -> None:
    target = tmp_path / "rain.wav"
    command = [sys.executable, "-m", "desktop_app", "generate", "rain", "--model", str(model)]
    process = subprocess.Popen(
        [*command, "--device", "cpu", "--steps", "999", "--seconds", "60", "-o", str(target)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert process.stderr is not None
    while "Generating" not in process.stderr.readline():
        pass

    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=120)[1]

    assert process.returncode == 130
    assert errors.strip().splitlines()[-1] == "Cancelled."
    assert "Traceback" not in errors
    assert not target.exists()


# render


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


# models, help, window


def test_models_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("starter ") for line in lines)
    assert any(line.startswith("audioldm-s-full-v2 ") and "CC-BY-NC" in line for line in lines)


@pytest.mark.parametrize("words", [["-h"], ["--help"], ["generate", "-h"], ["render", "-h"]])
def test_help_is_there(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(words)

    assert caught.value.code == 0
    assert "longwave" in capsys.readouterr().out


def test_wrong_usage_has_a_code_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["render", "somewhere"])

    assert caught.value.code == 2
    assert "--out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], (None, False)),
        (["open"], (None, False)),
        (["open", "--example"], (None, True)),
        (["Walk"], (Path("Walk"), False)),
        (["open", "Walk"], (Path("Walk"), False)),
        (["--example"], (None, True)),
    ],
)
def test_anything_else_opens_the_window(
    monkeypatch: pytest.MonkeyPatch, words: list[str], expected: tuple[Path | None, bool]
) -> None:
    opened: list[tuple[Path | None, bool]] = []

    def open_window(path: Path | None = None, *, shows_example: bool = False) -> int:
        opened.append((path, shows_example))
        return 0

    monkeypatch.setattr("desktop_app.app.main", open_window)

    assert cli.main(words) == 0
    assert opened == [expected]


def test_a_machine_without_a_window_system_is_told_what_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(name: str) -> None:
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(cli, "import_module", missing)

    assert cli.main([]) == 1
    assert "libGL.so.1" in capsys.readouterr().err


# progress


class Terminal:
    """Collects what is drawn."""

    def __init__(self, *, is_terminal: bool) -> None:
        self.text = ""
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


def test_a_terminal_shows_a_bar_that_is_drawn_over() -> None:
    terminal = Terminal(is_terminal=True)
    bar = ProgressBar("Generating", terminal)  # type: ignore[arg-type]  # as much of one as needed

    bar.show(0.5, "sampling 5/10", 65.4)
    bar.show(1.0)
    bar.finish("done")

    lines = terminal.text.split("\r")
    assert "████████████░░░░░░░░░░░░  50 %  sampling 5/10  about 1:05 left" in lines[1]
    assert len(lines[2]) >= len(lines[1])
    assert lines[3].strip() == "Generating  done"
    assert terminal.text.endswith("\n")


def test_a_log_file_gets_a_line_every_ten_seconds() -> None:
    log = Terminal(is_terminal=False)
    seconds = iter([0.0, 0.0, 5.0, 11.0, 11.0])
    bar = ProgressBar("Exporting", log, lambda: next(seconds))  # type: ignore[arg-type]  # as above

    for fraction in (0.1, 0.2, 0.3):
        bar.show(fraction)

    assert log.text.splitlines() == ["Exporting: 10 %  ", "Exporting: 30 %  "]


def test_times_are_written_as_on_a_clock() -> None:
    assert [clock_time(seconds) for seconds in (0.4, 59.6, 3599, 3725)] == [
        "0:00",
        "1:00",
        "59:59",
        "1:02:05",
    ]
