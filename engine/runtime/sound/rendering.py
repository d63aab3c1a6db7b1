"""From latents to files: the spectrogram and the sound of a piece, written while they are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import AudioReady, EventSink, MelReady, Stage
from engine.longform.tiled_vae.decoder import MelTile
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.time import mel_frames_of_latent
from engine.longform.vocoder import Vocoder, context_mel_frames, vocoded_range
from engine.runtime.files.wav_file import FloatWavFile
from engine.runtime.progress import JobClock
from engine.runtime.sound.mel_decoder import MelDecoder
from engine.runtime.take.foreign_level import OWN_LEVEL, ForeignLevel

_CHUNK_MEL_FRAMES = 1024

AUDIO_FILE = "audio.wav"
MEL_FILE = "mel.npy"
LATENTS_FILE = "latents.npy"
STATE_FILE = "state.npz"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rendering:
    """Writes the files of one job.

    Attributes:
        job_id: Name of the job.
        folder: Where the files go.
        decoder: Makes the spectrogram.
        vocoder: Makes the sound.
        device: Where both run.
        sample_rate: Rate of the sound in Hz.
        clock: Told what was done.
        emit: Receives ``MelReady`` and ``AudioReady``.
        is_loop: Whether the end goes over into the start.
        addresses: (T,) int64 addresses of the piece's mel frames; by default their numbers.
        level: Of imported sound that the piece began with.
    """

    job_id: str
    folder: Path
    decoder: MelDecoder
    vocoder: Vocoder
    device: torch.device
    sample_rate: int
    clock: JobClock
    emit: EventSink
    is_loop: bool = False
    addresses: Tensor | None = None
    level: ForeignLevel = OWN_LEVEL

    def whole(self, latents: Tensor, *, num_bands: int) -> tuple[int, DecoderStatistics]:
        """Render a piece; each chunk of sound follows as soon as its spectrogram is there.

        The sound of a loop begins with its end in view, so it follows when everything is there.

        Args:
            latents: (1, C, T, F) scaled latents, hidden tail not included.
            num_bands: Mel bands M.

        Returns:
            Number of samples, and the statistics to be pinned.
        """
        num_frames = mel_frames_of_latent(latents.shape[2])
        mel = np.lib.format.open_memmap(
            self.folder / MEL_FILE, mode="w+", dtype=np.float32, shape=(num_frames, num_bands)
        )
        wav = FloatWavFile.create(self.folder / AUDIO_FILE, self.sample_rate)
        try:
            voice = Voice(self, torch.from_numpy(mel), wav, (0, num_frames))
            with self.decoder.whole(latents) as (statistics, tiles):
                for tile in tiles:
                    start, values = self.tile_values(tile)
                    mel[start : start + len(values)] = values
                    self.show_mel(start, values)
                    voice.speak(available=start + len(values))
            mel.flush()
            return wav.num_samples, statistics
        finally:
            wav.close()

    def tile_values(self, tile: MelTile) -> tuple[int, NDArray[np.float32]]:
        """Position and (n, M) values of a tile."""
        return tile.first_mel_frame, self.level.mel(tile.mel[0, 0].float().cpu().numpy())

    def show_audio(self, first_sample: int, samples: NDArray[np.float32]) -> None:
        """Tell of (N,) final samples, counted from the start of the piece."""
        self.emit(
            AudioReady(
                job_id=self.job_id,
                first_sample=first_sample,
                samples=read_only(samples),
                sample_rate=self.sample_rate,
            )
        )

    def show_mel(self, first_mel_frame: int, mel: NDArray[np.float32]) -> None:
        """Tell of (T, M) final mel frames, counted from the start of the piece."""
        self.emit(MelReady(job_id=self.job_id, first_mel_frame=first_mel_frame, mel=read_only(mel)))


class Voice:
    """Turns a range of the spectrogram into sound, as far as its frames are there."""

    def __init__(
        self, rendering: Rendering, mel: Tensor, wav: FloatWavFile, span: tuple[int, int]
    ) -> None:
        self._rendering = rendering
        self._mel = mel
        self._wav = wav
        self._next, self._end = span
        self._first = span[0]

    def speak(self, *, available: int) -> None:
        """Write every chunk whose context lies before the mel frame ``available``."""
        work, vocoder = self._rendering, self._rendering.vocoder
        for start, end in self._ready_chunks(available):
            work.clock.pause()
            samples = self._samples(start, end)
            first_sample = start * vocoder.hop_length
            self._wav.write_at(first_sample, samples)
            work.show_audio(first_sample, samples)
            work.clock.worked(Stage.VOCODING, end - start)
            work.clock.report(Stage.VOCODING, end - self._first, self._end - self._first)

    def _ready_chunks(self, available: int) -> Iterator[tuple[int, int]]:
        halo, num_frames = context_mel_frames(self._rendering.vocoder), self._mel.shape[0]
        while self._next < self._end:
            # Chunks lie on a fixed grid, so that a range is cut like the whole piece.
            start = self._next
            end = min((start // _CHUNK_MEL_FRAMES + 1) * _CHUNK_MEL_FRAMES, self._end)
            needed = num_frames if self._rendering.is_loop else min(end + halo, num_frames)
            if available < needed:
                return
            self._next = end
            yield start, end

    def _samples(self, start: int, end: int) -> NDArray[np.float32]:
        work = self._rendering
        work.decoder.check_cancelled()
        sound = vocoded_range(
            work.vocoder,
            self._mel.unsqueeze(0),
            start,
            end,
            is_circular=work.is_loop,
            addresses=work.addresses,
            device=work.device,
        )
        # Not clipped: floats keep what is louder than full scale, and a fader can bring it back.
        return work.level.sound(sound[0].float().cpu().numpy())


def read_only(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A copy that nobody can change."""
    copy = np.array(values, np.float32)
    copy.flags.writeable = False
    return copy
