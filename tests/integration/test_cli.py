"""The command line: models, help, the window, and how progress is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app import cli
from desktop_app.cli_support import ProgressBar, clock_time


def test_models_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("starter ") for line in lines)
    assert any(line.startswith("audioldm-s-full-v2 ") and "CC-BY-NC" in line for line in lines)


@pytest.mark.parametrize("words", [["-h"], ["--help"], ["generate", "-h"], ["render", "-h"]])
def test_help_is_there(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(words)

    assert caught.value.code == 0
    assert "longwave" in capsys.readouterr().out


def test_wrong_usage_has_a_code_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["render", "somewhere"])

    assert caught.value.code == 2
    assert "--out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], (None, False)),
        (["open"], (None, False)),
        (["open", "--example"], (None, True)),
        (["Walk"], (Path("Walk"), False)),
        (["open", "Walk"], (Path("Walk"), False)),
        (["--example"], (None, True)),
    ],
)
def test_anything_else_opens_the_window(
    monkeypatch: pytest.MonkeyPatch, words: list[str], expected: tuple[Path | None, bool]
) -> None:
    opened: list[tuple[Path | None, bool]] = []

    def open_window(path: Path | None = None, *, shows_example: bool = False) -> int:
        opened.append((path, shows_example))
        return 0

    monkeypatch.setattr("desktop_app.app.main", open_window)

    assert cli.main(words) == 0
    assert opened == [expected]


def test_a_machine_without_a_window_system_is_told_what_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(name: str) -> None:
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(cli, "import_module", missing)

    assert cli.main([]) == 1
    assert "libGL.so.1" in capsys.readouterr().err


class Terminal:
    """Collects what is drawn."""

    def __init__(self, *, is_terminal: bool) -> None:
        self.text = ""
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


def test_a_terminal_shows_a_bar_that_is_drawn_over() -> None:
    terminal = Terminal(is_terminal=True)
    bar = ProgressBar("Generating", terminal)  # type: ignore[arg-type]  # as much of one as needed

    bar.show(0.5, "sampling 5/10", 65.4)
    bar.show(1.0)
    bar.finish("done")

    lines = terminal.text.split("\r")
    assert "████████████░░░░░░░░░░░░  50 %  sampling 5/10  about 1:05 left" in lines[1]
    assert len(lines[2]) >= len(lines[1])
    assert lines[3].strip() == "Generating  done"
    assert terminal.text.endswith("\n")


def test_a_log_file_gets_a_line_every_ten_seconds() -> None:
    log = Terminal(is_terminal=False)
    seconds = iter([0.0, 0.0, 5.0, 11.0, 11.0])
    bar = ProgressBar("Exporting", log, lambda: next(seconds))  # type: ignore[arg-type]  # as above

    for fraction in (0.1, 0.2, 0.3):
        bar.show(fraction)

    assert log.text.splitlines() == ["Exporting: 10 %  ", "Exporting: 30 %  "]


def test_times_are_written_as_on_a_clock() -> None:
    assert [clock_time(seconds) for seconds in (0.4, 59.6, 3599, 3725)] == [
        "0:00",
        "1:00",
        "59:59",
        "1:02:05",
    ]
