"""Sound files as takes, and as beginnings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray

from engine.analysis.jumps import jump_ratios
from engine.api import (
    AudioReady,
    AudioSource,
    Cohesion,
    EngineEvent,
    JobProgress,
    JobStarted,
    MelReady,
    Section,
    SourceNoise,
    Stage,
)
from engine.dsp.mel import MelFrontEnd
from engine.runtime.local_engine import LocalEngine
from engine.runtime.source.audio import TRAINING_PEAK, content_seed
from engine.runtime.take.state import TakeState
from tests.support.local_engine import base_in, result_of, run, section, sound_of
from tests.support.networks import PUBLISHED_MEL
from tests.support.tiny_model import region, save_tiny_model, tiny_request

FIRST, NUM = 10, 100
SAMPLES_PER_FRAME = 640


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model"))


def waves() -> NDArray[np.float32]:
    """3 s that rise and fall and then end: shorter than the piece, peak about 0.4."""
    time = np.arange(48_000) / 16_000
    chord = sum(np.sin(2 * np.pi * pitch * time) for pitch in (110.0, 138.6, 164.8))
    return (0.13 * chord * (1.0 + 0.2 * np.sin(5 * time))).astype(np.float32)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("file") / "waves.wav"
    soundfile.write(path, waves(), 16_000, subtype="FLOAT")
    return path


def imported(
    engine: LocalEngine, model: Path, folder: Path, source: AudioSource, num_steps: int = 4
) -> list[EngineEvent]:
    request = tiny_request(model, folder, region(FIRST, NUM), num_steps=num_steps)
    return run(engine, replace(request, source=source))


def repaired(
    engine: LocalEngine, model: Path, base: Path, folder: Path, *sections: Section
) -> list[EngineEvent]:
    request = tiny_request(model, folder, region(FIRST, NUM), num_steps=4)
    return run(engine, replace(request, base=base_in(base), sections=sections))


@pytest.fixture(scope="module")
def kept(
    engine: LocalEngine, model: Path, file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    imported(engine, model, folder, AudioSource(path=str(file)))
    return folder


def test_a_kept_file_is_heard_bit_for_bit(kept: Path) -> None:
    samples = sound_of(kept)

    assert len(samples) == NUM * SAMPLES_PER_FRAME
    assert np.array_equal(samples[:48_000], waves())
    assert not samples[48_000:].any()


def test_the_spectrogram_is_the_true_one_of_the_file_at_the_level_of_the_training(
    kept: Path,
) -> None:
    mel = np.load(kept / "mel.npy")

    heard = torch.from_numpy(sound_of(kept)) * TRAINING_PEAK / float(np.abs(waves()).max())
    expected = MelFrontEnd(PUBLISHED_MEL)(heard.unsqueeze(0))
    assert mel.shape == (4 * NUM, 64)
    # The last frames see beyond the piece, where the file is silent and the whole would mirror.
    np.testing.assert_allclose(mel[:-4], expected[0, 0, :-4].numpy(), rtol=0, atol=2e-2)


def test_latents_reach_over_the_hidden_frames(kept: Path) -> None:
    latents = np.load(kept / "latents.npy")

    assert latents.shape[1] >= NUM
    assert latents.shape[1] % 8 == 0
    assert np.isfinite(latents).all()


def test_the_state_knows_the_noise_and_the_level(kept: Path, file: Path) -> None:
    state = TakeState.load(kept / "state.npz")

    assert [layer.seed for layer in state.layers] == [content_seed(file)]
    assert state.level.encoder_gain == pytest.approx(TRAINING_PEAK / np.abs(waves()).max())
    assert state.level.keeps_original


def test_a_kept_file_needs_no_sampling(
    engine: LocalEngine, model: Path, file: Path, tmp_path: Path
) -> None:
    events = imported(engine, model, tmp_path, AudioSource(path=str(file)))

    assert [e.num_steps for e in events if isinstance(e, JobStarted)] == [0]
    stages = {event.stage for event in events if isinstance(event, JobProgress)}
    assert stages == {Stage.LOADING, Stage.CONDITIONING, Stage.ENCODING}
    assert sum(len(e.mel) for e in events if isinstance(e, MelReady)) == 4 * NUM
    assert sum(len(e.samples) for e in events if isinstance(e, AudioReady)) == NUM * 640
    assert result_of(events).num_samples == NUM * 640
    assert {path.name for path in tmp_path.iterdir()} == {
        "audio.wav",
        "latents.npy",
        "mel.npy",
        "state.npz",
    }


@pytest.mark.parametrize("gain", [1 / 64, 0.3, 2.2])
def test_a_quiet_or_loud_copy_gives_the_same_latents_and_keeps_its_level(
    engine: LocalEngine, model: Path, kept: Path, tmp_path: Path, gain: float
) -> None:
    path = tmp_path / "copy.wav"
    copy = (waves() * gain).astype(np.float32)
    soundfile.write(path, copy, 16_000, subtype="FLOAT")

    imported(engine, model, tmp_path / "out", AudioSource(path=str(path)))

    levels = [TakeState.load(f / "state.npz").level for f in (tmp_path / "out", kept)]
    assert levels[0].encoder_gain * gain == pytest.approx(levels[1].encoder_gain, rel=1e-5)
    latents, expected = (np.load(f / "latents.npy") for f in (tmp_path / "out", kept))
    np.testing.assert_allclose(latents, expected, rtol=0, atol=1e-3 * float(expected.std()))
    assert np.array_equal(sound_of(tmp_path / "out")[: len(copy)], copy)


def test_what_is_made_again_in_a_quiet_copy_is_as_much_quieter(
    engine: LocalEngine, model: Path, kept: Path, tmp_path: Path
) -> None:
    path = tmp_path / "quiet.wav"
    soundfile.write(path, waves() / 64, 16_000, subtype="FLOAT")
    imported(engine, model, tmp_path / "base", AudioSource(path=str(path)))
    repaired(engine, model, kept, tmp_path / "loud", section(FIRST + 40, 10))

    repaired(engine, model, tmp_path / "base", tmp_path / "quiet", section(FIRST + 40, 10))

    # The noise outside the section is that of the other file, so only its inner frames compare.
    quiet, loud = (
        float(np.square(sound_of(tmp_path / name)[42 * 640 : 48 * 640]).mean())
        for name in ("quiet", "loud")
    )
    assert 10 * np.log10(quiet / loud) == pytest.approx(-20 * np.log10(64), abs=3.0)


def test_making_a_part_again_leaves_every_other_sample_of_the_file(
    engine: LocalEngine, model: Path, kept: Path, tmp_path: Path
) -> None:
    repaired(engine, model, kept, tmp_path, section(FIRST + 40, 10))

    changed = np.flatnonzero(sound_of(tmp_path) != sound_of(kept))
    assert 40 * 640 <= changed.min() < 41 * 640
    assert 49 * 640 < changed.max() < 50 * 640
    mel, old = (np.load(folder / "mel.npy") for folder in (tmp_path, kept))
    reached = np.flatnonzero((mel != old).any(axis=1))
    assert reached.min() * 160 <= changed.min()
    assert changed.max() < (reached.max() + 1) * 160


def test_nothing_clicks_where_the_file_goes_over_into_vocoded_sound(
    engine: LocalEngine, model: Path, kept: Path, tmp_path: Path
) -> None:
    repaired(engine, model, kept, tmp_path, section(FIRST + 40, 10))

    new, old = sound_of(tmp_path), sound_of(kept)
    changed = np.flatnonzero(new != old)
    edges = np.asarray([changed[0], changed[-1] + 1])
    assert jump_ratios(new, edges, 16_000).max() < 1.0
    within = np.concatenate(
        [np.arange(edges[0], edges[0] + 320), np.arange(edges[1] - 320, edges[1])]
    )
    assert jump_ratios(new, within, 16_000).max() < 3.0


def test_the_cross_fade_is_announced_as_it_is_in_the_file(
    engine: LocalEngine, model: Path, kept: Path, tmp_path: Path
) -> None:
    events = repaired(engine, model, kept, tmp_path, section(FIRST + 40, 10))

    heard = sound_of(kept)
    for event in events:
        if isinstance(event, AudioReady):
            heard[event.first_sample : event.first_sample + len(event.samples)] = event.samples
    assert np.array_equal(heard, sound_of(tmp_path))


def test_parts_of_parts_remember_the_level(
    engine: LocalEngine, model: Path, kept: Path, tmp_path: Path
) -> None:
    repaired(engine, model, kept, tmp_path / "one", section(FIRST + 20, 10))
    repaired(engine, model, tmp_path / "one", tmp_path / "two", section(FIRST + 40, 10, take=11))

    first, last = (TakeState.load(folder / "state.npz") for folder in (kept, tmp_path / "two"))
    assert last.level == first.level
    assert [layer.take for layer in last.layers] == [0, 9, 11]


def test_a_little_strength_stays_closer_to_the_file(
    engine: LocalEngine, model: Path, file: Path, kept: Path, tmp_path: Path
) -> None:
    for strength in (0.25, 0.75):
        events = imported(
            engine, model, tmp_path / f"{strength}", AudioSource(path=str(file), strength=strength)
        )
        assert [e.num_steps for e in events if isinstance(e, JobStarted)] == [round(4 * strength)]

    clean, little, much = (
        np.load(folder / "latents.npy") for folder in (kept, tmp_path / "0.25", tmp_path / "0.75")
    )
    assert 0.0 < np.abs(little - clean).mean() < np.abs(much - clean).mean()
    state = TakeState.load(tmp_path / "0.25" / "state.npz")
    assert not state.level.keeps_original
    assert state.layers[0].seed == 7


def test_full_strength_is_the_piece_without_the_file(
    engine: LocalEngine, model: Path, file: Path, tmp_path: Path
) -> None:
    imported(engine, model, tmp_path / "file", AudioSource(path=str(file), strength=1.0))
    run(engine, tiny_request(model, tmp_path / "words", region(FIRST, NUM), num_steps=4))

    from_file, from_words = (np.load(tmp_path / name / "latents.npy") for name in ("file", "words"))
    assert np.array_equal(from_file, from_words)


def test_changed_sound_differs_from_take_to_take(
    engine: LocalEngine, model: Path, file: Path, tmp_path: Path
) -> None:
    for take in (0, 1):
        request = tiny_request(model, tmp_path / f"{take}", region(FIRST, NUM), num_steps=4)
        source = AudioSource(path=str(file), strength=0.5)
        run(engine, replace(request, source=source, take=take))

    assert not np.array_equal(sound_of(tmp_path / "0"), sound_of(tmp_path / "1"))


def test_inverted_noise_is_kept_in_the_state_and_used_beside_sections(
    engine: LocalEngine, model: Path, file: Path, kept: Path, tmp_path: Path
) -> None:
    source = AudioSource(path=str(file), noise=SourceNoise.INVERSION)
    imported(engine, model, tmp_path / "base", source)
    repaired(engine, model, tmp_path / "base", tmp_path / "new", section(FIRST + 40, 10))
    repaired(engine, model, kept, tmp_path / "hash", section(FIRST + 40, 10))

    before, after = (TakeState.load(tmp_path / name / "state.npz") for name in ("base", "new"))
    (noise,) = before.stored_noise
    latents = np.load(tmp_path / "base" / "latents.npy")
    assert noise.shape == latents.shape
    assert bool(torch.isfinite(noise).all())
    assert torch.equal(after.stored_noise[0], noise)
    assert [layer.stored for layer in after.layers] == [0, None]
    inverted, hashed = (np.load(tmp_path / name / "latents.npy") for name in ("new", "hash"))
    assert not np.array_equal(inverted[:, 40:50], hashed[:, 40:50])


def test_nothing_repeats_along_inverted_noise(
    engine: LocalEngine, model: Path, file: Path, tmp_path: Path
) -> None:
    """It is all of the power: with more, the first step would see too loud a beginning."""
    source = AudioSource(path=str(file), strength=0.5, noise=SourceNoise.INVERSION)
    for name, shared in (("plain", 0.0), ("shared", 0.3)):
        request = tiny_request(model, tmp_path / name, region(FIRST, NUM), num_steps=4)
        cohesion = Cohesion(shared_noise=shared, period_latent_frames=25)
        run(engine, replace(request, source=source, cohesion=cohesion))

    assert np.array_equal(sound_of(tmp_path / "plain"), sound_of(tmp_path / "shared"))


def test_a_longer_file_goes_on_in_the_hidden_frames(
    engine: LocalEngine, model: Path, kept: Path, tmp_path: Path
) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, np.tile(waves(), 2), 16_000, subtype="FLOAT")

    imported(engine, model, tmp_path / "out", AudioSource(path=str(path)))

    long, short = (np.load(folder / "latents.npy") for folder in (tmp_path / "out", kept))
    assert not np.allclose(long[:, NUM:], short[:, NUM:])


def test_an_imported_take_is_extended_like_any_other(
    engine: LocalEngine, model: Path, kept: Path, tmp_path: Path
) -> None:
    request = tiny_request(model, tmp_path, region(FIRST, NUM + 40), num_steps=4)

    run(engine, replace(request, base=base_in(kept)))

    new, old = sound_of(tmp_path), sound_of(kept)
    assert len(new) == (NUM + 40) * SAMPLES_PER_FRAME
    changed = np.flatnonzero(new[: len(old)] != old)
    # The join frees at most a third of the stretch, and the decoder carries it 17 frames further.
    assert changed.min() > (NUM - 48 - 17) * SAMPLES_PER_FRAME
    assert new[len(old) :].any()
    assert jump_ratios(new, np.asarray([changed[0]]), 16_000).max() < 1.0
    assert TakeState.load(tmp_path / "state.npz").level == TakeState.load(kept / "state.npz").level
