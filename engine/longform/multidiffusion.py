"""Joint diffusion of overlapping windows (MultiDiffusion, Bar-Tal et al. 2023).

At every step each window predicts the noise of its own frames; the predictions are averaged with
the windows' weights, and **one** solver step moves the whole track. Fusing before the step makes
any solver work, multistep ones included, and leaves one history for the whole track.

Shape letters in this file:
    N  items of one network call (a window under one conditioning vector)
    C  latent channels
    T  latent frames of the whole track
    W  latent frames of a window
    F  latent frequency bins
    D  width of a conditioning vector
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from engine.diffusion.guidance import GuidedPrediction, guided_noise_pred, is_guided
from engine.longform.window_prompts import WindowPrompts
from engine.longform.windows import WindowGrid

CheckCancelled = Callable[[], None]
"""Called between network calls; raises to stop the work."""


class PredictNoise(Protocol):
    """The denoising network, seen as a function."""

    def __call__(self, latents: Tensor, timesteps: Tensor, conditioning: Tensor, /) -> Tensor:
        """Map (N, C, W, F), (N,) int64 and (N, D) to the predicted noise (N, C, W, F)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WindowRequest:
    """One window to predict.

    Attributes:
        window: Its number in the grid.
        latents: (1, C, W, F) its noisy latents.
        timestep: Their noise level.
    """

    window: int
    latents: Tensor
    timestep: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointDenoiser:
    """The network spread over a whole track.

    Attributes:
        predict_noise: The network.
        grid: Where the windows lie.
        prompts: What each window is asked.
        max_batch_items: Most items in one network call; batches reach across windows.
        guidance_interval: Timesteps ``[low, high)`` with guidance; at others only the prompts
            themselves are evaluated. ``None`` guides at all.
        check_cancelled: Called before every network call.
    """

    predict_noise: PredictNoise
    grid: WindowGrid
    prompts: WindowPrompts
    max_batch_items: int
    guidance_interval: tuple[int, int] | None = None
    check_cancelled: CheckCancelled = lambda: None

    def __post_init__(self) -> None:
        if self.max_batch_items < 1:
            raise ValueError(f"max_batch_items must be at least 1, got {self.max_batch_items}")
        if len(self.prompts.terms) != self.grid.num_windows:
            raise ValueError(
                f"prompts are for {len(self.prompts.terms)} windows, "
                f"the grid has {self.grid.num_windows}"
            )

    def num_evaluations(self, window: int, timestep: int) -> int:
        """Network evaluations that a window costs at a noise level."""
        return len(self._rows(window, timestep))

    def _rows(self, window: int, timestep: int) -> tuple[int, ...]:
        return self.prompts.rows(window, is_guided=is_guided(timestep, self.guidance_interval))

    def noise_pred(
        self, latents: Tensor, timestep: int, windows: Sequence[int] | None = None
    ) -> Tensor:
        """Predicted noise of the whole track.

        Args:
            latents: (1, C, T, F) with ``T = grid.num_frames``.
            timestep: Noise level of all frames.
            windows: Numbers of the windows to evaluate, ascending; all by default. Frames that
                other windows belong to come out incomplete.

        Returns:
            (1, C, T, F) in float32, or in float64 if the latents are.
        """
        chosen = range(self.grid.num_windows) if windows is None else windows
        fused = torch.zeros_like(latents)
        views = [self.grid.window_of(latents, window) for window in chosen]
        requests = [
            WindowRequest(window=window, latents=view, timestep=timestep)
            for window, view in zip(chosen, views, strict=True)
        ]
        for request, prediction in self.predictions(requests):
            self.add_weighted(fused, request.window, prediction)
        return fused

    def add_weighted(
        self, fused: Tensor, window: int, prediction: Tensor, *, first_frame: int | None = None
    ) -> None:
        """Add a window's share of the fused prediction, in place, where the window counts.

        Windows must come in ascending order at every frame, so that rounding never depends on how
        the work was batched.

        Args:
            fused: (1, C, T, F) the sum so far.
            window: Number of the window.
            prediction: (1, C, W, F) its guided prediction.
            first_frame: Absolute number of the first frame of ``fused``; the grid's by default.
        """
        begin, end = self.grid.support(window)
        counted = slice(begin - self.grid.starts[window], end - self.grid.starts[window])
        weights = self.grid.weights(window)[counted].to(fused).view(1, 1, -1, 1)
        share = weights * prediction[:, :, counted]
        if first_frame is None:
            places = self.grid.places(begin, end)
        else:
            places = (slice(begin - first_frame, end - first_frame),)
        done = 0
        for place in places:
            length = place.stop - place.start
            fused[:, :, place] += share[:, :, done : done + length]
            done += length

    def predictions(
        self, requests: Sequence[WindowRequest]
    ) -> Iterator[tuple[WindowRequest, Tensor]]:
        """Guided prediction (1, C, W, F) of each request, in the given order."""
        items = [
            (i, row) for i, r in enumerate(requests) for row in self._rows(r.window, r.timestep)
        ]
        ready: dict[tuple[int, int], Tensor] = {}
        position = 0
        for start in range(0, len(items), self.max_batch_items):
            batch = items[start : start + self.max_batch_items]
            self.check_cancelled()
            predicted = self._asked(requests, batch)
            ready.update((item, predicted[i : i + 1]) for i, item in enumerate(batch))
            while position < len(requests) and self._is_complete(position, requests, ready):
                yield requests[position], self._guided(position, requests[position], ready)
                position += 1

    def _asked(self, requests: Sequence[WindowRequest], batch: Sequence[tuple[int, int]]) -> Tensor:
        inputs = torch.cat([requests[i].latents for i, _ in batch])
        timesteps = torch.tensor(
            [requests[i].timestep for i, _ in batch], dtype=torch.int64, device=inputs.device
        )
        conditioning = self.prompts.vectors[[row for _, row in batch]].to(inputs.device)
        return self.predict_noise(inputs, timesteps, conditioning)

    def _is_complete(
        self,
        position: int,
        requests: Sequence[WindowRequest],
        ready: dict[tuple[int, int], Tensor],
    ) -> bool:
        rows = self._rows(requests[position].window, requests[position].timestep)
        return all((position, row) in ready for row in rows)

    def _guided(
        self, position: int, request: WindowRequest, ready: dict[tuple[int, int], Tensor]
    ) -> Tensor:
        rows = self._rows(request.window, request.timestep)
        predictions = {row: ready.pop((position, row)) for row in rows}
        guides = is_guided(request.timestep, self.guidance_interval)
        return guided_noise_pred(
            [
                GuidedPrediction(
                    conditional=predictions[term.conditional],
                    unconditional=(
                        predictions[term.unconditional]
                        if guides and term.unconditional is not None
                        else None
                    ),
                    guidance_scale=_like(request.latents, term.guidance_scale) if guides else 1.0,
                    share=1.0 if term.share is None else _like(request.latents, term.share),
                )
                for term in self.prompts.terms[request.window]
            ]
        )


def _like(latents: Tensor, values: Tensor | float) -> Tensor | float:
    if not isinstance(values, Tensor):
        return values
    return values.to(latents.dtype).to(latents.device)  # not every device knows float64
