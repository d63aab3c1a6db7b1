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

from engine.diffusion.guidance import GuidedPrediction, guided_noise_pred
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
class JointDenoiser:
    """The network spread over a whole track.

    Attributes:
        predict_noise: The network.
        grid: Where the windows lie.
        prompts: What each window is asked.
        max_batch_items: Most items in one network call; batches reach across windows.
        check_cancelled: Called before every network call.
    """

    predict_noise: PredictNoise
    grid: WindowGrid
    prompts: WindowPrompts
    max_batch_items: int
    check_cancelled: CheckCancelled = lambda: None

    def __post_init__(self) -> None:
        if self.max_batch_items < 1:
            raise ValueError(f"max_batch_items must be at least 1, got {self.max_batch_items}")
        if len(self.prompts.terms) != self.grid.num_windows:
            raise ValueError(
                f"prompts are for {len(self.prompts.terms)} windows, "
                f"the grid has {self.grid.num_windows}"
            )

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
        for window, prediction in self.window_predictions(latents, timestep, chosen):
            # In window order, whatever the batches, so that rounding never depends on them.
            begin = self.grid.starts[window] - self.grid.first_frame
            frames = fused[:, :, begin : begin + self.grid.window]
            weights = self.grid.weights(window).to(frames).view(1, 1, -1, 1)
            frames += weights * prediction
        return fused

    def window_predictions(
        self, latents: Tensor, timestep: int, windows: Sequence[int]
    ) -> Iterator[tuple[int, Tensor]]:
        """Guided prediction (1, C, W, F) of each window, in the given order."""
        items = [(window, row) for window in windows for row in self.prompts.rows(window)]
        ready: dict[tuple[int, int], Tensor] = {}
        position = 0
        for start in range(0, len(items), self.max_batch_items):
            batch = items[start : start + self.max_batch_items]
            self.check_cancelled()
            predicted = self._predicted(latents, timestep, batch)
            ready.update((item, predicted[i : i + 1]) for i, item in enumerate(batch))
            while position < len(windows) and self._is_complete(windows[position], ready):
                window = windows[position]
                yield window, self._guided(window, ready, latents)
                position += 1

    def _predicted(
        self, latents: Tensor, timestep: int, batch: Sequence[tuple[int, int]]
    ) -> Tensor:
        begins = [self.grid.starts[window] - self.grid.first_frame for window, _ in batch]
        inputs = torch.cat([latents[:, :, b : b + self.grid.window] for b in begins])
        timesteps = torch.full((len(batch),), timestep, dtype=torch.int64, device=latents.device)
        conditioning = self.prompts.vectors[[row for _, row in batch]].to(latents.device)
        return self.predict_noise(inputs, timesteps, conditioning)

    def _is_complete(self, window: int, ready: dict[tuple[int, int], Tensor]) -> bool:
        return all((window, row) in ready for row in self.prompts.rows(window))

    def _guided(self, window: int, ready: dict[tuple[int, int], Tensor], latents: Tensor) -> Tensor:
        predictions = {row: ready.pop((window, row)) for row in self.prompts.rows(window)}
        return guided_noise_pred(
            [
                GuidedPrediction(
                    conditional=predictions[term.conditional],
                    unconditional=(
                        None if term.unconditional is None else predictions[term.unconditional]
                    ),
                    guidance_scale=term.guidance_scale,
                    share=1.0 if term.share is None else term.share.to(latents),
                )
                for term in self.prompts.terms[window]
            ]
        )
