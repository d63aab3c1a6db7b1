from dataclasses import dataclass, field

import pytest

from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import Lane, Project, Prompt, PromptClip
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.gesture_start import gesture_at
from desktop_app.views.timeline.gestures import Gesture, Ghost, Pointer
from desktop_app.views.timeline.hit_testing import Hit, Part
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.values import Grid, TimelineSelection

SECOND = 48_000
A, B = LaneId("a"), LaneId("b")


@dataclass
class Recorder:
    """Writes down what gestures ask for and grants selections at once, as the view does."""

    scene: LanesScene
    heard: list[tuple[object, ...]] = field(default_factory=list)

    def begin(self, label: str) -> None:
        self.heard.append(("begin", label))

    def end(self, *, is_kept: bool) -> None:
        self.heard.append(("end", is_kept))

    def move_clips(self, clip_ids: frozenset[ClipId], delta: int, lane_delta: int) -> None:
        self.heard.append(("move", clip_ids, delta, lane_delta))

    def trim_clip(self, clip_id: ClipId, span: Span) -> None:
        self.heard.append(("trim", clip_id, span))

    def duplicate_clips(self, clip_ids: frozenset[ClipId], delta: int) -> None:
        self.heard.append(("duplicate", clip_ids, delta))

    def add_clip(self, lane_id: LaneId | None, span: Span) -> None:
        self.heard.append(("add", lane_id, span))

    def select(self, selection: TimelineSelection) -> None:
        self.scene.selection = selection

    def seek(self, position: Samples) -> None:
        self.heard.append(("seek", position))


def span(start: float, end: float) -> Span:
    return Span(Samples(round(start * SECOND)), Samples(round(end * SECOND)))


def clip(name: str, start: float, end: float) -> PromptClip:
    return PromptClip(id=ClipId(name), span=span(start, end), prompt=Prompt(text=name))


def lane(lane_id: LaneId, *clips: PromptClip) -> Lane:
    return Lane(id=lane_id, name=lane_id, colour="moss", stream=0, clips=clips)


@pytest.fixture
def scene() -> LanesScene:
    """Two lanes, ten pixels a second, a grid of whole seconds."""
    scene = LanesScene()
    scene.show_project(Project(lanes=(lane(A, clip("one", 2, 12), clip("two", 20, 30)), lane(B))))
    scene.geometry = type(scene.geometry)(
        samples_per_px=SECOND / 10, width_px=1_000, content_end=Samples(60 * SECOND)
    )
    scene.grid = Grid.SECOND
    return scene


@pytest.fixture
def wishes(scene: LanesScene) -> Recorder:
    return Recorder(scene)


def at(seconds: float, y: float = 18.0, *, is_free: bool = False) -> Pointer:
    return Pointer(x=8 + seconds * 10, y=y, is_free=is_free)


def marked(gesture: Gesture) -> Span | None:
    """Read anew: mypy would take two looks at the property for one value."""
    return gesture.marked


def ghost(gesture: Gesture) -> Ghost | None:
    return gesture.ghost


def press(
    wishes: Recorder,
    pointer: Pointer,
    *,
    part: Part | None = None,
    has_control: bool = False,
    has_shift: bool = False,
) -> Gesture:
    hit = wishes.scene.hit(pointer.x, pointer.y)
    if part is not None:
        hit = Hit(part=part, lane_id=hit.lane_id, clip_id=hit.clip_id)
    gesture = gesture_at(
        wishes.scene, hit, pointer, wishes, has_control=has_control, has_shift=has_shift
    )
    assert gesture is not None
    return gesture


def test_nothing_begins_beside_the_lanes(wishes: Recorder) -> None:
    nothing = Hit(part=Part.NOTHING)
    assert gesture_at(wishes.scene, nothing, at(1), wishes) is None


def test_a_click_on_a_clip_selects_it(wishes: Recorder) -> None:
    press(wishes, at(6)).release()
    assert wishes.scene.selection == TimelineSelection(
        clip_ids=frozenset({ClipId("one")}), focused_lane=A
    )
    assert wishes.heard == []


def test_a_click_on_one_of_several_selected_clips_leaves_only_it(wishes: Recorder) -> None:
    press(wishes, at(6)).release()
    press(wishes, at(25), has_control=True).release()
    assert wishes.scene.selection.clip_ids == {"one", "two"}
    press(wishes, at(6)).release()
    assert wishes.scene.selection.clip_ids == {"one"}


def test_shift_click_extends_and_stays_extended(wishes: Recorder) -> None:
    press(wishes, at(6)).release()
    press(wishes, at(25), has_shift=True).release()
    assert wishes.scene.selection.clip_ids == {"one", "two"}


def test_a_drag_moves_from_four_pixels_on_in_steps_of_the_grid(wishes: Recorder) -> None:
    drag = press(wishes, at(6))
    drag.move(at(6.3))
    assert wishes.heard == []
    assert marked(drag) is None
    drag.move(at(9.4))
    drag.move(at(9.3))
    drag.move(at(8.0, y=200))
    drag.release()
    one = frozenset({ClipId("one")})
    assert wishes.heard == [
        ("begin", "Move clip"),
        ("move", one, 3 * SECOND, 0),
        ("move", one, 2 * SECOND, 1),
        ("end", True),
    ]
    assert marked(drag) == span(4, 14)
    assert ghost(drag) is None


def test_a_drag_that_comes_back_asks_for_no_change_at_all(wishes: Recorder) -> None:
    drag = press(wishes, at(6))
    drag.move(at(9))
    drag.move(at(6))
    assert wishes.heard[-1] == ("move", frozenset({ClipId("one")}), 0, 0)


def test_ctrl_or_alt_while_dragging_frees_from_the_grid(wishes: Recorder) -> None:
    drag = press(wishes, at(6))
    drag.move(at(7.25, is_free=True))
    assert wishes.heard[-1] == ("move", frozenset({ClipId("one")}), 60_000, 0)


def test_several_clips_move_together_and_none_before_the_beginning(wishes: Recorder) -> None:
    press(wishes, at(6)).release()
    press(wishes, at(25), has_control=True).release()
    drag = press(wishes, at(25))
    drag.move(at(5))
    both = frozenset({ClipId("one"), ClipId("two")})
    assert wishes.heard == [("begin", "Move 2 clips"), ("move", both, -2 * SECOND, 0)]


def test_escape_takes_a_drag_back(wishes: Recorder) -> None:
    drag = press(wishes, at(6))
    drag.abandon()
    assert wishes.heard == []
    drag.move(at(9))
    drag.abandon()
    assert wishes.heard[-1] == ("end", False)


def test_the_start_is_trimmed_and_the_clip_keeps_a_frame(wishes: Recorder) -> None:
    drag = press(wishes, at(2.3))
    assert marked(drag) is None
    drag.move(at(2.5))
    drag.move(at(5.3))
    drag.move(at(99))
    drag.release()
    name = ClipId("one")
    assert wishes.heard == [
        ("begin", "Trim clip"),
        ("trim", name, span(5, 12)),
        ("trim", name, Span(Samples(12 * SECOND - 1_920), Samples(12 * SECOND))),
        ("end", True),
    ]
    assert ghost(drag) is None


def test_the_end_is_trimmed_and_the_clip_keeps_a_frame(wishes: Recorder) -> None:
    drag = press(wishes, at(11.7))
    drag.move(at(14.8))
    assert marked(drag) == span(2, 15)
    drag.move(at(0))
    drag.abandon()
    name = ClipId("one")
    assert wishes.heard[1:] == [
        ("trim", name, span(2, 15)),
        ("trim", name, Span(Samples(2 * SECOND), Samples(2 * SECOND + 1_920))),
        ("end", False),
    ]


def test_a_press_on_an_edge_without_a_drag_only_selects(wishes: Recorder) -> None:
    drag = press(wishes, at(11.7))
    drag.release()
    drag.abandon()
    assert wishes.heard == []
    assert wishes.scene.selection.clip_ids == {"one"}


def test_control_drags_a_copy(wishes: Recorder) -> None:
    drag = press(wishes, at(6), has_control=True)
    drag.move(at(6.1))
    assert ghost(drag) is None
    assert marked(drag) is None
    drag.move(at(38.2))
    assert ghost(drag) == Ghost(spans=((0, span(34, 44)),))
    assert marked(drag) == span(34, 44)
    drag.release()
    assert wishes.heard == [("duplicate", frozenset({ClipId("one")}), 32 * SECOND)]


def test_control_drags_copies_of_all_selected_clips(wishes: Recorder) -> None:
    press(wishes, at(6)).release()
    press(wishes, at(25), has_control=True).release()
    drag = press(wishes, at(25), has_control=True)
    drag.move(at(65))
    drag.release()
    assert wishes.heard == [("duplicate", frozenset({ClipId("one"), ClipId("two")}), 40 * SECOND)]


def test_a_copy_that_is_not_moved_or_abandoned_is_none(wishes: Recorder) -> None:
    drag = press(wishes, at(6), has_control=True)
    drag.move(at(12))
    drag.move(at(6))
    drag.release()
    drag.abandon()
    assert wishes.heard == []


def test_a_clip_is_drawn_on_an_empty_strip(wishes: Recorder) -> None:
    drag = press(wishes, at(5.2, y=190))
    assert ghost(drag) is None
    drag.move(at(5.3, y=190))
    assert marked(drag) is None
    drag.move(at(17.9, y=190))
    assert ghost(drag) == Ghost(spans=((1, span(5, 18)),))
    drag.release()
    assert wishes.heard == [("add", B, span(5, 18))]


def test_a_clip_is_drawn_from_right_to_left_and_on_a_new_lane(wishes: Recorder) -> None:
    drag = press(wishes, at(17.9, y=900))
    drag.move(at(5.2, y=900))
    assert ghost(drag) == Ghost(spans=((None, span(5, 18)),))
    drag.release()
    assert wishes.heard == [("add", None, span(5, 18))]


def test_a_clip_that_is_too_short_or_abandoned_is_not_made(wishes: Recorder) -> None:
    drag = press(wishes, at(5.2, y=190))
    drag.move(at(6.0, y=190))
    drag.move(at(5.0, y=190))
    assert marked(drag) is None
    drag.release()
    drag = press(wishes, at(5.2, y=190))
    drag.move(at(17.9, y=190))
    drag.abandon()
    assert ghost(drag) is None
    assert wishes.heard == []


def test_a_click_on_an_empty_strip_focuses_its_lane(wishes: Recorder) -> None:
    press(wishes, at(6)).release()
    press(wishes, at(40, y=190)).release()
    assert wishes.scene.selection == TimelineSelection(focused_lane=B)
    press(wishes, at(40, y=900)).release()
    assert wishes.scene.selection == TimelineSelection(focused_lane=B)


def test_a_drag_over_the_sound_selects_time(wishes: Recorder) -> None:
    drag = press(wishes, at(5.1, y=80))
    drag.move(at(5.2, y=80))
    assert marked(drag) is None
    drag.move(at(9.8, y=80))
    drag.release()
    assert wishes.scene.selection == TimelineSelection(
        span=span(5, 10), lane_ids=(A,), focused_lane=A
    )
    assert marked(drag) == span(5, 10)
    assert ghost(drag) is None


def test_a_drag_across_lanes_selects_time_in_all_of_them(wishes: Recorder) -> None:
    drag = press(wishes, at(5.1, y=260))
    drag.move(at(9.8, y=80))
    assert wishes.scene.selection == TimelineSelection(
        span=span(5, 10), lane_ids=(A, B), focused_lane=A
    )


def test_control_adds_a_lane_to_the_selected_time(wishes: Recorder) -> None:
    first = press(wishes, at(5.1, y=80))
    first.move(at(9.8, y=80))
    first.release()
    second = press(wishes, at(5.1, y=260), has_control=True)
    second.move(at(9.8, y=260))
    second.release()
    assert wishes.scene.selection.lane_ids == (A, B)


def test_shift_extends_the_selected_time_from_its_far_end(wishes: Recorder) -> None:
    first = press(wishes, at(5.1, y=80))
    first.move(at(9.8, y=80))
    first.release()
    press(wishes, at(20.2, y=80), has_shift=True).release()
    assert wishes.scene.selection.span == span(5, 20)
    press(wishes, at(2.2, y=80), has_shift=True).release()
    assert wishes.scene.selection.span == span(2, 20)


def test_shift_without_selected_time_begins_one(wishes: Recorder) -> None:
    drag = press(wishes, at(5.1, y=80), has_shift=True)
    drag.move(at(9.8, y=80))
    assert wishes.scene.selection.span == span(5, 10)


def test_no_time_is_selected_within_a_grid_step(wishes: Recorder) -> None:
    drag = press(wishes, at(5.0, y=80))
    drag.move(at(5.4, y=80))
    assert wishes.scene.selection.span is None


def test_escape_brings_the_old_selection_back(wishes: Recorder) -> None:
    press(wishes, at(6)).release()
    drag = press(wishes, at(5.1, y=80))
    drag.abandon()
    drag.move(at(9.8, y=80))
    drag.abandon()
    assert wishes.scene.selection.clip_ids == {"one"}


def test_a_click_on_the_sound_seeks_and_leaves_the_lane_in_focus(wishes: Recorder) -> None:
    press(wishes, at(7.1, y=80)).release()
    assert wishes.heard == [("seek", 7 * SECOND)]
    assert wishes.scene.selection == TimelineSelection(focused_lane=A)


def test_control_click_on_the_sound_does_nothing(wishes: Recorder) -> None:
    press(wishes, at(7.1, y=80), has_control=True).release()
    assert wishes.heard == []
