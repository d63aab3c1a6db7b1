"""Commands that make the starter model: ``python -m engine.training STEP --data DIR --out DIR``.

The steps, in order: ``fetch``, ``material``, ``vae``, ``encode``, ``decoder``, ``unet``, then for a
GPU and with ``--keep-audio`` from ``material`` on ``vocoder`` and ``tower``, and ``export``. Each
reads what the one before left in ``--out``; ``vae``, ``unet``, ``vocoder``, ``tower`` go on after a
kill. ``all`` runs everything from ``material`` on. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.training.steps import STEPS, Run, UnmetStepError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.training", description=__doc__)
    parser.add_argument("step", choices=[*STEPS, "all"])
    parser.add_argument("--data", type=Path, required=True, help="soundfonts, mels and captions")
    parser.add_argument("--out", type=Path, required=True, help="states, logs and the model")
    parser.add_argument(
        "--text-encoder",
        type=Path,
        default=Path("resources/starter_model"),
        help="folder with text_encoder.safetensors and tokenizer.json",
    )
    parser.add_argument("--minutes", type=float, default=None, help="time for this step")
    parser.add_argument("--clips", type=int, default=200, help="clips of each kind")
    parser.add_argument("--workers", type=int, default=1, help="processes that render clips")
    parser.add_argument("--threads", type=int, default=1, help="processor cores to train on")
    parser.add_argument("--compile", action="store_true", help="compile the UNet (needs g++)")
    parser.add_argument("--all-kinds", action="store_true", help="not only the bundled model's")
    parser.add_argument("--keep-audio", action="store_true", help="for vocoder and tower")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--start", type=Path, default=None, help="a model folder to go on from")
    parser.add_argument("--tiny", action="store_true", help="tiny networks and little material")
    chosen = parser.parse_args(arguments)
    run = Run(
        data=chosen.data,
        out=chosen.out,
        text_folder=chosen.text_encoder,
        minutes=chosen.minutes,
        clips_per_kind=chosen.clips,
        num_workers=chosen.workers,
        num_threads=chosen.threads,
        is_compiled=chosen.compile,
        is_tiny=chosen.tiny,
        is_core=not chosen.all_kinds,
        keeps_audio=chosen.keep_audio,
        device=chosen.device,
        start=chosen.start,
    )
    left_out = {"fetch"} if chosen.keep_audio else {"fetch", "vocoder", "tower"}
    every = [name for name in STEPS if name not in left_out]
    names = every if chosen.step == "all" else [chosen.step]
    try:
        for name in names:
            print(f"-- {name}", flush=True)
            STEPS[name](run)
    except UnmetStepError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
