"""Sound that grows and is replaced while it is read."""

from itertools import pairwise

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from desktop_app.audio.live_sound import LiveSound
from desktop_app.project.time import Samples, Span

START = 48_000


def span(start: int, end: int) -> Span:
    return Span(Samples(start), Samples(end))


def noise(num: int) -> NDArray[np.float32]:
    return np.random.default_rng(3).uniform(-0.5, 0.5, num).astype(np.float32)


def sound_of(samples: NDArray[np.float32], rate: int = 16_000) -> LiveSound:
    length = len(samples) * 48_000 // rate
    sound = LiveSound(span(START, START + length), rate)
    sound.put(0, samples, is_final=True)
    return sound


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
def test_blocks_of_any_size_join_to_the_sound_at_the_timelines_rate(rate: int) -> None:
    samples = noise(rate)
    sound = sound_of(samples, rate)
    in_silence = np.pad(samples, rate // 10)
    whole = soxr.resample(in_silence, rate, 48_000, quality="HQ")[4_800:]

    cuts = [START, START + 1, START + 1_024, START + 20_001, START + 48_000]
    parts = [sound.samples(span(*pair)) for pair in pairwise(cuts)]

    np.testing.assert_allclose(np.concatenate(parts), whole[:48_000], atol=2e-4)


def test_beyond_what_is_there_it_is_silent() -> None:
    sound = sound_of(np.ones(16_000, np.float32))

    assert not sound.samples(span(0, START - 2_000)).any()
    assert not sound.samples(span(START + 50_000, START + 51_000)).any()


def test_final_sound_is_never_replaced_by_early_sound() -> None:
    sound = LiveSound(span(0, 96_000), 48_000)
    sound.put(10_000, np.full(10_000, 0.5, np.float32), is_final=True)
    sound.put(0, np.full(30_000, 0.25, np.float32), is_final=False)

    heard = sound.samples(span(0, 30_000))
    assert set(heard[:10_000]) == set(heard[20_000:]) == {np.float32(0.25)}
    assert set(heard[10_000:20_000]) == {np.float32(0.5)}
    assert sound.ready_parts(span(0, 96_000)) == (span(0, 30_000),)
    assert sound.num_final == 0


def test_what_lies_outside_the_stretch_is_dropped() -> None:
    sound = LiveSound(span(1_920, 2 * 1_920), 48_000)
    sound.put(-100, np.arange(5_000, dtype=np.float32), is_final=True)

    assert sound.num_final == 1_920
    assert sound.ready_until == 2 * 1_920
    assert sound.samples(span(1_920, 1_921))[0] == 100


def test_a_closed_sound_is_silent_and_takes_nothing_any_more() -> None:
    sound = sound_of(np.ones(16_000, np.float32), 48_000)
    sound.close()
    sound.put(0, np.ones(16_000, np.float32), is_final=True)

    assert sound.ready_parts(span(0, 10**6)) == ()
    assert not sound.samples(span(START, START + 1_000)).any()
