"""What a job does with imported sound before it samples, or instead of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from engine.api import AudioSource, GenerateRequest, SourceNoise, Stage
from engine.checkpoints.model import AudioLDM
from engine.diffusion.schedule import NoiseSchedule
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.start import steps_taken
from engine.longform.tiled_vae.sweeps import OnProgress
from engine.runtime.piece import Piece
from engine.runtime.progress import JobClock, Work
from engine.runtime.sound.mel_decoder import MelDecoder
from engine.runtime.source.imported import EncodedSource, encode_source
from engine.runtime.source.latents import (
    INVERSION_PREDICTIONS,
    INVERSION_STEPS,
    NO_GUIDANCE,
    SourceEncoder,
    inverted_noise,
)

_BYTES_PER_VALUE = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceStage:
    """Imported sound within one job.

    Attributes:
        source: The file and what is wanted of it.
        piece: What was asked for.
        model: The networks.
        reach: Latent frames that the autoencoder's attention sees, or ``None`` for all.
        scratch_dir: Existing folder that is kept until the piece is done with the file.
        clock: Told what was done.
        check_cancelled: Called between parts of the work; raises to stop.
    """

    source: AudioSource
    piece: Piece
    model: AudioLDM
    reach: int | None
    scratch_dir: Path
    clock: JobClock
    check_cancelled: Callable[[], None]

    def encoded(self, new_decoder: Callable[[OnProgress], MelDecoder]) -> EncodedSource:
        """Encode the file, and decode it once to know its statistics and level.

        Args:
            new_decoder: Makes a decoder of the piece that tells its progress.

        Raises:
            EngineError: The file cannot be read.
        """
        request = self.piece.request

        def worked(stage: Stage) -> OnProgress:
            def on_progress(done: int, total: int) -> None:
                self.clock.worked(stage, self.piece.num_latent_frames / total)
                self.clock.report(Stage.ENCODING, done, total)

            return on_progress

        self.clock.pause()
        encoder = SourceEncoder(
            model=self.model,
            reach=self.reach,
            folder=self.scratch_dir,
            memory_budget_bytes=request.memory_budget_bytes,
            on_progress=worked(Stage.ENCODING),
            check_cancelled=self.check_cancelled,
        )
        encoded = encode_source(
            self.source,
            self.piece.grid,
            (request.first_latent_frame, request.end_latent_frame),
            encoder=encoder,
            decoder=new_decoder(worked(Stage.DECODING)),
            scratch_dir=self.scratch_dir,
        )
        self.clock.pause()
        return encoded

    def inverted(
        self, clean: Tensor, new_denoiser: Callable[[Callable[[], None]], JointDenoiser]
    ) -> Tensor | None:
        """The noise that the sound could have come from; ``None`` if it is not wanted.

        Args:
            clean: (1, C, T, F) scaled latents of the whole grid.
            new_denoiser: Makes the denoiser of the piece, which calls what it is given after every
                call of the network.
        """
        if self.source.noise is not SourceNoise.INVERSION:
            return None
        num_inverted = 0

        def on_step(done: int) -> None:
            nonlocal num_inverted
            num_inverted = done

        denoiser = new_denoiser(
            lambda: self.clock.report(Stage.ENCODING, num_inverted, INVERSION_STEPS)
        )
        return inverted_noise(
            clean,
            replace(denoiser, guidance_interval=NO_GUIDANCE),
            NoiseSchedule(self.model.config.schedule),
            on_step=on_step,
        )


def num_steps_taken(request: GenerateRequest) -> int:
    """Sampling steps of a request: none for sound that is kept, some for sound that is changed."""
    num_steps, source = request.sampling.num_steps, request.source
    if source is None:
        return num_steps
    return 0 if source.strength == 0.0 else steps_taken(num_steps, source.strength)


def work_with_source(
    work: Mapping[Work, float], piece: Piece, source: AudioSource
) -> dict[Work, float]:
    """Units of each kind of work with imported sound.

    Args:
        work: Without what the sound itself needs.
        piece: What was asked for.
        source: The file and what is wanted of it.
    """
    result: dict[Work, float] = {**work, Stage.ENCODING: float(piece.num_latent_frames)}
    if source.noise is SourceNoise.INVERSION:
        grid = piece.grid
        result[Stage.SAMPLING] += INVERSION_PREDICTIONS * grid.num_windows * grid.window
    if source.strength == 0.0:
        # Decoded once, to be known; the sound is the file's own.
        result[Stage.VOCODING] = 0.0
    else:
        result[Stage.DECODING] *= 2
    return result


def scratch_bytes_with_source(decoding_bytes: int, encoder: SourceEncoder, piece: Piece) -> int:
    """What a job with imported sound needs on the disk beside the files of its result.

    The spectrogram of the sound stays while it is encoded and then decoded, so the files of the two
    are never there together.

    Args:
        decoding_bytes: What the decoder of the piece will have on the disk.
        encoder: Of the job.
        piece: What was asked for.
    """
    mel_bytes, encoding_bytes = encoder.scratch_bytes(piece.grid.num_frames)
    found_noise_bytes = 0
    source = piece.request.source
    if source is not None and source.noise is SourceNoise.INVERSION:
        # It is kept in the state, beside the latents and as large as they are.
        values = piece.config.vae.latent_channels * piece.config.latent_bins
        found_noise_bytes = piece.grid.num_frames * values * _BYTES_PER_VALUE
    return mel_bytes + max(encoding_bytes, decoding_bytes) + found_noise_bytes
