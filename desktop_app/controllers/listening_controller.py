"""Says which clips cannot be like a sound, and which takes are not ranked, and why."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.views.prompts.inspector import Inspector


class ListeningController(QObject):
    """Shows in the inspector what models without an audio tower cannot do.

    Signals:
        changed (): Other clips, or clips of another model, are selected.

    Args:
        view: Has the sections about likeness and about takes.
        document: The open project.
        selection: The clips and the lane that are meant.
        can_listen: Whether a model can, by its name or path.
    """

    changed = Signal()

    def __init__(
        self,
        view: Inspector,
        document: Document,
        selection: Selection,
        can_listen: Callable[[str], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._document = document
        self._selection = selection
        self._can_listen = can_listen
        selection.changed.connect(self._show)
        document.changed.connect(self._show)
        self._show()

    @property
    def reason(self) -> str:
        """Why the selected clips cannot be like a sound; empty if they can."""
        wanted = self._selection.value.clip_ids
        return self._reason(
            lane.settings.model
            for lane in self._document.project.lanes
            if any(clip.id in wanted for clip in lane.clips)
        )

    def _reason(self, models: Iterable[str]) -> str:
        deaf = next((model for model in models if not self._can_listen(model)), None)
        return "" if deaf is None else f"The model “{deaf}” cannot listen to sounds."

    def _show(self, *_: object) -> None:
        lane = self._selection.lane
        models = () if lane is None else (lane.settings.model,)
        self._view.clip_page.anchors.show_reason(self.reason)
        self._view.show_unranked(self._reason(models))
        self.changed.emit()
