"""Our engine against the AudioLDM pipeline of diffusers, side by side on the same weights.

``python -m tests.benchmarks.engine [--json FILE] [--threads N] [--device auto] [--steps N]
[--repeats N] [--clock wall|processor] [--quick]`` builds
AudioLDM-S with random weights (the same work as the published model, no meaning), gives them to
both, checks that both compute the same noise, and measures in turns: a step of the noise predictor
(batch of two windows of 10.24 s), the decoder and the vocoder on 10.24 s, and a whole clip.
diffusers runs as it comes (float32) and in every faster setting that works; the fastest counts as
its best. A last row is the starter model: 30 s at its standard preset. Ratios are of the shortest
times, so that other work on the machine counts as little as possible; the medians tell how much
there was. Where there is much, one thread and the processor's clock are the fairer measure.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from diffusers import AudioLDMPipeline
from torch import Tensor, nn

from engine.api import (
    CancellationToken,
    GenerateRequest,
    Quality,
    Region,
    Sampler,
    SamplingSettings,
    sampling_of,
)
from engine.checkpoints.load import load_checkpoint
from engine.longform.vocoder import vocoded_range
from engine.runtime.device import choose_device, synchronize
from engine.runtime.loaded_model import LoadedModel
from engine.runtime.local_engine import LocalEngine
from engine.runtime.precision import fast_dtype
from engine.runtime.sound.mel_decoder import MelDecoder
from tests.benchmarks.scaling import random_s
from tests.support.diffusers_pipeline import audioldm_pipeline

_WINDOW_LATENT_FRAMES = 256
_OURS, _DEFAULT, _AUTOCAST = "ours", "diffusers float32", "diffusers autocast"

Call = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One piece of work.

    Attributes:
        name: What is done.
        seconds: For each contender, the time of every repetition.
    """

    name: str
    seconds: dict[str, list[float]]

    @property
    def best_other(self) -> str:
        """The fastest setting of diffusers."""
        others = {name: min(times) for name, times in self.seconds.items() if name != _OURS}
        return min(others, key=lambda name: others[name])

    def ratio(self, name: str) -> float:
        """How many times as long as ours a contender takes, shortest times compared."""
        return min(self.seconds[name]) / min(self.seconds[_OURS])


class Contenders:
    """Both libraries, with the same random weights.

    Args:
        folder: Where the model may be written.
        device: Where they run.
    """

    def __init__(self, folder: Path, device: torch.device) -> None:
        self.path = random_s(folder)
        self.device = device
        model = load_checkpoint(self.path, device=device)
        pipeline = audioldm_pipeline(model)
        self.pipelines: dict[str, AudioLDMPipeline] = {_DEFAULT: pipeline.to(device)}
        dtype = fast_dtype(device)
        if dtype != torch.float32:
            half = audioldm_pipeline(model).to(device, dtype)
            self.pipelines["diffusers half"] = half
            last = audioldm_pipeline(model).to(device, dtype)
            for network in (last.unet, last.vae):
                network.to(memory_format=torch.channels_last)
            self.pipelines["diffusers half, channels last"] = last
            self.pipelines[_AUTOCAST] = pipeline
        for each in self.pipelines.values():
            each.set_progress_bar_config(disable=True)
        self._check_same(model.unet, pipeline.unet)
        self.ours = LoadedModel(load_checkpoint(self.path, device=device, dtype=dtype), device)
        self.dtype = dtype

    def _check_same(self, ours: nn.Module, theirs: nn.Module) -> None:
        latents, timesteps, conditioning = self.inputs()
        expected = theirs(latents, timesteps, None, class_labels=conditioning).sample
        got = ours(latents, timesteps, conditioning)
        if (got - expected).norm() > 1e-4 * expected.norm():
            raise AssertionError("the two libraries do not compute the same noise")

    def inputs(self) -> tuple[Tensor, Tensor, Tensor]:
        """Latents, timesteps and conditioning of two windows."""
        generator = torch.Generator().manual_seed(1)
        latents = torch.randn(2, 8, _WINDOW_LATENT_FRAMES, 16, generator=generator)
        vectors = torch.nn.functional.normalize(torch.randn(2, 512, generator=generator), dim=1)
        return (
            latents.to(self.device),
            torch.tensor([501, 501]).to(self.device),
            vectors.to(self.device),
        )

    def calls(self, theirs: Callable[[AudioLDMPipeline], object], ours: Call) -> dict[str, Call]:
        """The same work for every contender."""

        def their_call(name: str, pipeline: AudioLDMPipeline) -> Call:
            def call() -> object:
                is_autocast = name == _AUTOCAST
                with torch.autocast(self.device.type, self.dtype, enabled=is_autocast):
                    return theirs(pipeline)

            return call

        calls = {name: their_call(name, pipeline) for name, pipeline in self.pipelines.items()}
        return {**calls, _OURS: ours}

    def step(self) -> dict[str, Call]:
        """One step of the noise predictor."""
        latents, timesteps, conditioning = self.inputs()

        def theirs(pipeline: AudioLDMPipeline) -> object:
            dtype = pipeline.unet.dtype
            labels = conditioning.to(dtype)
            return pipeline.unet(latents.to(dtype), timesteps, None, class_labels=labels).sample

        return self.calls(
            theirs,
            lambda: self.ours.predict_noise(latents, timesteps, conditioning, group_items=2),
        )

    def decoding(self) -> dict[str, Call]:
        """Latents of one window to a spectrogram; ours as the engine does it, in tiles."""
        latents = self.inputs()[0][:1]

        def ours() -> object:
            with TemporaryDirectory() as folder:
                decoder = MelDecoder(
                    self.ours.model.vae,
                    self.ours.model.config.scaling_factor,
                    reach=None,
                    scratch_dir=Path(folder),
                    on_progress=lambda _done, _total: None,
                    check_cancelled=lambda: None,
                )
                with decoder.whole(latents) as (_, tiles):
                    return list(tiles)

        return self.calls(lambda p: p.decode_latents(latents.to(p.vae.dtype)), ours)

    def vocoding(self) -> dict[str, Call]:
        """The spectrogram of one window to sound."""
        generator = torch.Generator().manual_seed(2)
        num_frames = 4 * _WINDOW_LATENT_FRAMES
        mel = (2 * torch.randn(1, num_frames, 64, generator=generator) - 5).to(self.device)
        return self.calls(
            lambda p: p.mel_spectrogram_to_waveform(mel.to(p.vocoder.dtype)),
            lambda: vocoded_range(self.ours.vocoder, mel, 0, num_frames),
        )

    def clip(self, num_steps: int) -> dict[str, Call]:
        """Noise to sound, ours with everything that a job writes and reports."""
        _, _, conditioning = self.inputs()
        engine = LocalEngine(device=str(self.device))
        engine.load(str(self.path))

        def theirs(pipeline: AudioLDMPipeline) -> object:
            return pipeline(
                prompt_embeds=conditioning[:1],
                negative_prompt_embeds=conditioning[1:],
                audio_length_in_s=10.24,
                num_inference_steps=num_steps,
                guidance_scale=2.5,
            )

        sampling = SamplingSettings(
            sampler=Sampler.DDIM, num_steps=num_steps, stride_latent_frames=128
        )
        return self.calls(
            theirs, lambda: generated(engine, str(self.path), _WINDOW_LATENT_FRAMES, sampling)
        )


def generated(
    engine: LocalEngine, model: str, num_latent_frames: int, sampling: SamplingSettings
) -> None:
    """Run one job in a folder that is thrown away."""
    region = Region(
        start_latent_frame=0,
        num_latent_frames=num_latent_frames,
        prompt="rain",
        guidance_scale=2.5,
    )
    with TemporaryDirectory() as folder:
        request = GenerateRequest(
            job_id="benchmark",
            model=model,
            regions=(region,),
            sampling=sampling,
            seed=1,
            output_dir=folder,
            wants_previews=False,
            wants_early_audio=False,
        )
        engine.generate(request, CancellationToken(), lambda _event: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How long things take.

    Attributes:
        device: What must have finished.
        now: The clock, in seconds.
        repeats: How often each contender runs, after one run to warm up.
    """

    device: torch.device
    now: Callable[[], float]
    repeats: int


def measured(name: str, calls: dict[str, Call], watch: Watch) -> Row:
    """Run every contender in turn, so that what else the machine does meets all alike."""
    seconds: dict[str, list[float]] = {contender: [] for contender in calls}
    for repetition in range(watch.repeats + 1):
        for contender, call in calls.items():
            began = watch.now()
            call()
            synchronize(watch.device)
            if repetition > 0:  # the first one warms up
                seconds[contender].append(watch.now() - began)
    return Row(name=name, seconds=seconds)


def starter_row(watch: Watch) -> Row:
    """30 s of the bundled model at its standard preset."""
    engine = LocalEngine(device=str(watch.device))
    defaults = engine.load("starter").model.config.sampling_defaults
    sampling = sampling_of(Quality.STANDARD, defaults)
    name = f"starter model, 30 s, {sampling.num_steps} steps of {sampling.sampler}"
    return measured(name, {_OURS: lambda: generated(engine, "starter", 750, sampling)}, watch)


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    lines = [
        "| work | ours: shortest (median) | diffusers float32 | its best | which | times float32"
        " | times autocast | times its best |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        ours = f"{_shown(row.seconds[_OURS])}"
        if _DEFAULT not in row.seconds:
            lines.append(f"| {row.name} | {ours} | | | | | | |")
            continue
        best = row.best_other
        autocast = f"{row.ratio(_AUTOCAST):.2f}" if _AUTOCAST in row.seconds else ""
        lines.append(
            f"| {row.name} | {ours} | {_shown(row.seconds[_DEFAULT])}"
            f" | {_shown(row.seconds[best])} | {best.removeprefix('diffusers ')}"
            f" | {row.ratio(_DEFAULT):.2f} | {autocast} | {row.ratio(best):.2f} |"
        )
    return "\n".join(lines)


def _shown(seconds: list[float]) -> str:
    return f"{min(seconds):.3g} s ({statistics.median(seconds):.3g})"


@torch.inference_mode()
def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="auto")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall")
    parser.add_argument("--quick", action="store_true", help="two repetitions, two steps")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    repeats, steps = (2, 2) if chosen.quick else (chosen.repeats, chosen.steps)
    watch = Watch(
        device=choose_device(chosen.device),
        now=time.perf_counter if chosen.clock == "wall" else time.process_time,
        repeats=repeats,
    )
    rows: list[Row] = []

    def row(name: str, calls: dict[str, Call]) -> None:
        rows.append(measured(name, calls, watch))
        print(table(rows[-1:]), file=sys.stderr, flush=True)

    with TemporaryDirectory() as folder:
        both = Contenders(Path(folder), watch.device)
        row("noise predictor, 2 x 10.24 s", both.step())
        row("decoder, 10.24 s", both.decoding())
        row("vocoder, 10.24 s", both.vocoding())
        row(f"whole clip, 10.24 s, {steps} steps", both.clip(steps))
    rows.append(starter_row(watch))
    print(
        f"{_machine(watch.device)}, {chosen.threads} threads, {chosen.clock} clock,"
        f" torch {torch.__version__}\n"
    )
    print(table(rows))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))


def _machine(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    capabilities = torch.cpu.get_capabilities()
    return f"{capabilities.get('cpu_name', platform.processor())}, {fast_dtype(device)}"


if __name__ == "__main__":
    main()
