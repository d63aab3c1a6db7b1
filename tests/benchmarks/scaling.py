"""How time and memory grow with the length of a piece.

``python -m tests.benchmarks.scaling [--model starter|random-s|PATH] [--seconds 10 60 180]
[--steps 2] [--stride 128] [--json FILE]`` makes a piece of each length in a process of its own and
prints, measured in that run: wall and processor time for each second of sound, the same relative
to the first piece, and the peak of resident memory above the loaded model. ``random-s`` is
AudioLDM-S with random weights: the same work as the published model, no meaning.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from engine.api import (
    AudioReady,
    CancellationToken,
    EngineEvent,
    GenerateRequest,
    JobProgress,
    Region,
    Sampler,
    SamplingSettings,
)
from engine.checkpoints.own_layout import save_checkpoint
from engine.models.hifigan.hifigan import HiFiGAN
from engine.runtime.local_engine import LocalEngine
from tests.support.networks import PUBLISHED_HIFIGAN, PUBLISHED_VAE, published_unet, randomise
from tests.support.stored_models import small_config, small_model

_PROMPTS = ("heavy rain with distant thunder", "birds singing", "a crackling fire", "wind blowing")
_LATENT_FRAMES_PER_SECOND = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One piece.

    Attributes:
        seconds: Its length.
        wall_seconds: Time it took, the model being loaded.
        processor_seconds: Processor time it took, all threads together.
        first_audio_share: Share of the processor time after which the first sound was there.
        peak_mib: Peak of resident memory above the loaded model.
    """

    seconds: float
    wall_seconds: float
    processor_seconds: float
    first_audio_share: float
    peak_mib: float


def measure(model: str, seconds: float, steps: int, stride: int) -> Measurement:
    """Make one piece of four prompts in this process."""
    engine = LocalEngine(device="auto")
    engine.load(model)
    loaded_mib = _peak_mib()
    began, processor = time.monotonic(), time.process_time()
    first_audio: list[float] = []

    def emit(event: EngineEvent) -> None:
        if isinstance(event, AudioReady) and not first_audio:
            first_audio.append(time.process_time() - processor)
        elif isinstance(event, JobProgress):
            print(f"{seconds:.0f} s: {event.fraction:.0%}", end="\r", file=sys.stderr, flush=True)

    with TemporaryDirectory() as folder:
        engine.generate(_request(model, seconds, steps, stride, folder), CancellationToken(), emit)
    used = time.process_time() - processor
    return Measurement(
        seconds=seconds,
        wall_seconds=time.monotonic() - began,
        processor_seconds=used,
        first_audio_share=first_audio[0] / used,
        peak_mib=_peak_mib() - loaded_mib,
    )


def random_s(folder: Path) -> Path:
    """Write AudioLDM-S with random weights, a small text encoder in place of RoBERTa."""
    config = small_config()
    config = replace(
        config,
        name="random-s",
        unet=published_unet("s"),
        vae=PUBLISHED_VAE,
        vocoder=PUBLISHED_HIFIGAN,
        audio=None,
        text=replace(config.text, projection_dim=512),
    )
    vocoder = HiFiGAN(PUBLISHED_HIFIGAN)
    randomise(vocoder.eval().requires_grad_(requires_grad=False), 9)
    save_checkpoint(replace(small_model(config), vocoder=vocoder), folder, dtype=torch.float16)
    return folder


def table(measurements: list[Measurement]) -> str:
    """The measurements as Markdown."""
    base = measurements[0]
    rows = [
        "| length | wall / s of sound | processor / s of sound | to the first row | first sound"
        " after | peak above the model |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for each in measurements:
        cost = each.processor_seconds / each.seconds
        ratio = cost / (base.processor_seconds / base.seconds)
        rows.append(
            f"| {each.seconds:.0f} s | {each.wall_seconds / each.seconds:.2f} s | {cost:.2f} s"
            f" | {ratio:.2f} | {each.first_audio_share:.0%} | {each.peak_mib:.0f} MiB |"
        )
    return "\n".join(rows)


def main() -> None:
    """Measure every length in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--seconds", type=float, nargs="+", default=[10, 60, 180])
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--stride", type=int, default=128)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.alone:
        [seconds] = chosen.seconds
        print(json.dumps(asdict(measure(chosen.model, seconds, chosen.steps, chosen.stride))))
        return
    with TemporaryDirectory() as folder:
        model = str(random_s(Path(folder))) if chosen.model == "random-s" else chosen.model
        measurements = [
            _measured_alone(model, seconds, chosen.steps, chosen.stride)
            for seconds in chosen.seconds
        ]
    print(f"{chosen.model}, {chosen.steps} steps, stride {chosen.stride}\n")
    print(table(measurements))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(each) for each in measurements], indent=1))


def _measured_alone(model: str, seconds: float, steps: int, stride: int) -> Measurement:
    command = [sys.executable, "-m", "tests.benchmarks.scaling", "--alone", "--model", model]
    command += ["--seconds", str(seconds), "--steps", str(steps), "--stride", str(stride)]
    finished = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Measurement(**json.loads(finished.stdout))


def _request(model: str, seconds: float, steps: int, stride: int, folder: str) -> GenerateRequest:
    frames = round(seconds * _LATENT_FRAMES_PER_SECOND)
    borders = [round(part * frames / len(_PROMPTS)) for part in range(len(_PROMPTS) + 1)]
    regions = tuple(
        Region(
            start_latent_frame=start,
            num_latent_frames=end - start,
            prompt=prompt,
            guidance_scale=3.0,
        )
        for prompt, start, end in zip(_PROMPTS, borders, borders[1:], strict=False)
    )
    return GenerateRequest(
        job_id="scaling",
        model=model,
        regions=regions,
        sampling=SamplingSettings(
            sampler=Sampler.DDIM, num_steps=steps, stride_latent_frames=stride
        ),
        seed=1,
        output_dir=folder,
        wants_previews=False,
        wants_early_audio=False,
    )


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
