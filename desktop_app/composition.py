"""Builds the big objects of the application and hands them round."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings
from PySide6.QtGui import QCloseEvent

from desktop_app.audio.output import AudioOutput, SilentOutput
from desktop_app.audio.player import Player
from desktop_app.audio.sources import MediaTakeSources
from desktop_app.controllers.commands_controller import CommandsController
from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.export_controller import ExportController
from desktop_app.controllers.files_controller import FilesController
from desktop_app.controllers.generation_controller import GenerationController
from desktop_app.controllers.inspector_controller import InspectorController
from desktop_app.controllers.job_display import JobDisplay
from desktop_app.controllers.pictures import Pictures
from desktop_app.controllers.questions import Questions
from desktop_app.controllers.selection import Selection
from desktop_app.controllers.timeline_controller import TimelineController
from desktop_app.controllers.transport_controller import TransportController
from desktop_app.controllers.workspace import Workspace
from desktop_app.document import Document
from desktop_app.engine_link.engine_thread import EngineThread
from desktop_app.project.ids import MediaId, TakeId
from desktop_app.views.dialogs.export_dialog import ExportDialog
from desktop_app.views.main_window import MainWindow
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.timeline_view import TimelineView
from desktop_app.views.timeline.values import TakePicture, TimelineSelection
from engine.api import Engine


class Application(QObject):
    """One window with its document, engine and player.

    Args:
        theme: Colours and type.
        engine: What makes the sound; runs in the engine thread.
        output: Where the sound goes.
        settings: What is remembered between starts.
        questions: Makes what asks the user, over the window.
        unsaved_root: Folder of projects that were never saved; the platform's if not given.
    """

    def __init__(
        self,
        theme: Theme,
        engine: Engine,
        output: AudioOutput,
        settings: QSettings,
        questions: Callable[[MainWindow], Questions],
        unsaved_root: Path | None = None,
    ) -> None:
        super().__init__()
        self.document = Document()
        self.workspace = Workspace(self.document, unsaved_root, self)
        self.edits = EditRunner(self.document, self)
        self.selection = Selection(self.document, self)
        self.timeline_view = TimelineView(theme)
        self.window = MainWindow(theme, self.timeline_view)
        self.questions = questions(self.window)
        self.engine_thread = EngineThread(engine, self)
        self.player = Player(output, self._sources(), self.window.status.show_message)
        self.generation = GenerationController(
            self.document,
            self.edits,
            self.engine_thread,
            lambda: self.workspace.store,
            lambda: self.workspace.jobs_dir,
            self,
        )
        self.files = FilesController(
            self.document,
            self.workspace,
            self.questions,
            settings,
            lambda: len(self.generation.jobs),
            self.generation.forget,
            self,
        )
        self._pictures_shown: dict[TakeId, TakePicture] = {}
        self.pictures = Pictures(self._media_path, self)
        self.exports = ExportController(
            self.document,
            self.selection,
            self._sources,
            lambda: ExportDialog(theme, self.window),
            self,
        )
        self._build_controllers()
        self._connect()
        is_silent = isinstance(output, SilentOutput)
        self.window.status.show_device(output.description, is_missing=is_silent)

    def close(self) -> None:
        """End all threads and let go of the project."""
        self.exports.close()
        self.player.close()
        self.pictures.close()
        self.engine_thread.close()
        self.workspace.close()

    def _build_controllers(self) -> None:
        window, view = self.window, self.timeline_view
        self.timeline = TimelineController(view, self.document, self.edits, self.selection, self)
        self.transport = TransportController(
            window.transport,
            view,
            window.commands,
            self.player,
            self.document,
            self.edits,
            self.selection,
            self,
        )
        self.inspector = InspectorController(
            window.inspector,
            self.document,
            self.edits,
            self.selection,
            self._pictures_shown.get,
            self,
        )
        self.display = JobDisplay(
            window, view, self.document, self.selection, self.generation, self
        )
        self.commands = CommandsController(
            window,
            view,
            self.document,
            self.edits,
            self.selection,
            self.timeline,
            self.transport,
            self.generation,
            self.display,
            self.files,
            self,
        )

    def _connect(self) -> None:
        self.document.changed.connect(lambda _before, after: self.pictures.show_project(after))
        self.pictures.ready.connect(self._show_picture)
        self.workspace.folder_changed.connect(self._on_folder_changed)
        self.generation.failed.connect(self.questions.show_error)
        self.exports.failed.connect(self.questions.show_error)
        self.exports.message.connect(self.window.status.show_message)
        self.window.commands["export"].triggered.connect(self.exports.open)
        self.window.closing.connect(self._on_closing)

    def _show_picture(self, take_id: TakeId, picture: TakePicture) -> None:
        self._pictures_shown[take_id] = picture
        self.timeline_view.show_take_picture(take_id, picture)
        self.inspector.show_takes()

    def _on_folder_changed(self) -> None:
        self.transport.stop()
        self.pictures.forget()
        for take_id in self._pictures_shown:
            self.timeline_view.show_take_picture(take_id, None)
        self._pictures_shown.clear()
        self.display.forget()
        self.selection.set(TimelineSelection())
        self.player.show_project(self.document.project, self._sources())
        self.player.seek(self.transport.position)
        self.pictures.show_project(self.document.project)
        self.timeline_view.fit()

    def _on_closing(self, event: QCloseEvent) -> None:
        if self.files.may_leave():
            self.close()
            event.accept()
        else:
            event.ignore()

    def _sources(self) -> MediaTakeSources:
        return MediaTakeSources(self._media_path, self.workspace.store.cache_dir)

    def _media_path(self, media: MediaId) -> Path:
        return self.workspace.store.path(media)
