"""``longwave generate "heavy rain" --seconds 30 --seed 7 -o rain.wav``."""

import argparse
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
from numpy.typing import NDArray

from desktop_app.cli_support import ProgressBar, cancelled_by_interrupt, clock_time
from engine.api import EngineError, EngineEvent, JobProgress, Sampler
from engine.runtime.text_to_audio import (
    build_model,
    first_samples,
    num_samples,
    piece_request,
    run_piece,
)

_DEFAULT_FOLDER = Path("output") / "generation"
_MAX_NAME_CHARACTERS = 48


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("prompt", help="what should be heard")
    parser.add_argument("--seconds", type=float, default=10.0, help="length (default 10)")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same sound (default 0)")
    parser.add_argument("-o", "--output", type=Path, help="WAV file (default output/generation/…)")
    parser.add_argument("--negative", default="", metavar="PROMPT", help="what should not be heard")
    parser.add_argument(
        "--guidance", type=float, help="how closely the prompt is followed, 1 to 20"
    )
    parser.add_argument("--steps", type=int, help="sampling steps")
    parser.add_argument(
        "--sampler",
        default=Sampler.DDIM.value,
        help=f"one of: {', '.join(sampler.value for sampler in Sampler)}",
    )
    parser.add_argument("--model", default="starter", help="name or path (default starter)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (default auto)")


def run(arguments: argparse.Namespace) -> None:
    """Make one sound.

    Raises:
        EngineError: It cannot be made or written.
        CancelledError: Somebody pressed Ctrl+C.
    """
    target: Path = arguments.output or default_path(arguments.prompt, datetime.now().astimezone())
    began_at = time.monotonic()
    with (
        cancelled_by_interrupt() as token,
        _writing(target),
        TemporaryDirectory(prefix="longwave-") as work,
    ):
        target.parent.mkdir(parents=True, exist_ok=True)
        model = build_model(arguments.model, arguments.device)
        request = piece_request(
            model,
            text=arguments.prompt,
            duration=arguments.seconds,
            seed=arguments.seed,
            num_steps=arguments.steps,
            guidance_scale=arguments.guidance,
            negative_prompt=arguments.negative,
            sampler=arguments.sampler,
            output_dir=work,
        )
        bar = ProgressBar("Generating")

        def show(event: EngineEvent) -> None:
            if isinstance(event, JobProgress):
                text = f"{event.stage.value} {event.done}/{event.total}"
                bar.show(event.fraction, text, event.remaining_seconds)

        path = run_piece(model, request, token, show)
        samples, lowered = within_full_scale(
            first_samples(path, num_samples(model, arguments.seconds))
        )
        part = target.with_name(target.name + ".part")
        # 24 bits play everywhere and need no dither; floats would carry a time stamp.
        soundfile.write(part, samples, model.sample_rate, subtype="PCM_24", format="WAV")
        part.replace(target)
        bar.finish(f"done in {clock_time(time.monotonic() - began_at)}{lowered}")
    print(target)


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
