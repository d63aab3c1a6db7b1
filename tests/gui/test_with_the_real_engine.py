"""The window with the real engine and a tiny real model behind it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.project.ids import LaneId
from desktop_app.project.project import CurveKind, Take
from engine.api import (
    CancellationToken,
    EngineEvent,
    EventSink,
    GenerateRequest,
    JobFinished,
)
from engine.runtime.local_engine import LocalEngine
from tests.gui.conftest import Studio
from tests.gui.test_application_jobs import draw, lane, select_range
from tests.gui.test_curves import drag, show
from tests.gui.test_extending import drag_end
from tests.gui.test_importing import imported
from tests.gui.test_loops import switch
from tests.support.sound_engine import ToneEngine
from tests.support.tiny_model import save_tiny_model

# The decoder reaches 66 mel frames beyond a join, the vocoder's context of the tiny model less than
# as many again.
_REACH_SAMPLES = 160 * 160


class RealEngine(ToneEngine):
    """Runs requests for real; what they name, a tiny model answers."""

    def __init__(self, model: Path) -> None:
        super().__init__()
        self._engine = LocalEngine(device="cpu", resolve_model=lambda _name: model)

    def generate(self, request: GenerateRequest, token: CancellationToken, emit: EventSink) -> None:
        self.requests.append(request)
        self._engine.generate(request, token, emit)

    def close(self) -> None:
        self._engine.close()
        super().close()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def engine(model: Path) -> RealEngine:
    return RealEngine(model)


def draw_for_few_steps(studio: Studio, seconds: float, steps: int = 4) -> LaneId:
    """Draw a clip whose sound is made in a blink."""
    lane_id = draw(studio, "rain", 0, seconds)
    field = studio.application.window.inspector.clip_sampling.steps
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, str(steps))
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert lane(studio, lane_id).settings.num_steps == steps
    return lane_id


def takes(studio: Studio, lane_id: LaneId) -> tuple[Take, ...]:
    assert not studio.answers.errors
    return lane(studio, lane_id).takes


def sound_of(studio: Studio, take: Take) -> np.ndarray:
    path = studio.application.workspace.store.path(take.media.audio)
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == 16_000
    return np.asarray(samples)


def test_an_extended_take_keeps_every_sample_away_from_the_join(studio: Studio) -> None:
    lane_id = draw_for_few_steps(studio, 8)
    studio.run("generate")
    studio.wait_for_jobs()
    drag_end(studio, 8, 11)
    QTest.mouseClick(studio.application.window.inspector.foot.extend, Qt.MouseButton.LeftButton)
    studio.wait_for_jobs()

    before, after = (sound_of(studio, take) for take in takes(studio, lane_id))
    assert (len(before), len(after)) == (8 * 16_000, 11 * 16_000)
    kept = 8 * 16_000 - 48 * 640 - _REACH_SAMPLES
    np.testing.assert_array_equal(after[:kept], before[:kept])
    assert np.abs(after[8 * 16_000 :]).max() > 0


def test_a_range_is_made_again_and_the_rest_stays(studio: Studio) -> None:
    lane_id = draw_for_few_steps(studio, 10)
    studio.run("generate")
    studio.wait_for_jobs()
    select_range(studio, lane_id, 4, 6)
    studio.run("regenerate")
    studio.wait_for_jobs()

    assert studio.application.window.status.message.endswith(", 0 samples changed outside")
    before, after = (sound_of(studio, take) for take in takes(studio, lane_id))
    first, last = 4 * 16_000, 6 * 16_000
    np.testing.assert_array_equal(after[:first], before[:first])
    np.testing.assert_array_equal(after[last:], before[last:])
    assert not np.array_equal(after[first:last], before[first:last])


def test_a_loop_is_exactly_as_long_as_its_bars(studio: Studio) -> None:
    lane_id = draw_for_few_steps(studio, 8)
    switch(studio)
    studio.run("generate")
    studio.wait_for_jobs()

    [take] = takes(studio, lane_id)
    assert len(sound_of(studio, take)) == 8 * 16_000
    assert studio.engine.requests[0].is_loop


def test_an_imported_sound_is_heard_as_it_is_and_can_be_repaired(
    studio: Studio, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 10 * 16_000).astype(np.float32)
    path = tmp_path / "Field.wav"
    soundfile.write(path, noise, 16_000, subtype="FLOAT")
    imported(studio, path)
    lane_id = studio.project.lanes[-1].id
    select_range(studio, lane_id, 4, 6)
    studio.run("regenerate")
    studio.wait_for_jobs()

    before, after = (sound_of(studio, take) for take in takes(studio, lane_id))
    np.testing.assert_array_equal(before[: 10 * 16_000], noise)
    first, last = 4 * 16_000, 6 * 16_000
    np.testing.assert_array_equal(after[:first], before[:first])
    np.testing.assert_array_equal(after[last:], before[last:])
    assert not np.array_equal(after[first:last], before[first:last])


def test_a_guidance_curve_changes_the_latents_only_where_it_differs(
    studio: Studio, tmp_path: Path
) -> None:
    lane_id = draw_for_few_steps(studio, 10, steps=1)
    show(studio, CurveKind.GUIDANCE)
    drag(studio, (4, 1.5), (4, 1.5))
    drag(studio, (8, 1.5), (8, 15.0))
    studio.run("generate")
    studio.wait_for_jobs()

    [request] = studio.engine.requests
    [region] = request.regions
    assert region.guidance_curve is not None
    level = replace(
        request, output_dir=str(tmp_path), regions=(replace(region, guidance_curve=None),)
    )
    finished: list[EngineEvent] = []
    studio.engine.generate(level, CancellationToken(), finished.append)
    assert isinstance(finished[-1], JobFinished)
    [take] = takes(studio, lane_id)
    curved = np.load(studio.application.workspace.store.path(take.media.latents))
    differs = np.abs(curved - np.load(finished[-1].result.latents_path)).max(axis=(0, 2)) > 0
    # A step mixes no frames after the networks, so one step shows where the guidance was another.
    first = region.guidance_curve.latent_frames[0]
    assert not differs[:first].any()
    assert differs[first:].all()
