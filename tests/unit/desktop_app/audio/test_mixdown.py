from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.audio.live_sound import LiveSound
from desktop_app.audio.mixdown import (
    EDGE_FADE_SAMPLES,
    audible_lanes,
    channel_gains,
    render_lane,
    render_mix,
)
from desktop_app.project.ids import LaneId, MediaId, TakeId
from desktop_app.project.project import (
    GenerationSettings,
    Lane,
    Project,
    Recipe,
    SoundBlock,
    Take,
    TakeMedia,
)
from desktop_app.project.time import Samples, Span

NO_MEDIA = MediaId("none")


class RampSources:
    """Every take is its own number plus a slow ramp, so that a shift by one sample shows."""

    def samples(self, take: Take, first: Samples, num: int) -> NDArray[np.float32]:
        return (take.number + 1e-5 * np.arange(first, first + num)).astype(np.float32)


def take(number: int, start: int, end: int) -> Take:
    return Take(
        id=TakeId(f"t{number}"),
        number=number,
        span=Span(Samples(start), Samples(end)),
        media=TakeMedia(
            audio=NO_MEDIA, mel=NO_MEDIA, latents=NO_MEDIA, state=NO_MEDIA, sample_rate=16_000
        ),
        recipe=Recipe(
            prompts=(), settings=GenerationSettings(), stream=0, noise_take=0, engine_version="0"
        ),
    )


def lane_playing(*takes: Take, name: str = "a") -> Lane:
    return Lane(
        id=LaneId(name),
        name=name,
        colour="lagoon",
        stream=0,
        takes=takes,
        sound=tuple(SoundBlock(span=t.span, take_id=t.id) for t in takes),
    )


def span(start: int, end: int) -> Span:
    return Span(Samples(start), Samples(end))


def test_gaps_are_silent_and_sound_lies_where_its_take_lies() -> None:
    lane = lane_playing(take(1, 1_000, 3_000), take(2, 5_000, 9_000))

    stem = render_lane(lane, RampSources(), span(0, 10_000))

    assert not stem[:1_000].any()
    assert not stem[3_000:5_000].any()
    assert not stem[9_000:].any()
    np.testing.assert_allclose(stem[2_000, 0], 1 + 1e-5 * 1_000, rtol=1e-6)
    np.testing.assert_allclose(stem[7_000, 1], 2 + 1e-5 * 2_000, rtol=1e-6)


@pytest.mark.parametrize("cut", [1, 999, 1_100, 2_500, 2_950])
def test_any_part_equals_the_part_of_the_whole(cut: int) -> None:
    lane = lane_playing(take(1, 1_000, 3_000))
    whole = render_lane(lane, RampSources(), span(0, 4_000))

    parts = [render_lane(lane, RampSources(), s) for s in (span(0, cut), span(cut, 4_000))]

    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_a_block_fades_in_and_out_so_that_a_cut_does_not_click() -> None:
    stem = render_lane(lane_playing(take(1, 0, 4_000)), RampSources(), span(0, 4_000))

    assert stem[0, 0] < 0.01
    assert stem[-1, 0] < 0.01
    assert np.abs(np.diff(stem[:, 0])).max() < 2 / EDGE_FADE_SAMPLES
    np.testing.assert_allclose(stem[EDGE_FADE_SAMPLES, 0], 1 + 1e-5 * EDGE_FADE_SAMPLES)


def test_the_mix_is_the_sum_of_the_stems() -> None:
    lanes = (lane_playing(take(1, 0, 5_000)), lane_playing(take(2, 100, 4_000), name="b"))
    lanes = (replace(lanes[0], gain_db=-6.0, pan=0.3), replace(lanes[1], gain_db=2.0, pan=-1.0))

    mix = render_mix(Project(lanes=lanes), RampSources(), span(0, 6_000))

    stems = [render_lane(lane, RampSources(), span(0, 6_000)) for lane in lanes]
    np.testing.assert_array_equal(mix, stems[0] + stems[1])


def test_solo_wins_over_mute() -> None:
    muted = replace(lane_playing(name="a"), is_muted=True)
    soloed = replace(lane_playing(name="b"), is_soloed=True, is_muted=True)
    plain = lane_playing(name="c")

    assert audible_lanes(Project(lanes=(muted, plain))) == (plain,)
    assert audible_lanes(Project(lanes=(muted, soloed, plain))) == (soloed,)


@pytest.mark.parametrize(
    ("gain_db", "pan", "expected"),
    [
        (0.0, 0.0, (1.0, 1.0)),
        (-20.0, 0.0, (0.1, 0.1)),
        (0.0, 1.0, (0.0, 1.0)),
        (0.0, -1.0, (1.0, 0.0)),
        (-60.0, 0.0, (0.0, 0.0)),
    ],
)
def test_gain_and_pan(gain_db: float, pan: float, expected: tuple[float, float]) -> None:
    assert channel_gains(gain_db, pan) == pytest.approx(expected, abs=1e-12)


def test_the_sound_of_a_job_takes_the_place_of_the_old_where_it_is_ready() -> None:
    lane = replace(lane_playing(take(1, 0, 20_000)), pan=1.0)
    live = LiveSound(span(0, 40_000), 48_000)
    live.put(4_000, np.full(8_000, -0.5, np.float32), is_final=False)

    stem = render_lane(lane, RampSources(), span(0, 30_000), live)[:, 1]
    old = render_lane(lane, RampSources(), span(0, 30_000))[:, 1]

    np.testing.assert_array_equal(stem[:4_000], old[:4_000])
    np.testing.assert_array_equal(stem[12_000:], old[12_000:])
    assert (stem[4_000 + EDGE_FADE_SAMPLES : 12_000 - EDGE_FADE_SAMPLES] == -0.5).all()
    assert np.abs(np.diff(stem[3_000:13_000])).max() < 3 / EDGE_FADE_SAMPLES


def test_a_whole_loop_has_no_fades_and_a_part_of_one_has() -> None:
    made = take(1, 0, 4_000)
    made = replace(made, recipe=replace(made.recipe, is_loop=True))
    whole = render_lane(lane_playing(made), RampSources(), span(0, 4_000))
    part = replace(lane_playing(made), sound=(SoundBlock(span=span(0, 3_000), take_id=made.id),))

    np.testing.assert_allclose(whole[[0, -1], 0], [1.0, 1 + 1e-5 * 3_999])
    assert render_lane(part, RampSources(), span(0, 4_000))[0, 0] < 0.01
