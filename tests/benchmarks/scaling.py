"""How work, time and memory grow with the length of a piece.

``python -m tests.benchmarks.scaling [--model starter|random-s|PATH] [--seconds 10 60 180 600 1800
3600] [--steps 2] [--stride 128] [--sections] [--json FILE]`` makes a piece of each length in a
process of its own and prints, measured in that run: the items that the noise predictor was given,
wall and processor time for each second of sound, the latter also relative to the first piece, the
share of the items and of the processor time after which the first sound is there (in a second run,
with early audio, that ends there), and the peak of resident memory above the loaded model. With
``--sections`` ten seconds in the middle of each piece are made again, and their cost is told too:
it should not depend on the length. ``random-s`` is
AudioLDM-S with random weights: the same work as the published model, no meaning.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn

from engine.api import (
    AudioReady,
    BaseResult,
    CancellationToken,
    CancelledError,
    EngineEvent,
    GenerateRequest,
    JobProgress,
    Region,
    Sampler,
    SamplingSettings,
    Section,
)
from engine.checkpoints.own_layout import save_checkpoint
from engine.models.hifigan.hifigan import HiFiGAN
from engine.runtime.local_engine import LocalEngine
from tests.support.networks import PUBLISHED_HIFIGAN, PUBLISHED_VAE, published_unet, randomise
from tests.support.stored_models import small_config, small_model

_PROMPTS = ("heavy rain with distant thunder", "birds singing", "a crackling fire", "wind blowing")
_LATENT_FRAMES_PER_SECOND = 25
_COSTS = ("whole", "to_first_sound", "section")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one job took, the model being loaded.

    Attributes:
        items: Windows under a prompt that the noise predictor was given, fill-ins included.
        wall_seconds: Time.
        processor_seconds: Processor time, all threads together.
    """

    items: int
    wall_seconds: float
    processor_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One piece.

    Attributes:
        seconds: Its length.
        whole: What it cost.
        to_first_sound: What it took until the first sound was there.
        peak_mib: Peak of resident memory above the loaded model.
        section: What making ten seconds of it again cost, if that was asked for.
    """

    seconds: float
    whole: Cost
    to_first_sound: Cost
    peak_mib: float
    section: Cost | None


class Meter:
    """Runs jobs and tells what they cost.

    Args:
        model: Name or path.
    """

    def __init__(self, model: str) -> None:
        self._engine = LocalEngine(device="auto")
        self._items = 0
        unet = self._engine.load(model).model.unet
        unet.register_forward_pre_hook(self._count)

    def _count(self, _module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self._items += len(inputs[0])

    def cost(self, request: GenerateRequest, *, stops_at_first_sound: bool = False) -> Cost:
        """Run one job, to its end or until the first sound is there."""
        self._items = 0
        token = CancellationToken()
        began, processor = time.monotonic(), time.process_time()
        costs: list[Cost] = []

        def note() -> None:
            costs.append(
                Cost(
                    items=self._items,
                    wall_seconds=time.monotonic() - began,
                    processor_seconds=time.process_time() - processor,
                )
            )

        def emit(event: EngineEvent) -> None:
            if isinstance(event, AudioReady) and stops_at_first_sound and not costs:
                note()
                token.cancel()
            elif isinstance(event, JobProgress):
                print(f"{event.fraction:.0%}", end="\r", file=sys.stderr, flush=True)

        with suppress(CancelledError):
            self._engine.generate(request, token, emit)
        note()
        return costs[0]


def measure(
    model: str, seconds: float, steps: int, stride: int, *, with_section: bool
) -> Measurement:
    """Make one piece of four prompts in this process, and a section of it again if asked to."""
    meter = Meter(model)
    loaded_mib = _peak_mib()
    with TemporaryDirectory() as folder, TemporaryDirectory() as again:
        request = _request(model, seconds, steps, stride, folder)
        whole = meter.cost(request)
        peak_mib = _peak_mib() - loaded_mib
        section = meter.cost(_section_request(request, again)) if with_section else None
    with TemporaryDirectory() as folder:
        request = replace(request, output_dir=folder, wants_early_audio=True)
        to_first_sound = meter.cost(request, stops_at_first_sound=True)
    return Measurement(
        seconds=seconds,
        whole=whole,
        to_first_sound=to_first_sound,
        peak_mib=peak_mib,
        section=section,
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
        "| length | items | wall / s of sound | processor / s of sound | to the first row |"
        " first sound after (items, processor) | peak above the model |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in measurements:
        whole, first = each.whole, each.to_first_sound
        cost = whole.processor_seconds / each.seconds
        ratio = cost / (base.whole.processor_seconds / base.seconds)
        rows.append(
            f"| {each.seconds:.0f} s | {whole.items} | {whole.wall_seconds / each.seconds:.2f} s"
            f" | {cost:.2f} s | {ratio:.2f}"
            f" | {first.items / whole.items:.0%},"
            f" {first.processor_seconds / whole.processor_seconds:.0%}"
            f" | {each.peak_mib:.0f} MiB |"
        )
    return "\n".join(rows)


def section_table(measurements: list[Measurement]) -> str:
    """The cost of ten seconds made again, as Markdown."""
    rows = ["| lane | items | wall | processor |", "| --- | --- | --- | --- |"]
    rows += [
        f"| {each.seconds:.0f} s | {section.items} | {section.wall_seconds:.2f} s"
        f" | {section.processor_seconds:.2f} s |"
        for each in measurements
        if (section := each.section) is not None
    ]
    return "\n".join(rows)


def main() -> None:
    """Measure every length in a process of its own and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--seconds", type=float, nargs="+", default=[10, 60, 180, 600, 1800, 3600])
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--stride", type=int, default=128)
    parser.add_argument("--sections", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.alone:
        [seconds] = chosen.seconds
        alone = measure(
            chosen.model, seconds, chosen.steps, chosen.stride, with_section=chosen.sections
        )
        print(json.dumps(asdict(alone)))
        return
    with TemporaryDirectory() as folder:
        model = str(random_s(Path(folder))) if chosen.model == "random-s" else chosen.model
        options = ["--model", model, "--steps", str(chosen.steps), "--stride", str(chosen.stride)]
        options += ["--sections"] if chosen.sections else []
        measurements = [_measured_alone(seconds, options) for seconds in chosen.seconds]
    print(f"{chosen.model}, {chosen.steps} steps, stride {chosen.stride}\n")
    print(table(measurements))
    if chosen.sections:
        print("\nTen seconds made again:\n\n" + section_table(measurements))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(each) for each in measurements], indent=1))


def _measured_alone(seconds: float, options: list[str]) -> Measurement:
    command = [sys.executable, "-m", "tests.benchmarks.scaling", "--alone", *options]
    command += ["--seconds", str(seconds)]
    finished = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(finished.stdout)
    costs = {name: None if found[name] is None else Cost(**found[name]) for name in _COSTS}
    return Measurement(**{**found, **costs})


def _section_request(request: GenerateRequest, folder: str) -> GenerateRequest:
    base = Path(request.output_dir)
    length = min(10 * _LATENT_FRAMES_PER_SECOND, request.num_latent_frames)
    return replace(
        request,
        output_dir=folder,
        sections=(
            Section(
                start_latent_frame=(request.num_latent_frames - length) // 2,
                num_latent_frames=length,
                take=1,
            ),
        ),
        base=BaseResult(
            latents_path=str(base / "latents.npy"),
            mel_path=str(base / "mel.npy"),
            audio_path=str(base / "audio.wav"),
            state_path=str(base / "state.npz"),
        ),
    )


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
