"""Cancelled and failed jobs of the engine."""

from __future__ import annotations

import types
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engine.api import (
    AudioReady,
    AudioSource,
    CancellationToken,
    CancelledError,
    EngineError,
    EngineEvent,
    JobFinished,
    JobProgress,
    Stage,
)
from engine.runtime.local_engine import LocalEngine
from engine.runtime.sound.mel_decoder import MelDecoder
from tests.support.local_engine import FILES, run, sound_of
from tests.support.tiny_model import region, save_tiny_model, tiny_request


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


@pytest.mark.parametrize("stage", list(Stage))
def test_a_job_can_be_cancelled_at_every_stage(
    engine: LocalEngine, model: Path, tmp_path: Path, stage: Stage
) -> None:
    token = CancellationToken()
    events: list[EngineEvent] = []

    def cancel_in_stage(event: EngineEvent) -> None:
        events.append(event)
        if isinstance(event, JobProgress) and event.stage is stage:
            token.cancel()

    request = tiny_request(model, tmp_path, region(0, 300), num_steps=1)
    if stage is Stage.ENCODING:
        path = tmp_path / "hum.wav"
        soundfile.write(path, np.full(16_000, 0.1), 16_000)
        request = replace(request, source=AudioSource(path=str(path)))
    with pytest.raises(CancelledError):
        engine.generate(request, token, cancel_in_stage)

    assert not any(isinstance(event, JobFinished) for event in events)


def test_sound_that_was_finished_before_the_cancel_can_be_played(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    token = CancellationToken()

    def cancel_after_first_sound(event: EngineEvent) -> None:
        if isinstance(event, AudioReady):
            token.cancel()

    with pytest.raises(CancelledError):
        engine.generate(
            tiny_request(model, tmp_path, region(0, 600), num_steps=1),
            token,
            cancel_after_first_sound,
        )

    assert sound_of(tmp_path).shape == (1024 * 160,)


def test_nothing_is_left_beside_the_four_files(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    run(engine, tiny_request(model, tmp_path))

    assert {path.name for path in tmp_path.iterdir()} == set(FILES)


def test_a_model_that_does_not_exist_is_named(engine: LocalEngine, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no-such-model"):
        run(engine, tiny_request(tmp_path / "no-such-model", tmp_path / "out"))


def test_a_truncated_model_is_named(engine: LocalEngine, model: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for file in model.iterdir():
        content = file.read_bytes()
        short = content[: len(content) // 2] if file.name == "unet.safetensors" else content
        (damaged / file.name).write_bytes(short)

    with pytest.raises(EngineError, match=r"unet\.safetensors"):
        run(engine, tiny_request(damaged, tmp_path / "out"))


def test_windows_that_do_not_overlap_are_refused(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    request = tiny_request(model, tmp_path)
    wide = replace(request, sampling=replace(request.sampling, stride_latent_frames=256))

    with pytest.raises(EngineError, match="256 latent frames apart do not fit the model tiny"):
        run(engine, wide)


def test_numbers_that_are_no_sound_are_reported(tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path / "model")
    engine = LocalEngine(device="cpu")
    engine.load(str(folder)).model.unet.conv_out.weight.data.fill_(float("nan"))

    with pytest.raises(EngineError, match="step 1 of the sampler is not finite"):
        run(engine, tiny_request(folder, tmp_path / "out"))


def test_running_out_of_memory_is_explained(
    engine: LocalEngine, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object, **__: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("tried to allocate 7 GiB")

    monkeypatch.setattr("engine.runtime.loaded_model.LoadedModel.predict_noise", exhausted)

    with pytest.raises(EngineError, match="not enough memory") as caught:
        run(engine, tiny_request(model, tmp_path))

    assert "7 GiB" in caught.value.details


@pytest.mark.parametrize(
    "message",
    [
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory:"
        " you tried to allocate 7000000000 bytes. Error code 12 (Cannot allocate memory)",
        "[enforce fail at alloc_cpu.cpp:80] data. DefaultCPUAllocator: not enough memory:"
        " you tried to allocate 7000000000 bytes.",
    ],
)
def test_running_out_of_memory_on_the_cpu_is_explained(
    engine: LocalEngine,
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    message: str,
) -> None:
    def exhausted(*_: object, **__: object) -> torch.Tensor:
        raise RuntimeError(message)

    monkeypatch.setattr("engine.runtime.loaded_model.LoadedModel.predict_noise", exhausted)

    with pytest.raises(EngineError, match="not enough memory") as caught:
        run(engine, tiny_request(model, tmp_path))

    assert "7000000000" in caught.value.details
    assert "CPU" not in caught.value.remedy


def test_a_mistake_of_the_program_is_not_taken_for_a_lack_of_memory(
    engine: LocalEngine, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> torch.Tensor:
        raise RuntimeError("The size of tensor a (3) must match the size of tensor b (4)")

    monkeypatch.setattr("engine.runtime.loaded_model.LoadedModel.predict_noise", broken)

    with pytest.raises(RuntimeError, match="size of tensor"):
        run(engine, tiny_request(model, tmp_path))


def test_space_for_the_decoders_own_files_is_foreseen(
    engine: LocalEngine, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = 40
    decoder = MelDecoder(
        engine.load(str(model)).model.vae,
        1.0,
        reach=None,
        scratch_dir=tmp_path,
        on_progress=lambda _done, _total: None,
        check_cancelled=lambda: None,
        memory_budget_bytes=0,
    )
    scratch_bytes = decoder.scratch_bytes(frames, channels=8, bins=16)
    assert scratch_bytes > frames * 2048
    for free, fits in ((frames * 4096 + scratch_bytes, True), (scratch_bytes, False)):
        usage = types.SimpleNamespace(free=free)
        monkeypatch.setattr(
            "engine.runtime.checks.request.shutil.disk_usage", lambda _, usage=usage: usage
        )
        request = tiny_request(model, tmp_path / str(fits), region(0, frames))
        request = replace(request, memory_budget_bytes=0)
        if fits:
            run(engine, request)
            continue
        with pytest.raises(EngineError, match="MB are needed"):
            run(engine, request)
        assert not any((tmp_path / str(fits)).iterdir())


def test_a_model_that_may_not_be_read_is_no_failure_to_write(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("engine.runtime.loaded_model.load_checkpoint", refuse)

    with pytest.raises(EngineError, match=r"Cannot read the model .*: Permission denied"):
        run(LocalEngine(device="cpu"), tiny_request(model, tmp_path))


def test_a_disk_that_fills_up_is_explained(
    engine: LocalEngine, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.runtime.files.wav_file.FloatWavFile.write_at", full)

    with pytest.raises(EngineError, match="No space left on device"):
        run(engine, tiny_request(model, tmp_path))
