"""Which model makes a lane: the engine's chip, its menu, and the card in the inspector."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.model_presets import ModelPresets
from desktop_app.controllers.models import STARTER, ModelChoice, model_words
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.project.edits.change_lane_settings import ChangeLaneSettings
from desktop_app.views.main_window import MainWindow


class ModelController(QObject):
    """Shows the model of the lane that is meant, and lets another one be chosen.

    Args:
        window: Has the chip and the inspector.
        document: The open project.
        edits: Runs the edits.
        selection: For the lane that is meant.
        choices: All models that the engine knows; asked for when they are needed.
        presets: What standard, draft and fine mean for them.
    """

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        edits: EditRunner,
        selection: Selection,
        choices: Callable[[], tuple[ModelChoice, ...]],
        presets: ModelPresets,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._edits = edits
        self._selection = selection
        self._choices = choices
        self._presets = presets
        self._shown = ""
        self._menu: QMenu | None = None
        window.transport.engine_requested.connect(self.open_menu)
        window.inspector.tab_changed.connect(lambda _: self._show_model())
        window.transport.project_requested.connect(self._show_model)
        selection.changed.connect(lambda _: self._show_model())
        document.changed.connect(lambda *_: self._show_model())

    def menu(self) -> QMenu:
        """The models as a menu: the lane's one is marked, those not on this computer are dim."""
        menu = QMenu(self._window)
        lane = self._selection.lane
        for choice in self._choices():
            title = choice.title if choice.is_installed else f"{choice.title} (not here)"
            action = menu.addAction(title)
            action.setToolTip(choice.note)
            action.setCheckable(True)
            action.setChecked(choice.name == self._model)
            action.setEnabled(choice.is_installed and lane is not None)
            action.triggered.connect(lambda _=False, name=choice.name: self.choose(name))
        menu.addSeparator()
        menu.addAction("About this model", self._show_card)
        return menu

    def open_menu(self) -> None:
        """Open the menu below the chip."""
        chip = self._window.transport.engine
        self._menu = self.menu()
        self._menu.popup(chip.mapToGlobal(QPoint(0, chip.height())))

    def choose(self, name: str) -> None:
        """Make the lane that is meant with another model from now on."""
        if (lane := self._selection.lane) is not None:
            settings = self._presets.with_model(lane.settings, name)
            self._edits.run(ChangeLaneSettings(lane.id, settings))

    @property
    def _model(self) -> str:
        lane = self._selection.lane
        return STARTER.name if lane is None else lane.settings.model

    def _show_card(self) -> None:
        self._window.inspector.show_tab("project")
        self._window.panels.show_inspector(is_shown=True)
        self._show_model()

    def _show_model(self) -> None:
        # The engine's list is read when somebody looks at the card, not at start.
        if self._window.inspector.tab == "project" and self._shown != self._model:
            self._shown = self._model
            self._window.inspector.show_model(*model_words(self._model, self._choices()))
