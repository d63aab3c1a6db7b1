"""Opens the window."""

import sys
from functools import partial
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from desktop_app.audio.output import best_output
from desktop_app.composition import Application, only_starter
from desktop_app.controllers.appearance_controller import (
    text_scale_choice,
    theme_choice,
    theme_name,
)
from desktop_app.controllers.dialog_questions import DialogQuestions
from desktop_app.controllers.model_presets import starter_defaults
from desktop_app.controllers.models import ModelChoice
from desktop_app.engine_link.process_engine import ProcessEngine
from desktop_app.example import example_project
from desktop_app.project.project import GenerationSettings, Project
from desktop_app.project.storage.errors import StorageError
from desktop_app.views.theme.theme import apply_theme, load_theme
from engine.analysis import SeamLayout
from engine.api import EngineError, ModelDefaults


def main(path: Path | None = None, *, shows_example: bool = False) -> int:
    """Open a project, the example, or what a crash left behind.

    Args:
        path: A project's folder or file.
        shows_example: Whether to begin with the example project.

    Returns:
        The exit code.
    """
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("Longwave")
    qt.setDesktopFileName("org.longwave.Longwave")
    settings = QSettings("Longwave", "Longwave")
    theme = load_theme(theme_name(theme_choice(settings)))
    theme.set_text_scale(text_scale_choice(settings))
    apply_theme(qt, theme)
    application = Application(
        theme,
        ProcessEngine(),
        best_output(),
        settings,
        partial(DialogQuestions, theme),
        models=known_models,
        model_defaults=model_defaults,
        version=_version,
        layout_of=_layout_of,
    )
    begin(application, path, shows_example=shows_example)
    return qt.exec()


def begin(application: Application, path: Path | None, *, shows_example: bool) -> None:
    """Show the window with its first project, then ask what is to be asked."""
    project = example_project() if shows_example else Project()
    workspace = application.workspace
    try:
        workspace.start_new(project)
    except StorageError as error:
        workspace.use_temporary_root()
        workspace.start_new(project)
        application.notices.show_error(f"{error.reason} Save soon: a crash would lose your work.")
    application.window.show()
    application.timeline_view.fit()
    if path is not None:
        # From the event loop: what it asks lies over a window that is there.
        QTimer.singleShot(0, lambda: application.files.open_path(path))
    else:
        QTimer.singleShot(0, application.files.offer_recovery)


def known_models() -> tuple[ModelChoice, ...]:
    """All models of the engine's list; the starter alone if it cannot be read."""
    # Asked for when somebody looks at the models, so that the window does not wait for it.
    registry = import_module("engine.checkpoints.registry")
    try:
        folder = registry.default_models_dir()
        return tuple(
            ModelChoice(
                name=entry.name,
                title=entry.title,
                note=entry.description,
                is_installed=entry.is_installed(folder),
            )
            for entry in registry.known_models()
        )
    except EngineError:
        return only_starter()


def model_defaults(name_or_path: str) -> ModelDefaults:
    """What a model says about sampling; what a new lane begins with if it cannot be read."""
    registry = import_module("engine.checkpoints.registry")
    defaults = import_module("engine.checkpoints.sampling_defaults")
    try:
        entry = registry.find_model(name_or_path)
        path = Path(name_or_path).expanduser()
        if entry is not None:
            path = entry.location(registry.default_models_dir())
        found: ModelDefaults = defaults.sampling_defaults(path)
    except EngineError:
        return starter_defaults()
    return found


def _layout_of(settings: GenerationSettings) -> SeamLayout:
    # Slow to load, and needed only by reports.
    sources = import_module("desktop_app.cli_analyse_sources")
    facts = sources.model_facts(settings.model)
    window = sources.NOMINAL_WINDOW if facts is None else facts.window
    layout: SeamLayout = sources.layout_of(window, settings.stride_latent_frames)
    return layout


def _version() -> str:
    # Slow to load, and needed only by those who look.
    metadata = import_module("importlib.metadata")
    try:
        return str(metadata.version("longwave"))
    except metadata.PackageNotFoundError:  # started from a checkout that was not installed
        return "from source"
