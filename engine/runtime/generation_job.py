"""One job from its request to its files."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from engine.api import (
    CancellationToken,
    EventSink,
    GenerateRequest,
    GenerationResult,
    JobProgress,
    JobStarted,
    Sampler,
    Stage,
)
from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule
from engine.longform.conditioning import PromptTimeline
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.sections import FrozenContext
from engine.longform.tiled_vae.decoder import OnProgress
from engine.longform.time import mel_frames_of_latent
from engine.longform.window_prompts import WindowPrompts, window_prompts
from engine.runtime.device import device_title, group_items, most_batch_items
from engine.runtime.fingerprint import run_fingerprint
from engine.runtime.loaded_model import LoadedModel
from engine.runtime.mel_decoder import MelDecoder, attention_reach
from engine.runtime.piece import Piece, plan_piece
from engine.runtime.progress import JobClock, Pace
from engine.runtime.prompting import prompt_timeline
from engine.runtime.rendering import AUDIO_FILE, LATENTS_FILE, MEL_FILE, STATE_FILE, Rendering
from engine.runtime.sampler_checkpoint import SamplerCheckpoint
from engine.runtime.sampling_events import SamplingEvents
from engine.runtime.sampling_order import SamplingWork, is_wavefront
from engine.runtime.sampling_run import SamplingRun
from engine.runtime.take_state import TakeState
from engine.runtime.validation import require_free_space
from engine.runtime.version import engine_version


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
                num_steps=self._request.sampling.num_steps,
                is_wavefront=is_wavefront(piece.grid, is_whole=piece.base is None),
            )
        )
        timeline = self._timeline()
        self._token.raise_if_cancelled()
        prompts = window_prompts(piece.grid, timeline)
        context = piece.context(self._device)
        clock = self._clock(piece, prompts, context)
        latents = self._sampled(piece, prompts, context, clock)
        result = self._rendered(piece, latents, clock)
        self._checkpoint.remove()
        return result

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
        """Refuse before hours of sampling what decoding could not put on the disk.

        Raises:
            EngineError: There is less space than the files and the decoder's own need.
        """
        if piece.base is not None:
            return  # pinned statistics need no files beside the result
        config = self._model.config
        scratch_bytes = self._decoder(piece, lambda _done, _total: None).scratch_bytes(
            piece.num_latent_frames, channels=config.vae.latent_channels, bins=config.latent_bins
        )
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
        )

    def _clock(
        self, piece: Piece, prompts: WindowPrompts, context: FrozenContext | None
    ) -> JobClock:
        windows = range(piece.grid.num_windows) if context is None else context.windows
        items = sum(len(prompts.rows(window)) for window in windows)
        num_steps = self._request.sampling.num_steps
        heard = piece.num_latent_frames
        if piece.sections:
            heard = min(heard, sum(section.end - section.start for section in piece.sections))
        return JobClock(
            self._request.job_id,
            {
                Stage.SAMPLING: items * piece.grid.window * num_steps,
                Stage.DECODING: heard,
                Stage.VOCODING: mel_frames_of_latent(heard),
            },
            self._pace,
            self._emit,
        )

    def _sampled(
        self,
        piece: Piece,
        prompts: WindowPrompts,
        context: FrozenContext | None,
        clock: JobClock,
    ) -> Tensor:
        config, sampling = self._model.config, self._request.sampling
        eta = config.ddim_eta if sampling.eta is None else sampling.eta
        sampler = make_sampler(
            sampling.sampler,
            NoiseSchedule(config.schedule),
            sampling.num_steps,
            x0_clip=config.x0_clip,
            eta=eta if sampling.sampler == Sampler.DDIM else 0.0,
        )

        events = SamplingEvents(
            self._request,
            self._loaded,
            clock,
            self._token,
            self._emit,
            is_wavefront=is_wavefront(piece.grid, is_whole=context is None),
        )

        group = group_items(self._device, piece.grid.num_windows)

        def predict_noise(latents: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
            predicted = self._loaded.predict_noise(
                latents, timesteps, conditioning, group_items=group
            )
            events.on_items(len(latents), latents.shape[2])
            return predicted

        work = SamplingWork(
            denoiser=JointDenoiser(
                predict_noise=predict_noise,
                grid=piece.grid,
                prompts=prompts,
                max_batch_items=most_batch_items(
                    self._device, config.unet, piece.grid.window, config.latent_bins
                ),
                guidance_interval=config.guidance_interval,
                check_cancelled=self._token.raise_if_cancelled,
            ),
            sampler=sampler,
            noise=piece.noise(self._device),
            adjustment=None if context is None else context.adjustment(sampler, piece.grid),
            windows=None if context is None else context.windows,
        )
        clock.pause()
        return SamplingRun(
            work,
            self._folder / LATENTS_FILE,
            self._checkpoint,
            device=self._device,
            on_resumed=events.on_resumed,
            on_finished=events.on_finished,
            on_step=events.on_step,
        ).run()

    def _heard(self, piece: Piece, latents: Tensor) -> Tensor:
        """Without the frames that only the windows needed."""
        begin = self._request.first_latent_frame - piece.grid.first_frame
        return latents[:, :, begin : begin + piece.num_latent_frames]

    def _rendered(self, piece: Piece, latents: Tensor, clock: JobClock) -> GenerationResult:
        config, request = self._model.config, self._request

        def on_progress(done: int, total: int) -> None:
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
            is_loop=request.is_loop,
        )
        heard = self._heard(piece, latents)
        if request.base is not None and piece.base is not None:
            statistics = piece.base.statistics
            changed = [
                (
                    section.start_latent_frame - request.first_latent_frame,
                    section.start_latent_frame
                    + section.num_latent_frames
                    - request.first_latent_frame,
                )
                for section in request.sections
            ]
            num_samples = rendering.ranges(heard, request.base, statistics, changed)
        else:
            num_samples, statistics = rendering.whole(heard, num_bands=config.mel.n_mels)
        TakeState(
            model=config.name,
            first_latent_frame=request.first_latent_frame,
            num_latent_frames=request.num_latent_frames,
            stride_latent_frames=piece.stride_latent_frames,
            records=piece.records,
            attention_reach=_reach(piece),
            statistics=statistics,
            is_loop=request.is_loop,
        ).save(self._folder / STATE_FILE)
        return GenerationResult(
            audio_path=str(self._folder / AUDIO_FILE),
            mel_path=str(self._folder / MEL_FILE),
            latents_path=str(self._folder / LATENTS_FILE),
            state_path=str(self._folder / STATE_FILE),
            num_samples=num_samples,
            sample_rate=config.mel.sample_rate,
            engine_version=engine_version(),
            model=config.name,
        )


def _reach(piece: Piece) -> int | None:
    """Latent frames that the decoder's attention sees: as it was, or as suits the length."""
    if piece.base is not None:
        return piece.base.attention_reach
    return attention_reach(piece.num_latent_frames, piece.request.decoding)
