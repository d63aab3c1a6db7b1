"""``longwave generate "heavy rain" --seconds 30 --seed 7 -o rain.wav``."""

import argparse
import os
import re
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from desktop_app.cli_generate_folder import work_folder
from desktop_app.cli_generate_request import Order, add_request_arguments, order_from_arguments
from desktop_app.cli_support import (
    ProgressBar,
    add_memory_argument,
    cancelled_by_interrupt,
    clock_time,
)
from desktop_app.export.chunks import Chunk, loop_chunk
from desktop_app.memory import memory_budget_bytes
from engine.api import (
    CancellationToken,
    EngineError,
    EngineEvent,
    GenerationResult,
    JobFinished,
    JobProgress,
)
from engine.runtime.text_to_audio import TextToAudioModel, build_model, first_samples

_DEFAULT_FOLDER = Path("output") / "generation"
_MAX_NAME_CHARACTERS = 48
_RIFF_HEAD_BYTES = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    add_request_arguments(parser)
    parser.add_argument("-o", "--output", type=Path, help="WAV file (default output/generation/…)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (default auto)")
    add_memory_argument(parser)
    parser.add_argument(
        "--resume",
        type=Path,
        metavar="FOLDER",
        help="keep unfinished work there; the same command then goes on from it",
    )


def run(arguments: argparse.Namespace) -> None:
    """Make one sound, or several versions of it.

    Raises:
        EngineError: It cannot be made or written.
        CancelledError: Somebody pressed Ctrl+C.
    """
    target: Path = arguments.output or default_path(arguments.prompt, datetime.now().astimezone())
    memory = memory_budget_bytes(arguments.memory_gib)
    began_at = time.monotonic()
    with cancelled_by_interrupt() as token, _writing(target), work_folder(arguments) as work:
        target.parent.mkdir(parents=True, exist_ok=True)
        model = build_model(arguments.model, arguments.device)
        order = order_from_arguments(arguments, model, str(work), memory)
        bar = ProgressBar("Generating")
        if order.words:
            bar.finish(order.words)
        results = _made(model, order, token, bar)
        notes = ""
        for path, result in zip(_targets(target, len(results)), results, strict=True):
            notes += _write(path, result, order, model.sample_rate)
        bar.finish(f"done in {clock_time(time.monotonic() - began_at)}{notes}")
    for path in _targets(target, len(results)):
        print(path)


def _made(
    model: TextToAudioModel, order: Order, token: CancellationToken, bar: ProgressBar
) -> tuple[GenerationResult, ...]:
    """All versions, the best one first."""
    finished: list[JobFinished] = []

    def show(event: EngineEvent) -> None:
        match event:
            case JobProgress():
                text = f"{event.stage.value} {event.done}/{event.total}"
                bar.show(event.fraction, text, event.remaining_seconds)
            case JobFinished():
                finished.append(event)
            case _:
                pass

    model.engine.generate(order.request, token, show)
    return finished[0].candidates or (finished[0].result,)


def _targets(target: Path, num: int) -> tuple[Path, ...]:
    """The files of all versions: "rain.wav", "rain-2.wav" and so on."""
    others = (target.with_stem(f"{target.stem}-{number}") for number in range(2, num + 1))
    return (target, *others)


def _write(path: Path, result: GenerationResult, order: Order, sample_rate: int) -> str:
    """Write one version and return words for what is to be known of it."""
    samples = first_samples(Path(result.audio_path), order.num_samples)
    samples, lowered = within_full_scale(samples)
    part = path.with_name(path.name + ".part")
    # 24 bits play everywhere and need no dither; floats would carry a time stamp.
    soundfile.write(part, samples, sample_rate, subtype="PCM_24", format="WAV")
    if order.request.is_loop:
        _append(part, loop_chunk(sample_rate, 0, len(samples) - 1))
    part.replace(path)
    match_words = "" if result.score is None else f", {path.name} matches {result.score:.2f}"
    return f"{match_words}{lowered}"


def _append(path: Path, chunk: Chunk) -> None:
    """Add a chunk at the end of a RIFF file."""
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        if file.tell() % 2:
            file.write(b"\0")
        file.write(chunk.encoded())
        size = file.tell() - _RIFF_HEAD_BYTES
        file.seek(4)
        file.write(struct.pack("<I", size))


def within_full_scale(samples: NDArray[np.float32]) -> tuple[NDArray[np.float32], str]:
    """Lower sound that would clip in whole numbers.

    Args:
        samples: (N,) float32.

    Returns:
        The sound with no peak above full scale, and words for what was done, empty if nothing.
    """
    peak = float(np.abs(samples).max(initial=0.0))
    if peak <= 1.0:
        return samples, ""
    lowered = f", lowered by {20 * np.log10(peak):.1f} dB so that nothing clips"
    return (samples / np.float32(peak)).astype(np.float32), lowered


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    """Say in one sentence why a file cannot be written."""
    if target.is_dir():
        raise EngineError(f"{target} is a folder.", "Give the name of a file, such as rain.wav.")
    try:
        yield
    except (OSError, soundfile.SoundFileError) as error:
        cause = error.strerror if isinstance(error, OSError) else str(error)
        raise EngineError(
            f"Cannot write {target}: {cause}.", "Choose another place with -o."
        ) from error


def default_path(prompt: str, moment: datetime) -> Path:
    """Where a sound goes without ``-o``: time and prompt."""
    words = re.sub(r"[^\w]+", "-", prompt.lower()).strip("-")[:_MAX_NAME_CHARACTERS].strip("-")
    return _DEFAULT_FOLDER / f"{moment:%Y-%m-%d-%H%M%S}-{words or 'sound'}.wav"
