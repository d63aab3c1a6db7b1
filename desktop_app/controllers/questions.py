"""What controllers ask the user. Tests answer in place of dialogs."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from desktop_app.project.storage.recovery import Recovery


class UnsavedAnswer(StrEnum):
    """What to do with changes that were not saved."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class RecoveryAnswer(StrEnum):
    """What to do with an autosave that a crash left behind."""

    RECOVER = "recover"
    LAST_SAVE = "last_save"
    DELETE = "delete"
    LATER = "later"


class Questions(Protocol):
    """Asks the user; every question can be left without an answer."""

    def project_to_open(self, start: Path) -> Path | None:
        """Which project to open."""
        ...

    def sound_to_import(self, start: Path) -> Path | None:
        """Which sound file to import."""
        ...

    def folder_to_save(self, suggested: Path) -> Path | None:
        """Which folder a project shall be saved as; asks by itself before replacing one."""
        ...

    def unsaved_changes(self, name: str, unfinished_jobs: int) -> UnsavedAnswer:
        """Whether to save before the project is left."""
        ...

    def takes_over(self, reason: str) -> bool:
        """Whether to open a project that is open elsewhere."""
        ...

    def recovery(self, found: Sequence[Recovery]) -> tuple[Recovery, RecoveryAnswer] | None:
        """What to do with what a crash left behind."""
        ...

    def show_error(self, title: str, text: str, details: str = "") -> None:
        """Say what went wrong and what can be done."""
        ...
