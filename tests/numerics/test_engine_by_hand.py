"""Jobs of the real engine against joint diffusion written out by hand, with a tiny real network.

From the request to the stored latents: windows, noise, feather, frozen frames, hidden frames and
guidance.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.api import KeptSpan
from engine.checkpoints.load import load_checkpoint
from engine.checkpoints.model import AudioLDM
from engine.runtime.local_engine import LocalEngine
from tests.support.engine_by_hand import (
    FIRST,
    NUM_FRAMES,
    NUM_HIDDEN,
    NUM_STEPS,
    TOLERANCE,
    drawn,
    error,
    latents_in,
    predict_with,
    request_for,
    track,
    whole_noise,
)
from tests.support.local_engine import base_in, run, section
from tests.support.slow_sampler import Frozen, sampled
from tests.support.tiny_model import save_tiny_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def model(folder: Path) -> AudioLDM:
    return load_checkpoint(folder)


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu", precision="float32")


@pytest.mark.parametrize("eta", [0.0, 1.0])
@torch.inference_mode()
def test_a_piece_with_its_hidden_frames(
    engine: LocalEngine, folder: Path, model: AudioLDM, tmp_path: Path, eta: float
) -> None:
    run(engine, request_for(folder, tmp_path, eta, NUM_FRAMES))

    num_frames = NUM_FRAMES + NUM_HIDDEN
    expected = sampled(
        track(num_frames),
        predict_with(model),
        whole_noise(num_frames),
        num_steps=NUM_STEPS,
        eta=eta,
    )
    assert error(latents_in(tmp_path), expected) < TOLERANCE


@torch.inference_mode()
def test_a_loop(engine: LocalEngine, folder: Path, model: AudioLDM, tmp_path: Path) -> None:
    run(engine, replace(request_for(folder, tmp_path, 1.0, 64), is_loop=True))

    expected = sampled(
        track(64, is_circular=True),
        predict_with(model),
        whole_noise(64),
        num_steps=NUM_STEPS,
        eta=1.0,
    )
    assert error(latents_in(tmp_path), expected) < TOLERANCE


@pytest.mark.parametrize("eta", [0.0, 1.0])
@torch.inference_mode()
def test_a_section_whose_surroundings_are_held_on_their_own_way(
    engine: LocalEngine, folder: Path, model: AudioLDM, tmp_path: Path, eta: float
) -> None:
    """New noise of take 9 rises over 4 frames inside both ends of frames [40, 58)."""
    run(engine, request_for(folder, tmp_path / "base", eta, NUM_FRAMES))
    request = request_for(folder, tmp_path / "made", eta, NUM_FRAMES)
    sections = (section(40, 18, strength=0.8),)
    run(engine, replace(request, sections=sections, base=base_in(tmp_path / "base")))

    start, end, num_frames = 40 - FIRST, 58 - FIRST, NUM_FRAMES + NUM_HIDDEN

    def noise(step: int) -> Tensor:
        columns = []
        for p in range(num_frames):
            depth = min((p + 0.5 - start) / 4, (end - p - 0.5) / 4, 1.0)
            angle = 0.8 * math.pi / 2 * max(0.0, depth)
            old, new = drawn(step, 0, FIRST + p), drawn(step, 9, FIRST + p)
            columns.append(math.cos(angle) * old + math.sin(angle) * new)
        return torch.stack(columns, dim=1)

    base = latents_in(tmp_path / "base")
    expected = sampled(
        track(num_frames),
        predict_with(model),
        noise,
        num_steps=NUM_STEPS,
        eta=eta,
        frozen=Frozen(clean=base, is_frozen=[not start <= p < end for p in range(num_frames)]),
    )
    got = latents_in(tmp_path / "made")
    assert error(got, expected) < TOLERANCE
    assert error(got, base) > 0.1


@torch.inference_mode()
def test_a_section_up_to_the_end_takes_the_hidden_frames_along_without_a_feather_there(
    engine: LocalEngine, folder: Path, model: AudioLDM, tmp_path: Path
) -> None:
    run(engine, request_for(folder, tmp_path / "base", 0.0, NUM_FRAMES))
    request = request_for(folder, tmp_path / "made", 0.0, NUM_FRAMES)
    sections = (section(FIRST + 60, NUM_FRAMES - 60),)
    run(engine, replace(request, sections=sections, base=base_in(tmp_path / "base")))

    num_frames = NUM_FRAMES + NUM_HIDDEN

    def noise(step: int) -> Tensor:
        columns = [drawn(step, 0, FIRST + p) for p in range(num_frames)]
        for p in range(60, num_frames):
            angle = math.pi / 2 * min((p + 0.5 - 60) / 4, 1.0)
            columns[p] = math.cos(angle) * columns[p] + math.sin(angle) * drawn(step, 9, FIRST + p)
        return torch.stack(columns, dim=1)

    expected = sampled(
        track(num_frames),
        predict_with(model),
        noise,
        num_steps=NUM_STEPS,
        frozen=Frozen(
            clean=latents_in(tmp_path / "base"), is_frozen=[p < 60 for p in range(num_frames)]
        ),
    )
    assert error(latents_in(tmp_path / "made"), expected) < TOLERANCE


@pytest.mark.parametrize("eta", [0.0, 1.0])
@torch.inference_mode()
def test_a_section_across_the_wrap_of_a_loop(
    engine: LocalEngine, folder: Path, model: AudioLDM, tmp_path: Path, eta: float
) -> None:
    """Frames 56 to 71 of a loop of 64: the new noise counts on past the end."""
    request = replace(request_for(folder, tmp_path / "base", eta, 64), is_loop=True)
    run(engine, request)
    (tmp_path / "made").mkdir()
    request = replace(request, output_dir=str(tmp_path / "made"))
    sections = (section(FIRST + 56, 16),)
    run(engine, replace(request, sections=sections, base=base_in(tmp_path / "base")))

    def noise(step: int) -> Tensor:
        columns = [drawn(step, 0, FIRST + p) for p in range(64)]
        for beyond in range(56, 72):
            depth = min((beyond + 0.5 - 56) / 4, (72 - beyond - 0.5) / 4, 1.0)
            angle, old = math.pi / 2 * depth, columns[beyond % 64]
            new = drawn(step, 9, FIRST + beyond)
            columns[beyond % 64] = math.cos(angle) * old + math.sin(angle) * new
        return torch.stack(columns, dim=1)

    expected = sampled(
        track(64, is_circular=True),
        predict_with(model),
        noise,
        num_steps=NUM_STEPS,
        eta=eta,
        frozen=Frozen(
            clean=latents_in(tmp_path / "base"), is_frozen=[8 <= p < 56 for p in range(64)]
        ),
    )
    assert error(latents_in(tmp_path / "made"), expected) < TOLERANCE


@pytest.mark.parametrize("eta", [0.0, 1.0])
@torch.inference_mode()
def test_an_insertion_between_stretches_that_keep_their_noise(
    engine: LocalEngine, folder: Path, model: AudioLDM, tmp_path: Path, eta: float
) -> None:
    """16 new frames after 40; 9 frames on each side are made again from their own noise."""
    run(engine, request_for(folder, tmp_path / "base", eta, NUM_FRAMES))
    request = request_for(folder, tmp_path / "made", eta, NUM_FRAMES + 16)
    kept = tuple(
        KeptSpan(
            start_latent_frame=FIRST + a, num_latent_frames=b - a, target_latent_frame=FIRST + c
        )
        for a, b, c in ((0, 40, 0), (40, NUM_FRAMES, 56))
    )
    base_result = replace(base_in(tmp_path / "base"), kept=kept, join_latent_frames=9)
    run(engine, replace(request, take=3, base=base_result))

    num_frames = NUM_FRAMES + 16 + NUM_HIDDEN

    def noise(step: int) -> Tensor:
        columns = [drawn(step, 0, FIRST + p) for p in range(40)]
        columns += [drawn(step, 3, FIRST + p) for p in range(40, 56)]
        columns += [drawn(step, 0, FIRST + p - 16) for p in range(56, num_frames)]
        return torch.stack(columns, dim=1)

    base = latents_in(tmp_path / "base")
    clean = torch.cat([base[:, :40], torch.zeros(8, 16, 16).double(), base[:, 40:]], dim=1)
    expected = sampled(
        track(num_frames),
        predict_with(model),
        noise,
        num_steps=NUM_STEPS,
        eta=eta,
        frozen=Frozen(clean=clean, is_frozen=[not 31 <= p < 65 for p in range(num_frames)]),
    )
    assert error(latents_in(tmp_path / "made"), expected) < TOLERANCE
