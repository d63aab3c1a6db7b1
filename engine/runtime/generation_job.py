"""One job from its request to its files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from torch import Tensor

from engine.api import (
    AudioSource,
    CancellationToken,
    EventSink,
    GenerateRequest,
    GenerationResult,
    JobProgress,
    JobStarted,
    Stage,
)
from engine.longform.conditioning import PromptTimeline
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.tiled_vae.sweeps import OnProgress
from engine.longform.window_prompts import WindowPrompts, window_prompts
from engine.runtime.checks.request import require_free_space
from engine.runtime.device import device_title, group_items
from engine.runtime.files.fingerprint import run_fingerprint
from engine.runtime.files.sampler_checkpoint import SamplerCheckpoint
from engine.runtime.job_work import job_work
from engine.runtime.loaded_model import LoadedModel
from engine.runtime.piece import Piece
from engine.runtime.piece_files import save_latents, saved_latents
from engine.runtime.piece_plan import plan_piece
from engine.runtime.progress import JobClock, Pace
from engine.runtime.sampling.events import SamplingEvents
from engine.runtime.sampling.order import is_wavefront
from engine.runtime.sampling.prompting import prompt_timeline
from engine.runtime.sampling.run import SamplingRun
from engine.runtime.sampling.setup import denoiser_of, sampling_work
from engine.runtime.sound.mel_decoder import MelDecoder, attention_reach
from engine.runtime.sound.rendering import AUDIO_FILE, LATENTS_FILE, MEL_FILE, STATE_FILE, Rendering
from engine.runtime.sound.splicing import render_around_kept
from engine.runtime.source.imported import with_source, write_original
from engine.runtime.source.latents import SourceEncoder
from engine.runtime.source.stage import (
    SourceStage,
    num_steps_taken,
    scratch_bytes_with_source,
)
from engine.runtime.version import engine_version

_SAMPLED_FILE = "sampled.npy"


class GenerationJob:
    """Makes one piece, or sections of it.

    Args:
        request: A request that was checked.
        loaded: The model it names.
        pace: What is known about the model's speed; learns from this job.
        token: Checked between network calls, tiles and chunks.
        emit: Receives the events.
    """

    def __init__(
        self,
        request: GenerateRequest,
        loaded: LoadedModel,
        pace: Pace,
        token: CancellationToken,
        emit: EventSink,
    ) -> None:
        self._request = request
        self._loaded = loaded
        self._model = loaded.model
        self._device = loaded.device
        self._pace = pace
        self._token = token
        self._emit = emit
        self._folder = Path(request.output_dir)
        self._checkpoint = SamplerCheckpoint(self._folder, run_fingerprint(request, self._model))
        self._num_steps = num_steps_taken(request)

    def run(self) -> GenerationResult:
        """Do everything.

        Raises:
            CancelledError: The token was set.
            EngineError: The request does not fit the model, or a file is damaged.
        """
        piece = plan_piece(self._request, self._model.config)
        self._require_free_space(piece)
        self._emit(
            JobStarted(
                job_id=self._request.job_id,
                device=device_title(self._device),
                num_windows=piece.grid.num_windows,
                num_steps=self._num_steps,
                is_wavefront=is_wavefront(piece.grid, is_whole=piece.base is None),
            )
        )
        timeline = self._timeline()
        self._token.raise_if_cancelled()
        prompts = window_prompts(piece.grid, timeline, piece.windows)
        clock = self._clock(piece, prompts)
        if self._request.source is not None:
            result = self._from_source(piece, prompts, self._request.source, clock)
        else:
            self._make_latents(piece, prompts, clock)
            result = self._rendered(piece, clock)
        self._checkpoint.remove()
        clock.finish()
        return result

    def _from_source(
        self, piece: Piece, prompts: WindowPrompts, source: AudioSource, clock: JobClock
    ) -> GenerationResult:
        """Begin with imported sound: keep it as a take, or change it."""
        with TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as scratch_dir:
            stage = SourceStage(
                source=source,
                piece=piece,
                model=self._model,
                reach=_reach(piece),
                scratch_dir=Path(scratch_dir),
                clock=clock,
                check_cancelled=self._token.raise_if_cancelled,
            )
            encoded = stage.encoded(lambda on_progress: self._decoder(piece, on_progress))

            def new_denoiser(report: Callable[[], None]) -> JointDenoiser:
                def on_items(num_items: int, num_frames: int) -> None:
                    clock.worked(Stage.SAMPLING, num_items * num_frames)
                    report()

                return self._denoiser(piece, prompts, on_items)

            inverted = stage.inverted(encoded.latents, new_denoiser)
            started = with_source(piece, encoded, inverted)
            if source.strength == 0.0:
                np.save(self._folder / LATENTS_FILE, encoded.latents[0].cpu().numpy())
                num_samples = write_original(
                    encoded,
                    self._folder,
                    hop_length=self._model.config.mel.hop_length,
                    job_id=self._request.job_id,
                    emit=self._emit,
                    check_cancelled=self._token.raise_if_cancelled,
                )
                return self._finished(started, encoded.statistics, num_samples)
        self._sample(started, prompts, clock, self._folder / LATENTS_FILE, encoded.latents)
        return self._rendered(started, clock)

    def _timeline(self) -> PromptTimeline:
        audio_vectors = self._loaded.audio_vectors
        self._conditioned(0)
        timeline = prompt_timeline(
            self._request,
            embed_texts=self._loaded.embeddings,
            embed_audio=lambda anchor: audio_vectors.anchor_vector(
                anchor, self._token.raise_if_cancelled
            ),
        )
        self._conditioned(1)
        return timeline

    def _conditioned(self, done: int) -> None:
        self._emit(
            JobProgress(
                job_id=self._request.job_id,
                stage=Stage.CONDITIONING,
                done=done,
                total=1,
                fraction=0.0,
            )
        )

    def _require_free_space(self, piece: Piece) -> None:
        """Refuse before hours of sampling what coding could not put on the disk.

        Raises:
            EngineError: There is less space than the files and those of the autoencoder need.
        """
        if piece.base is not None:
            return  # pinned statistics need no files beside the result
        config = self._model.config
        scratch_bytes = self._decoder(piece, lambda _done, _total: None).scratch_bytes(
            piece.num_latent_frames, channels=config.vae.latent_channels, bins=config.latent_bins
        )
        if self._request.source is not None:
            encoder = SourceEncoder(
                model=self._model,
                reach=_reach(piece),
                folder=self._folder,
                memory_budget_bytes=self._request.memory_budget_bytes,
            )
            scratch_bytes = scratch_bytes_with_source(scratch_bytes, encoder, piece)
        require_free_space(self._folder, piece.num_latent_frames, scratch_bytes)

    def _decoder(self, piece: Piece, on_progress: OnProgress) -> MelDecoder:
        return MelDecoder(
            self._model.vae,
            self._model.config.scaling_factor,
            reach=_reach(piece),
            scratch_dir=self._folder,
            on_progress=on_progress,
            check_cancelled=self._token.raise_if_cancelled,
            is_loop=self._request.is_loop,
            memory_budget_bytes=self._request.memory_budget_bytes,
        )

    def _clock(self, piece: Piece, prompts: WindowPrompts) -> JobClock:
        work = job_work(
            piece,
            prompts,
            num_steps=self._num_steps,
            decoder=self._decoder(piece, lambda _done, _total: None),
            vocoder=self._loaded.vocoder,
            has_early_sound=self._has_early_sound(piece),
        )
        return JobClock(self._request.job_id, work, self._pace, self._emit)

    def _has_early_sound(self, piece: Piece) -> bool:
        """Whether the piece is voiced as far as it is final, before its statistics are known."""
        is_heard_early = is_wavefront(piece.work_grid, is_whole=piece.base is None)
        return self._request.wants_early_audio and is_heard_early and self._num_steps > 0

    def _make_latents(self, piece: Piece, prompts: WindowPrompts, clock: JobClock) -> None:
        """Put the latents of the piece into their file."""
        target = self._folder / LATENTS_FILE
        if piece.kept is None:
            self._sample(piece, prompts, clock, target)
        elif not piece.makes_something:
            save_latents(piece, target, None)
        else:
            # The sampler's frames are not those of the piece: a few windows side by side.
            sampled = self._folder / _SAMPLED_FILE
            save_latents(piece, target, self._sample(piece, prompts, clock, sampled))
            sampled.unlink()

    def _sample(
        self,
        piece: Piece,
        prompts: WindowPrompts,
        clock: JobClock,
        path: Path,
        clean: Tensor | None = None,
    ) -> Tensor:
        """Sample the frames of the work grid into a file, and return them.

        Args:
            piece: What was asked for.
            prompts: Of its windows.
            clock: Told what was done.
            path: The file.
            clean: (1, C, T, F) scaled latents of the sound to begin with, or ``None`` for noise.
        """
        events = SamplingEvents(
            self._request,
            self._loaded,
            clock,
            self._token,
            self._emit,
            num_steps=self._num_steps,
            heard_parts=piece.heard_parts(),
            level=piece.level,
            has_early_sound=self._has_early_sound(piece),
        )
        work = sampling_work(
            piece, self._denoiser(piece, prompts, events.on_items), self._device, clean=clean
        )
        clock.pause()
        return SamplingRun(
            work,
            path,
            self._checkpoint,
            device=self._device,
            on_resumed=events.on_resumed,
            on_finished=events.on_finished,
            on_step=events.on_step,
        ).run()

    def _denoiser(
        self, piece: Piece, prompts: WindowPrompts, on_items: Callable[[int, int], None]
    ) -> JointDenoiser:
        """The network over the windows; ``on_items`` is told windows and frames of every call."""
        group = group_items(self._device, piece.work_grid.num_windows)

        def predict_noise(latents: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
            predicted = self._loaded.predict_noise(
                latents, timesteps, conditioning, group_items=group
            )
            on_items(len(latents), latents.shape[2])
            return predicted

        return denoiser_of(
            piece, prompts, predict_noise, self._device, self._token.raise_if_cancelled
        )

    def _rendered(self, piece: Piece, clock: JobClock) -> GenerationResult:
        config, request = self._model.config, self._request
        kept = piece.kept_sound()

        def on_progress(done: int, total: int) -> None:
            if kept is None:
                clock.worked(Stage.DECODING, piece.num_latent_frames / total)
                clock.report(Stage.DECODING, done, total)

        clock.pause()
        rendering = Rendering(
            job_id=request.job_id,
            folder=self._folder,
            decoder=self._decoder(piece, on_progress),
            vocoder=self._loaded.vocoder,
            device=self._device,
            sample_rate=config.mel.sample_rate,
            clock=clock,
            emit=self._emit,
            addresses=piece.mel_addresses(),
            is_loop=request.is_loop,
            level=piece.level,
        )
        latents = saved_latents(piece, self._folder / LATENTS_FILE, self._device)
        if kept is None:
            whole = latents.read(0, latents.num_frames)
            num_samples, statistics = rendering.whole(whole, num_bands=config.mel.n_mels)
        else:
            statistics = kept.statistics
            num_samples = render_around_kept(rendering, latents, kept)
        return self._finished(piece, statistics, num_samples)

    def _finished(
        self, piece: Piece, statistics: DecoderStatistics, num_samples: int
    ) -> GenerationResult:
        """Write the state, and name the files."""
        piece.state(statistics, _reach(piece)).save(self._folder / STATE_FILE)
        return GenerationResult(
            audio_path=str(self._folder / AUDIO_FILE),
            mel_path=str(self._folder / MEL_FILE),
            latents_path=str(self._folder / LATENTS_FILE),
            state_path=str(self._folder / STATE_FILE),
            num_samples=num_samples,
            sample_rate=self._model.config.mel.sample_rate,
            engine_version=engine_version(),
            model=self._model.config.name,
        )


def _reach(piece: Piece) -> int | None:
    """Latent frames that the decoder's attention sees, or ``None`` for all: as it was, if it was.

    Seeing everything costs the square of the length, which may have grown to hours.
    """
    chosen = attention_reach(piece.num_latent_frames, piece.request.decoding)
    if piece.base is None:
        return chosen
    has_grown = piece.num_latent_frames > piece.base.num_latent_frames
    if piece.base.attention_reach is None and has_grown:
        return chosen
    return piece.base.attention_reach
