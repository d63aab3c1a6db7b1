"""Whether the seams of long renders can be heard: the seam report of pieces with many prompts.

``python -m tests.benchmarks.seams [--model starter] [--minutes 3 10] [--prompt-seconds 20]
[--steps N] [--seeds 1] [--keep FOLDER] [--json FILE]`` renders pieces whose prompt changes every
so many seconds, measures them with :mod:`engine.analysis` and prints a Markdown table of what each
measure says beside its target. The prompts are the model's own kinds where it ships a list.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from engine.analysis import Measurement, Piece, SeamReport, Verdict, analyse, seam_layout
from engine.api import (
    LATENT_FRAMES_PER_SECOND,
    CancellationToken,
    Cohesion,
    EngineEvent,
    GenerateRequest,
    GenerationResult,
    JobFinished,
    Region,
    Sampler,
    SamplingSettings,
)
from engine.checkpoints.registry import resolve_model
from engine.runtime.files.wav_file import FloatWavFile
from engine.runtime.piece_plan import plan_piece
from engine.runtime.text_to_audio import (
    STANDARD_STRIDE_LATENT_FRAMES,
    TextToAudioModel,
    build_model,
)

_PROMPTS = (
    "heavy rain with distant thunder",
    "birds singing in a forest",
    "a crackling fire",
    "ocean waves on a beach",
    "a church organ",
    "wind blowing",
    "a rock drum beat",
    "crickets chirping at night",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One piece and what was found.

    Attributes:
        minutes: Its length.
        seed: Its seed.
        num_prompts: How many prompts follow each other.
        wall_seconds: Time to make it.
        report: The seam report.
    """

    minutes: float
    seed: int
    num_prompts: int
    wall_seconds: float
    report: SeamReport


def prompts_of(model: str) -> tuple[str, ...]:
    """First prompts of the kinds that a model says it knows, or eight common ones."""
    path = resolve_model(model) / "kinds.json"
    if not path.is_file():
        return _PROMPTS
    kinds = json.loads(path.read_text(encoding="utf-8"))["kinds"]
    return tuple(kind["prompts"][0] for kind in kinds)


def regions_of(
    prompts: tuple[str, ...], *, minutes: float, prompt_seconds: float, guidance_scale: float
) -> tuple[Region, ...]:
    """Prompts in turn, each as long as the others; the last one takes what is left."""
    frames = round(minutes * 60 * LATENT_FRAMES_PER_SECOND)
    count = max(1, int(minutes * 60 // prompt_seconds))
    borders = [round(index * prompt_seconds * LATENT_FRAMES_PER_SECOND) for index in range(count)]
    return tuple(
        Region(
            start_latent_frame=start,
            num_latent_frames=end - start,
            prompt=prompts[index % len(prompts)],
            guidance_scale=guidance_scale,
        )
        for index, (start, end) in enumerate(zip(borders, [*borders[1:], frames], strict=True))
    )


def piece_and_report(
    model: TextToAudioModel,
    regions: tuple[Region, ...],
    *,
    num_steps: int,
    seed: int,
    folder: Path,
    cohesion: Cohesion | None = None,
) -> tuple[NDArray[np.float32], SeamReport]:
    """Render a piece at the standard stride into a folder and measure its seams."""
    folder.mkdir(parents=True, exist_ok=True)
    request = GenerateRequest(
        job_id="seams",
        model=model.name,
        regions=regions,
        sampling=SamplingSettings(
            sampler=Sampler.DDIM,
            num_steps=num_steps,
            stride_latent_frames=STANDARD_STRIDE_LATENT_FRAMES,
        ),
        cohesion=cohesion or Cohesion(),
        seed=seed,
        output_dir=str(folder),
        wants_previews=False,
        wants_early_audio=False,
    )
    results: list[GenerationResult] = []

    def emit(event: EngineEvent) -> None:
        if isinstance(event, JobFinished):
            results.append(event.result)

    model.engine.generate(request, CancellationToken(), emit)
    [result] = results
    grid = plan_piece(request, model.config).grid
    wav = FloatWavFile.open(Path(result.audio_path))
    try:
        samples = wav.read(0, wav.num_samples)
    finally:
        wav.close()
    piece = Piece(
        samples=samples,
        sample_rate=result.sample_rate,
        latents=np.load(result.latents_path, allow_pickle=False),
        mel=np.load(result.mel_path, allow_pickle=False),
        border_seconds=tuple(
            region.start_latent_frame / LATENT_FRAMES_PER_SECOND for region in regions[1:]
        ),
    )
    layout = seam_layout(window=grid.window, stride=grid.stride, ramp=grid.ramp)
    return samples, analyse(piece, layout)


def rendered(
    model: TextToAudioModel,
    *,
    minutes: float,
    prompt_seconds: float,
    num_steps: int,
    seed: int,
    folder: Path,
) -> Rendered:
    """Make a piece and measure it."""
    regions = regions_of(
        prompts_of(model.name),
        minutes=minutes,
        prompt_seconds=prompt_seconds,
        guidance_scale=model.config.default_guidance_scale,
    )
    began = time.monotonic()
    _, report = piece_and_report(model, regions, num_steps=num_steps, seed=seed, folder=folder)
    return Rendered(
        minutes=minutes,
        seed=seed,
        num_prompts=len(regions),
        wall_seconds=time.monotonic() - began,
        report=report,
    )


def table(pieces: list[Rendered]) -> str:
    """What every measure says for every piece, as Markdown."""
    heads = [
        f"{p.minutes:g} min, {p.num_prompts} prompts, {len(p.report.seams)} seams, seed {p.seed}"
        for p in pieces
    ]
    rows = [
        "| measure | target | " + " | ".join(heads) + " |",
        "| --- | --- |" + " --- |" * len(pieces),
    ]
    for index, measurement in enumerate(pieces[0].report.measurements):
        cells = [_cell(piece.report.measurements[index]) for piece in pieces]
        rows.append(f"| {measurement.name} | {measurement.target} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _cell(measurement: Measurement) -> str:
    if measurement.value is None:
        return "–"
    elsewhere = "" if measurement.elsewhere is None else f" (elsewhere {measurement.elsewhere:.3g})"
    mark = "" if measurement.verdict is Verdict.OK else f" **{measurement.verdict.value}**"
    return f"{measurement.value:.3g}{elsewhere}{mark}"


def main() -> int:
    """Render, measure, print; 1 if a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="starter")
    parser.add_argument("--minutes", type=float, nargs="+", default=[3.0, 10.0])
    parser.add_argument("--prompt-seconds", type=float, default=20.0)
    parser.add_argument("--steps", type=int, help="the model's own default if not given")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--keep", type=Path, help="folder that receives the pieces")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    model = build_model(chosen.model)
    num_steps = chosen.steps or model.config.default_steps
    with TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch)
        pieces = [
            rendered(
                model,
                minutes=minutes,
                prompt_seconds=chosen.prompt_seconds,
                num_steps=num_steps,
                seed=seed,
                folder=folder / f"{minutes:g}-minutes-seed-{seed}",
            )
            for minutes in chosen.minutes
            for seed in chosen.seeds
        ]
    print(f"{chosen.model}, {num_steps} steps, a prompt every {chosen.prompt_seconds:g} s\n")
    print(table(pieces))
    if chosen.json:
        chosen.json.write_text(
            json.dumps(
                [
                    {
                        "minutes": piece.minutes,
                        "seed": piece.seed,
                        "wall_seconds": piece.wall_seconds,
                        "measurements": [asdict(each) for each in piece.report.measurements],
                    }
                    for piece in pieces
                ],
                indent=1,
                default=str,
            ),
            encoding="utf-8",
        )
    return 0 if all(piece.report.is_ok for piece in pieces) else 1


if __name__ == "__main__":
    sys.exit(main())
