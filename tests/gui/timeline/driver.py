"""A timeline alone, a hand that moves on it, and a record of what it asks for."""

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.audio.peaks import Peaks
from desktop_app.project.ids import ClipId, LaneId, MarkerId, MediaId, TakeId
from desktop_app.project.project import (
    GenerationSettings,
    Lane,
    Marker,
    Project,
    Prompt,
    PromptClip,
    Recipe,
    SoundBlock,
    Take,
    TakeMedia,
    TransitionKind,
)
from desktop_app.project.time import Samples, Span
from desktop_app.views.theme.theme import load_theme
from desktop_app.views.timeline.timeline_view import TimelineView
from desktop_app.views.timeline.values import (
    Grid,
    TakePicture,
)

SECOND = 48_000
RAIN, DRONE = LaneId("rain"), LaneId("drone")
ONE, TWO = ClipId("one"), ClipId("two")
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


def span(start: float, end: float) -> Span:
    return Span(Samples(round(start * SECOND)), Samples(round(end * SECOND)))


def clip(name: ClipId, start: float, end: float, weight: float = 1.0) -> PromptClip:
    return PromptClip(
        id=name, span=span(start, end), prompt=Prompt(text=f"{name} rain"), weight=weight,
        transition=TransitionKind.BLEND,
    )  # fmt: skip


def take() -> Take:
    media = TakeMedia(
        audio=MediaId(""), mel=MediaId(""), latents=MediaId(""), state=MediaId(""),
        sample_rate=16_000,
    )  # fmt: skip
    recipe = Recipe(
        prompts=(), settings=GenerationSettings(), stream=0, noise_take=1, engine_version="0"
    )
    return Take(id=TakeId("take"), number=1, span=span(0, 60), media=media, recipe=recipe)


def project() -> Project:
    rain = Lane(
        id=RAIN, name="Rain", colour="lagoon", stream=0,
        clips=(clip(ONE, 10, 40), clip(TWO, 60, 90, 1.2)),
        takes=(take(),), sound=(SoundBlock(span=span(10, 40), take_id=TakeId("take")),),
    )  # fmt: skip
    drone = Lane(id=DRONE, name="Drone", colour="iris", stream=1)
    marker = Marker(id=MarkerId("m"), position=Samples(30 * SECOND), name="Storm")
    return Project(lanes=(rain, drone), markers=(marker,))


class Driver:
    """A timeline of 180 s over 1,016 px: about 5.6 px a second, and a hand that moves on it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.view = TimelineView(load_theme("dark"))
        qtbot.addWidget(self.view)
        self.view.resize(256 + 1_016, 760)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.heard: list[tuple[object, ...]] = []
        for name in (
            "gesture_started", "gesture_ended", "clip_add_requested", "clips_move_requested",
            "clip_trim_requested", "clips_duplicate_requested", "clips_remove_requested",
            "clip_split_requested", "clip_text_requested", "clip_weight_requested",
            "everywhere_requested", "lane_add_requested", "lane_change_requested",
            "lane_remove_requested", "lane_move_requested", "marker_add_requested",
            "marker_move_requested", "marker_rename_requested", "marker_remove_requested",
            "loop_requested", "seek_requested", "cancel_requested", "takes_requested",
        ):  # fmt: skip
            self._listen(name)
        self.view.set_snap(True, Grid.SECOND)
        self.view.show_project(project())

    def _listen(self, name: str) -> None:
        getattr(self.view, name).connect(lambda *values: self.heard.append((name, *values)))

    def x(self, seconds: float) -> float:
        return self.view.geometry_shown.x_at(seconds * SECOND)

    def at(self, seconds: float, y: float = 18) -> QPoint:
        return QPoint(round(self.x(seconds)), round(y))

    def drag(
        self,
        widget: QWidget,
        start: QPoint,
        *stops: QPoint,
        keys: Qt.KeyboardModifier = PLAIN,
        releases: bool = True,
    ) -> None:
        QTest.mousePress(widget, LEFT, keys, start)
        for stop in stops:
            self.move(widget, stop)
        if releases:
            QTest.mouseRelease(widget, LEFT, PLAIN, stops[-1])

    def move(self, widget: QWidget, point: QPoint) -> None:
        QTest.mouseMove(widget, point)
        QApplication.processEvents()

    def click(self, seconds: float, y: float = 18, keys: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.mouseClick(self.view.lanes, LEFT, keys, self.at(seconds, y))

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.keyClick(self.view.lanes, key, keys)

    def wheel(
        self, widget: QWidget, point: QPoint, notches: int, keys: Qt.KeyboardModifier = PLAIN
    ) -> None:
        event = QWheelEvent(
            QPointF(point), widget.mapToGlobal(QPointF(point)), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def picture(seconds: float = 60) -> TakePicture:
    samples = np.sin(np.arange(round(seconds * 16_000)) / 7).astype(np.float32) * 0.5
    return TakePicture(
        peaks=Peaks.of(samples, 16_000), levels=np.full((64, round(seconds * 100)), 180, np.uint8)
    )


def child(parent: QWidget, name: str) -> QWidget:
    return next(each for each in parent.findChildren(QWidget) if each.accessibleName() == name)


def context_click(widget: QWidget, point: QPoint) -> None:
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, point, widget.mapToGlobal(point), PLAIN
    )
    QApplication.sendEvent(widget, event)
