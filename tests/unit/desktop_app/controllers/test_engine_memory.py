"""The user's choice of the engine's memory."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from desktop_app.controllers.engine_memory import EngineMemory
from engine.api import STANDARD_MEMORY_BUDGET_BYTES


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_a_choice_is_remembered(settings: QSettings) -> None:
    assert EngineMemory(settings).budget_bytes == STANDARD_MEMORY_BUDGET_BYTES

    EngineMemory(settings).choose(1.5)

    memory = EngineMemory(settings)
    assert (memory.gib, memory.budget_bytes) == (1.5, 3 << 29)


@pytest.mark.parametrize("nonsense", ["much", "-1", "nan", "1e9", ""])
def test_nonsense_in_the_settings_is_the_usual_amount(settings: QSettings, nonsense: str) -> None:
    settings.setValue("engine/memory_gib", nonsense)

    assert EngineMemory(settings).gib == 3.0
