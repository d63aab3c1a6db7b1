"""One sentence and one test for each rule that import contracts cannot express."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for folder in ("desktop_app", "engine", "packaging")
    for path in (ROOT / folder).rglob("*.py")
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MAX_LINES = 400


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_one_can_read(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_LINES


@pytest.mark.parametrize("module", ["engine", "engine.api", "desktop_app.cli", "desktop_app.app"])
def test_loads_without_torch(module: str) -> None:
    """The window opens before torch is loaded."""
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


@pytest.mark.parametrize("module", ["engine.api", "engine.runtime", "engine.training"])
def test_the_engine_loads_on_a_machine_without_qt(module: str) -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['PySide6', 'pyqtgraph', 'sounddevice']));"
        f"import {module}"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


def test_nothing_refers_to_the_machine_it_was_written_on() -> None:
    handbook = "/work" + "/"
    guilty = [path for path in SOURCES + TESTS if handbook in path.read_text()]
    assert guilty == []
