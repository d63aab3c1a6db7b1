"""Making sections again, taking that back, and doing it once more: always the same bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api import GenerateRequest, Sampler, Section
from engine.longform.noise_layers import LayeredNoise
from engine.runtime.local_engine import LocalEngine
from engine.runtime.take.state import TakeState
from tests.support.local_engine import FILES, base_in, run, section
from tests.support.tiny_model import region, save_tiny_model, tiny_request

FIRST, NUM = 10, 150
SAMPLINGS = {
    "ddim": (Sampler.DDIM, 0.0),
    "ddim with fresh noise": (Sampler.DDIM, 1.0),
    "unipc": (Sampler.UNIPC, None),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


def request_for(model: Path, folder: Path, name: str = "ddim") -> GenerateRequest:
    request = tiny_request(model, folder, region(FIRST, NUM), num_steps=3)
    sampler, eta = SAMPLINGS[name]
    return replace(request, sampling=replace(request.sampling, sampler=sampler, eta=eta))


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def noise_of(folder: Path) -> torch.Tensor:
    state = TakeState.load(folder / "state.npz")
    layered = LayeredNoise(layers=state.layers, channels=2, bins=2)
    return layered(0, state.first_latent_frame, state.end_latent_frame)


@pytest.mark.parametrize("name", SAMPLINGS)
def test_a_section_twice_and_its_piece_again_are_the_same_bytes(
    engine: LocalEngine, model: Path, tmp_path: Path, name: str
) -> None:
    base = request_for(model, tmp_path / "base", name)
    run(engine, base)
    before = contents(tmp_path / "base")

    def remade(folder: Path, *sections: Section) -> dict[str, bytes]:
        request = request_for(model, folder, name)
        run(engine, replace(request, sections=sections, base=base_in(tmp_path / "base")))
        return contents(folder)

    once = remade(tmp_path / "once", section(70, 24))
    assert contents(tmp_path / "base") == before
    run(engine, request_for(model, tmp_path / "anew", name))
    assert contents(tmp_path / "anew") == before
    assert remade(tmp_path / "twice", section(70, 24)) == once

    latents, old = (np.load(tmp_path / f / "latents.npy") for f in ("once", "base"))
    changed = np.flatnonzero((latents != old).any(axis=(0, 2)))
    assert set(changed.tolist()) == set(range(60, 84))


def test_a_section_that_is_taken_back_leaves_the_noise_that_was_there(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    run(engine, request_for(model, tmp_path / "base"))
    request = request_for(model, tmp_path / "made")
    run(engine, replace(request, sections=(section(70, 24),), base=base_in(tmp_path / "base")))

    made, base = (TakeState.load(tmp_path / f / "state.npz") for f in ("made", "base"))
    new, old = noise_of(tmp_path / "made"), noise_of(tmp_path / "base")

    assert made.layers[:-1] == base.layers
    assert torch.equal(new[:, :, :60], old[:, :, :60])
    assert torch.equal(new[:, :, 84:], old[:, :, 84:])
    assert (new != old)[:, :, 60:84].any(dim=1).all()
