"""Spectrograms of half-done pieces, at a small price.

Decoding everything at every step would cost more than the sampling itself. So a short stretch is
decoded exactly, a linear map from the 3 x 3 neighbourhood of a latent cell to its 4 x 4 patch of
the spectrogram is fitted to it, and the map is applied to the whole piece.

Shape letters in this file:
    C  latent channels
    T  latent frames
    F  latent frequency bins
    r  reduction: mel frames per latent frame, mel bands per latent bin
    L  latent cells, ``T * F``
    K  features of a cell, ``9 * C + F``
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from engine.api import EventSink, PreviewReady
from engine.longform.time import mel_frames_of_latent
from engine.runtime.sampling.run import SamplingProgress

_INTERVAL_SECONDS = 1.5
_SHARE_OF_TIME = 0.05
_STRETCH_LATENT_FRAMES = 64
_FRAMES_AT_ONCE = 4096
_RIDGE = 1e-3
_MEMORY = 0.5
"""How much earlier fits count: the latents become less noisy from step to step."""


class PreviewSchedule:
    """Decides when a preview may be made, so that previews stay cheap.

    Args:
        now: A clock in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._started_at = now()
        self._last_at = self._started_at
        self._spent = 0.0
        self._last_cost = 0.0

    def is_due(self, done: int, total: int) -> bool:
        """Whether one may be made after ``done`` of ``total`` parts of the work; not after all."""
        now = self._now()
        if done >= total or now - self._last_at < _INTERVAL_SECONDS:
            return False
        whole = (now - self._started_at - self._spent) * total / done
        return self._spent + self._last_cost <= _SHARE_OF_TIME * whole

    def made(self, began_at: float) -> None:
        """Take note that a preview, begun at that time, is done."""
        self._last_at = self._now()
        self._last_cost = self._last_at - began_at
        self._spent += self._last_cost


class QuickDecoder:
    """Approximates the decoder by a linear map that is fitted as it goes.

    Args:
        decode: Maps (1, C, T, F) unscaled latents to (1, 1, r T, r F) mel.
        reduction: ``r``.
    """

    def __init__(self, decode: Callable[[Tensor], Tensor], reduction: int) -> None:
        self._decode = decode
        self._reduction = reduction
        self._next_stretch = 0
        self._gram: Tensor | None = None
        self._moments: Tensor | None = None

    def mel(self, latents: Tensor) -> NDArray[np.float32]:
        """Approximate the spectrogram.

        Args:
            latents: (1, C, T, F) unscaled latents.

        Returns:
            (r T, r F) natural-log mel, read-only.
        """
        num_frames = latents.shape[2]
        if num_frames <= _STRETCH_LATENT_FRAMES:
            return _frozen(self._decode(latents)[0, 0])
        weights = self._fitted(latents)
        parts = []
        for begin in range(0, num_frames, _FRAMES_AT_ONCE):
            end = min(begin + _FRAMES_AT_ONCE, num_frames)
            cells = _features(latents[:, :, begin:end]) @ weights
            patches = cells.T.reshape(1, -1, end - begin, latents.shape[3])
            parts.append(F.pixel_shuffle(patches, self._reduction)[0, 0])
        return _frozen(torch.cat(parts))

    def _fitted(self, latents: Tensor) -> Tensor:
        """(K, r * r) weights, with one more stretch of the piece taken into account."""
        num_frames = latents.shape[2]
        begin = self._next_stretch % (num_frames - _STRETCH_LATENT_FRAMES + 1)
        # A stride that is no divisor of anything likely visits all parts of the piece in turn.
        self._next_stretch += 5 * _STRETCH_LATENT_FRAMES + 17
        stretch = latents[:, :, begin : begin + _STRETCH_LATENT_FRAMES]
        features = _features(stretch).double()
        patches = F.pixel_unshuffle(self._decode(stretch), self._reduction)
        targets = patches[0].flatten(1).T.double()
        gram, moments = features.T @ features, features.T @ targets
        if self._gram is not None and self._moments is not None:
            gram, moments = gram + _MEMORY * self._gram, moments + _MEMORY * self._moments
        self._gram, self._moments = gram, moments
        ridge = _RIDGE * gram.diagonal().mean() * torch.eye(len(gram)).to(gram)
        weights: Tensor = torch.linalg.solve(gram + ridge, moments)
        return weights.to(latents.dtype)


class Previews:
    """Shows a piece come out of the noise: what became final since the last time, and what is made.

    Args:
        job_id: Name of the job.
        heard_parts: First frame of the sampler's grid, first frame from the start of the piece, and
            number of frames of each part that is heard.
        quick: Makes the pictures.
        scaling_factor: Latents are divided by this.
        emit: Receives ``PreviewReady``.
    """

    def __init__(
        self,
        job_id: str,
        heard_parts: Sequence[tuple[int, int, int]],
        *,
        quick: QuickDecoder,
        scaling_factor: float,
        emit: EventSink,
    ) -> None:
        self._job_id = job_id
        self._heard_parts = heard_parts
        self._quick = quick
        self._scaling_factor = scaling_factor
        self._emit = emit
        self._schedule = PreviewSchedule()
        self._finished: list[tuple[int, Tensor]] = []

    def finished(self, first_frame: int, latents: Tensor) -> None:
        """Take note of frames that are final: absolute number of the first, (1, C, n, F)."""
        self._finished.append((first_frame, latents))

    def show(self, progress: SamplingProgress) -> None:
        """Emit a preview, if one is due."""
        if not self._schedule.is_due(progress.items_done, progress.items_total):
            return
        began_at = time.monotonic()
        known = progress.estimate()
        if known is None:
            return
        first_frame, latents = known
        if self._finished:
            # What is final is no estimate any more; so the two meet where the last final one ends.
            latents = latents[:, :, progress.end_finished - first_frame :]
            first_frame = self._finished[0][0]
            latents = torch.cat([*(part for _, part in self._finished), latents], dim=2)
            self._finished.clear()
        for part, start, num_frames in self._heard_parts:
            begin = max(first_frame, part)
            end = min(first_frame + latents.shape[2], part + num_frames)
            if begin < end:
                heard = latents[:, :, begin - first_frame : end - first_frame]
                self._tell(progress, start + begin - part, heard)
        self._schedule.made(began_at)

    def _tell(self, progress: SamplingProgress, start: int, heard: Tensor) -> None:
        self._emit(
            PreviewReady(
                job_id=self._job_id,
                step=progress.step,
                num_steps=progress.num_steps,
                first_mel_frame=mel_frames_of_latent(start),
                mel=self._quick.mel(heard / self._scaling_factor),
            )
        )


def _features(latents: Tensor) -> Tensor:
    """(L, K): the neighbourhood of each cell, and which frequency bin it is."""
    _, _, num_frames, num_bins = latents.shape
    neighbourhoods = F.unfold(latents, kernel_size=3, padding=1)[0].T
    bins = torch.eye(num_bins).to(latents).repeat(num_frames, 1)
    return torch.cat([neighbourhoods, bins], dim=1)


def _frozen(mel: Tensor) -> NDArray[np.float32]:
    values: NDArray[np.float32] = mel.float().cpu().numpy().copy()
    values.flags.writeable = False
    return values
