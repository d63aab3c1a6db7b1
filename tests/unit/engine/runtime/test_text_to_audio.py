from pathlib import Path

import numpy as np
import pytest

import engine
from engine.api import EngineError
from engine.runtime.text_to_audio import TextToAudioModel, build_model, text_to_audio
from tests.support.tiny_model import save_tiny_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TextToAudioModel:
    return build_model(save_tiny_model(tmp_path_factory.mktemp("tiny")), device="cpu")


def test_the_package_offers_both_functions() -> None:
    assert engine.build_model is build_model
    assert engine.text_to_audio is text_to_audio
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = engine.no_such_thing


@pytest.mark.parametrize("duration", [0.01, 0.5, 1.2345])
def test_the_waveform_has_the_length_that_was_asked_for(
    model: TextToAudioModel, duration: float
) -> None:
    samples = text_to_audio(model, text="rain", duration=duration)

    assert samples.shape == (round(duration * model.sample_rate),)
    assert samples.dtype == np.float32
    assert np.abs(samples).max() > 0


def test_the_same_seed_gives_the_same_sound_and_another_one_another(
    model: TextToAudioModel,
) -> None:
    first = text_to_audio(model, text="rain", duration=0.5, seed=1)

    assert np.array_equal(first, text_to_audio(model, text="rain", duration=0.5, seed=1))
    assert not np.array_equal(first, text_to_audio(model, text="rain", duration=0.5, seed=2))


def test_steps_guidance_sampler_and_negative_prompt_are_heard(model: TextToAudioModel) -> None:
    plain = text_to_audio(model, text="rain", duration=0.5)

    for other in (
        text_to_audio(model, text="rain", duration=0.5, num_steps=3),
        text_to_audio(model, text="rain", duration=0.5, guidance_scale=1.0),
        text_to_audio(model, text="rain", duration=0.5, sampler="dpm-solver++2m"),
        text_to_audio(model, text="rain", duration=0.5, negative_prompt="wind"),
    ):
        assert not np.array_equal(plain, other)


@pytest.mark.parametrize("duration", [0.0, -1.0, float("nan"), 86_400.0, 1e9])
def test_an_impossible_duration_is_refused(model: TextToAudioModel, duration: float) -> None:
    with pytest.raises(EngineError, match="seconds cannot be generated") as caught:
        text_to_audio(model, text="rain", duration=duration)

    assert "12 hours" in caught.value.remedy


def test_an_empty_text_and_an_unknown_sampler_are_refused(model: TextToAudioModel) -> None:
    with pytest.raises(EngineError, match="has no words"):
        text_to_audio(model, text=" ")
    with pytest.raises(EngineError, match="no sampler “euler”"):
        text_to_audio(model, text="rain", sampler="euler")


def test_a_model_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="nowhere"):
        build_model(tmp_path / "nowhere")
