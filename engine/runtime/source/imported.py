"""Imported sound as the beginning of a piece, or as a take of its own.

A file that is kept as it is becomes a take like any other: latents, spectrogram, sound and state,
so that parts of it can be made again and it can be extended. Its sound is the file itself, not what
the vocoder would make of it; its spectrogram is the true one of the file.

**Joins.** When a part is made again, the surroundings of the new latents are decoded. That is no
longer the true spectrogram but what the autoencoder makes of it; the two are cross-faded over 16
mel frames inside each end of the decoded range (``engine.longform.splice``), at one level, which
the round trip over the whole file tells (``ForeignLevel``). The sound of the decoded range is
vocoded, and cross-faded with the samples of the file over 20 ms inside each end, with ramps that
keep the power whatever the vocoder's phases are (``engine.longform.sample_splice``). Beyond the
range every sample of the file stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.api import AudioReady, AudioSource, EventSink, MelReady
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.time import mel_frames_of_latent
from engine.longform.windows import WindowGrid
from engine.runtime.files.wav_file import FloatWavFile
from engine.runtime.piece import Piece
from engine.runtime.sound.mel_decoder import MelDecoder
from engine.runtime.sound.rendering import AUDIO_FILE, MEL_FILE, read_only
from engine.runtime.source.audio import SourceAudio
from engine.runtime.source.latents import SourceEncoder
from engine.runtime.take.foreign_level import ForeignLevel, round_trip_offset

_SAMPLES_AT_ONCE = 1 << 20
_MEL_FRAMES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedSource:
    """A file, ready to start from.

    Attributes:
        audio: The file on the time line of the piece.
        mel: (T, M) its spectrogram over the piece at the level of the encoder, mapped into memory.
        latents: (1, C, T, F) scaled latents of the whole grid, hidden frames included: beyond the
            piece the file goes on, and beyond the file it is silent.
        level: How loud the file is for the networks.
        statistics: Normalisation statistics of the decoder over the piece.
    """

    audio: SourceAudio
    mel: NDArray[np.float32]
    latents: Tensor
    level: ForeignLevel
    statistics: DecoderStatistics


def with_source(piece: Piece, encoded: EncodedSource, inverted: Tensor | None) -> Piece:
    """The piece with the noise and the level of the file that it starts from.

    Sound that is kept gets noise keyed by the content of the file, the same wherever it lies. Sound
    that is only a start gets the noise of the request, so that every take differs.

    Args:
        piece: What was asked for.
        encoded: The file.
        inverted: (1, C, T, F) the noise that it could have come from, which then stands for either;
            nothing repeats along it, for it is all of the power.
    """
    layer = piece.layers[0]
    if inverted is not None:
        layer = replace(layer, stored=0, shared=0.0)
    if encoded.level.keeps_original:
        layer = replace(layer, seed=encoded.audio.seed, stream=0, take=0, shared=0.0)
    return replace(
        piece,
        layers=(layer,),
        stored_noise=() if inverted is None else (inverted[0].float().cpu(),),
        level=encoded.level,
    )


def encode_source(
    source: AudioSource,
    grid: WindowGrid,
    piece: tuple[int, int],
    *,
    encoder: SourceEncoder,
    decoder: MelDecoder,
    scratch_dir: Path,
) -> EncodedSource:
    """Encode a file, and decode it once to know its statistics and its level.

    Args:
        source: The file and where the piece begins in it.
        grid: Windows of the piece.
        piece: Absolute latent frames [start, end) that are heard.
        encoder: Makes latents.
        decoder: Makes spectrograms.
        scratch_dir: Existing folder that keeps the spectrogram as long as it is needed.

    Raises:
        EngineError: The file cannot be read.
    """
    audio = SourceAudio.open(source, encoder.model.config.mel.sample_rate, encoder.check_cancelled)
    start, end = piece
    path = scratch_dir / "source-mel.npy"
    encoder.write_mel(audio, path, grid.first_frame - start, grid.end_frame - start)
    # Copied on writing, because tensors want memory that could be written.
    whole: NDArray[np.float32] = np.load(path, mmap_mode="c", allow_pickle=False)
    latents = encoder.latents(whole)
    begin = mel_frames_of_latent(start - grid.first_frame)
    mel = whole[begin : begin + mel_frames_of_latent(end - start)]
    heard = latents[:, :, start - grid.first_frame : end - grid.first_frame]
    with decoder.whole(heard) as (statistics, tiles):
        offset = round_trip_offset(
            (
                mel[tile.first_mel_frame : tile.first_mel_frame + tile.mel.shape[2]],
                tile.mel[0, 0].float().cpu().numpy(),
            )
            for tile in tiles
        )
    return EncodedSource(
        audio=audio,
        mel=mel,
        latents=latents,
        level=ForeignLevel(
            encoder_gain=audio.gain,
            decoder_offset=offset,
            keeps_original=source.strength == 0.0,
        ),
        statistics=statistics,
    )


def write_original(
    encoded: EncodedSource,
    folder: Path,
    *,
    hop_length: int,
    job_id: str,
    emit: EventSink,
    check_cancelled: Callable[[], None] = lambda: None,
) -> int:
    """Write the spectrogram and the sound of the file over the piece, and tell of them.

    Args:
        encoded: The file.
        folder: Gets ``mel.npy``, at the level of the encoder, and ``audio.wav``, at that of the
            file.
        hop_length: Samples per mel frame.
        job_id: Name of the job, for the events.
        emit: Receives ``MelReady`` and ``AudioReady``.
        check_cancelled: Called before every part; raises to stop.

    Returns:
        Number of samples.
    """
    with (folder / MEL_FILE).open("wb") as file:
        np.save(file, encoded.mel)
    for first in range(0, len(encoded.mel), _MEL_FRAMES_AT_ONCE):
        values = read_only(encoded.mel[first : first + _MEL_FRAMES_AT_ONCE])
        emit(MelReady(job_id=job_id, first_mel_frame=first, mel=values))
    rate = encoded.audio.sample_rate
    wav = FloatWavFile.create(folder / AUDIO_FILE, rate)
    try:
        for first, last in _parts(len(encoded.mel) * hop_length):
            check_cancelled()
            samples = read_only(encoded.audio.read(first, last))
            wav.append(samples)
            emit(AudioReady(job_id=job_id, first_sample=first, samples=samples, sample_rate=rate))
        return wav.num_samples
    finally:
        wav.close()


def _parts(num_samples: int) -> Iterator[tuple[int, int]]:
    for first in range(0, num_samples, _SAMPLES_AT_ONCE):
        yield first, min(first + _SAMPLES_AT_ONCE, num_samples)
