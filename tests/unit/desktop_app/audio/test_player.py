"""The player is driven by pulling blocks by hand; no test waits for a clock."""

import threading

import numpy as np
from numpy.typing import NDArray

from desktop_app.audio.live_sound import LiveSound
from desktop_app.audio.output import OutputError, PullBlock, SilentOutput
from desktop_app.audio.player import Player, PlayState
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


class Ramp:
    """The sound says where it is: sample n has the value n / 1e6."""

    def samples(self, take: Take, first: Samples, num: int) -> NDArray[np.float32]:
        return (np.arange(first, first + num) / 1e6).astype(np.float32)


class HandOutput:
    """Pulls only when the test asks for it."""

    description = "By hand"
    latency_seconds = 0.0

    def __init__(self) -> None:
        self.pull: PullBlock | None = None

    def start(self, pull: PullBlock) -> None:
        self.pull = pull

    def stop(self) -> None:
        self.pull = None


class BrokenOutput(HandOutput):
    def start(self, pull: PullBlock) -> None:
        raise OutputError("The device is gone")


def ramp_project() -> Project:
    span = Span(Samples(0), Samples(480_000))
    take = Take(
        id=TakeId("t"),
        number=1,
        span=span,
        media=TakeMedia(
            audio=NO_MEDIA, mel=NO_MEDIA, latents=NO_MEDIA, state=NO_MEDIA, sample_rate=16_000
        ),
        recipe=Recipe(
            prompts=(), settings=GenerationSettings(), stream=0, noise_take=0, engine_version="0"
        ),
    )
    lane = Lane(
        id=LaneId("a"),
        name="a",
        colour="lagoon",
        stream=0,
        takes=(take,),
        sound=(SoundBlock(span=span, take_id=take.id),),
    )
    return Project(lanes=(lane,))


def pulled(output: HandOutput, player: Player, num: int) -> NDArray[np.float32]:
    """The next samples of the left channel, waiting for the renderer by asking it."""
    assert output.pull is not None
    got = np.zeros(0, np.float32)
    while len(got) < num:
        assert player._filler is not None
        assert player._filler.is_alive(), "the renderer died"
        ready = min(num - len(got), player._ring.num_queued)
        if ready:
            got = np.append(got, output.pull(ready)[:, 0])
    return got


def player_at(position: int) -> tuple[Player, HandOutput]:
    output = HandOutput()
    player = Player(output, Ramp())
    player.show_project(ramp_project())
    player.seek(Samples(position))
    return player, output


def test_plays_from_the_playhead_without_a_gap() -> None:
    player, output = player_at(1_000)
    player.play()

    heard = pulled(output, player, 5_000)

    np.testing.assert_allclose(heard, np.arange(1_000, 6_000) / 1e6, rtol=1e-6)
    assert player.position == 6_000
    player.close()


def test_a_loop_returns_to_its_start_without_a_gap() -> None:
    player, output = player_at(1_900)
    player.set_loop(Span(Samples(1_000), Samples(2_000)))
    player.play()

    heard = pulled(output, player, 1_200)

    expected = [*range(1_900, 2_000), *range(1_000, 2_000), *range(1_000, 1_100)]
    np.testing.assert_allclose(heard, np.array(expected) / 1e6, rtol=1e-6)
    player.close()


def test_stop_returns_to_the_start_and_pause_stays() -> None:
    player, output = player_at(1_000)
    player.play()
    pulled(output, player, 700)
    player.pause()
    assert (player.state, player.position) == (PlayState.PAUSED, 1_700)
    player.play()
    pulled(output, player, 300)
    player.stop()
    assert player.state is PlayState.STOPPED
    assert player.position == 1_700


def test_seeking_while_playing_goes_on_from_there() -> None:
    player, output = player_at(0)
    player.play()
    pulled(output, player, 100)
    player.seek(Samples(90_000))

    np.testing.assert_allclose(pulled(output, player, 10), np.arange(90_000, 90_010) / 1e6)
    player.close()


def test_a_selection_ends_in_silence() -> None:
    player, output = player_at(1_024)
    player.play(until=Samples(2_000))

    heard = pulled(output, player, 4_096)

    assert heard[:976].all()
    assert not heard[976:].any()
    assert player.has_reached_end
    player.close()


def test_a_device_that_cannot_be_opened_costs_the_sound_not_the_playhead() -> None:
    messages: list[str] = []
    player = Player(BrokenOutput(), Ramp(), messages.append)
    player.play()

    assert messages == ["The device is gone"]
    assert player.output_description == "The device is gone"
    assert player.state is PlayState.PLAYING
    player.close()


class Damaged:
    def samples(self, take: Take, first: Samples, num: int) -> NDArray[np.float32]:
        raise OSError(5, "the file is damaged")


def test_sound_that_cannot_be_read_is_silent_and_the_playhead_goes_on() -> None:
    output = HandOutput()
    player = Player(output, Damaged())
    player.show_project(ramp_project())
    player.play()

    assert not pulled(output, player, 4_096).any()
    assert player.position == 4_096
    player.close()


def test_the_meters_read_what_was_heard() -> None:
    player, output = player_at(48_000)
    player.play()
    pulled(output, player, 4_096)

    reading = player.take_reading()

    expected = 20 * np.log10((48_000 + 4_095) / 1e6)
    assert abs(reading.left_db - expected) < 0.3
    assert reading.lanes_db.keys() == {"a"}
    assert player.take_reading().left_db < -100
    player.close()


def test_the_silent_output_pulls_in_real_time_and_ends_its_thread() -> None:
    pulls = threading.Semaphore(0)

    def pull(num: int) -> NDArray[np.float32]:
        pulls.release()
        return np.zeros((num, 2), np.float32)

    output = SilentOutput()
    output.start(pull)
    for _ in range(3):
        assert pulls.acquire(timeout=5)
    output.stop()

    assert not [t for t in threading.enumerate() if t.name == "silent-output"]


def test_what_a_job_has_made_is_heard_until_it_is_taken_away() -> None:
    player, output = player_at(5_000)
    live = LiveSound(Span(Samples(0), Samples(9_600)), 48_000)
    live.put(0, np.full(9_600, 0.5, np.float32), is_final=False)
    player.show_live({LaneId("a"): live})
    player.play()
    assert (pulled(output, player, 1_000) == 0.5).all()

    player.show_live({})
    player.seek(Samples(5_000))
    np.testing.assert_allclose(
        pulled(output, player, 1_000), np.arange(5_000, 6_000) / 1e6, rtol=1e-6
    )
    player.close()
