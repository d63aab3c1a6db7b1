"""Every measure finds the fault that is planted for it, and is content with a clean piece."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.analysis import Piece, SeamReport, Verdict, analyse, seam_layout

RATE = 16_000
SAMPLES_PER_LATENT_FRAME = 640
LAYOUT = seam_layout(window=128, stride=64)
NUM_FRAMES = 1_536  # 61 s
SEAMS = LAYOUT.seam_frames(NUM_FRAMES)
SEAM_SAMPLES = SEAMS * SAMPLES_PER_LATENT_FRAME
Samples = NDArray[np.float32]


def clean_sound(seed: int = 0) -> Samples:
    """Noise with tones that come and go at random."""
    rng = np.random.default_rng(seed)
    num = NUM_FRAMES * SAMPLES_PER_LATENT_FRAME
    sound = 0.05 * rng.standard_normal(num)
    for first in rng.integers(0, num - RATE, 90):
        length = RATE // 4
        time = np.arange(length) / RATE
        tone = np.sin(2 * np.pi * rng.uniform(200, 4000) * time)
        sound[first : first + length] += 0.2 * np.exp(-time / 0.05) * tone
    return np.asarray(sound, np.float32)


def clean_latents(seed: int = 0) -> Samples:
    """(8, T, 16) noise with a short memory."""
    rng = np.random.default_rng(seed)
    white = rng.standard_normal((8, NUM_FRAMES, 16))
    white[:, 1:] = 0.6 * white[:, :-1] + 0.8 * white[:, 1:]
    return np.asarray(white, np.float32)


def report(sound: Samples | None = None, latents: Samples | None = None) -> SeamReport:
    samples = clean_sound() if sound is None else sound
    return analyse(Piece(samples=samples, sample_rate=RATE, latents=latents), LAYOUT)


def verdict(found: SeamReport, key: str) -> Verdict:
    return found.by_key()[key].verdict


def with_clicks(sound: Samples, places: NDArray[np.int64], height: float) -> Samples:
    clicked = sound.copy()
    for place in places:
        clicked[place : place + 40] += height * np.exp(-np.arange(40) / 10)
    return clicked


def with_levels(sound: Samples, gain_db: float) -> Samples:
    """Every second stretch between two seams is louder."""
    stretch = np.searchsorted(SEAM_SAMPLES, np.arange(len(sound)), side="right")
    return np.asarray(sound * 10 ** (gain_db / 20 * (stretch % 2)), np.float32)


def in_ramps() -> NDArray[np.bool_]:
    distance = np.arange(NUM_FRAMES)[:, None] - SEAMS
    half = LAYOUT.ramp // 2
    return np.asarray(np.any((distance >= -half) & (distance < half), axis=1))


@pytest.mark.parametrize("seed", range(4))
def test_a_clean_piece_has_no_fault(seed: int) -> None:
    found = report(clean_sound(seed), clean_latents(seed))

    assert [m.key for m in found.measurements if m.verdict is Verdict.OFF] == []
    assert found.is_ok
    assert verdict(found, "latent_power_ratio") is Verdict.OK


def test_clicks_at_the_seams_show_in_flux_and_jumps() -> None:
    found = report(with_clicks(clean_sound(), SEAM_SAMPLES, 1.0))

    assert verdict(found, "seam_flux_ratio") is Verdict.OFF
    assert verdict(found, "jump_ratio") is Verdict.OFF
    assert verdict(found, "worst_jump") is Verdict.OFF
    assert not found.is_ok


def test_clicks_midway_between_the_seams_are_no_fault_of_the_seams() -> None:
    midway = SEAM_SAMPLES[:-1] + 32 * SAMPLES_PER_LATENT_FRAME
    found = report(with_clicks(clean_sound(), midway, 1.0))

    assert verdict(found, "seam_flux_ratio") is not Verdict.OFF
    assert verdict(found, "jump_ratio") is not Verdict.OFF
    assert verdict(found, "worst_jump") is Verdict.OK


def test_a_single_click_shows_in_the_worst_jump_with_its_place() -> None:
    found = report(with_clicks(clean_sound(), SEAM_SAMPLES[7:8], 0.6))

    worst = found.by_key()["worst_jump"]
    assert worst.verdict is Verdict.OFF
    assert f"{SEAMS[7] / 25:.2f} s" in worst.meaning
    assert verdict(found, "jump_ratio") is Verdict.OK


def test_a_rise_of_flux_too_faint_for_the_ratio_shows_in_its_period() -> None:
    flux_pulses = clean_sound()
    rng = np.random.default_rng(5)
    for place in SEAM_SAMPLES:
        for offset in (-1600, -800, 0, 800, 1600):
            burst = 0.12 * rng.standard_normal(160)
            flux_pulses[place + offset : place + offset + 160] += burst.astype(np.float32)

    found = report(flux_pulses)

    assert verdict(found, "stride_periodicity") is Verdict.OFF
    assert verdict(found, "worst_jump") is Verdict.OK


def test_level_steps_at_the_seams_show_in_the_loudness() -> None:
    found = report(with_levels(clean_sound(), 3.0))

    assert verdict(found, "loudness_step") is Verdict.OFF


def test_one_level_step_shows_with_its_place() -> None:
    sound = clean_sound()
    sound[SEAM_SAMPLES[10] :] *= 0.25

    greatest = report(sound).by_key()["loudness_greatest_step"]

    assert greatest.verdict is Verdict.OFF
    assert greatest.value == pytest.approx(12.0, abs=2.0)
    assert f"{SEAMS[10] / 25:.1f} s" in greatest.meaning


def test_a_step_where_a_new_prompt_begins_is_no_fault() -> None:
    sound = clean_sound()
    sound[SEAM_SAMPLES[10] :] *= 0.25
    border = float(SEAMS[10]) / 25

    found = analyse(Piece(samples=sound, sample_rate=RATE, border_seconds=(border,)), LAYOUT)

    assert verdict(found, "loudness_greatest_step") is Verdict.OK
    assert verdict(found, "loudness_trend") is Verdict.UNSURE


def test_a_fade_over_the_whole_track_shows_as_a_trend() -> None:
    sound = clean_sound()
    fade = 10 ** (-np.linspace(0, 12, len(sound)) / 20)

    trend = report(np.asarray(sound * fade, np.float32)).by_key()["loudness_trend"]

    assert trend.verdict is Verdict.OFF
    assert trend.value == pytest.approx(-12.0, abs=1.0)


def test_a_change_of_timbre_at_the_seams_shows_in_the_brightness() -> None:
    sound = clean_sound()
    smooth = np.convolve(sound, np.ones(12) / 12, mode="same").astype(np.float32)
    stretch = np.searchsorted(SEAM_SAMPLES, np.arange(len(sound)), side="right")

    found = report(np.where(stretch % 2, smooth, sound).astype(np.float32))

    assert verdict(found, "centroid_step") is Verdict.OFF


def test_a_sound_that_grows_duller_shows_as_a_trend_of_brightness() -> None:
    rng = np.random.default_rng(3)
    num = NUM_FRAMES * SAMPLES_PER_LATENT_FRAME
    hz = np.geomspace(4_000, 1_000, num)
    tone = 0.3 * np.sin(2 * np.pi * np.cumsum(hz) / RATE) + 0.001 * rng.standard_normal(num)

    trend = report(np.asarray(tone, np.float32)).by_key()["centroid_trend"]

    assert trend.verdict is Verdict.OFF
    assert trend.value == pytest.approx(-2.0, abs=0.2)


def weaker(latents: Samples) -> Samples:
    return np.asarray(np.where(in_ramps()[:, None], 0.85 * latents, latents), np.float32)


def blurred(latents: Samples) -> Samples:
    """Detail is lost in the ramps, and the power made up for."""
    smooth = (latents + np.roll(latents, 1, axis=1)) / np.sqrt(2 * 1.48)
    return np.asarray(np.where(in_ramps()[:, None], smooth, latents), np.float32)


@pytest.mark.parametrize(
    ("fault", "key", "innocent"),
    [
        (weaker, "latent_power_ratio", None),
        (blurred, "latent_hf_ratio", "latent_power_ratio"),
    ],
)
def test_what_averaging_loses_in_the_ramps_shows(
    fault: Callable[[Samples], Samples], key: str, innocent: str | None
) -> None:
    found = report(latents=fault(clean_latents()))

    measured = found.by_key()[key]
    assert measured.verdict is Verdict.OFF
    assert measured.value is not None
    assert measured.value < 0.9
    assert innocent is None or verdict(found, innocent) is not Verdict.OFF


def test_lost_detail_shows_in_the_sound_alone() -> None:
    sound = clean_sound()
    ramps = np.repeat(in_ramps(), SAMPLES_PER_LATENT_FRAME)
    steady = 0.1 * np.sin(2 * np.pi * 440 * np.arange(len(sound)) / RATE)

    found = report(np.asarray(np.where(ramps, steady, sound), np.float32))

    assert verdict(found, "spectrum_hf_ratio") is Verdict.OFF


@pytest.mark.parametrize("has_latents", [False, True])
def test_a_literal_repetition_shows_with_its_lag(*, has_latents: bool) -> None:
    sound, latents = clean_sound(), clean_latents()
    first, length, lag = 256, 192, 640
    latents[:, first + lag : first + lag + length] = latents[:, first : first + length]
    begin, num = first * SAMPLES_PER_LATENT_FRAME, length * SAMPLES_PER_LATENT_FRAME
    shift = lag * SAMPLES_PER_LATENT_FRAME
    sound[begin + shift : begin + shift + num] = sound[begin : begin + num]

    repeated = report(sound, latents if has_latents else None).by_key()["repetition"]

    assert repeated.verdict is Verdict.OFF
    assert repeated.value is not None
    assert repeated.value > 0.95
    assert f"{lag / 25:.1f} s later" in repeated.meaning


def test_silence_is_measured_without_complaint() -> None:
    found = report(np.zeros(30 * RATE, np.float32))

    assert found.is_ok
    assert verdict(found, "repetition") is Verdict.UNMEASURED
    assert verdict(found, "loudness_step") is Verdict.UNMEASURED


def test_a_piece_of_one_window_has_no_seams() -> None:
    found = report(clean_sound()[: 5 * RATE])

    assert found.seams == ()
    assert verdict(found, "seam_flux_ratio") is Verdict.UNMEASURED
    assert verdict(found, "stride_periodicity") is Verdict.UNMEASURED


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_other_rates_have_their_seams_in_the_same_places(rate: int) -> None:
    num = 40 * rate
    sound = np.asarray(0.05 * np.random.default_rng(1).standard_normal(num), np.float32)
    seams = LAYOUT.seam_frames(1_000) * rate // 25
    piece = Piece(samples=with_clicks(sound, seams, 1.0), sample_rate=rate)

    found = analyse(piece, LAYOUT)

    assert verdict(found, "seam_flux_ratio") is Verdict.OFF
    assert verdict(found, "worst_jump") is Verdict.OFF
    assert len(found.seams) == len(seams)


@pytest.mark.parametrize(
    ("samples", "rate", "reason"),
    [
        (np.zeros(100, np.float32), RATE, "at least 1 s"),
        (np.full(2 * RATE, np.nan, np.float32), RATE, "not finite"),
        (np.zeros(20_000, np.float32), 4_000, "at least 8000 Hz"),
    ],
)
def test_what_cannot_be_analysed_is_refused(samples: Samples, rate: int, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        analyse(Piece(samples=samples, sample_rate=rate), LAYOUT)
