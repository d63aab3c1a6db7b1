"""Two functions for Python: build a model, turn text into sound."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from engine.api import (
    CancellationToken,
    EngineError,
    EngineEvent,
    EventSink,
    GenerateRequest,
    JobFinished,
    Region,
    Sampler,
    SamplingSettings,
)
from engine.checkpoints.config import ModelConfig
from engine.longform.time import latent_frames_of_samples_ceil
from engine.runtime.checks.request import MAX_SECONDS
from engine.runtime.files.wav_file import FloatWavFile
from engine.runtime.local_engine import LocalEngine

STANDARD_STRIDE_LATENT_FRAMES = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToAudioModel:
    """A loaded model; see :func:`build_model`.

    Attributes:
        name: Name or path that it was built from.
        engine: Holds the model in memory.
        config: Sizes, rates and defaults of the model.
    """

    name: str
    engine: LocalEngine
    config: ModelConfig

    @property
    def sample_rate(self) -> int:
        """Samples per second of the sound it makes."""
        return self.config.mel.sample_rate


def build_model(name_or_path: str | Path = "starter", device: str = "auto") -> TextToAudioModel:
    """Load a model.

    Args:
        name_or_path: A name that ``longwave models`` lists, a model folder, or an original
            checkpoint file.
        device: "auto", "cpu" or "cuda".

    Raises:
        EngineError: There is no such model or device, or the model is damaged.
    """
    engine = LocalEngine(device=device)
    loaded = engine.load(str(name_or_path))
    return TextToAudioModel(name=str(name_or_path), engine=engine, config=loaded.model.config)


def text_to_audio(
    model: TextToAudioModel,
    *,
    text: str,
    duration: float = 10.0,
    seed: int = 42,
    num_steps: int | None = None,
    guidance_scale: float | None = None,
    negative_prompt: str = "",
    sampler: str | None = None,
) -> NDArray[np.float32]:
    """Make sound from text.

    Args:
        model: From :func:`build_model`.
        text: What should be heard.
        duration: Length in seconds, above 0, up to 12 hours.
        seed: The same seed gives the same sound.
        num_steps: Sampling steps; the model's own default if not given.
        guidance_scale: How closely the text is followed, 1 to 20; the model's own default if not
            given.
        negative_prompt: What should not be heard.
        sampler: "ddim", "dpm-solver++2m" or "unipc"; the model's own default if not given.

    Returns:
        (N,) mono float32 at ``model.sample_rate``, full scale at 1; a loud model may go beyond.

    Raises:
        EngineError: A value makes no sense; the message names it.
    """
    with TemporaryDirectory(prefix="longwave-") as folder:
        request = piece_request(
            model,
            text=text,
            duration=duration,
            seed=seed,
            num_steps=num_steps,
            guidance_scale=guidance_scale,
            negative_prompt=negative_prompt,
            sampler=sampler,
            output_dir=folder,
        )
        path = run_piece(model, request)
        return first_samples(path, num_samples(model, duration))


def piece_request(
    model: TextToAudioModel,
    *,
    text: str,
    duration: float,
    seed: int,
    num_steps: int | None,
    guidance_scale: float | None,
    negative_prompt: str,
    sampler: str | None,
    output_dir: str,
) -> GenerateRequest:
    """The request for one prompt; arguments as in :func:`text_to_audio`.

    Raises:
        EngineError: The duration or the sampler makes no sense.
    """
    config = model.config
    sampler = config.default_sampler if sampler is None else sampler
    if sampler not in tuple(Sampler):
        names = ", ".join(known.value for known in Sampler)
        raise EngineError(f"There is no sampler “{sampler}”.", f"Choose one of: {names}.")
    scale = config.default_guidance_scale if guidance_scale is None else guidance_scale
    frames = latent_frames_of_samples_ceil(num_samples(model, duration), config.mel.hop_length)
    return GenerateRequest(
        job_id="text-to-audio",
        model=model.name,
        regions=(
            Region(
                start_latent_frame=0,
                num_latent_frames=frames,
                prompt=text,
                negative_prompt=negative_prompt,
                guidance_scale=scale,
            ),
        ),
        sampling=SamplingSettings(
            sampler=Sampler(sampler),
            num_steps=config.default_steps if num_steps is None else num_steps,
            stride_latent_frames=STANDARD_STRIDE_LATENT_FRAMES,
        ),
        seed=seed,
        output_dir=output_dir,
        wants_previews=False,
        wants_early_audio=False,
    )


def run_piece(
    model: TextToAudioModel,
    request: GenerateRequest,
    token: CancellationToken | None = None,
    emit: EventSink = lambda _event: None,
) -> Path:
    """Run a request in this thread and return its audio file."""
    finished: list[JobFinished] = []

    def emit_and_keep(event: EngineEvent) -> None:
        if isinstance(event, JobFinished):
            finished.append(event)
        emit(event)

    model.engine.generate(request, token or CancellationToken(), emit_and_keep)
    return Path(finished[0].result.audio_path)


def num_samples(model: TextToAudioModel, duration: float) -> int:
    """Length of a piece of so many seconds, to the nearest sample.

    Raises:
        EngineError: The duration is not above 0, or beyond 12 hours.
    """
    if not 0.0 < duration <= MAX_SECONDS:
        raise EngineError(
            f"{duration:g} seconds cannot be generated.",
            f"Choose above 0, up to {MAX_SECONDS} ({MAX_SECONDS // 3600} hours).",
        )
    return max(1, round(duration * model.sample_rate))


def first_samples(path: Path, num: int) -> NDArray[np.float32]:
    """The first samples of an audio file of the engine."""
    wav = FloatWavFile.open(path)
    try:
        return wav.read(0, num)
    finally:
        wav.close()
