"""`longwave generate`, from its arguments to a file, with a tiny real model."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from desktop_app import cli
from desktop_app.cli_generate import default_path, within_full_scale
from tests.support.tiny_model import save_tiny_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


def generate(model: Path, *more: str, prompt: str = "heavy rain") -> int:
    return cli.main(
        ["generate", prompt, "--model", str(model), "--device", "cpu", "--steps", "2", *more]
    )


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
        (["--memory-gib", "-1"], "-1 GiB of memory make no sense"),
        (["--memory-gib", "nan"], "nan GiB of memory make no sense"),
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


def test_loud_sound_is_lowered_and_quiet_sound_is_left() -> None:
    quiet = np.array([0.5, -1.0], np.float32)
    loud = np.array([0.5, -2.0], np.float32)

    assert within_full_scale(quiet) == (quiet, "")
    lowered, words = within_full_scale(loud)
    np.testing.assert_array_equal(lowered, [0.25, -1.0])
    assert "lowered by 6.0 dB" in words
