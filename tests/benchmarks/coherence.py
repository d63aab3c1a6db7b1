"""What anchors, shared noise and the reference window do to long pieces of the starter model.

``python -m tests.benchmarks.coherence [--model starter] [--seconds 40] [--seeds 2] [--json FILE]``
renders pieces of one prompt each, as they come and with each means of cohesion, and tells from what
the judge hears in stretches of five seconds: how much a piece wanders (mean distance of its
stretches), in how many stretches the right kind is heard, how near the piece is to the sound that
it was anchored to (the same distance of a piece without the anchor stands beside it), and the seam
report's repetition. The anchor is the beginning of another piece of the same prompt.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
from numpy.typing import NDArray

from engine.api import LATENT_FRAMES_PER_SECOND, Anchor, Cohesion, Region
from engine.runtime.text_to_audio import TextToAudioModel, build_model
from engine.training.foundry.kinds import KINDS
from engine.training.judge import Judge
from tests.benchmarks.frechet import spread
from tests.benchmarks.seams import piece_and_report

_KINDS = ("rain", "birds", "fire", "piano", "drums", "organ")
_STRETCH_SECONDS = 5
_ANCHOR_SECONDS = 10.0
_TOP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """One way to keep a piece together.

    Attributes:
        name: For the table.
        cohesion: Of the request.
        anchor_strength: Of the anchor; 0 for none.
    """

    name: str
    cohesion: Cohesion
    anchor_strength: float = 0.0


MEANS = (
    Means(name="nothing", cohesion=Cohesion()),
    Means(name="anchor, strength 0.3", cohesion=Cohesion(), anchor_strength=0.3),
    Means(name="anchor, strength 0.6", cohesion=Cohesion(), anchor_strength=0.6),
    Means(name="shared noise 0.1", cohesion=Cohesion(shared_noise=0.1)),
    Means(name="shared noise 0.3", cohesion=Cohesion(shared_noise=0.3)),
    Means(name="reference window, 0.1 of the steps", cohesion=Cohesion(reference_share=0.1)),
    Means(name="reference window, 0.3 of the steps", cohesion=Cohesion(reference_share=0.3)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard in one piece.

    Attributes:
        kind: What was asked for.
        means: Name of the means.
        wandering: Mean distance of its stretches, by the judge's features.
        share_heard: Stretches in which the kind is among the judge's first ten.
        from_anchor: Distance to the sound that anchors (or would anchor) it.
        repetition: As in the seam report; ``None`` for short pieces.
    """

    kind: str
    means: str
    wandering: float
    share_heard: float
    from_anchor: float
    repetition: float | None


def _stretches(samples: NDArray[np.float32], sample_rate: int) -> list[NDArray[np.float32]]:
    length = _STRETCH_SECONDS * sample_rate
    return [
        samples[start : start + length] for start in range(0, len(samples) - length + 1, length)
    ]


def _region(
    model: TextToAudioModel, prompt: str, seconds: float, anchor: Path | None, strength: float
) -> Region:
    return Region(
        start_latent_frame=0,
        num_latent_frames=round(seconds * LATENT_FRAMES_PER_SECOND),
        prompt=prompt,
        guidance_scale=model.config.default_guidance_scale,
        anchors=() if anchor is None else (Anchor(audio_path=str(anchor)),),
        anchor_strength=strength,
    )


def pieces(
    model: TextToAudioModel, judge: Judge, kind_name: str, *, seconds: float, seed: int
) -> Iterator[Heard]:
    """Render one prompt with every means and listen."""
    kind = next(each for each in KINDS if each.name == kind_name)
    steps = model.config.default_steps
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)

        def made(
            name: str, region: Region, seed: int, cohesion: Cohesion
        ) -> tuple[NDArray[np.float32], float | None]:
            samples, report = piece_and_report(
                model,
                (region,),
                num_steps=steps,
                seed=seed,
                folder=folder / name,
                cohesion=cohesion,
            )
            repetition = [m.value for m in report.measurements if m.key == "repetition"]
            return samples, repetition[0]

        plain = _region(model, kind.phrases[0], _ANCHOR_SECONDS, None, 0.0)
        anchor_sound, _ = made("anchor", plain, 1000 + seed, Cohesion())
        anchor_path = folder / "anchor.wav"
        soundfile.write(anchor_path, anchor_sound, model.sample_rate, subtype="FLOAT")
        anchor_features = judge.features(anchor_sound).mean(axis=0)
        for index, means in enumerate(MEANS):
            strength = means.anchor_strength
            region = _region(
                model, kind.phrases[0], seconds, anchor_path if strength else None, strength
            )
            samples, repetition = made(str(index), region, seed, means.cohesion)
            parts = _stretches(samples, model.sample_rate)
            ranks = [judge.rank(judge.scores(part), kind.targets)[0] for part in parts]
            features = [judge.features(part) for part in parts]
            there = np.stack([each.mean(axis=0) for each in features])
            yield Heard(
                kind=kind_name,
                means=means.name,
                wandering=spread(features),
                share_heard=float((np.array(ranks) <= _TOP).mean()),
                from_anchor=float(np.linalg.norm(there - anchor_features, axis=1).mean()),
                repetition=repetition,
            )


def table(heard: Sequence[Heard]) -> str:
    """Means over kinds and seeds, as Markdown."""
    lines = [
        "| means | wanders | kind heard | from the anchor | repetition |",
        "| --- | --- | --- | --- | --- |",
    ]
    for means in MEANS:
        mine = [each for each in heard if each.means == means.name]
        repetitions = [each.repetition for each in mine if each.repetition is not None]
        lines.append(
            f"| {means.name} | {np.mean([each.wandering for each in mine]):.2f}"
            f" | {np.mean([each.share_heard for each in mine]):.2f}"
            f" | {np.mean([each.from_anchor for each in mine]):.2f}"
            f" | {np.mean(repetitions) if repetitions else float('nan'):.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Render, listen, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="starter")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    model = build_model(chosen.model, device="cpu")
    with TemporaryDirectory() as cache:
        judge = Judge(Path(cache))
        heard = [
            each
            for kind in _KINDS
            for seed in range(chosen.seeds)
            for each in pieces(model, judge, kind, seconds=chosen.seconds, seed=seed)
        ]
    print(table(heard))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(each) for each in heard], indent=1) + "\n")


if __name__ == "__main__":
    main()
