"""The bundled model: complete, loadable, and able to tell a bird from thunder."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.runtime.text_to_audio import TextToAudioModel, build_model, text_to_audio
from engine.training.export import starter_config
from engine.training.foundry.kinds import NAMES
from engine.training.sizes import STARTER

_FOLDER = Path(__file__).parents[2] / "resources" / "starter_model"


@pytest.fixture(scope="module")
def starter() -> TextToAudioModel:
    """The model, loaded once."""
    return build_model("starter", device="cpu")


def _middle_hz(audio: NDArray[np.float32], sample_rate: int) -> float:
    """The frequency below which half of the energy lies."""
    power = np.abs(np.fft.rfft(audio)) ** 2
    half = int(np.searchsorted(power.cumsum(), power.sum() / 2))
    return half * sample_rate / len(audio)


def test_birds_are_heard_above_thunder(starter: TextToAudioModel) -> None:
    middles = {}
    for prompt in ("birds singing", "rumbling thunder"):
        audio = text_to_audio(starter, text=prompt, duration=2.56, seed=3)
        assert np.isfinite(audio).all()
        assert 0.02 < float(np.abs(audio).max()) < 4.0
        middles[prompt] = _middle_hz(audio, starter.sample_rate)
    assert middles["birds singing"] > 1500
    assert middles["rumbling thunder"] < 600


def test_its_networks_are_those_of_the_training(starter: TextToAudioModel) -> None:
    config = starter.config
    trained = starter_config(STARTER, config.scaling_factor)

    assert (config.unet, config.vae, config.mel) == (trained.unet, trained.vae, trained.mel)
    assert config.predicts_velocity == trained.predicts_velocity


def test_the_kinds_it_claims_are_kinds_that_the_training_knows() -> None:
    listed = json.loads((_FOLDER / "kinds.json").read_text(encoding="utf-8"))
    claimed = [kind["name"] for kind in listed["kinds"]]
    assert {*claimed, *listed["dropped"]} <= set(NAMES)
    assert {"rain", "ocean", "wind"} <= set(claimed)
    assert all(len(kind["prompts"]) >= 2 for kind in listed["kinds"])


def test_the_bundle_is_small() -> None:
    assert sum(path.stat().st_size for path in _FOLDER.iterdir()) < 80_000_000


def test_no_kind_is_silent_or_beyond_full_scale(starter: TextToAudioModel) -> None:
    # Loud, pure tones are what overshoots.
    for prompt in ("a police siren", "crickets chirping at night", "rain falling"):
        audio = text_to_audio(starter, text=prompt, duration=2.56, seed=5)
        assert 0.02 < float(np.abs(audio).max()) < 1.0


def test_the_card_names_every_claimed_kind() -> None:
    card = (_FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8")
    listed = json.loads((_FOLDER / "kinds.json").read_text(encoding="utf-8"))
    assert all(f"**{kind['name']}**" in card for kind in listed["kinds"])
