"""Builds the big objects of the application and hands them round."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QSettings, QTimer
from PySide6.QtGui import QCloseEvent

from desktop_app.audio.output import AudioOutput, SilentOutput
from desktop_app.audio.player import Player
from desktop_app.audio.sources import MediaTakeSources
from desktop_app.controllers.appearance_controller import AppearanceController
from desktop_app.controllers.background import Background
from desktop_app.controllers.clipboard_controller import ClipboardController
from desktop_app.controllers.clips_controller import ClipsController
from desktop_app.controllers.commands_controller import CommandsController
from desktop_app.controllers.context_menus import ContextMenus
from desktop_app.controllers.disk_controller import DiskController
from desktop_app.controllers.drop_controller import DropController
from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.engine_memory import EngineMemory
from desktop_app.controllers.export_controller import ExportController
from desktop_app.controllers.files_controller import FilesController
from desktop_app.controllers.generation_controller import GenerationController
from desktop_app.controllers.help_controller import HelpController
from desktop_app.controllers.import_controller import ImportController
from desktop_app.controllers.inspector_controller import InspectorController
from desktop_app.controllers.job_display import JobDisplay
from desktop_app.controllers.listening_controller import ListeningController
from desktop_app.controllers.model_controller import ModelController
from desktop_app.controllers.model_presets import ModelPresets, starter_defaults
from desktop_app.controllers.models import STARTER, ModelChoice
from desktop_app.controllers.notices import Notices
from desktop_app.controllers.paces import Paces
from desktop_app.controllers.pictures import Pictures
from desktop_app.controllers.questions import Questions
from desktop_app.controllers.selection import Selection
from desktop_app.controllers.style_controller import StyleController
from desktop_app.controllers.take_keeper import TakeKeeper
from desktop_app.controllers.take_measures import nominal_layout
from desktop_app.controllers.take_report_controller import TakeReportController
from desktop_app.controllers.takes_controller import TakesController
from desktop_app.controllers.time_controller import TimeController
from desktop_app.controllers.timeline_controller import TimelineController
from desktop_app.controllers.transport_controller import TransportController
from desktop_app.controllers.workspace import Workspace
from desktop_app.document import Document
from desktop_app.engine_link.engine_thread import EngineThread
from desktop_app.example import EXAMPLE_NAME, example_project
from desktop_app.project.ids import MediaId, TakeId
from desktop_app.project.project import GenerationSettings
from desktop_app.project.storage.media import MediaStore
from desktop_app.project.time import Samples
from desktop_app.views.dialogs.export_dialog import ExportDialog
from desktop_app.views.main_window import MainWindow
from desktop_app.views.report.report_dialog import ReportDialog
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.timeline_view import TimelineView
from desktop_app.views.timeline.values import TakePicture, TimelineSelection
from engine.analysis import SeamLayout
from engine.api import Engine, ModelDefaults

_EXAMPLES = (("example", EXAMPLE_NAME, "clips that wait for their sound"),)


def only_starter() -> tuple[ModelChoice, ...]:
    """The models of an engine that has no others."""
    return (STARTER,)


class Application(QObject):
    """One window with its document, engine and player.

    Args:
        theme: Colours and type.
        engine: What makes the sound; runs in the engine thread.
        output: Where the sound goes.
        settings: What is remembered between starts.
        questions: Makes what asks the user, over the window.
        unsaved_root: Folder of projects that were never saved; the platform's if not given.
        models: The models that the engine knows; asked for when somebody wants to see them.
        model_defaults: What a model says about sampling, by its name or path.
        version: Of the application; asked for when somebody wants to see it.
        layout_of: The windows that are made with some settings; asked for by a report.
    """

    def __init__(
        self,
        theme: Theme,
        engine: Engine,
        output: AudioOutput,
        settings: QSettings,
        questions: Callable[[MainWindow], Questions],
        unsaved_root: Path | None = None,
        *,
        models: Callable[[], tuple[ModelChoice, ...]] = only_starter,
        model_defaults: Callable[[str], ModelDefaults] = starter_defaults,
        version: Callable[[], str] = str,
        layout_of: Callable[[GenerationSettings], SeamLayout] = nominal_layout,
    ) -> None:
        super().__init__()
        self.document = Document()
        self.presets = ModelPresets(model_defaults)
        self.workspace = Workspace(self.document, unsaved_root, self)
        self.edits = EditRunner(self.document, self)
        self.selection = Selection(self.document, self)
        self.timeline_view = TimelineView(theme)
        self.window = MainWindow(theme, self.timeline_view, _EXAMPLES)
        self.questions = questions(self.window)
        self.notices = Notices(self.window.message_strip, self)
        self.background = Background(self)
        self.engine_thread = EngineThread(engine, self)
        self.player = Player(output, self._sources(), self.window.status.show_message)
        self.keeper = TakeKeeper(self.document, self.edits, self.background, self._store, self)
        self.generation = GenerationController(
            self.document,
            self.engine_thread,
            self.keeper,
            self.background,
            self._store,
            lambda: self.workspace.jobs_dir,
            Paces(settings),
            EngineMemory(settings),
            self,
        )
        self.files = FilesController(
            self.document,
            self.workspace,
            self.questions,
            settings,
            lambda: len(self.generation.jobs),
            self,
        )
        self._pictures_shown: dict[TakeId, TakePicture] = {}
        self.pictures = Pictures(self._media_path, self)
        self._build_controllers(theme, layout_of)
        self._build_window(theme, settings, models, version)
        self._connect()
        is_silent = isinstance(output, SilentOutput)
        self.window.status.show_device(output.description, is_missing=is_silent)
        self.window.status.device_requested.connect(
            lambda: self.notices.show_warning(
                f"{output.description.rstrip('.')}. Playback is silent until Longwave is started "
                "again with one."
            )
        )

    def close(self) -> None:
        """End all threads and let go of the project; what is not saved can be recovered."""
        self._end_threads()
        self.workspace.close()

    def _end_threads(self) -> None:
        self.exports.close()
        self.reports.close()
        self.player.close()
        self.pictures.close()
        self.engine_thread.close()
        self.background.close()
        # What would be told or shown a moment later would meet a window that is gone.
        self.engine_thread.blockSignals(True)  # noqa: FBT003 - Qt's own name for it
        for timer in self.findChildren(QTimer):
            timer.stop()

    def _build_controllers(
        self, theme: Theme, layout_of: Callable[[GenerationSettings], SeamLayout]
    ) -> None:
        window, view = self.window, self.timeline_view
        document, edits, selection = self.document, self.edits, self.selection
        self.timeline = TimelineController(view, document, edits, selection, self)
        self.transport = TransportController(
            window.transport, view, window.commands, self.player, document, edits, selection, self
        )
        self.inspector = InspectorController(
            window.inspector,
            document,
            edits,
            selection,
            self._pictures_shown.get,
            self.presets.of,
            self,
        )
        self.display = JobDisplay(
            window,
            view,
            document,
            selection,
            self.generation,
            self.notices,
            self.questions,
            self.presets.of,
            self,
        )
        self.exports = ExportController(
            document, selection, self._sources, lambda: ExportDialog(theme, window), self
        )
        self.reports = TakeReportController(
            window.commands,
            document,
            selection,
            lambda: self.transport.position,
            self._media_path,
            lambda title: ReportDialog(theme, title, window),
            layout_of,
            self,
        )
        self.commands = CommandsController(
            window,
            view,
            document,
            edits,
            selection,
            self.timeline,
            self.transport,
            self.generation,
            self.display,
            self.files,
            self,
        )

    def _build_window(
        self,
        theme: Theme,
        settings: QSettings,
        models: Callable[[], tuple[ModelChoice, ...]],
        version: Callable[[], str],
    ) -> None:
        window, document, selection = self.window, self.document, self.selection
        self.clipboard = ClipboardController(
            window.commands, window.status, document, self.edits, selection, self.transport, self
        )
        self.clips = ClipsController(
            window.clips,
            window.status,
            document,
            selection,
            self.inspector,
            self.generation,
            self,
        )
        self.menus = ContextMenus(
            self.timeline_view,
            window.commands,
            document,
            self.edits,
            selection,
            self.transport.seek,
            self,
        )
        self.appearance = AppearanceController(
            window, theme, settings, EngineMemory(settings), self
        )
        self.help = HelpController(
            window,
            theme,
            document,
            settings,
            version,
            lambda: self.files.start(example_project()),
            self,
        )
        # The first steps say the same, and offer the example as well.
        self.timeline_view.show_hint(is_shown=False)
        self.models = ModelController(
            window, document, self.edits, selection, models, self.presets, self
        )
        self.disk = DiskController(window.status, document, self.background, self._store, self)
        self.listening = ListeningController(
            window.inspector, document, selection, self.presets.can_listen, self
        )
        self.styles = StyleController(
            window.commands,
            window.inspector.clip_page.anchors,
            document,
            self.edits,
            selection,
            self.listening,
            self,
        )
        self.takes = TakesController(window.commands, document, self.edits, selection, self)
        self.takes.message.connect(window.status.show_message)
        self.styles.message.connect(window.status.show_message)
        self.imports = ImportController(
            document,
            self.edits,
            selection,
            self.background,
            self._store,
            self.generation.generate,
            self,
        )
        self.imports.message.connect(window.status.show_message)
        self.imports.failed.connect(self.notices.show_error)
        window.commands["import_audio"].triggered.connect(self._import_audio)
        self.time = TimeController(
            window.commands, document, self.edits, selection, self.generation, self
        )
        self.time.message.connect(window.status.show_message)
        self.drops = DropController(window, self.files.open_path, self._import_dropped, self)

    def _connect(self) -> None:
        self.document.changed.connect(lambda _before, after: self.pictures.show_project(after))
        self.pictures.ready.connect(self._show_picture)
        self.keeper.picture_known.connect(self._show_picture)
        # Who chooses between versions looks at all of them.
        self.keeper.kept.connect(lambda _job, takes, _words: self.pictures.want(takes))
        self.selection.changed.connect(lambda _: self._want_listed_takes())
        self.window.inspector.tab_changed.connect(lambda _: self._want_listed_takes())
        self.workspace.leaving.connect(self.generation.forget)
        self.workspace.folder_changed.connect(self._on_folder_changed)
        self.workspace.project_opened.connect(self._on_project_opened)
        self.generation.jobs_changed.connect(self._clean_up)
        self.generation.jobs_changed.connect(self._play_what_is_made)
        self.exports.failed.connect(self.questions.show_error)
        self.exports.message.connect(self.window.status.show_message)
        self.reports.message.connect(self.window.status.show_message)
        self.window.commands["export"].triggered.connect(self.exports.open)
        self.window.closing.connect(self._on_closing)

    def _show_picture(self, take_id: TakeId, picture: TakePicture) -> None:
        self.pictures.know(take_id)
        self._pictures_shown[take_id] = picture
        self.timeline_view.show_take_picture(take_id, picture)
        self.inspector.show_takes()

    def _want_listed_takes(self) -> None:
        """Takes in the list are shown in little, whether they play or not."""
        lane = self.selection.lane
        if lane is not None and self.window.inspector.tab == "takes":
            self.pictures.want(lane.takes)

    def _on_folder_changed(self) -> None:
        """Read media from the new folder; the one before may be removed any moment."""
        self.pictures.finish()
        self.player.show_project(self.document.project, self._sources())
        self.disk.measure()

    def _on_project_opened(self) -> None:
        self.transport.stop()
        self.transport.seek(Samples(0))
        self.pictures.forget()
        for take_id in self._pictures_shown:
            self.timeline_view.show_take_picture(take_id, None)
        self._pictures_shown.clear()
        self.inspector.forget()
        self.styles.forget()
        self.display.forget()
        self.selection.set(TimelineSelection())
        self.pictures.show_project(self.document.project)
        self.timeline_view.fit()
        self.help.begin()
        self.generation.find_unfinished()
        if missing := self._store().missing(self.document.project):
            self.notices.show_warning(
                f"{len(missing)} files of takes are missing in “{self.workspace.folder.name}”. "
                "Generate makes those takes again."
            )

    def _import_audio(self) -> None:
        chosen = self.questions.sound_to_import(self.files.start_folder)
        lane = self.selection.lane
        if chosen is not None:
            lane_id = None if lane is None else lane.id
            self.imports.import_sound(chosen, lane_id, self.transport.position)

    def _import_dropped(self, path: Path, at: QPoint) -> None:
        lanes = self.timeline_view.lanes
        point = lanes.mapFrom(self.window, at)
        place = lanes.place_at(point.x(), point.y())
        self.imports.import_sound(path, *(place or (None, self.transport.position)))

    def _play_what_is_made(self) -> None:
        jobs = self.generation.jobs
        self.player.show_live(
            {job.plan.lane_id: job.sound for job in jobs if job.sound is not None}
        )

    def _clean_up(self) -> None:
        if not self.generation.jobs:
            self.workspace.clean_up()

    def _on_closing(self, event: QCloseEvent) -> None:
        if not self.files.may_leave():
            event.ignore()
            return
        self.appearance.save_layout()
        self._end_threads()
        self.workspace.leave()
        event.accept()

    def _sources(self) -> MediaTakeSources:
        return MediaTakeSources(self._media_path, self.workspace.store.cache_dir)

    def _store(self) -> MediaStore:
        return self.workspace.store

    def _media_path(self, media: MediaId) -> Path:
        return self.workspace.store.path(media)
