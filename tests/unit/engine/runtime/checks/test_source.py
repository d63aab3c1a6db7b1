from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.api import AudioSource, EngineError, GenerateRequest, SourceNoise
from engine.runtime.checks.request import check_request
from engine.runtime.checks.source import check_source
from tests.support.engine import request_named
from tests.support.local_engine import base_in, section


@pytest.fixture
def source(tmp_path: Path) -> AudioSource:
    """Two seconds of noise."""
    path = tmp_path / "sound.wav"
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, 32_000), 16_000)
    return AudioSource(path=str(path))


def request(source: AudioSource) -> GenerateRequest:
    """Ten seconds that begin with the file."""
    return replace(request_named(), source=source)


@pytest.mark.parametrize("strength", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("start_seconds", [-9.9, 0.0, 1.9])
def test_what_can_be_made_is_accepted(
    source: AudioSource, strength: float, start_seconds: float
) -> None:
    check_source(request(replace(source, strength=strength, start_seconds=start_seconds)))


def test_a_request_without_a_file_is_accepted() -> None:
    check_source(request_named())


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_out_of_range_is_refused(source: AudioSource, strength: float) -> None:
    with pytest.raises(EngineError, match="strength of"):
        check_source(request(replace(source, strength=strength)))


@pytest.mark.parametrize("start_seconds", [2.0, 7.0, -10.0])
def test_a_piece_that_hears_nothing_of_the_file_is_refused(
    source: AudioSource, start_seconds: float
) -> None:
    with pytest.raises(EngineError, match="Nothing is heard") as caught:
        check_source(request(replace(source, start_seconds=start_seconds)))
    assert f"{start_seconds:.2f} s" in str(caught.value)


def test_a_start_that_is_no_number_is_refused(source: AudioSource) -> None:
    with pytest.raises(EngineError, match="nan"):
        check_source(request(replace(source, start_seconds=float("nan"))))


def test_a_file_and_a_finished_take_at_once_are_refused(
    source: AudioSource, tmp_path: Path
) -> None:
    with pytest.raises(EngineError, match="at once"):
        check_source(replace(request(source), base=base_in(tmp_path)))
    with pytest.raises(EngineError, match="at once"):
        check_source(replace(request(source), sections=(section(0, 10),)))


def test_a_kept_file_as_a_loop_is_refused_but_a_changed_one_is_not(source: AudioSource) -> None:
    with pytest.raises(EngineError, match="its own start"):
        check_source(replace(request(source), is_loop=True))
    check_source(replace(request(replace(source, strength=0.5)), is_loop=True))


def test_versions_of_a_kept_file_are_refused(source: AudioSource) -> None:
    with pytest.raises(EngineError, match="3 versions"):
        check_source(replace(request(source), num_candidates=3))
    check_source(replace(request(replace(source, strength=0.5)), num_candidates=3))


def test_an_unknown_noise_is_refused(source: AudioSource) -> None:
    unknown = replace(source)
    object.__setattr__(unknown, "noise", "pink")

    with pytest.raises(EngineError, match="“pink”"):
        check_source(request(unknown))
    check_source(request(replace(source, noise=SourceNoise.INVERSION)))


def test_a_missing_or_damaged_file_is_named(source: AudioSource, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"gone\.wav"):
        check_source(request(replace(source, path=str(tmp_path / "gone.wav"))))
    damaged = tmp_path / "damaged.wav"
    damaged.write_bytes(b"RIFF and then nothing")
    with pytest.raises(EngineError, match=r"damaged\.wav"):
        check_source(request(replace(source, path=str(damaged))))


def test_every_request_is_checked_for_its_file(source: AudioSource, tmp_path: Path) -> None:
    wrong = replace(request(replace(source, strength=2.0)), output_dir=str(tmp_path))

    with pytest.raises(EngineError, match="strength of 2"):
        check_request(wrong)
