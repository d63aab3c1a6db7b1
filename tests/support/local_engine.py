"""Runs the real engine and reads what it wrote."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from engine.api import (
    BaseResult,
    CancellationToken,
    EngineEvent,
    GenerateRequest,
    GenerationResult,
    JobFinished,
    Section,
)
from engine.runtime.local_engine import LocalEngine
from tests.support.engine import EventLog

FILES = ("audio.wav", "mel.npy", "latents.npy", "state.npz")


def run(engine: LocalEngine, request: GenerateRequest) -> list[EngineEvent]:
    log = EventLog()
    engine.generate(request, CancellationToken(), log)
    return log.events


def result_of(events: list[EngineEvent]) -> GenerationResult:
    last = events[-1]
    assert isinstance(last, JobFinished)
    return last.result


def sound_of(folder: Path) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    samples: np.ndarray[tuple[int], np.dtype[np.float32]]
    samples, rate = soundfile.read(folder / "audio.wav", dtype="float32")
    assert rate == 16_000
    return samples


def base_in(folder: Path) -> BaseResult:
    return BaseResult(
        latents_path=str(folder / "latents.npy"),
        mel_path=str(folder / "mel.npy"),
        audio_path=str(folder / "audio.wav"),
        state_path=str(folder / "state.npz"),
    )


def section(start: int, num: int, take: int = 9, strength: float = 1.0) -> Section:
    return Section(
        start_latent_frame=start,
        num_latent_frames=num,
        take=take,
        strength=strength,
        feather_latent_frames=4,
    )
