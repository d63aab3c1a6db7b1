"""Several takes from one press of the button, and what quality costs before it is pressed."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.views.timeline.values import TimelineSelection
from desktop_app.views.widgets.segments import Segments
from tests.gui.conftest import Studio
from tests.gui.test_application_jobs import draw, lane


def press(segments: Segments, value: str) -> None:
    """Click the choice with the mouse."""
    QTest.mouseClick(segments.button(value), Qt.MouseButton.LeftButton)


def test_four_takes_come_best_first_with_their_scores_as_one_step(studio: Studio) -> None:
    lane_id = draw(studio, "rain")
    inspector = studio.application.window.inspector
    press(inspector.clip_sampling.takes, "4")
    assert inspector.foot.generate.text() == "Generate 4 takes"
    steps = len(studio.application.document.history)
    QTest.mouseClick(inspector.foot.generate, Qt.MouseButton.LeftButton)
    studio.wait_for_jobs()

    made = lane(studio, lane_id)
    assert [request.num_candidates for request in studio.engine.requests] == [4]
    assert [(take.number, take.recipe.noise_take, take.score) for take in made.takes] == [
        (1, 4, 0.3), (2, 3, 0.2), (3, 2, 0.1), (4, 1, 0.0),
    ]  # fmt: skip
    assert [block.take_id for block in made.sound] == [made.takes[0].id]
    assert len({take.media.audio for take in made.takes}) == 4
    assert studio.application.workspace.store.missing(studio.project) == frozenset()
    assert studio.application.document.history[steps:] == ("Keep 4 takes",)
    shown = studio.application._pictures_shown
    studio.qtbot.waitUntil(lambda: {take.id for take in made.takes} <= shown.keys(), timeout=30_000)
    names = [row.accessibleName() for row in inspector.takes_page.rows]
    assert names[0].startswith("Take 1, plays. Match 0.30.")

    studio.run("undo")
    assert lane(studio, lane_id).takes == ()


def test_takes_that_wait_never_share_noise_with_those_before(studio: Studio) -> None:
    lane_id = draw(studio, "hold")
    inspector = studio.application.window.inspector
    press(inspector.clip_sampling.takes, "2")
    for _ in range(2):
        studio.run("generate")
    studio.engine.is_released.set()
    studio.wait_for_jobs()

    takes = lane(studio, lane_id).takes
    assert [take.number for take in takes] == [1, 2, 3, 4]
    assert sorted(take.recipe.noise_take for take in takes) == [1, 2, 3, 4]


def test_a_range_is_repaired_in_several_versions(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 20)
    studio.run("generate")
    studio.wait_for_jobs()
    press(studio.application.window.inspector.lane_sampling.takes, "3")
    span = lane(studio, lane_id).clips[0].span
    studio.application.selection.set(
        TimelineSelection(span=span, lane_ids=(lane_id,), focused_lane=lane_id)
    )
    label = studio.application.window.inspector.foot.generate.text()
    assert label == "Repair 1 range, 3 takes"
    studio.run("regenerate")
    studio.wait_for_jobs()

    made = lane(studio, lane_id)
    assert len(made.takes) == 4
    assert [block.take_id for block in made.sound] == [made.takes[1].id], "the best one plays"


def test_quality_says_what_it_costs_before_the_start(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 20)
    inspector = studio.application.window.inspector
    assert inspector.clip_sampling.costs.texts == ("×0.36", "×1", "×2")
    press(inspector.clip_sampling.quality, "fine")
    settings = studio.project.lanes[0].settings
    assert (settings.num_steps, settings.stride_latent_frames) == (15, 64)
    studio.run("generate")
    studio.wait_for_jobs()
    studio.application.selection.set(TimelineSelection(focused_lane=lane_id))

    # The engine of the tests says that it took two seconds.
    assert inspector.clip_sampling.costs.texts == ("1 s", "1 s", "2 s")
    press(inspector.clip_sampling.takes, "4")
    assert inspector.clip_sampling.costs.texts == ("1 s", "4 s", "8 s")
