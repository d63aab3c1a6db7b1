"""How much memory the engine may take, as the user chose it and the settings remember it."""

from PySide6.QtCore import QSettings

from desktop_app.memory import STANDARD_GIB, memory_budget_bytes
from engine.api import STANDARD_MEMORY_BUDGET_BYTES, EngineError

_KEY = "engine/memory_gib"


class EngineMemory:
    """The choice, remembered between starts; it counts for jobs that begin later.

    Args:
        settings: What is remembered.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def gib(self) -> float:
        """The choice; the usual amount if there is none that makes sense."""
        return self.budget_bytes / 2**30

    @property
    def budget_bytes(self) -> int:
        """The choice as a request wants it."""
        # Settings are files that people may edit, so anything may stand there.
        try:
            return memory_budget_bytes(float(str(self._settings.value(_KEY, STANDARD_GIB))))
        except (ValueError, EngineError):
            return STANDARD_MEMORY_BUDGET_BYTES

    def choose(self, gib: float) -> None:
        """Use so much from the next job on."""
        self._settings.setValue(_KEY, gib)
