"""Sound of what is final while the rest is still noise.

The decoder's normalisations need the whole piece, which is not there yet. So their statistics are
estimated from the first stretch that is final, and pinned: what is heard early is one continuous
piece, and differs from the final one by its statistics and the reach of the attention alone. Each
frame is decoded and voiced once, as soon as nothing that comes later can change it.

Positions in this file are counted from the start of the piece.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from engine.api import MEL_FRAMES_PER_LATENT_FRAME, AudioReady, EventSink, MelReady, Stage
from engine.longform.tiled_vae.chain import mel_range_reached
from engine.longform.tiled_vae.decoder import DecodeSettings, TiledDecode
from engine.longform.tiled_vae.estimate import (
    LatentStretch,
    convolution_reach,
    estimated_statistics,
)
from engine.longform.tiled_vae.parts import decoder_parts
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.time import mel_frames_of_latent, rounded_down
from engine.longform.vocoder import (
    GRID_MEL_FRAMES,
    Vocoder,
    context_mel_frames,
    frame_addresses,
    vocoded_range,
)
from engine.runtime.progress import Extra, Work
from engine.runtime.sound.rendering import read_only
from engine.runtime.take.foreign_level import OWN_LEVEL, ForeignLevel

ATTENTION_REACH_LATENT_FRAMES = 64
"""Half of what the final decode of long pieces has: what it sees must be final before it is heard,
and each second of reach is a second of waiting."""

_FEWEST_STATISTICS_LATENT_FRAMES = 128
_MOST_STATISTICS_LATENT_FRAMES = 384
_SHORTEST_STRETCH_MEL_FRAMES = 200
_LONGEST_STRETCH_MEL_FRAMES = 1024


def early_decoding_latent_frames(num_latent_frames: int) -> int:
    """Most latent frames that are decoded for early sound: all, and the first ones once before.

    Args:
        num_latent_frames: Length of the piece.
    """
    return num_latent_frames + min(num_latent_frames, _MOST_STATISTICS_LATENT_FRAMES)


class EarlyAudio:
    """Decodes and voices a piece from left to right, as far as it is final.

    Emits ``MelReady`` and ``AudioReady`` that are not final, each in order without gaps, in
    stretches of at least two seconds (but for the last one); all of the piece in the end.

    Args:
        job_id: Name of the job.
        num_latent_frames: Length of the piece.
        vae: The autoencoder.
        scaling_factor: Latents are divided by this.
        vocoder: Makes the sound.
        sample_rate: Rate of the sound in Hz.
        level: How loud the piece is for the networks.
        emit: Receives the events.
        check_cancelled: Called before every stretch; raises to stop.
        on_work: Told of every kind of work how much was done, in the units of the job's clock.
    """

    def __init__(
        self,
        job_id: str,
        num_latent_frames: int,
        *,
        vae: nn.Module,
        scaling_factor: float,
        vocoder: Vocoder,
        sample_rate: int,
        emit: EventSink,
        check_cancelled: Callable[[], None],
        level: ForeignLevel = OWN_LEVEL,
        on_work: Callable[[Work, float], None] = lambda _work, _units: None,
    ) -> None:
        self._job_id = job_id
        self._num_latent_frames = num_latent_frames
        self._vae = vae
        self._scaling_factor = scaling_factor
        self._vocoder = vocoder
        self._sample_rate = sample_rate
        self._level = level
        self._emit = emit
        self._check_cancelled = check_cancelled
        self._on_work = on_work
        self._parts = decoder_parts(vae)
        self._margin = convolution_reach(self._parts) + ATTENTION_REACH_LATENT_FRAMES
        self._statistics: DecoderStatistics | None = None
        self._latents: Tensor | None = None
        self._first_latent = 0
        self._mel: Tensor | None = None
        self._first_mel = 0
        self._num_voiced = 0

    def add(self, first_frame: int, latents: Tensor) -> None:
        """Take in frames that are final, and emit what they complete.

        Args:
            first_frame: Number of the first one: the one after the last that was added.
            latents: (1, C, n, F) scaled latents; what lies outside the piece is left out.

        Raises:
            FloatingPointError: A value is not finite.
        """
        end = min(latents.shape[2], self._num_latent_frames - first_frame)
        # Unscaled here, and only once.
        new = latents[:, :, max(0, -first_frame) : max(0, end)] / self._scaling_factor
        if not new.shape[2]:
            return
        self._latents = new if self._latents is None else torch.cat([self._latents, new], dim=2)
        self._estimate()
        while self._statistics is not None and (end_mel := self._next_mel_end()) is not None:
            self._check_cancelled()
            self._decode(self._statistics, end_mel)
            self._speak()

    @property
    def _end_latent(self) -> int:
        return self._first_latent + (0 if self._latents is None else self._latents.shape[2])

    @property
    def _end_mel(self) -> int:
        return self._first_mel + (0 if self._mel is None else self._mel.shape[1])

    @property
    def is_finished(self) -> bool:
        """Whether all of the piece was told of."""
        return self._num_voiced == mel_frames_of_latent(self._num_latent_frames)

    @property
    def _is_complete(self) -> bool:
        return self._end_latent == self._num_latent_frames

    def _estimate(self) -> None:
        if self._statistics is not None or self._latents is None:
            return
        stretch = self._latents[:, :, :_MOST_STATISTICS_LATENT_FRAMES]
        counted = stretch.shape[2] - convolution_reach(self._parts)
        if not self._is_complete and counted < _FEWEST_STATISTICS_LATENT_FRAMES:
            return
        self._statistics = estimated_statistics(
            self._vae,
            [
                LatentStretch(
                    latents=stretch,
                    begins_track=True,
                    ends_track=stretch.shape[2] == self._num_latent_frames,
                )
            ],
            attention_reach=ATTENTION_REACH_LATENT_FRAMES,
        )
        self._on_work(Extra.PINNED_DECODING, stretch.shape[2])

    def _next_mel_end(self) -> int | None:
        """Where the next stretch of the spectrogram ends, if there is one."""
        end = mel_frames_of_latent(self._num_latent_frames)
        if not self._is_complete:
            first_changing = self._end_latent - ATTENTION_REACH_LATENT_FRAMES
            end = mel_range_reached(self._parts, first_changing, first_changing + 1)[0]
            if end - self._end_mel < _SHORTEST_STRETCH_MEL_FRAMES:
                return None
        if end == self._end_mel:
            return None
        return min(end, self._end_mel + _LONGEST_STRETCH_MEL_FRAMES)

    def _decode(self, statistics: DecoderStatistics, end: int) -> None:
        """Show the spectrogram up to a mel frame, and forget the latents before its context."""
        if self._latents is None:
            return
        offset = mel_frames_of_latent(self._first_latent)
        settings = DecodeSettings(attention_reach=ATTENTION_REACH_LATENT_FRAMES)
        decode = TiledDecode(self._vae, self._latents, settings, statistics=statistics)
        start = self._end_mel
        mel = decode.mel(start - offset, end - offset)[:, 0] + self._level.decoder_offset
        shown = read_only(mel[0].float().cpu().numpy())
        self._emit(MelReady(job_id=self._job_id, first_mel_frame=start, mel=shown, is_final=False))
        self._on_work(Extra.PINNED_DECODING, (end - start) / MEL_FRAMES_PER_LATENT_FRAME)
        self._mel = mel if self._mel is None else torch.cat([self._mel, mel], dim=1)
        keep = max(self._first_latent, end // mel_frames_of_latent(1) - self._margin)
        self._latents = self._latents[:, :, keep - self._first_latent :].clone()
        self._first_latent = keep

    def _speak(self) -> None:
        """Voice what has all of its context, and forget the spectrogram before that of the next."""
        if self._mel is None:
            return
        context = context_mel_frames(self._vocoder)
        end = mel_frames_of_latent(self._num_latent_frames)
        if self._end_mel < end:
            end = rounded_down(self._end_mel - context, GRID_MEL_FRAMES)
            if end - self._num_voiced < _SHORTEST_STRETCH_MEL_FRAMES:
                return
        start, first = self._num_voiced, self._first_mel
        sound = vocoded_range(
            self._vocoder,
            self._mel,
            start - first,
            end - first,
            addresses=frame_addresses(first, self._mel.shape[1]),
        )
        self._emit(
            AudioReady(
                job_id=self._job_id,
                first_sample=start * self._vocoder.hop_length,
                samples=read_only(self._level.sound(sound[0].float().cpu().numpy())),
                sample_rate=self._sample_rate,
                is_final=False,
            )
        )
        self._on_work(Stage.VOCODING, end - start)
        self._num_voiced = end
        keep = max(first, end - context)
        self._mel = self._mel[:, keep - first :].clone()
        self._first_mel = keep
