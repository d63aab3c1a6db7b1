"""The ``longwave`` command: opens the window, or works without one."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from desktop_app.cli_support import EXIT_FAILED, run_command
from desktop_app.engine_link.process_engine import FROZEN_SWITCH

_COMMANDS = {
    "generate": "desktop_app.cli_generate",
    "render": "desktop_app.cli_render",
    "example": "desktop_app.cli_example",
    "models": "desktop_app.cli_models",
    "analyse": "desktop_app.cli_analyse",
}
"""Modules with ``add_arguments(parser)`` and ``run(arguments)``; loaded when they are needed."""

_HELP = {
    "open": "open the window (the default)",
    "generate": "make one sound from a prompt",
    "render": "generate what a project lacks and export it",
    "example": "render the example project without a window",
    "models": "list the models, or get one",
    "analyse": "measure what can be heard where windows meet",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What follows the program's name; that of this process if not given.

    Returns:
        Exit code: 0 done, 1 failed, 2 wrong usage, 130 cancelled.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == [FROZEN_SWITCH]:
        return _run_engine_process(words[1:])
    if words[:1] in ([], ["open"]) or (words[0] not in _COMMANDS and not _asks_for_help(words[0])):
        return _open_window(words[1:] if words[:1] == ["open"] else words)
    return _run_without_window(words)


def _asks_for_help(word: str) -> bool:
    return word in {"-h", "--help"}


def _run_without_window(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="longwave", description="Long-form, text-directed sound.", epilog=_overview()
    )
    parser.add_argument(
        "command", choices=("open", *_COMMANDS), metavar="COMMAND", help="see below"
    )
    name = parser.parse_args(words[:1]).command
    module = import_module(_COMMANDS[name])
    command = argparse.ArgumentParser(prog=f"longwave {name}", description=f"{_HELP[name]}.")
    module.add_arguments(command)
    return run_command(module.run, command.parse_args(words[1:]))


def _overview() -> str:
    lines = (f"{name}: {text}" for name, text in _HELP.items())
    return "Commands — " + "; ".join(lines) + ". “longwave COMMAND -h” tells more."


def _open_window(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="longwave open", description=f"{_HELP['open']}.")
    parser.add_argument("project", nargs="?", type=Path, help="folder or file of a project")
    parser.add_argument("--example", action="store_true", help="begin with the example project")
    chosen = parser.parse_args(words)
    try:
        app = import_module("desktop_app.app")
    except ImportError as error:
        print(
            f"The window cannot be opened: {error}. “longwave -h” lists what works without one.",
            file=sys.stderr,
        )
        return EXIT_FAILED
    code: int = app.main(chosen.project, shows_example=chosen.example)
    return code


def _run_engine_process(words: Sequence[str]) -> int:
    process = import_module("engine.runtime.process")
    sys.argv[1:] = words
    process.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
