"""What a job tells while it is sampled: how far it is, how it looks, and how it sounds already."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from engine.api import CancellationToken, EventSink, GenerateRequest, Stage
from engine.runtime.device import synchronize
from engine.runtime.loaded_model import LoadedModel
from engine.runtime.progress import Extra, JobClock, Work
from engine.runtime.sampling.early_audio import EarlyAudio
from engine.runtime.sampling.preview import Previews, QuickDecoder
from engine.runtime.sampling.run import SamplingProgress
from engine.runtime.take.foreign_level import ForeignLevel


class SamplingEvents:
    """Listens to a :class:`~engine.runtime.sampling.run.SamplingRun`.

    Args:
        request: What is wanted, and where the piece lies.
        loaded: The model.
        clock: Told what was done; time spent on pictures counts as no work.
        token: Checked before every stretch of early sound.
        emit: Receives the events.
        num_steps: Steps that are taken.
        heard_parts: Where the sampler's frames are heard; see :meth:`Piece.heard_parts`.
        level: How loud the piece is for the networks.
        has_early_sound: Whether the piece is voiced as far as it is final.
    """

    def __init__(
        self,
        request: GenerateRequest,
        loaded: LoadedModel,
        clock: JobClock,
        token: CancellationToken,
        emit: EventSink,
        *,
        num_steps: int,
        heard_parts: Sequence[tuple[int, int, int]],
        level: ForeignLevel,
        has_early_sound: bool,
    ) -> None:
        self._request = request
        self._device = loaded.device
        self._clock = clock
        self._num_steps = num_steps
        self._num_steps_done = 0
        model, config = loaded.model, loaded.model.config
        self._previews: Previews | None = None
        self._early: EarlyAudio | None = None
        if request.wants_previews:
            self._previews = Previews(
                request.job_id,
                heard_parts,
                quick=QuickDecoder(model.vae.decode, config.vae.reduction),
                scaling_factor=config.scaling_factor,
                emit=emit,
            )
        if has_early_sound:
            self._early = EarlyAudio(
                request.job_id,
                request.num_latent_frames,
                vae=model.vae,
                scaling_factor=config.scaling_factor,
                vocoder=loaded.vocoder,
                sample_rate=config.mel.sample_rate,
                level=level,
                emit=emit,
                check_cancelled=token.raise_if_cancelled,
                on_work=self._on_early_work,
            )

    def on_resumed(self, share: float) -> None:
        """Take note of the share of the work that an earlier run has done."""
        self._clock.skip(Stage.SAMPLING, share)

    def on_items(self, num_items: int, num_frames: int) -> None:
        """Take note of a network call over so many windows of so many latent frames."""
        self._clock.worked(Stage.SAMPLING, num_items * num_frames)
        self._report()

    def on_finished(self, first_frame: int, latents: Tensor) -> None:
        """Take note of frames that are final: absolute number of the first, (1, C, n, F)."""
        if self._previews is not None:
            self._previews.finished(first_frame, latents)
        self._clock.pause()
        if self._early is not None:
            self._early.add(first_frame - self._request.first_latent_frame, latents)
            if self._early.is_finished:
                # Its statistics may have needed less than was foreseen.
                self._clock.skip(Extra.PINNED_DECODING, 1.0)
        self._clock.pause()

    def on_step(self, progress: SamplingProgress) -> None:
        """Take note of where the run is."""
        synchronize(self._device)
        self._num_steps_done = progress.step
        self._report()
        if self._previews is not None:
            self._previews.show(progress)
        self._clock.pause()

    def _on_early_work(self, work: Work, units: float) -> None:
        self._clock.worked(work, units)
        self._report()

    def _report(self) -> None:
        self._clock.report(Stage.SAMPLING, self._num_steps_done, self._num_steps)
