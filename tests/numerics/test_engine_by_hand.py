"""Jobs of the real engine against joint diffusion written out by hand, with a tiny real network.

From the request to the stored latents: windows, noise, feather, frozen frames, hidden frames and
guidance. The network works in float32, hence the tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.api import GenerateRequest, KeptSpan
from engine.checkpoints.load import load_checkpoint
from engine.checkpoints.model import AudioLDM
from engine.diffusion.noise import position_keyed_noise
from engine.longform.tiled_vae.decoder import DecodeSettings, TiledDecode, decoded_mel
from engine.runtime.local_engine import LocalEngine
from engine.runtime.take_state import TakeState
from tests.support.local_engine import base_in, run, section, sound_of
from tests.support.slow_sampler import Frozen, Track, sampled
from tests.support.tiny_model import region, save_tiny_model, tiny_request

FIRST, NUM_FRAMES, NUM_STEPS = 10, 75, 3
WINDOW, STRIDE, RAMP = 16, 8, 2
SEED, GUIDANCE = 7, 3.0
NUM_HIDDEN = 5
"""The last of the windows at 10, 18, 26 ... ends at frame 90, the piece at 85."""
TOLERANCE = 1e-4
MEL_BEYOND, VOICED_BEYOND = 52, 32
"""Mel frames on each side of a section that are decoded again, as far as the tiny decoder, with a
block less at every level, reaches; and of those, mel frames whose sound is written again."""
EDGE_SAMPLES = 320
"""At the ends of what is written again there may be a cross-fade of 20 ms."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def model(folder: Path) -> AudioLDM:
    return load_checkpoint(folder)


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu", precision="float32")


def request_for(folder: Path, output: Path, eta: float, num_frames: int) -> GenerateRequest:
    request = tiny_request(folder, output, region(FIRST, num_frames), num_steps=NUM_STEPS)
    return replace(request, sampling=replace(request.sampling, eta=eta))


def latents_in(output: Path) -> Tensor:
    return torch.from_numpy(np.load(output / "latents.npy")).double()


def track(num_frames: int, *, is_circular: bool = False) -> Track:
    last = num_frames if is_circular else num_frames - WINDOW + 1
    return Track(
        num_frames=num_frames,
        starts=tuple(range(0, last, STRIDE)),
        window=WINDOW,
        ramp=RAMP,
        is_circular=is_circular,
    )


def drawn(step: int, take: int, frame: int) -> Tensor:
    """(8, 16) of one absolute frame."""
    return position_keyed_noise(SEED, 0, take, frame, 1, step=step)[0, :, 0].double()


def predict_with(model: AudioLDM) -> Callable[[int, Tensor, int], Tensor]:
    vectors = [model.embed_prompts([text])[0] for text in ("", "rain")]

    def predict(_start: int, x: Tensor, timestep: int) -> Tensor:
        unconditional, conditional = (
            model.unet(x[None].float(), torch.tensor([timestep]), vector[None])[0].double()
            for vector in vectors
        )
        guided: Tensor = unconditional + GUIDANCE * (conditional - unconditional)
        return guided

    return predict


def whole_noise(num_frames: int) -> Callable[[int], Tensor]:
    return lambda step: torch.stack([drawn(step, 0, FIRST + p) for p in range(num_frames)], dim=1)


def error(got: Tensor, expected: Tensor) -> float:
    return float((got - expected).abs().max() / expected.square().mean().sqrt())


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


def blended(old: float, new: float, frame: int, start: int, end: int) -> float:
    """A straight fade over 16 mel frames inside each end of [start, end)."""
    share = min((frame + 0.5 - start) / 16, (end - frame - 0.5) / 16, 1.0)
    return (1 - share) * old + share * new


@torch.inference_mode()
def test_a_section_is_heard_in_its_dirty_range_as_a_whole_decode_would_give_it(
    engine: LocalEngine, folder: Path, model: AudioLDM, tmp_path: Path
) -> None:
    """Decoded again with the statistics of the base, faded in over 16 mel frames."""
    num_frames = 150
    run(engine, request_for(folder, tmp_path / "base", 0.0, num_frames))
    request = request_for(folder, tmp_path / "made", 0.0, num_frames)
    base = base_in(tmp_path / "base")
    run(engine, replace(request, sections=(section(FIRST + 70, 12),), base=base))

    statistics = TakeState.load(tmp_path / "made" / "state.npz").statistics
    latents = latents_in(tmp_path / "made")[None, :, :num_frames] / model.config.scaling_factor
    decode = TiledDecode(
        model.vae, latents.float(), DecodeSettings(tile_latent_frames=500), statistics=statistics
    )
    decoded = decoded_mel(decode)[0, 0].numpy()
    mel, old_mel = (np.load(tmp_path / name / "mel.npy") for name in ("made", "base"))
    start, end = 4 * 70 - MEL_BEYOND, 4 * 82 + MEL_BEYOND
    expected = old_mel.copy()
    for frame in range(start, end):
        for band in range(mel.shape[1]):
            pair = float(old_mel[frame, band]), float(decoded[frame, band])
            expected[frame, band] = blended(*pair, frame, start, end)
    np.testing.assert_array_equal(mel[:start], old_mel[:start])
    np.testing.assert_array_equal(mel[end:], old_mel[end:])
    np.testing.assert_allclose(mel, expected, rtol=0, atol=2e-4)
    assert np.abs(mel - old_mel).max() > 0.02

    sound, old_sound = sound_of(tmp_path / "made"), sound_of(tmp_path / "base")
    voiced = model.vocoder(torch.from_numpy(mel)[None], torch.arange(len(mel)))[0].numpy()
    voiced = voiced[16 : 16 + 160 * len(mel)]
    first, last = 160 * (start - VOICED_BEYOND), 160 * (end + VOICED_BEYOND)
    np.testing.assert_array_equal(sound[:first], old_sound[:first])
    np.testing.assert_array_equal(sound[last:], old_sound[last:])
    inside = slice(first + EDGE_SAMPLES, last - EDGE_SAMPLES)
    np.testing.assert_allclose(sound[inside], voiced[inside], rtol=0, atol=1e-5)
