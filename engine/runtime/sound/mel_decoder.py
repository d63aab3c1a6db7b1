"""Latents of any length to a mel spectrogram, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import torch
from torch import Tensor

from engine.api import LATENT_FRAMES_PER_SECOND, STANDARD_MEMORY_BUDGET_BYTES, Decoding
from engine.longform.tiled_vae.chain import mel_range_reached
from engine.longform.tiled_vae.decoder import (
    BANDED_REACH_LATENT_FRAMES,
    DecodeSettings,
    MelTile,
    TiledDecode,
    scratch_bytes,
)
from engine.longform.tiled_vae.local_ops import Frames
from engine.longform.tiled_vae.parts import decoder_parts
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.tiled_vae.sweeps import OnProgress
from engine.longform.time import (
    latent_frames_of_mel_ceil,
    latent_frames_of_mel_floor,
    mel_frames_of_latent,
)
from engine.models.vae.vae import VAE
from engine.runtime.precision import Float32Twin

_LONGEST_FULL_ATTENTION = 3 * 60 * LATENT_FRAMES_PER_SECOND
_TILE_MEL_FRAMES = 1024


def attention_reach(num_latent_frames: int, decoding: Decoding) -> int | None:
    """How far the decoder's attention sees, in latent frames, or ``None`` for the whole piece."""
    is_short = num_latent_frames <= _LONGEST_FULL_ATTENTION
    if decoding is Decoding.GLOBAL or (decoding is Decoding.AUTO and is_short):
        return None
    return BANDED_REACH_LATENT_FRAMES


class MelDecoder:
    """Decodes a piece, or a part of one with the statistics of an earlier decode.

    What a decoder in half precision cannot do (values that are not finite) is done in float32.

    Args:
        vae: The autoencoder.
        scaling_factor: Latents are divided by this.
        reach: Latent frames that attention sees on each side, or ``None`` for the whole piece.
        scratch_dir: Existing folder for what does not fit into memory.
        on_progress: Told the tiles done and all tiles.
        check_cancelled: Called before every tile; raises to stop.
        is_loop: Whether the end of the piece goes over into its start.
        memory_budget_bytes: Most that is kept in memory of tensors of the whole piece.
    """

    def __init__(
        self,
        vae: VAE,
        scaling_factor: float,
        *,
        reach: int | None,
        scratch_dir: Path,
        on_progress: OnProgress,
        check_cancelled: Callable[[], None],
        is_loop: bool = False,
        memory_budget_bytes: int = STANDARD_MEMORY_BUDGET_BYTES,
    ) -> None:
        self._vae = vae
        self._twin = Float32Twin(vae)
        self._scaling_factor = scaling_factor
        self._settings = DecodeSettings(
            attention_reach=reach,
            memory_budget_bytes=memory_budget_bytes,
            scratch_dir=scratch_dir,
            is_circular=is_loop,
        )
        self._on_progress = on_progress
        self.check_cancelled = check_cancelled

    def scratch_bytes(self, num_latent_frames: int, *, channels: int, bins: int) -> int:
        """What :meth:`whole` will put into the scratch folder.

        Args:
            num_latent_frames: Length T of the piece.
            channels: Latent channels C.
            bins: Latent frequency bins F.
        """
        # One value that looks like a whole piece: only the shape matters.
        shape = torch.zeros(1).expand(1, channels, num_latent_frames, bins)
        return scratch_bytes(self._vae, shape, self._settings)

    def reached(self, start: int, end: int) -> tuple[int, int]:
        """Mel frames that new latent frames [start, end) rewrite; may reach beyond the piece."""
        return mel_range_reached(decoder_parts(self._vae), start, end)

    @contextmanager
    def whole(self, latents: Tensor) -> Iterator[tuple[DecoderStatistics, Iterator[MelTile]]]:
        """Decode a piece.

        Args:
            latents: (1, C, T, F) scaled latents.

        Yields:
            The statistics, to be pinned; and the spectrogram in order.
        """
        with self._decode(latents, None) as decode:
            yield decode.statistics, decode.mel_tiles()

    def parts(
        self, latents: Frames, statistics: DecoderStatistics, ranges: Sequence[tuple[int, int]]
    ) -> Iterator[MelTile]:
        """Decode some ranges of a piece with pinned statistics.

        Where attention has a reach, only the latents within it are read; of a loop all.

        Args:
            latents: (1, C, T, F) scaled latents of the whole piece, of which any part can be had.
            statistics: Those of the piece's first decode.
            ranges: Mel frames [start, end).

        Yields:
            The ranges in order, in tiles.
        """
        whole = (0, latents.num_frames)
        if self._settings.attention_reach is None or self._settings.is_circular:
            yield from self._part(latents, statistics, whole, ranges)
            return
        for start, end in ranges:
            yield from self._part(
                latents, statistics, self._read_for(start, end, whole), [(start, end)]
            )

    def _part(
        self,
        latents: Frames,
        statistics: DecoderStatistics,
        read: tuple[int, int],
        ranges: Sequence[tuple[int, int]],
    ) -> Iterator[MelTile]:
        """Decode mel ranges from a part of the latents, as if its ends were those of the piece."""
        skipped = mel_frames_of_latent(read[0])
        with self._decode(latents.read(*read), statistics) as decode:
            for first, last in ranges:
                for start in range(first, last, _TILE_MEL_FRAMES):
                    self.check_cancelled()
                    end = min(start + _TILE_MEL_FRAMES, last)
                    mel = decode.mel(start - skipped, end - skipped)
                    yield MelTile(first_mel_frame=start, mel=mel)

    def _read_for(self, start: int, end: int, whole: tuple[int, int]) -> tuple[int, int]:
        """Latent frames that mel frames [start, end) depend on, cut to the piece."""
        first, _ = self.reached(0, 0)
        margin = latent_frames_of_mel_ceil(-first) + (self._settings.attention_reach or 0)
        return (
            max(whole[0], latent_frames_of_mel_floor(start) - margin),
            min(whole[1], latent_frames_of_mel_ceil(end) + margin),
        )

    @contextmanager
    def _decode(
        self, latents: Tensor, statistics: DecoderStatistics | None
    ) -> Iterator[TiledDecode]:
        unscaled = latents / self._scaling_factor
        is_half = self._vae.post_quant_conv.weight.dtype.itemsize < torch.float32.itemsize

        def repeated(start: int, end: int) -> Tensor:
            with self._gathered(self._twin.get(), unscaled, decode.statistics) as precise:
                return precise.mel(start, end)

        with ExitStack() as stack:
            try:
                decode = stack.enter_context(
                    self._gathered(self._vae, unscaled, statistics, repeated if is_half else None)
                )
            except FloatingPointError:
                # The statistics are of the whole piece, so all of it is done again.
                if not is_half:
                    raise
                decode = stack.enter_context(self._gathered(self._twin.get(), unscaled, statistics))
            yield decode

    @contextmanager
    def _gathered(
        self,
        vae: VAE,
        unscaled: Tensor,
        statistics: DecoderStatistics | None,
        repeat_mel: Callable[[int, int], Tensor] | None = None,
    ) -> Iterator[TiledDecode]:
        decode = TiledDecode(
            vae,
            unscaled,
            self._settings,
            statistics=statistics,
            on_progress=self._on_progress,
            check_cancelled=self.check_cancelled,
            repeat_mel=repeat_mel,
        )
        try:
            decode.gather()
            yield decode
        finally:
            decode.close()
