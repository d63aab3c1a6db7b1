"""Clips are a function of their index, and their captions say what is in them."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.random import Generator

from engine.training.foundry import machines, nature, people, recordings, vehicles
from engine.training.foundry.captions import (
    MIXTURE_FORMS,
    QUIET_FORMS,
    caption_for,
    mixture_phrase,
    phrase_for,
    with_adjective,
    without_article,
)
from engine.training.foundry.clips import make_clip
from engine.training.foundry.kinds import CORE, KINDS, NAMES, Kind
from engine.training.foundry.recipes import CLIP_SAMPLES, Recipe, Sound, formula
from engine.training.foundry.signals import tone, white_noise
from engine.training.foundry.soundfonts import FOLDER_VARIABLE, SoundFontMissingError, _synth

_FORMULAS = (
    nature.thunder,
    nature.wind,
    nature.ocean,
    nature.fire,
    nature.birds,
    nature.crickets,
    machines.siren,
    machines.alarm,
    machines.car_engine,
    machines.telephone,
    machines.laser,
    machines.explosion,
    machines.heartbeat,
    people.applause,
    people.footsteps,
    people.gunshots,
    people.whistle,
    vehicles.helicopter,
    vehicles.motorcycle,
)


def _tone(pitch: float) -> Recipe:
    """A recipe of a plain sine."""

    def recipe(rng: Generator) -> Sound:
        return Sound(audio=tone(np.full(CLIP_SAMPLES, pitch * rng.uniform(0.95, 1.05))))

    return recipe


# Kinds that need no soundfont.
_FORMULA_KINDS = tuple(
    Kind(
        name=name,
        recipe=formula(function),
        phrases=(f"a {name}",),
        targets=("Noise",),
        is_texture=is_texture,
    )
    for name, function, is_texture in (
        ("fire", nature.fire, True),
        ("wind", nature.wind, True),
        ("laser", machines.laser, False),
    )
)


@pytest.mark.parametrize("function", _FORMULAS, ids=lambda function: function.__name__)
def test_formulas_make_sound_of_the_asked_length(function: object) -> None:
    assert callable(function)
    audio = function(np.random.default_rng(3), CLIP_SAMPLES)
    assert audio.shape == (CLIP_SAMPLES,)
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() > 0.01


def test_rain_is_louder_in_drops_when_it_is_heavy() -> None:
    light = nature.rain(np.random.default_rng(1), CLIP_SAMPLES, 0.0)
    heavy = nature.rain(np.random.default_rng(1), CLIP_SAMPLES, 1.0)
    assert float((heavy**2).mean()) > 2 * float((light**2).mean())


def test_a_clip_is_a_function_of_its_index_and_seed() -> None:
    first, again, other = (make_clip(5, kinds=_FORMULA_KINDS, seed=seed) for seed in (2, 2, 3))
    np.testing.assert_array_equal(first.audio, again.audio)
    assert first.captions == again.captions
    assert not np.array_equal(first.audio, other.audio)


def test_clips_fit_the_mel_and_do_not_clip() -> None:
    for index in range(24):
        clip = make_clip(index, kinds=_FORMULA_KINDS, seed=1)
        assert clip.audio.shape == (CLIP_SAMPLES,)
        assert clip.audio.dtype == np.float32
        assert 0.05 < float(np.abs(clip.audio).max()) <= 0.5 + 1e-6
        assert clip.kind == index % 3


def test_captions_of_mixtures_name_both_sounds() -> None:
    clips = [make_clip(i, kinds=_FORMULA_KINDS, seed=4) for i in range(90)]
    mixed = [clip for clip in clips if clip.is_mixture]
    assert 4 <= len(mixed) <= 30
    for clip in mixed:
        for caption in clip.captions:
            assert sum(name in caption for name in ("fire", "wind", "laser")) == 2


def test_a_kind_keeps_its_clips_when_other_kinds_come_and_go() -> None:
    among_three = make_clip(3, kinds=_FORMULA_KINDS, seed=1, with_mixtures=False)
    alone = make_clip(1, kinds=_FORMULA_KINDS[:1], seed=1, with_mixtures=False)
    np.testing.assert_array_equal(among_three.audio, alone.audio)


def test_a_sequence_goes_over_from_one_sound_to_the_other() -> None:
    tones = tuple(
        Kind(
            name=f"{pitch} Hz",
            recipe=_tone(pitch),
            phrases=("a tone",),
            targets=("Sine wave",),
            is_texture=True,
        )
        for pitch in (200, 3000)
    )
    clips = [make_clip(2 * i, kinds=tones, seed=6) for i in range(60)]
    followed = [clip for clip in clips if "then" in clip.captions[0].lower()]
    assert followed
    for clip in followed:
        spectra = np.abs(np.fft.rfft([clip.audio[:16_000], clip.audio[-16_000:]])).argmax(axis=1)
        assert (spectra[0] < 1000) != (spectra[1] < 1000)


def test_evaluation_clips_have_one_sound() -> None:
    assert not any(
        make_clip(i, kinds=_FORMULA_KINDS, seed=4, with_mixtures=False).is_mixture
        for i in range(60)
    )


def test_kinds_are_distinct_and_sayable() -> None:
    assert len(set(NAMES)) == len(NAMES) >= 20
    phrases = [phrase for kind in KINDS for phrase in kind.phrases]
    assert len(set(phrases)) == len(phrases)
    assert {"rain", "thunder", "ocean", "wind"} <= set(NAMES)
    assert sum(kind.is_texture for kind in KINDS) >= 5
    assert {"rain", "ocean", "wind", "applause"} <= {kind.name for kind in CORE} <= set(NAMES)


@pytest.mark.parametrize(
    ("phrase", "adjective", "expected"),
    [
        ("a piano melody", "slow", "a slow piano melody"),
        ("an organ", "slow", "a slow organ"),
        ("the sea", "calm", "the calm sea"),
        ("rain falling", "heavy", "heavy rain falling"),
        ("a drum beat", "", "a drum beat"),
    ],
)
def test_adjectives_stand_before_the_noun(phrase: str, adjective: str, expected: str) -> None:
    assert with_adjective(phrase, adjective) == expected


def test_places_are_said_without_a_doubled_article() -> None:
    assert without_article("a siren") == "siren"
    assert without_article("rain") == "rain"
    rng = np.random.default_rng(0)
    said = {phrase_for(rng, KINDS[0], place="distant") for _ in range(60)}
    assert all("distance" in text or "distant" in text or "far away" in text for text in said)
    assert not any("distant a " in text for text in said)
    echoing = {phrase_for(rng, KINDS[0], place="echo") for _ in range(60)}
    assert all("echo" in text or "hall" in text for text in echoing)


def test_captions_contain_their_phrase() -> None:
    rng = np.random.default_rng(0)
    captions = {caption_for(rng, "heavy rain") for _ in range(200)}
    assert len(captions) > 8
    assert all("eavy rain" in caption for caption in captions)


def test_a_quiet_second_sound_is_in_the_background() -> None:
    rng = np.random.default_rng(0)
    said = mixture_phrase(rng, "rain", "thunder", is_second_quiet=True)
    assert said in {form.format("rain", "thunder") for form in QUIET_FORMS}
    loud = {mixture_phrase(rng, "rain", "thunder", is_second_quiet=False) for _ in range(80)}
    assert loud == {form.format("rain", "thunder") for form in MIXTURE_FORMS}


def test_a_missing_soundfont_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(SoundFontMissingError, match="training fetch"):
        _synth("absent.sf2")


def test_a_missing_recording_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(recordings.FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(recordings.RecordingMissingError, match="training fetch"):
        recordings.load_recording("absent.mp3")


def test_a_recording_is_trimmed_and_calls_again_and_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(recordings.FOLDER_VARIABLE, str(tmp_path))
    silence, call = np.zeros(8000), 0.2 * np.sin(np.arange(4000) * 0.3)
    soundfile.write(tmp_path / "call.wav", np.concatenate([silence, call, silence]), 16_000)
    assert 3900 < len(recordings.load_recording("call.wav")) <= 4000
    sound = recordings.recording("call.wav", gap=(0.5, 0.6))(np.random.default_rng(0))
    is_loud = np.abs(sound.audio).reshape(-1, 640).max(axis=1) > 0.1
    assert 4 <= int((np.diff(is_loud.astype(int)) == 1).sum()) <= 8


def test_short_sounds_are_repeated_to_the_clips_length() -> None:
    def short(rng: Generator) -> Sound:
        return Sound(audio=white_noise(rng, 10_000))

    kind = Kind(name="tick", recipe=short, phrases=("a tick",), targets=("Tick",))
    clip = make_clip(0, kinds=(kind,), seed=0, with_mixtures=False)
    assert clip.audio.shape == (CLIP_SAMPLES,)
    assert float(np.abs(clip.audio[-10_000:]).max()) > 0.01
