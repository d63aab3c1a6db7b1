"""One window with everything real but the engine, the audio device and the answers."""

import gc
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.audio.output import SilentOutput
from desktop_app.composition import Application
from desktop_app.controllers.model_presets import starter_defaults
from desktop_app.controllers.models import STARTER, ModelChoice
from desktop_app.controllers.questions import RecoveryAnswer, UnsavedAnswer
from desktop_app.project.project import Project
from desktop_app.project.storage.recovery import Recovery
from desktop_app.views.theme.theme import Theme, load_theme
from engine.api import ModelDefaults, Sampler
from tests.support.sound_engine import ToneEngine

MODELS = (
    STARTER,
    ModelChoice(name="large", title="Large"),
    ModelChoice(name="huge", title="Huge", is_installed=False),
)
LARGE = ModelDefaults(sampler=Sampler.UNIPC, num_steps=20, can_listen=False)


@dataclass
class Answers:
    """Answers in place of a person."""

    to_open: Path | None = None
    to_save: Path | None = None
    to_import: Path | None = None
    unsaved: UnsavedAnswer = UnsavedAnswer.DISCARD
    recovery_answer: RecoveryAnswer = RecoveryAnswer.LATER
    may_take_over: bool = False
    errors: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def project_to_open(self, start: Path) -> Path | None:
        self.asked.append("open")
        return self.to_open

    def sound_to_import(self, start: Path) -> Path | None:
        self.asked.append("import")
        return self.to_import

    def folder_to_save(self, suggested: Path) -> Path | None:
        self.asked.append("save")
        return self.to_save

    def unsaved_changes(self, name: str, unfinished_jobs: int) -> UnsavedAnswer:
        self.asked.append("unsaved")
        return self.unsaved

    def takes_over(self, reason: str) -> bool:
        self.asked.append("take over")
        return self.may_take_over

    def recovery(self, found: Sequence[Recovery]) -> tuple[Recovery, RecoveryAnswer] | None:
        self.asked.append("recovery")
        return found[0], self.recovery_answer

    def show_error(self, title: str, text: str, details: str = "") -> None:
        self.errors.append((title, text))


@dataclass
class Studio:
    """The application under test."""

    application: Application
    engine: ToneEngine
    answers: Answers
    qtbot: QtBot
    theme: Theme
    settings: QSettings

    @property
    def project(self) -> Project:
        return self.application.document.project

    def run(self, command: str) -> None:
        """Trigger a command of the window."""
        self.application.window.commands[command].trigger()

    @property
    def notice(self) -> str:
        """The message in the strip below the transport."""
        return self.application.window.message_strip.text

    def wait_for_jobs(self) -> None:
        """Let the engine finish."""
        self.qtbot.waitUntil(lambda: not self.application.generation.jobs, timeout=30_000)


@pytest.fixture(autouse=True)
def _no_windows_of_other_tests(qapp: QApplication) -> Iterator[None]:
    """Windows of a test end with it, not whenever Python collects them."""
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


@pytest.fixture
def engine() -> ToneEngine:
    """What makes the sound; files of tests may put another in its place."""
    return ToneEngine()


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path, engine: ToneEngine) -> Iterator[Studio]:
    answers = Answers()
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    theme = load_theme("dark")
    application = Application(
        theme,
        engine,
        SilentOutput(),
        settings,
        lambda _: answers,
        tmp_path / "unsaved",
        models=lambda: MODELS,
        model_defaults=lambda name: LARGE if name == "large" else starter_defaults(),
    )
    application.workspace.start_new(Project())
    qtbot.addWidget(application.window)
    with qtbot.waitExposed(application.window):
        application.window.show()
    before = set(threading.enumerate())
    yield Studio(application, engine, answers, qtbot, theme, settings)
    application.close()
    left = {thread.name for thread in set(threading.enumerate()) - before if thread.is_alive()}
    assert not {name for name in left if name in {"playback-render", "silent-output"}}
    assert engine.is_closed
