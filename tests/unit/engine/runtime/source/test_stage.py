"""What imported sound takes on the disk while it is encoded."""

from __future__ import annotations

import shutil
import types
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engine.api import AudioSource, EngineError, GenerateRequest, SourceNoise
from engine.longform.tiled_vae.parking import Storage
from engine.runtime.local_engine import LocalEngine
from engine.runtime.piece_plan import plan_piece
from engine.runtime.source.latents import SourceEncoder
from engine.runtime.source.stage import scratch_bytes_with_source
from tests.support.local_engine import run
from tests.support.tiny_model import region, save_tiny_model, tiny_request

NUM = 120


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def request_with_sound(model: Path, tmp_path: Path) -> GenerateRequest:
    path = tmp_path / "hum.wav"
    soundfile.write(path, np.full(48_000, 0.1), 16_000)
    request = tiny_request(model, tmp_path / "out", region(0, NUM))
    return replace(request, source=AudioSource(path=str(path)), memory_budget_bytes=0)


def needed(engine: LocalEngine, request: GenerateRequest, decoding_bytes: int) -> int:
    networks = engine.load(request.model).model
    encoder = SourceEncoder(
        model=networks,
        reach=None,
        folder=Path(request.output_dir),
        memory_budget_bytes=request.memory_budget_bytes,
    )
    piece = plan_piece(request, networks.config)
    return scratch_bytes_with_source(decoding_bytes, encoder, piece)


def test_what_the_encoder_puts_on_the_disk_is_foreseen(
    engine: LocalEngine,
    request_with_sound: GenerateRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[int] = []
    original = Storage.empty

    def counted(storage: Storage, shape: tuple[int, ...]) -> torch.Tensor:
        tensor = original(storage, shape)
        written.append(tensor.nbytes)
        return tensor

    monkeypatch.setattr(Storage, "empty", counted)
    # As on Windows, where every file stays to the end: then the files are what is on the disk.
    monkeypatch.setattr("engine.longform.tiled_vae.parking.os", types.SimpleNamespace(name="nt"))
    networks = engine.load(request_with_sound.model).model
    folder = Path(request_with_sound.output_dir)
    encoder = SourceEncoder(model=networks, reach=None, folder=folder, memory_budget_bytes=0)

    mel_bytes, encoding_bytes = encoder.scratch_bytes(NUM)
    assert not written
    encoder.latents(np.zeros((4 * NUM, 64), np.float32))

    assert encoding_bytes == sum(written) > 0
    assert mel_bytes == 4 * NUM * 64 * 4


def test_the_larger_of_the_two_codings_counts(
    engine: LocalEngine, request_with_sound: GenerateRequest
) -> None:
    without = needed(engine, request_with_sound, 0)

    assert needed(engine, request_with_sound, 1) == without
    more = needed(engine, request_with_sound, 1 << 40)
    assert more == (1 << 40) + 4 * NUM * 64 * 4


def test_noise_that_is_found_is_kept_in_the_state(
    engine: LocalEngine, request_with_sound: GenerateRequest
) -> None:
    source = AudioSource(path="hum.wav", noise=SourceNoise.INVERSION)
    inverting = replace(request_with_sound, source=source)

    found = needed(engine, inverting, 0) - needed(engine, request_with_sound, 0)

    assert found == NUM * 8 * 16 * 4


def test_a_disk_without_room_for_the_encoder_is_refused_before_any_work(
    engine: LocalEngine, request_with_sound: GenerateRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = needed(engine, request_with_sound, 0)
    results = NUM * 4 * (8 * 16 + 4 * 64 + 640)

    def free(num_bytes: int) -> None:
        usage = types.SimpleNamespace(free=num_bytes)
        monkeypatch.setattr(
            "engine.runtime.checks.request.shutil",
            types.SimpleNamespace(**{**vars(shutil), "disk_usage": lambda _: usage}),
        )

    free(results + scratch - 1)
    with pytest.raises(EngineError, match="MB are needed"):
        run(engine, request_with_sound)
    assert not any(Path(request_with_sound.output_dir).iterdir())

    free(results + scratch)
    run(engine, request_with_sound)
