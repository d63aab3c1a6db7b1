"""The bundled model: complete, loadable, and able to tell a bird from thunder."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.runtime.audio_vectors import AudioVectors
from engine.runtime.text_to_audio import TextToAudioModel, build_model, text_to_audio
from engine.training.export import starter_config
from engine.training.foundry.kinds import CORE
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


def test_its_configuration_is_that_of_the_training(starter: TextToAudioModel) -> None:
    wanted = starter_config(STARTER, starter.config.scaling_factor, has_tower=True)
    assert starter.config == wanted


def test_the_kinds_it_claims_are_kinds_it_was_trained_on() -> None:
    listed = json.loads((_FOLDER / "kinds.json").read_text(encoding="utf-8"))
    claimed = [kind["name"] for kind in listed["kinds"]]
    assert sorted([*claimed, *listed["dropped"]]) == sorted(kind.name for kind in CORE)
    assert len(claimed) >= 24
    assert {"rain", "ocean", "wind", "applause"} <= set(claimed)
    assert all(len(kind["prompts"]) >= 2 for kind in listed["kinds"])


def test_the_prompts_it_suggests_are_phrases_that_it_was_trained_on() -> None:
    listed = json.loads((_FOLDER / "kinds.json").read_text(encoding="utf-8"))
    phrases = {kind.name: kind.phrases for kind in CORE}
    for kind in listed["kinds"]:
        for prompt in kind["prompts"]:
            assert any(phrase in prompt for phrase in phrases[kind["name"]]), prompt


def test_the_bundle_is_small() -> None:
    assert sum(path.stat().st_size for path in _FOLDER.iterdir()) < 80_000_000


def test_no_kind_is_silent_or_beyond_full_scale(starter: TextToAudioModel) -> None:
    # Loud, pure tones are what overshoots.
    for prompt in ("a police siren", "crickets chirping at night", "rain falling"):
        audio = text_to_audio(starter, text=prompt, duration=2.56, seed=5)
        assert 0.02 < float(np.abs(audio).max()) < 1.0


def test_its_audio_tower_hears_which_sound_fits_which_words(starter: TextToAudioModel) -> None:
    networks = starter.engine.load("starter").model
    ear = AudioVectors(networks)
    prompts = ("birds singing", "a car engine revving", "a piano melody")
    words = networks.embed_prompts(prompts)
    for index, prompt in enumerate(prompts):
        audio = text_to_audio(starter, text=prompt, duration=5.12, seed=11)
        scores = [ear.clap_score(audio, starter.sample_rate, vector) for vector in words]
        assert scores.index(max(scores)) == index


def test_the_card_names_every_claimed_kind() -> None:
    card = (_FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8")
    listed = json.loads((_FOLDER / "kinds.json").read_text(encoding="utf-8"))
    assert all(f"**{kind['name']}**" in card for kind in listed["kinds"])
