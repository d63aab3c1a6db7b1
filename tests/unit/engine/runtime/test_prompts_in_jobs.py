"""Curves, root words and sounds, from the request to the finished piece."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.api import Anchor, Curve, EngineError, GenerateRequest, RootPrompt
from engine.runtime.local_engine import LocalEngine
from tests.support.local_engine import run, sound_of
from tests.support.tiny_model import region, save_tiny_model, tiny_config, tiny_request


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model"), tiny_config(listens=True))


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine()


def bell(folder: Path) -> Anchor:
    path = folder / "bell.wav"
    time = np.arange(16_000) / 16_000
    soundfile.write(path, np.sin(2000 * time) * np.exp(-3 * time), 16_000)
    return Anchor(audio_path=str(path))


def made(engine: LocalEngine, request: GenerateRequest) -> np.ndarray:
    run(engine, request)
    return sound_of(Path(request.output_dir))


def test_each_of_them_changes_the_sound(engine: LocalEngine, model: Path, tmp_path: Path) -> None:
    plain = tiny_request(model, tmp_path / "plain")
    rain = plain.regions[0]
    rising = Curve(latent_frames=(0, 40), values=(1.0, 6.0))
    changed = {
        "guidance": replace(plain, regions=(replace(rain, guidance_curve=rising),)),
        "root": replace(plain, root=RootPrompt(prompt="one band")),
        "anchor": replace(plain, regions=(replace(rain, anchors=(bell(tmp_path),)),)),
    }
    sounds = [made(engine, plain)]
    for name, request in changed.items():
        (tmp_path / name).mkdir()
        sounds.append(made(engine, replace(request, output_dir=str(tmp_path / name))))

    for i, sound in enumerate(sounds):
        assert all(not np.array_equal(sound, other) for other in sounds[:i])


def test_a_flat_curve_is_the_number_itself(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    flat = Curve(latent_frames=(10, 20), values=(3.0, 3.0))
    by_number = tiny_request(model, tmp_path / "number", region(0, 40, guidance_scale=3.0))
    by_curve = tiny_request(
        model, tmp_path / "curve", replace(region(0, 40, guidance_scale=9.0), guidance_curve=flat)
    )

    np.testing.assert_array_equal(made(engine, by_curve), made(engine, by_number))


def test_a_model_that_cannot_listen_says_so_before_it_samples(
    engine: LocalEngine, tmp_path: Path
) -> None:
    deaf = save_tiny_model(tmp_path / "deaf")
    asked = replace(region(0, 40), anchors=(bell(tmp_path),))

    with pytest.raises(EngineError, match="The model tiny cannot listen to sounds"):
        run(engine, tiny_request(deaf, tmp_path / "out", asked))

    assert not (tmp_path / "out" / "latents.npy").exists()
