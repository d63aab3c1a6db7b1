"""Which runs may go on with each other's state."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch

from engine.api import (
    AudioSource,
    BaseResult,
    Cohesion,
    Fusion,
    GenerateRequest,
    RootPrompt,
    Sampler,
)
from engine.checkpoints.model import AudioLDM
from engine.runtime.files.fingerprint import model_identity, run_fingerprint
from tests.support.stored_models import small_model
from tests.support.tiny_model import region, tiny_config, tiny_request


@cache
def model() -> AudioLDM:
    return small_model(tiny_config())


def request_in(folder: Path) -> GenerateRequest:
    return tiny_request(Path("tiny"), folder)


WITHOUT_EFFECT: dict[str, Callable[[GenerateRequest], GenerateRequest]] = {
    "job_id": lambda r: replace(r, job_id="another"),
    "output_dir": lambda r: replace(r, output_dir="elsewhere"),
    "wants_previews": lambda r: replace(r, wants_previews=not r.wants_previews),
    "wants_early_audio": lambda r: replace(r, wants_early_audio=not r.wants_early_audio),
    "memory_budget_bytes": lambda r: replace(r, memory_budget_bytes=0),
    "model": lambda r: replace(r, model="the same weights elsewhere"),
}

WITH_EFFECT: dict[str, Callable[[GenerateRequest], GenerateRequest]] = {
    "seed": lambda r: replace(r, seed=8),
    "stream": lambda r: replace(r, stream=1),
    "take": lambda r: replace(r, take=1),
    "loop": lambda r: replace(r, is_loop=True),
    "steps": lambda r: replace(r, sampling=replace(r.sampling, num_steps=3)),
    "sampler": lambda r: replace(r, sampling=replace(r.sampling, sampler=Sampler.DPM_SOLVER_2M)),
    "fusion": lambda r: replace(r, sampling=replace(r.sampling, fusion=Fusion.GAUSS)),
    "eta": lambda r: replace(r, sampling=replace(r.sampling, eta=0.5)),
    "cohesion": lambda r: replace(r, cohesion=Cohesion(shared_noise=0.1)),
    "root": lambda r: replace(r, root=RootPrompt(prompt="rain")),
    "prompt": lambda r: replace(r, regions=(region(0, 40, "wind"),)),
    "place": lambda r: replace(r, regions=(region(1, 40),)),
    "source": lambda r: replace(r, source=AudioSource(path="rain.wav")),
}


@pytest.mark.parametrize("name", WITHOUT_EFFECT)
def test_names_and_wishes_do_not_count(tmp_path: Path, name: str) -> None:
    request = request_in(tmp_path)

    changed = WITHOUT_EFFECT[name](request)

    assert changed != request
    assert run_fingerprint(changed, model()) == run_fingerprint(request, model())


@pytest.mark.parametrize("name", WITH_EFFECT)
def test_everything_that_changes_the_result_counts(tmp_path: Path, name: str) -> None:
    request = request_in(tmp_path)

    changed = run_fingerprint(WITH_EFFECT[name](request), model())

    assert changed != run_fingerprint(request, model())
    assert len(changed) == 64


def test_a_file_that_changed_counts(tmp_path: Path) -> None:
    path = tmp_path / "latents.npy"
    path.write_bytes(b"before")
    base = BaseResult(
        latents_path=str(path), mel_path="m", audio_path="a", state_path=str(tmp_path / "none")
    )
    request = replace(request_in(tmp_path), base=base)
    first = run_fingerprint(request, model())

    os.utime(path, ns=(1, 1))
    touched = run_fingerprint(request, model())
    path.write_bytes(b"much longer")

    assert len({first, touched, run_fingerprint(request, model())}) == 3


@pytest.mark.parametrize("part", ["unet.conv_in.bias", "text_encoder", "vae"])
def test_other_weights_are_another_model(part: str) -> None:
    other = small_model(tiny_config())
    assert model_identity(other) == model_identity(model())
    network = getattr(other, part.split(".", maxsplit=1)[0])
    with torch.no_grad():
        next(iter(network.parameters())).view(-1)[0] += 1e-6

    assert model_identity(other) != model_identity(model())


def test_another_engine_may_give_another_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = request_in(tmp_path)
    before = run_fingerprint(request, model())
    monkeypatch.setattr("engine.runtime.files.fingerprint.engine_version", lambda: "9.9.9")

    assert run_fingerprint(request, model()) != before
