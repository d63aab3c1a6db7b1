"""The sound of a job that still runs: seen, heard by the space bar, and dropped."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.audio.output import PullBlock, SilentOutput
from desktop_app.project.time import Samples, samples_from_seconds_rounded
from tests.gui.conftest import Studio
from tests.gui.test_application_jobs import draw, lane, release
from tests.support.sound_engine import EARLY_LEVEL


class ListeningOutput(SilentOutput):
    """Remembers the left channel of what is heard."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[NDArray[np.float32]] = []

    def start(self, pull: PullBlock) -> None:
        def listen(num: int) -> NDArray[np.float32]:
            block = pull(num)
            self.heard.append(block[:, 0].copy())
            return block

        super().start(listen)

    def has_heard(self, level: float) -> bool:
        return any(np.allclose(block, level, atol=1e-3) for block in list(self.heard))


def begin(studio: Studio) -> ListeningOutput:
    """Start a job that shows half of four seconds and then holds."""
    output = ListeningOutput()
    studio.application.player._output = output
    draw(studio, "early")
    studio.run("generate")
    generation = studio.application.generation
    studio.qtbot.waitUntil(lambda: generation.jobs[0].sound is not None, timeout=30_000)
    studio.application.display.show_jobs()
    return output


def test_early_sound_is_drawn_up_to_the_ready_line(studio: Studio) -> None:
    begin(studio)
    view = studio.application.timeline_view
    [shown] = view._scene.jobs.values()

    assert shown.ready_until == samples_from_seconds_rounded(2)
    assert shown.peaks is not None
    note = studio.application.window.inspector.foot.card._note.text()
    assert note == "Ready to 0:02. Play it while the rest is made."
    release(studio)


def test_the_space_bar_plays_the_early_sound_of_a_running_job(studio: Studio) -> None:
    output = begin(studio)
    QTest.keyClick(studio.application.timeline_view.lanes, Qt.Key.Key_Space)
    studio.qtbot.waitUntil(lambda: output.has_heard(EARLY_LEVEL), timeout=30_000)
    assert len(studio.application.generation.jobs) == 1, "playback leaves the job alone"

    release(studio)
    [take] = studio.project.lanes[0].takes
    assert take.number == 1
    assert studio.application.player._live == {}
    assert studio.application._pictures_shown[take.id].peaks.num_samples == 64_000
    studio.application.transport.stop()


def test_cancelling_drops_the_early_sound_and_the_old_plays_again(studio: Studio) -> None:
    output = begin(studio)
    sound = studio.application.generation.jobs[0].sound
    QTest.keyClick(studio.application.timeline_view.lanes, Qt.Key.Key_Space)
    studio.qtbot.waitUntil(lambda: output.has_heard(EARLY_LEVEL), timeout=30_000)
    studio.run("cancel")
    studio.wait_for_jobs()
    studio.application.transport.seek(Samples(0))
    output.heard.clear()
    studio.qtbot.waitUntil(lambda: output.has_heard(0.0), timeout=30_000)

    assert sound is not None
    assert sound.ready_parts(sound.span) == ()
    assert not output.has_heard(EARLY_LEVEL)
    assert lane(studio, studio.project.lanes[0].id).takes == ()
    studio.application.transport.stop()
