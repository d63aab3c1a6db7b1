"""An edit that touches anything else is found; one that does not is not blamed."""

from dataclasses import replace

import numpy as np
import pytest

from engine.analysis import TakeArrays, Verdict, edit_locality
from engine.analysis.measurement import Measurement

RATE = 16_000
SECONDS = 20
SECTION = (8.0, 12.0)


def base_take() -> TakeArrays:
    rng = np.random.default_rng(0)
    num = SECONDS * 25
    return TakeArrays(
        samples=(0.1 * rng.standard_normal(SECONDS * RATE)).astype(np.float32),
        sample_rate=RATE,
        latents=rng.standard_normal((8, num + 12, 16)).astype(np.float32),
        mel=rng.standard_normal((4 * num, 64)).astype(np.float32),
    )


def edited_take(base: TakeArrays, *, halo: float = 0.5) -> TakeArrays:
    """Other sound in the section and its halo, faded in and out."""
    rng = np.random.default_rng(2)
    assert base.latents is not None
    assert base.mel is not None
    latents, mel, samples = base.latents.copy(), base.mel.copy(), base.samples.copy()
    latents[:, 200:300] = rng.standard_normal((8, 100, 16))
    first, last = SECTION[0] - halo, SECTION[1] + halo
    mel[round(first * 100) : round(last * 100)] += 1.0
    place = slice(round(first * RATE), round(last * RATE))
    samples[place] += 0.05 * rng.standard_normal(place.stop - place.start).astype(np.float32)
    return replace(base, latents=latents, mel=mel, samples=samples)


def measured(edited: TakeArrays, base: TakeArrays) -> dict[str, Measurement]:
    return {m.key: m for m in edit_locality(edited, base, [SECTION])}


def test_an_edit_within_its_halo_is_local() -> None:
    base = base_take()
    found = measured(edited_take(base), base)

    assert {m.verdict for m in found.values()} == {Verdict.OK}
    assert found["edit_latents"].value == 0
    assert "0.50 s beyond" in found["edit_sound"].meaning


def test_hidden_latents_after_the_end_may_change() -> None:
    base = base_take()
    edited = edited_take(base)
    assert edited.latents is not None
    edited.latents[:, SECONDS * 25 :] = 0

    assert measured(edited, base)["edit_latents"].verdict is Verdict.OK


def test_a_latent_that_changed_elsewhere_is_found() -> None:
    base = base_take()
    edited = edited_take(base)
    assert edited.latents is not None
    edited.latents[0, 199, 0] += 0.25

    found = measured(edited, base)["edit_latents"]

    assert found.verdict is Verdict.OFF
    assert found.value == pytest.approx(0.25)


def test_sound_that_changed_too_far_away_is_found() -> None:
    base = base_take()
    found = measured(edited_take(base, halo=1.5), base)

    assert found["edit_sound"].verdict is Verdict.OFF
    assert found["edit_mel"].verdict is Verdict.OFF
    assert "1.50 s beyond" in found["edit_sound"].meaning


def test_a_click_at_the_edge_is_found() -> None:
    base = base_take()
    edited = edited_take(base)
    edited.samples[round(SECTION[0] * RATE)] += 2.0

    assert measured(edited, base)["edit_jump"].verdict is Verdict.OFF


def test_takes_without_latents_are_compared_by_their_sound() -> None:
    base = base_take()
    found = measured(replace(edited_take(base), latents=None, mel=None), base)

    assert found["edit_latents"].verdict is Verdict.UNMEASURED
    assert found["edit_sound"].verdict is Verdict.OK


def test_takes_of_different_lengths_are_refused() -> None:
    base = base_take()
    with pytest.raises(ValueError, match="same length"):
        edit_locality(replace(base, samples=base.samples[1:]), base, [SECTION])
