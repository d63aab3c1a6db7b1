"""``longwave analyse FILE|PROJECT``: what the ear would notice where windows meet."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from desktop_app.cli_analyse_sources import (
    STANDARD_STRIDE,
    ModelFacts,
    Subject,
    exact_layout,
    is_project,
    layout_of,
    model_facts,
    project_subjects,
    sound_file_subject,
)
from desktop_app.cli_analyse_table import report_lines, write_json
from desktop_app.project.storage.errors import StorageError
from engine.analysis import Measurement, SeamReport, Verdict, analyse, edit_locality

_Piece = tuple[str, SeamReport, tuple[Measurement, ...]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("source", type=Path, help="sound file, or folder or file of a project")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers, too")
    parser.add_argument("--picture", type=Path, metavar="FILE.png", help="draw spectra and curves")
    windows = parser.add_argument_group("windows, where the file itself does not tell")
    windows.add_argument(
        "--model", default="starter", help="model that made a sound file (default starter)"
    )
    windows.add_argument("--window", type=int, metavar="FRAMES", help="latent frames of 40 ms")
    windows.add_argument(
        "--stride", type=int, metavar="FRAMES", help="latent frames between two windows of a file"
    )
    takes = parser.add_argument_group("takes of a project")
    takes.add_argument("--lane", help="only the lane of this name")
    takes.add_argument("--all-takes", action="store_true", help="also takes that do not play")


def run(arguments: argparse.Namespace) -> None:
    """Measure, and print a table for each piece.

    Raises:
        StorageError: The source cannot be read or analysed, or a file cannot be written.
    """
    pieces: list[_Piece] = []
    for subject in _subjects(arguments):
        if isinstance(subject, str):
            print(subject, file=sys.stderr)
            continue
        name, report, measurements = _analysed(subject)
        if pieces:
            print()
        print("\n".join(report_lines(name, report, measurements, subject.notes)))
        pieces.append((name, report, measurements))
    if not pieces:
        raise StorageError("No sound of this project is left.", "Generate its lanes again.")
    print(_summary(pieces))
    if arguments.json is not None:
        write_json(arguments.json, arguments.source, pieces)
        print(arguments.json)
    if arguments.picture is not None:
        _draw(arguments.picture, pieces)


def _subjects(arguments: argparse.Namespace) -> Iterator[Subject | str]:
    source: Path = arguments.source
    if is_project(source):
        if arguments.stride is not None:
            raise StorageError("A project knows its strides.", "Leave --stride out.")
        yield from project_subjects(
            source,
            lane_name=arguments.lane,
            has_all_takes=arguments.all_takes,
            window=arguments.window,
        )
        return
    facts = model_facts(arguments.model)
    if facts is None and arguments.window is None:
        raise StorageError(
            f"The windows of the model {arguments.model} are not known.", "Give --window."
        )
    window = arguments.window or (facts or ModelFacts()).window
    layout = (
        layout_of(window, STANDARD_STRIDE)
        if arguments.stride is None
        else exact_layout(window, arguments.stride)
    )
    yield sound_file_subject(source, layout)


def _analysed(subject: Subject) -> _Piece:
    try:
        report = analyse(subject.piece, subject.layout)
        edit = subject.edit
        locality = (
            ()
            if edit is None
            else edit_locality(
                edit.edited, edit.base, edit.sections, halo_seconds=edit.halo_seconds
            )
        )
    except ValueError as error:
        raise StorageError(f"“{subject.name}” cannot be analysed: {error}.") from error
    return subject.name, report, (*report.measurements, *locality)


def _summary(pieces: list[_Piece]) -> str:
    verdicts = [measurement.verdict for _, _, found in pieces for measurement in found]
    counts = {verdict: verdicts.count(verdict) for verdict in Verdict}
    return "\n" + ", ".join(
        f"{count} {verdict.value}" for verdict, count in counts.items() if count
    )


def _draw(path: Path, pieces: list[_Piece]) -> None:
    try:
        # Qt needs libraries that a machine without a display may lack; the numbers are there.
        from desktop_app.cli_analyse_picture import write_picture  # noqa: PLC0415
    except ImportError as error:
        print(f"The picture cannot be drawn: {error}", file=sys.stderr)
        return
    write_picture(path, [(name, report) for name, report, _ in pieces])
    print(path)
