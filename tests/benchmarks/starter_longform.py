"""Three-minute pieces with five prompts each, as the starter model makes them.

``python -m tests.benchmarks.starter_longform [--pieces 10] [--minutes 3] [--json FILE]`` renders
pieces from the prompts of claimed kinds and says for each: in how many of the five sections the
judge hears the right kind among its first ten, what the seam report finds, and the
trends of loudness and brightness.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from engine.analysis import Verdict
from engine.runtime.text_to_audio import TextToAudioModel, build_model
from engine.training.foundry.kinds import KINDS
from engine.training.judge import Judge
from tests.benchmarks.seams import piece_and_report, regions_of

_PROMPTS_OF_A_PIECE = 5
_TOP = 10
# What lies this close to a border belongs to the transition.
_BORDER_SECONDS = 4.0
_FOLDER = Path("resources/starter_model")


@dataclass(frozen=True, slots=True, kw_only=True)
class LongPiece:
    """What was found in one piece.

    Attributes:
        seed: Its seed.
        kinds: Of its sections.
        ranks: The judge's rank of the right kind in each section.
        is_seamless: Whether no measure of the seam report is outside its target.
        off: Measures that are, by key, with their values.
        trends: Of loudness and brightness, by key; they tell of the change of prompts as well.
        wall_seconds: Time to make it.
    """

    seed: int
    kinds: tuple[str, ...]
    ranks: tuple[int, ...]
    is_seamless: bool
    off: dict[str, float]
    trends: dict[str, float]
    wall_seconds: float


def sections_of(seed: int, folder: Path) -> tuple[tuple[str, str], ...]:
    """Five claimed kinds with a prompt each, drawn without return."""
    listed = json.loads((folder / "kinds.json").read_text(encoding="utf-8"))["kinds"]
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(listed), size=_PROMPTS_OF_A_PIECE, replace=False)
    return tuple((listed[i]["name"], listed[i]["prompts"][0]) for i in chosen.tolist())


def section_ranks(
    samples: NDArray[np.float32], sample_rate: int, kinds: Sequence[str], judge: Judge
) -> list[int]:
    """The judge's rank of the right kind in each of equally long sections, borders left out."""
    by_name = {kind.name: kind for kind in KINDS}
    length, margin = len(samples) // len(kinds), int(_BORDER_SECONDS * sample_rate)
    return [
        judge.rank(
            judge.scores(samples[index * length + margin : (index + 1) * length - margin]),
            by_name[kind].targets,
        )[0]
        for index, kind in enumerate(kinds)
    ]


def measured(
    model: TextToAudioModel, judge: Judge, *, minutes: float, seed: int, folder: Path
) -> LongPiece:
    """Render one piece and say what is in it."""
    sections = sections_of(seed, _FOLDER)
    kinds = tuple(kind for kind, _ in sections)
    began = time.monotonic()
    regions = regions_of(
        tuple(prompt for _, prompt in sections),
        minutes=minutes,
        prompt_seconds=60 * minutes / len(sections),
        guidance_scale=model.config.default_guidance_scale,
    )
    samples, report = piece_and_report(
        model, regions, num_steps=model.config.default_steps, seed=seed, folder=folder
    )
    wall = time.monotonic() - began
    ranks = section_ranks(samples, model.sample_rate, kinds, judge)
    piece = LongPiece(
        seed=seed,
        kinds=kinds,
        ranks=tuple(ranks),
        is_seamless=report.is_ok,
        off={
            each.key: float("nan") if each.value is None else each.value
            for each in report.measurements
            if each.verdict is Verdict.OFF
        },
        trends={
            each.key: each.value
            for each in report.measurements
            if each.key.endswith("_trend") and each.value is not None
        },
        wall_seconds=wall,
    )
    heard = sum(rank <= _TOP for rank in ranks)
    print(
        f"seed {seed}: {heard} of {len(ranks)} sections heard"
        f" ({', '.join(f'{k} {r}' for k, r in zip(kinds, ranks, strict=True))});"
        f" seams {'ok' if piece.is_seamless else piece.off}; {piece.trends};"
        f" {wall:.0f} s",
        flush=True,
    )
    return piece


def main() -> None:
    """Render, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--pieces", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--json", type=Path, default=None)
    arguments = parser.parse_args()
    model = build_model(arguments.model, device="cpu")
    with TemporaryDirectory() as scratch:
        judge = Judge(Path(scratch) / "judge")
        pieces = [
            measured(
                model,
                judge,
                minutes=arguments.minutes,
                seed=seed,
                folder=Path(scratch) / str(seed),
            )
            for seed in range(arguments.pieces)
        ]
    ranks = [rank for piece in pieces for rank in piece.ranks]
    print(f"sections heard: {np.mean(np.array(ranks) <= _TOP):.2f} of {len(ranks)}")
    print(f"clean seam reports: {sum(piece.is_seamless for piece in pieces)} of {len(pieces)}")
    if arguments.json is not None:
        arguments.json.write_text(
            json.dumps([asdict(piece) for piece in pieces], indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
