"""Setting a machine up, with every outside command replaced."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


class Commands:
    """Stands for ``subprocess.run``: remembers commands and answers with an exit code."""

    def __init__(self, exit_codes: dict[str, int] | None = None) -> None:
        self.lines: list[str] = []
        self._exit_codes = exit_codes or {}

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        line = " ".join(command)
        self.lines.append(line)
        code = next((code for part, code in self._exit_codes.items() if part in line), 0)
        return subprocess.CompletedProcess(command, code)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The module with its virtual environment in a folder of the test."""
    spec = importlib.util.spec_from_file_location(
        "environment", ROOT / "packaging" / "environment.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ENVIRONMENT", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    monkeypatch.setattr(module, "PYTHON", python)

    def create(folder: Path, *, with_pip: bool) -> None:
        assert with_pip
        assert folder == tmp_path / "venv"
        python.parent.mkdir(parents=True)
        python.touch()

    monkeypatch.setattr(module.venv, "create", create)
    monkeypatch.setattr(module, "find_library", lambda name: f"lib{name}.so")
    return module


def test_a_second_start_installs_nothing(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = Commands()
    monkeypatch.setattr(environment.subprocess, "run", commands)

    environment.set_up()
    environment.set_up()

    assert len(commands.lines) == 1
    assert "-m pip install" in commands.lines[0]


def test_the_tests_bring_their_own_libraries(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = Commands()
    monkeypatch.setattr(environment.subprocess, "run", commands)

    environment.set_up()
    environment.set_up("dev")

    assert commands.lines[1].endswith("[dev]")


def test_a_failed_installation_is_tried_again_next_time(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.subprocess, "run", Commands({"pip install": 1}))
    with pytest.raises(environment.SetupError, match="pip could not install"):
        environment.set_up()

    commands = Commands()
    monkeypatch.setattr(environment.subprocess, "run", commands)
    environment.set_up()

    assert len(commands.lines) == 1


def test_an_old_python_is_refused_by_name(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    monkeypatch.setattr(sys, "version", "3.10.4 (main)")

    with pytest.raises(environment.SetupError, match=r"3\.11 or newer; this is 3\.10\.4"):
        environment.set_up()


def test_missing_libraries_are_installed_by_root(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = Commands()
    monkeypatch.setattr(environment.subprocess, "run", commands)
    monkeypatch.setattr(environment, "find_library", lambda name: None)
    monkeypatch.setattr(environment.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(environment.os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "platform", "linux")

    environment.install_system_libraries()

    assert commands.lines[0].startswith("apt-get install")
    assert "libportaudio2" in commands.lines[0]


def test_others_are_told_the_command(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = Commands()
    monkeypatch.setattr(environment.subprocess, "run", commands)
    monkeypatch.setattr(environment, "find_library", lambda name: None)
    monkeypatch.setattr(environment.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(environment.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "platform", "linux")

    environment.install_system_libraries()

    assert commands.lines == []
    assert "sudo apt-get install" in capsys.readouterr().err
