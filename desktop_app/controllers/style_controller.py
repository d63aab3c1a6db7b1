"""Sounds that clips shall be like: taken from a selected range, given to selected clips."""

from PySide6.QtCore import QObject, Signal

from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.job_words import range_words
from desktop_app.controllers.listening_controller import ListeningController
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.project.edits.change_clips import ChangeClips
from desktop_app.project.lookup import take_in_lane
from desktop_app.project.project import Lane, SoundAnchor
from desktop_app.project.time import Samples, Span
from desktop_app.views.action_set import ActionSet
from desktop_app.views.prompts.anchor_section import AnchorSection


class StyleController(QObject):
    """Remembers the sound of a range until a clip shall be like it.

    Signals:
        message (str): One line for the status bar.

    Args:
        actions: The commands "style_take" and "style_give".
        view: The inspector's section about it.
        document: Holds the sound.
        edits: Runs the edits.
        selection: The range that is taken and the clips that are given it.
        listening: Knows why clips cannot be like a sound.
    """

    message = Signal(str)

    def __init__(
        self,
        actions: ActionSet,
        view: AnchorSection,
        document: Document,
        edits: EditRunner,
        selection: Selection,
        listening: ListeningController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._give = actions["style_give"]
        self._view = view
        self._document = document
        self._edits = edits
        self._selection = selection
        self._listening = listening
        self._remembered: tuple[SoundAnchor, ...] = ()
        actions["style_take"].triggered.connect(self.take)
        self._give.triggered.connect(self.give)
        view.give_requested.connect(self.give)
        listening.changed.connect(self._show_give)
        self.forget()

    def take(self) -> None:
        """Remember the sound of the selected range."""
        selected = self._selection.value
        lanes = [lane for lane in self._document.project.lanes if lane.id in selected.lane_ids]
        span = selected.span
        found = [] if span is None else [a for lane in lanes for a in anchors_of(lane, span)]
        if not found:
            self.message.emit("Select a range with sound first: drag across a lane's sound.")
            return
        self._show(tuple(found))
        self.message.emit(f"{_words(found)} is remembered. Select clips that shall be like it.")

    def give(self) -> None:
        """Let the selected clips be like what is remembered."""
        clip_ids = self._selection.value.clip_ids
        if not self._remembered or not clip_ids:
            self.message.emit("Select clips that shall be like the remembered sound.")
            return
        if reason := self._listening.reason:
            self.message.emit(f"{reason} Choose another model for the lane.")
            return
        self._edits.run(ChangeClips(clip_ids, anchors=self._remembered))

    def forget(self) -> None:
        """Forget what is remembered, for another project."""
        self._show(())

    def _show(self, remembered: tuple[SoundAnchor, ...]) -> None:
        self._remembered = remembered
        self._show_give()
        self._view.show_remembered(_words(remembered) if remembered else "")

    def _show_give(self) -> None:
        self._give.setEnabled(bool(self._remembered) and not self._listening.reason)


def anchors_of(lane: Lane, span: Span) -> tuple[SoundAnchor, ...]:
    """What sounds on a lane in a range, as sounds to be like; one for each take."""
    anchors = []
    for block in lane.sound:
        shared = block.span.intersection(span)
        if shared is None:
            continue
        take = take_in_lane(lane, block.take_id)
        anchors.append(
            SoundAnchor(
                media=take.media.audio,
                name=f"{lane.name}, {range_words(shared)}",
                start=Samples(shared.start - take.span.start),
                duration=shared.duration,
            )
        )
    return tuple(anchors)


def _words(anchors: list[SoundAnchor] | tuple[SoundAnchor, ...]) -> str:
    more = f" and {len(anchors) - 1} more" if len(anchors) > 1 else ""
    return f"{anchors[0].name}{more}"
