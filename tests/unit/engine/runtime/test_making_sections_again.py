"""Sections of a take are made again; everything else keeps every bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.api import (
    EngineError,
    EngineEvent,
    Fusion,
    JobProgress,
    MelReady,
    Section,
)
from engine.runtime.local_engine import LocalEngine
from engine.runtime.take.state import TakeState
from tests.support.local_engine import FILES, base_in, run, section, sound_of
from tests.support.tiny_model import region, save_tiny_model, tiny_config, tiny_request


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


@pytest.fixture(scope="module")
def base(engine: LocalEngine, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished take of 400 latent frames, starting at frame 10."""
    folder = tmp_path_factory.mktemp("base")
    run(engine, tiny_request(model, folder, region(10, 400)))
    return folder


def again(
    engine: LocalEngine, model: Path, base: Path, folder: Path, *sections: Section
) -> list[EngineEvent]:
    request = tiny_request(model, folder, region(10, 400))
    return run(engine, replace(request, sections=sections, base=base_in(base)))


def test_outside_a_section_latents_mel_and_samples_keep_every_bit(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    again(engine, model, base, tmp_path, section(210, 30))

    latents, old_latents = (np.load(folder / "latents.npy") for folder in (tmp_path, base))
    changed = np.flatnonzero((latents != old_latents).any(axis=(0, 2)))
    assert (changed.min(), changed.max()) == (200, 229)
    mel, old_mel = (np.load(folder / "mel.npy") for folder in (tmp_path, base))
    changed = np.flatnonzero((mel != old_mel).any(axis=1))
    assert changed.min() >= 4 * 200
    assert changed.max() < 4 * 230
    assert len(changed) > 100
    changed = np.flatnonzero(sound_of(tmp_path) != sound_of(base))
    assert changed.min() >= 160 * 4 * 200
    assert changed.max() < 160 * 4 * 230
    assert len(changed) > 10_000


def test_several_sections_are_made_again_at_once(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    again(engine, model, base, tmp_path, section(20, 10), section(300, 12))

    latents, old = (np.load(folder / "latents.npy") for folder in (tmp_path, base))
    changed = np.flatnonzero((latents != old).any(axis=(0, 2)))
    assert set(changed) == {*range(10, 20), *range(290, 302)}


def test_only_a_section_is_reported(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    events = again(engine, model, base, tmp_path, section(210, 30))

    mels = [event for event in events if isinstance(event, MelReady)]
    assert sum(len(event.mel) for event in mels) == 120
    progress = [event for event in events if isinstance(event, JobProgress)]
    assert progress[-1].fraction == pytest.approx(1.0)


def test_a_section_that_reaches_the_end_replaces_it(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    again(engine, model, base, tmp_path, section(390, 20))

    latents, old = (np.load(folder / "latents.npy") for folder in (tmp_path, base))
    changed = np.flatnonzero((latents != old).any(axis=(0, 2)))
    assert changed.min() == 380
    assert changed.max() == latents.shape[1] - 1


def test_sections_of_sections_remember_all_their_noise(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    again(engine, model, base, tmp_path / "one", section(100, 30, take=5))
    again(engine, model, tmp_path / "one", tmp_path / "two", section(120, 30, take=6))

    state = TakeState.load(tmp_path / "two" / "state.npz")
    assert [layer.take for layer in state.layers] == [0, 5, 6]
    latents, old = (np.load(folder / "latents.npy") for folder in (tmp_path / "two", base))
    changed = np.flatnonzero((latents != old).any(axis=(0, 2)))
    assert set(changed) == set(range(90, 140))


def test_windows_are_joined_again_as_they_were_in_the_take(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    plain = tiny_request(model, tmp_path / "base", region(10, 400))
    request = replace(plain, sampling=replace(plain.sampling, fusion=Fusion.MEAN))
    run(engine, request)
    for name, asked in (("asked", request), ("not asked", plain)):
        (tmp_path / name).mkdir()
        part = replace(asked, sections=(section(100, 30),), base=base_in(tmp_path / "base"))
        run(engine, replace(part, output_dir=str(tmp_path / name)))

    for name in FILES:
        expected = (tmp_path / "asked" / name).read_bytes()
        assert (tmp_path / "not asked" / name).read_bytes() == expected, name
    assert TakeState.load(tmp_path / "not asked" / "state.npz").fusion is Fusion.MEAN


def test_a_little_strength_varies_less_than_all_of_it(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    again(engine, model, base, tmp_path / "weak", section(100, 40, strength=0.2))
    again(engine, model, base, tmp_path / "full", section(100, 40, strength=1.0))

    old, weak, full = (
        np.load(folder / "latents.npy")[:, 100:120]
        for folder in (base, tmp_path / "weak", tmp_path / "full")
    )
    assert 0 < np.abs(weak - old).mean() < 0.6 * np.abs(full - old).mean()


def test_a_section_of_another_model_is_refused(
    engine: LocalEngine, base: Path, tmp_path: Path
) -> None:
    other = save_tiny_model(tmp_path / "other", tiny_config(name="other"))

    with pytest.raises(EngineError, match="made with the model tiny, not other"):
        again(engine, other, base, tmp_path / "out", section(100, 40))


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_of_the_base_is_named(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path, name: str
) -> None:
    damaged = tmp_path / "base"
    damaged.mkdir()
    for file in FILES:
        content = (base / file).read_bytes()
        (damaged / file).write_bytes(content[: len(content) // 3] if file == name else content)

    with pytest.raises(EngineError, match=name):
        again(engine, model, damaged, tmp_path / "out", section(100, 40))
