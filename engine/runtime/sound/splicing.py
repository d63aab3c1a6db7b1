"""The spectrogram and the sound of a piece that keeps parts of another.

What is kept is copied bit for bit. Only what was made is decoded, with the statistics of the kept
take, cross-faded into the old spectrogram inside its own ends, and turned into sound. At an end
that no old sound lies under (a cut, an end of the take that moved) there is nothing to fade from,
so the frames beyond it that decoder and vocoder reach are written again as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import MEL_FRAMES_PER_LATENT_FRAME, BaseResult, Stage
from engine.longform.placement import FrameRange, PlacedSpan
from engine.longform.splice import SPLICE_MEL_FRAMES
from engine.longform.tiled_vae.local_ops import Frames
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.time import latent_frames_of_mel_ceil, mel_frames_of_latent
from engine.longform.vocoder import Vocoder, context_mel_frames
from engine.runtime.files.wav_file import FloatWavFile
from engine.runtime.kept.material import kept_audio, kept_mel
from engine.runtime.kept.original_edges import original_edges
from engine.runtime.progress import Extra
from engine.runtime.sound.dirty_ranges import merged, new_shares
from engine.runtime.sound.mel_decoder import MelDecoder
from engine.runtime.sound.rendering import AUDIO_FILE, MEL_FILE, Rendering, Voice
from engine.runtime.take.foreign_level import ForeignLevel

_FADE_LATENT_FRAMES = latent_frames_of_mel_ceil(SPLICE_MEL_FRAMES)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptSound:
    """What is kept of the sound of a take, in absolute latent frames.

    Attributes:
        base: Files of the take.
        old: Frames [start, end) of the take.
        new: Frames [start, end) of the piece.
        heard: Stretches that are kept, and where they go.
        decoded: Frames of the piece whose surroundings are made anew.
        statistics: Normalisation statistics pinned in the take.
    """

    base: BaseResult
    old: FrameRange
    new: FrameRange
    heard: tuple[PlacedSpan, ...]
    decoded: tuple[FrameRange, ...]
    statistics: DecoderStatistics


class MappedLatents:
    """Latents in a file, seen as the frames of a piece; implements ``Frames``.

    Args:
        values: (C, T, F) float32 of the piece alone, mapped into memory.
        device: Where they are wanted.
    """

    is_circular = False

    def __init__(self, values: NDArray[np.float32], device: torch.device) -> None:
        self._values = values
        self._device = device

    @property
    def num_frames(self) -> int:
        """Length of the piece."""
        return len(self._values[0])

    def read(self, start: int, end: int) -> Tensor:
        """(1, C, end - start, F) frames counted from the start of the piece."""
        part = torch.from_numpy(np.array(self._values[:, start:end], np.float32))
        return part.unsqueeze(0).to(self._device)


def render_around_kept(rendering: Rendering, latents: Frames, kept: KeptSound) -> int:
    """Write the spectrogram and the sound.

    Mel frames and samples beyond an end that old sound lies under keep every bit: those of a
    section, and the outer ends of joins. Beyond other ends those keep it that decoder and vocoder
    do not reach.

    Args:
        rendering: Where the files go, and what makes them.
        latents: Scaled latents of the whole piece.
        kept: What stays.

    Returns:
        Number of samples.

    Raises:
        EngineError: The files of the take cannot be read or do not fit.
    """
    old, new = _in_mel_frames(kept.old), _in_mel_frames(kept.new)
    heard = [_span_in_mel_frames(span) for span in kept.heard]
    num_frames = new[1] - new[0]
    folder, hop_length = rendering.folder, rendering.vocoder.hop_length
    mel = kept_mel(Path(kept.base.mel_path), folder / MEL_FILE, heard, old, new)
    wav = kept_audio(Path(kept.base.audio_path), folder / AUDIO_FILE, heard, old, new, hop_length)
    try:
        dirty = rewritten_mel_frames(rendering.decoder, kept, is_loop=rendering.is_loop)
        num_dirty, num_done = sum(end - start for start, end in dirty), 0
        shares = new_shares(dirty, num_frames, is_circular=rendering.is_loop)
        for tile in rendering.decoder.parts(latents, kept.statistics, dirty):
            start, values = rendering.tile_values(tile)
            place = slice(start, start + len(values))
            # (T, 1): how much of the new spectrogram is taken.
            share = shares[place, None]
            mel[place] = share * values + (1.0 - share) * mel[place]
            rendering.show_mel(start, mel[place])
            num_done += len(values)
            rendering.clock.worked(Extra.PINNED_DECODING, len(values) / MEL_FRAMES_PER_LATENT_FRAME)
            rendering.clock.report(Stage.DECODING, num_done, num_dirty)
        mel.flush()
        voiced = voiced_mel_frames(
            rendering.decoder,
            rendering.vocoder,
            kept,
            is_loop=rendering.is_loop,
            level=rendering.level,
        )
        # Of a loop the old sound goes on beyond the file's ends, unless the new one does.
        goes_on = bool(voiced) and (voiced[0][0], voiced[-1][1]) == (0, num_frames)
        for span in voiced:
            _speak(
                rendering,
                torch.from_numpy(mel),
                wav,
                span,
                fades_at_wrap=rendering.is_loop and not goes_on,
            )
        return wav.num_samples
    finally:
        wav.close()


def rewritten_mel_frames(
    decoder: MelDecoder, kept: KeptSound, *, is_loop: bool
) -> list[FrameRange]:
    """Mel frames that are written again, in order: ranges [start, end) from the piece's start.

    Args:
        decoder: Of the piece.
        kept: What stays.
        is_loop: Whether the end of the piece goes over into its start.
    """
    return _merged_in_piece(_rewritten(decoder, kept, is_loop=is_loop), kept, is_loop=is_loop)


def voiced_mel_frames(
    decoder: MelDecoder,
    vocoder: Vocoder,
    kept: KeptSound,
    *,
    is_loop: bool,
    level: ForeignLevel,
) -> list[FrameRange]:
    """Mel frames that are turned into sound again, as :func:`rewritten_mel_frames` counts them.

    Args:
        decoder: Of the piece.
        vocoder: Hears some frames each way.
        kept: What stays.
        is_loop: Whether the end of the piece goes over into its start.
        level: Of imported sound that the piece began with.
    """
    # Samples of a file stay wherever they can: beside them a cross-fade does the rest.
    context = 0 if level.keeps_original else context_mel_frames(vocoder)
    ranges = [
        (start - context * is_open_before, end + context * is_open_after)
        for (start, end), (is_open_before, is_open_after) in zip(
            _rewritten(decoder, kept, is_loop=is_loop),
            _open_ends(kept, is_loop=is_loop),
            strict=True,
        )
    ]
    return _merged_in_piece(ranges, kept, is_loop=is_loop)


def _rewritten(decoder: MelDecoder, kept: KeptSound, *, is_loop: bool) -> list[FrameRange]:
    """For each of the decoded ranges the mel frames that are written again."""
    first, ranges = kept.new[0], []
    open_ends = _open_ends(kept, is_loop=is_loop)
    for (start, end), is_open in zip(kept.decoded, open_ends, strict=True):
        near = _in_mel_frames((start - first, end - first))
        far = decoder.reached(start - first, end - first)
        ranges.append((far[0] if is_open[0] else near[0], far[1] if is_open[1] else near[1]))
    return ranges


def _open_ends(kept: KeptSound, *, is_loop: bool) -> list[tuple[bool, bool]]:
    """For start and end of each of the decoded ranges: whether there is nothing to fade from.

    Old sound must lie beyond the end and, in one piece with it, under the whole fade. Of a loop,
    which can neither grow nor shrink, it lies everywhere. Ends of the piece count as open.
    """
    if is_loop:
        return [(False, False)] * len(kept.decoded)
    first, last = kept.new
    return [
        (
            not any(
                s.target_start < start
                and (s.target_end > end or s.target_end >= min(start + _FADE_LATENT_FRAMES, last))
                for s in kept.heard
            ),
            not any(
                s.target_end > end
                and (
                    s.target_start < start
                    or s.target_start <= max(end - _FADE_LATENT_FRAMES, first)
                )
                for s in kept.heard
            ),
        )
        for start, end in kept.decoded
    ]


def _merged_in_piece(
    ranges: Sequence[FrameRange], kept: KeptSound, *, is_loop: bool
) -> list[FrameRange]:
    num_frames = mel_frames_of_latent(kept.new[1] - kept.new[0])
    return merged(ranges, num_frames, is_circular=is_loop)


def _speak(
    rendering: Rendering,
    mel: Tensor,
    wav: FloatWavFile,
    span: FrameRange,
    *,
    fades_at_wrap: bool,
) -> None:
    """Turn a range of a finished spectrogram into sound over what is there."""
    hop_length = rendering.vocoder.hop_length
    edges = original_edges(
        wav,
        span[0] * hop_length,
        span[1] * hop_length,
        fades_in=span[0] > 0 or fades_at_wrap,
        fades_out=span[1] < len(mel) or fades_at_wrap,
    )
    Voice(rendering, mel, wav, span).speak(available=len(mel))
    for edge in edges:
        rendering.show_audio(edge.first_sample, edge.join(wav))


def _in_mel_frames(latent_frames: FrameRange) -> FrameRange:
    return mel_frames_of_latent(latent_frames[0]), mel_frames_of_latent(latent_frames[1])


def _span_in_mel_frames(span: PlacedSpan) -> PlacedSpan:
    start, end = _in_mel_frames((span.start, span.end))
    return replace(span, start=start, end=end, shift=mel_frames_of_latent(span.shift))
