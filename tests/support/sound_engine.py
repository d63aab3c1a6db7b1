"""An engine that makes a tone at once: real files, no network."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from engine.api import (
    AudioReady,
    CancellationToken,
    EngineError,
    EventSink,
    GenerateRequest,
    GenerationResult,
    JobFinished,
    JobProgress,
    JobStarted,
    MelReady,
    Stage,
)

RATE_HZ = 16_000
EARLY_LEVEL = 0.25
"""What early sound is: a level that no tone holds."""


class ToneEngine:
    """Implements :class:`engine.api.Engine`.

    The prompt "fail" fails, "wait" waits until it is cancelled, "hold" until it is released,
    "early" makes half of its sound known before it holds. "die" leaves a file and ends as if the
    process had died, until it finds that file.
    """

    def __init__(self) -> None:
        self.requests: list[GenerateRequest] = []
        self.is_closed = False
        self.is_released = threading.Event()

    def generate(self, request: GenerateRequest, token: CancellationToken, emit: EventSink) -> None:
        """Write a tone whose pitch is the take's number."""
        self.requests.append(request)
        job = request.job_id
        emit(JobStarted(job_id=job, device="cpu", num_windows=2, num_steps=4))
        emit(JobProgress(job_id=job, stage=Stage.SAMPLING, done=1, total=4, fraction=0.2))
        prompt = request.regions[0].prompt
        if prompt == "fail":
            raise EngineError("Not enough memory.", "Try a shorter clip.")
        if prompt == "wait":
            token.wait()
        left = Path(request.output_dir) / "left.npz"
        if prompt == "die" and not left.exists():
            left.write_bytes(b"half of it")
            raise EngineError("The engine stopped unexpectedly (signal 9).", "Try again.")
        if prompt == "early":
            self._tell_early(request, emit)
        while (
            prompt in {"hold", "early"} and not self.is_released.is_set() and not token.is_cancelled
        ):
            self.is_released.wait(0.01)
        token.raise_if_cancelled()
        results = [self._files(request, number) for number in range(request.num_candidates)]
        result = results[0]
        samples, _ = soundfile.read(result.audio_path, dtype="float32")
        mel = np.load(result.mel_path)
        emit(MelReady(job_id=job, first_mel_frame=0, mel=mel))
        emit(AudioReady(job_id=job, first_sample=0, samples=samples, sample_rate=RATE_HZ))
        if len(results) == 1:
            emit(JobFinished(job_id=job, result=result, wall_seconds=2.0))
            return
        # The later ones fit better, so the last is the best.
        scored = [replace(each, score=each.candidate / 10) for each in reversed(results)]
        emit(JobFinished(job_id=job, result=scored[0], wall_seconds=4.0, candidates=tuple(scored)))

    def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True

    def _tell_early(self, request: GenerateRequest, emit: EventSink) -> None:
        frames, job = request.num_latent_frames // 2, request.job_id
        mel = np.full((frames * 4, 64), -4, np.float32)
        emit(MelReady(job_id=job, first_mel_frame=0, mel=mel, is_final=False))
        emit(
            AudioReady(
                job_id=job,
                first_sample=0,
                samples=np.full(frames * 640, EARLY_LEVEL, np.float32),
                sample_rate=RATE_HZ,
                is_final=False,
            )
        )

    def _files(self, request: GenerateRequest, candidate: int) -> GenerationResult:
        folder = Path(request.output_dir) / f"candidate-{candidate + 1}"
        folder.mkdir()
        num = request.num_latent_frames * 640
        pitch_hz = 220 * (1 + request.take + candidate)
        tone = 0.5 * np.sin(2 * np.pi * pitch_hz * np.arange(num) / RATE_HZ)
        soundfile.write(folder / "audio.wav", tone, RATE_HZ, subtype="FLOAT")
        np.save(folder / "mel.npy", np.full((request.num_latent_frames * 4, 64), -3, np.float32))
        np.save(folder / "latents.npy", np.zeros((8, request.num_latent_frames, 16), np.float32))
        np.savez(folder / "state.npz", seed=np.array(request.seed))
        return GenerationResult(
            audio_path=str(folder / "audio.wav"),
            mel_path=str(folder / "mel.npy"),
            latents_path=str(folder / "latents.npy"),
            state_path=str(folder / "state.npz"),
            num_samples=num,
            sample_rate=RATE_HZ,
            engine_version="test",
            model=request.model,
            candidate=candidate,
        )
