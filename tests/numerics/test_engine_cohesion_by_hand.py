"""What else a job can ask for, by hand: repeating noise, borrowed frames, and how it is heard."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.api import Cohesion
from engine.checkpoints.load import load_checkpoint
from engine.checkpoints.model import AudioLDM
from engine.diffusion.noise import position_keyed_noise
from engine.longform.tiled_vae.decoder import DecodeSettings, TiledDecode, decoded_mel
from engine.runtime.local_engine import LocalEngine
from engine.runtime.take.state import TakeState
from tests.support.engine_by_hand import (
    FIRST,
    NUM_FRAMES,
    NUM_HIDDEN,
    NUM_STEPS,
    SEED,
    TOLERANCE,
    WINDOW,
    drawn,
    error,
    latents_in,
    predict_with,
    request_for,
    track,
    whole_noise,
)
from tests.support.local_engine import base_in, run, section, sound_of
from tests.support.slow_sampler import Frozen, ddim_timesteps, levels, sampled
from tests.support.tiny_model import save_tiny_model

EDGE_SAMPLES = 320
"""At the ends of a section there may be a cross-fade of 20 ms."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def model(folder: Path) -> AudioLDM:
    return load_checkpoint(folder)


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu", precision="float32")


def reference(take: int, period: int, frame: int) -> Tensor:
    """(8, 16) noise that repeats, of one absolute frame."""
    noise = position_keyed_noise(SEED, 0, take, frame % period, 1, purpose=1)
    return noise[0, :, 0].double()


@torch.inference_mode()
def test_noise_that_repeats_is_shared_by_a_piece_and_its_sections(
    engine: LocalEngine, folder: Path, model: AudioLDM, tmp_path: Path
) -> None:
    """A quarter of the power repeats every 9 frames; a section has no reference of its own."""
    cohesion = Cohesion(shared_noise=0.25, period_latent_frames=9)
    request = request_for(folder, tmp_path / "base", 1.0, NUM_FRAMES)
    run(engine, replace(request, cohesion=cohesion))
    request = replace(request_for(folder, tmp_path / "made", 1.0, NUM_FRAMES), take=4)
    made = replace(request, sections=(section(40, 18),), base=base_in(tmp_path / "base"))
    run(engine, replace(made, cohesion=cohesion))

    start, end, num_frames = 40 - FIRST, 58 - FIRST, NUM_FRAMES + NUM_HIDDEN

    def noise(step: int, *, has_section: bool) -> Tensor:
        columns = []
        for p in range(num_frames):
            column = drawn(step, 0, FIRST + p)
            if has_section and start <= p < end:
                angle = math.pi / 2 * min((p + 0.5 - start) / 4, (end - p - 0.5) / 4, 1.0)
                new = drawn(step, 9, FIRST + p)
                column = math.cos(angle) * column + math.sin(angle) * new
            if step == 0:
                shared = reference(0, 9, FIRST + p)
                column = math.sqrt(0.75) * column + math.sqrt(0.25) * shared
            columns.append(column)
        return torch.stack(columns, dim=1)

    base = latents_in(tmp_path / "base")
    predict = predict_with(model)
    expected = sampled(
        track(num_frames),
        predict,
        lambda step: noise(step, has_section=False),
        num_steps=NUM_STEPS,
        eta=1.0,
    )
    assert error(base, expected) < TOLERANCE
    expected = sampled(
        track(num_frames),
        predict,
        lambda step: noise(step, has_section=True),
        num_steps=NUM_STEPS,
        eta=1.0,
        frozen=Frozen(clean=base, is_frozen=[not start <= p < end for p in range(num_frames)]),
    )
    assert error(latents_in(tmp_path / "made"), expected) < TOLERANCE


@pytest.mark.parametrize("is_loop", [False, True])
@torch.inference_mode()
def test_frames_of_the_first_window_are_borrowed_in_the_first_steps(
    engine: LocalEngine, folder: Path, model: AudioLDM, tmp_path: Path, *, is_loop: bool
) -> None:
    """Half of four steps: the reference is a window of its own, sampled alone."""
    request = request_for(folder, tmp_path, 1.0, 64)
    request = replace(request, sampling=replace(request.sampling, num_steps=4), is_loop=is_loop)
    run(engine, replace(request, cohesion=Cohesion(reference_share=0.5)))

    predict, power, timesteps = predict_with(model), levels(), ddim_timesteps(4)
    first = torch.stack([drawn(0, 0, FIRST + p) for p in range(WINDOW)], dim=1)
    fresh = torch.stack([drawn(1, 0, FIRST + p) for p in range(WINDOW)], dim=1)
    here, after = power[timesteps[0]], power[timesteps[1]]
    epsilon = predict(0, first, timesteps[0])
    clean = (first - math.sqrt(1 - here) * epsilon) / math.sqrt(here)
    new_power = (1 - after) / (1 - here) * (1 - here / after)
    second = math.sqrt(after) * clean + math.sqrt(1 - after - new_power) * epsilon
    second = second + math.sqrt(new_power) * fresh
    expected = sampled(
        track(64, is_circular=is_loop),
        predict,
        whole_noise(64),
        num_steps=4,
        eta=1.0,
        borrowed=(first, second),
    )
    assert error(latents_in(tmp_path), expected) < TOLERANCE


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
    start, end = 4 * 70, 4 * 82
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
    first, last = 160 * start, 160 * end
    np.testing.assert_array_equal(sound[:first], old_sound[:first])
    np.testing.assert_array_equal(sound[last:], old_sound[last:])
    inside = slice(first + EDGE_SAMPLES, last - EDGE_SAMPLES)
    np.testing.assert_allclose(sound[inside], voiced[inside], rtol=0, atol=1e-5)


@torch.inference_mode()
def test_a_section_across_the_wrap_of_a_loop_is_heard_inside_its_own_ends_only(
    engine: LocalEngine, folder: Path, model: AudioLDM, tmp_path: Path
) -> None:
    """Frames 56 to 71 of a loop of 64: everything is counted around the wrap, frame by frame."""
    whole = replace(request_for(folder, tmp_path / "base", 0.0, 64), is_loop=True)
    run(engine, whole)
    (tmp_path / "made").mkdir()
    made = replace(whole, output_dir=str(tmp_path / "made"), base=base_in(tmp_path / "base"))
    run(engine, replace(made, sections=(section(FIRST + 56, 16),)))

    statistics = TakeState.load(tmp_path / "made" / "state.npz").statistics
    latents = latents_in(tmp_path / "made")[None] / model.config.scaling_factor
    settings = DecodeSettings(tile_latent_frames=500, is_circular=True)
    decode = TiledDecode(model.vae, latents.float(), settings, statistics=statistics)
    decoded = decoded_mel(decode)[0, 0].numpy()
    mel, old_mel = (np.load(tmp_path / name / "mel.npy") for name in ("made", "base"))
    start, end, num_frames = 4 * 56, 4 * 72, 4 * 64
    expected = old_mel.copy()
    for frame in range(start, end):
        place = frame % num_frames
        for band in range(mel.shape[1]):
            pair = float(old_mel[place, band]), float(decoded[place, band])
            expected[place, band] = blended(*pair, frame, start, end)
    outside = slice(end - num_frames, start)
    np.testing.assert_array_equal(mel[outside], old_mel[outside])
    np.testing.assert_allclose(mel, expected, rtol=0, atol=2e-4)
    assert np.abs(mel - old_mel).max() > 0.02

    sound, old_sound = sound_of(tmp_path / "made"), sound_of(tmp_path / "base")
    played_thrice = torch.from_numpy(np.concatenate([mel, mel, mel]))[None]
    voiced = model.vocoder(played_thrice, torch.arange(3 * num_frames))[0].numpy()
    voiced = voiced[16 + 160 * num_frames :][: 160 * num_frames]
    outside = slice(160 * (end - num_frames), 160 * start)
    np.testing.assert_array_equal(sound[outside], old_sound[outside])
    inside = np.arange(160 * start + EDGE_SAMPLES, 160 * end - EDGE_SAMPLES) % len(sound)
    np.testing.assert_allclose(sound[inside], voiced[inside], rtol=0, atol=1e-5)
