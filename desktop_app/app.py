"""Opens the window."""

import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from desktop_app.audio.output import best_output
from desktop_app.composition import Application
from desktop_app.controllers.dialog_questions import DialogQuestions
from desktop_app.engine_link.process_engine import ProcessEngine
from desktop_app.example import example_project
from desktop_app.project.project import Project
from desktop_app.project.storage.errors import StorageError
from desktop_app.views.theme.theme import apply_theme, load_theme


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
    theme = load_theme(str(settings.value("appearance/theme", "dark")))
    apply_theme(qt, theme)
    application = Application(
        theme, ProcessEngine(), best_output(), settings, partial(DialogQuestions, theme)
    )
    begin(application, path, shows_example=shows_example)
    application.window.show()
    application.timeline_view.fit()
    return qt.exec()


def begin(application: Application, path: Path | None, *, shows_example: bool) -> None:
    """Show the first project in a new window."""
    try:
        application.workspace.start_new(example_project() if shows_example else Project())
    except StorageError as error:
        application.questions.show_error(error.reason, error.remedy)
    if path is not None:
        application.files.open_path(path)
    else:
        application.files.offer_recovery()
