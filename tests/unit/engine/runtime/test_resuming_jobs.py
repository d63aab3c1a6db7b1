"""A job that was killed goes on where it was, and its files are those of an uninterrupted one."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from torch import Tensor

from engine.api import CancellationToken, CancelledError, GenerateRequest, JobProgress, Stage
from engine.runtime.loaded_model import LoadedModel
from engine.runtime.local_engine import LocalEngine
from tests.support.killed_run import NUM_STEPS
from tests.support.local_engine import FILES, run
from tests.support.tiny_model import region, save_tiny_model, tiny_request

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


def request_for(model: Path, folder: Path, frames: int) -> GenerateRequest:
    return tiny_request(model, folder, region(0, frames), num_steps=NUM_STEPS)


def counted_items(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    items: list[int] = []
    predict_noise = LoadedModel.predict_noise

    def counted(
        loaded: LoadedModel,
        latents: Tensor,
        timesteps: Tensor,
        conditioning: Tensor,
        *,
        group_items: int | None = None,
    ) -> Tensor:
        items.append(len(latents))
        return predict_noise(loaded, latents, timesteps, conditioning, group_items=group_items)

    monkeypatch.setattr(LoadedModel, "predict_noise", counted)
    return items


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no kill -9")
@pytest.mark.parametrize(
    ("frames", "calls", "most_left"),
    [
        pytest.param(100, 9, 0.9, id="wavefront, before anything is final"),
        pytest.param(100, 25, 0.6, id="wavefront, in the middle"),
        pytest.param(16, 4, 0.4, id="one window, in the middle"),
        pytest.param(100, -1, 0.0, id="while decoding"),
    ],
)
def test_a_killed_job_goes_on_to_the_same_bytes(
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    frames: int,
    calls: int,
    most_left: float,
) -> None:
    items = counted_items(monkeypatch)
    run(LocalEngine(device="cpu"), request_for(model, tmp_path / "whole", frames))
    all_items = sum(items)
    items.clear()
    killed = tmp_path / "killed"
    command = [sys.executable, "-m", "tests.support.killed_run", model, killed, frames, calls]

    child = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)

    assert child.returncode == -signal.SIGKILL
    assert (killed / "sampler.npz").is_file()
    events = run(LocalEngine(device="cpu"), request_for(model, killed, frames))
    progress = [event for event in events if isinstance(event, JobProgress)]
    assert progress[-1].fraction == pytest.approx(1.0)
    assert sum(items) <= most_left * all_items
    for name in FILES:
        assert (killed / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert {path.name for path in killed.iterdir()} == set(FILES)


def test_a_cancelled_job_goes_on_only_if_it_is_the_same(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runtime.files.sampler_checkpoint._INTERVAL_SECONDS", 0.0)
    items = counted_items(monkeypatch)
    engine = LocalEngine(device="cpu")
    run(engine, request_for(model, tmp_path / "whole", 100))
    all_items = sum(items)

    def cancelled_in(folder: Path) -> None:
        token = CancellationToken()

        def cancel_in_decoding(event: object) -> None:
            if isinstance(event, JobProgress) and event.stage is Stage.DECODING:
                token.cancel()

        with pytest.raises(CancelledError):
            engine.generate(request_for(model, folder, 100), token, cancel_in_decoding)
        items.clear()

    for name, seed, expected in (("same", 7, 0), ("other", 8, all_items)):
        cancelled_in(tmp_path / name)

        run(engine, replace(request_for(model, tmp_path / name, 100), seed=seed))

        assert sum(items) == expected
