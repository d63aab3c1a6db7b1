"""What the network must be asked in each window, and how the answers are mixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.curves import FrameValues, frame_centres
from engine.longform.sphere import morphed
from engine.longform.windows import WindowGrid

SINGLE_PROMPT_SHARE = 0.98
_NEGLIGIBLE_SHARE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WindowTerm:
    """One prompt within one window.

    Attributes:
        conditional: Row of the prompt in :attr:`WindowPrompts.vectors`.
        unconditional: Row of its negative prompt, or ``None`` where guidance is off.
        guidance_scale: Weight of the prompt against the unconditional prediction: a number, or
            (W, 1) float64, one for each frame, where it changes within the window.
        share: (W, 1) float64 share of each frame, or ``None`` for all of every frame.
    """

    conditional: int
    unconditional: int | None
    guidance_scale: Tensor | float
    share: Tensor | None

    def rows(self, *, is_guided: bool = True) -> tuple[int, ...]:
        """Rows that must be evaluated for this term, with guidance or without."""
        if self.unconditional is None or not is_guided:
            return (self.conditional,)
        return (self.unconditional, self.conditional)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WindowPrompts:
    """Prompts of all windows of a grid.

    Attributes:
        vectors: (V, D) float32, every distinct vector once.
        terms: For each window, what to mix; the shares of its terms sum to 1 at every frame.
    """

    vectors: Tensor
    terms: tuple[tuple[WindowTerm, ...], ...]

    def rows(self, window: int, *, is_guided: bool = True) -> tuple[int, ...]:
        """Distinct rows to evaluate in a window, shared unconditional ones once.

        Args:
            window: Number of the window.
            is_guided: Whether guidance is applied at the noise level in question.
        """
        terms = self.terms[window]
        return tuple(dict.fromkeys(row for term in terms for row in term.rows(is_guided=is_guided)))

    @property
    def num_evaluations(self) -> int:
        """Network evaluations of one guided step over all windows."""
        return sum(len(self.rows(window)) for window in range(len(self.terms)))


def window_prompts(
    grid: WindowGrid, timeline: PromptTimeline, windows: Sequence[int] | None = None
) -> WindowPrompts:
    """Decide what each window is asked.

    A window in which one prompt has at least 98 % of the weighted frames is asked for that prompt
    alone. Otherwise prompts joined by a morph are merged into one vector, by their mean share in
    the window, and what remains is blended frame by frame. Guidance always goes frame by frame;
    where none of the frames that count has any, the unconditional prediction is not asked for.

    Args:
        grid: The windows.
        timeline: Prompts over time.
        windows: Numbers of the windows that will be evaluated; all by default.

    Returns:
        Terms for each of these windows, in the given order.
    """
    bank = _VectorBank()
    chosen = range(grid.num_windows) if windows is None else windows
    terms = tuple(_window_terms(grid, index, timeline, bank) for index in chosen)
    return WindowPrompts(vectors=torch.stack(bank.vectors), terms=terms)


class _VectorBank:
    """Gives equal vectors the same row."""

    def __init__(self) -> None:
        self.vectors: list[Tensor] = []
        self._rows: dict[bytes, int] = {}

    def row(self, vector: Tensor) -> int:
        vector = vector.detach().to("cpu", torch.float32)
        key = vector.numpy().tobytes()
        if key not in self._rows:
            self._rows[key] = len(self.vectors)
            self.vectors.append(vector)
        return self._rows[key]


def _window_terms(
    grid: WindowGrid, index: int, timeline: PromptTimeline, bank: _VectorBank
) -> tuple[WindowTerm, ...]:
    shares = timeline.shares(grid.starts[index], grid.window)
    weights = grid.weights(index).double().numpy()
    means = {i: float(weights @ share / weights.sum()) for i, share in shares.items()}
    strongest = max(means, key=lambda i: means[i])
    if means[strongest] >= SINGLE_PROMPT_SHARE:
        shares = {strongest: np.ones(grid.window)}
    present = [i for i in shares if means[i] > _NEGLIGIBLE_SHARE]
    clusters = _joined_by_morphs(present, timeline)
    masks = _normalised([np.sum([shares[i] for i in cluster], axis=0) for cluster in clusters])
    centres = frame_centres(grid.starts[index], grid.window)
    return tuple(
        _term(
            [timeline.spans[i] for i in cluster],
            [means[i] for i in cluster],
            mask if len(clusters) > 1 else None,
            _guidance(
                [timeline.spans[i].guidance(centres) for i in cluster],
                [np.where(weights > 0.0, shares[i], 0.0) for i in cluster],
            ),
            bank,
        )
        for cluster, mask in zip(clusters, masks, strict=True)
    )


def _joined_by_morphs(present: Sequence[int], timeline: PromptTimeline) -> list[list[int]]:
    clusters: list[list[int]] = []
    for i in present:
        touching = [c for c in clusters if any(timeline.morphs(i, j) for j in c)]
        merged = [j for cluster in touching for j in cluster] + [i]
        clusters = [c for c in clusters if c not in touching] + [merged]
    return clusters


def _normalised(masks: list[FrameValues]) -> list[FrameValues]:
    """Make shares sum to 1 although negligible prompts were left out."""
    total = np.sum(masks, axis=0)
    # Where only left-out prompts were present (outside the window's core) any split will do.
    safe = np.where(total > 0.0, total, 1.0)
    return [np.where(total > 0.0, mask / safe, 1.0 / len(masks)) for mask in masks]


def _guidance(values: list[FrameValues], shares: list[FrameValues]) -> Tensor | float:
    """Mean guidance of prompts that were merged, by share; a number where it is constant.

    Args:
        values: (W,) guidance of each prompt.
        shares: (W,) share of each prompt, 0 in frames that do not count.
    """
    heard = np.concatenate([v[share > 0.0] for v, share in zip(values, shares, strict=True)])
    if heard.min() == heard.max():
        return float(heard[0])
    total = np.sum(shares, axis=0)
    weighted = np.sum([v * share for v, share in zip(values, shares, strict=True)], axis=0)
    # Where no frame counts any guidance will do.
    mean = np.where(total > 0.0, weighted / np.where(total > 0.0, total, 1.0), 1.0)
    return _column(mean)


def _term(
    spans: list[PromptSpan],
    weights: list[float],
    mask: FrameValues | None,
    scale: Tensor | float,
    bank: _VectorBank,
) -> WindowTerm:
    conditioning = _merged([span.conditioning for span in spans], weights)
    unconditional = _merged([span.unconditional for span in spans], weights)
    is_guided = isinstance(scale, Tensor) or scale != 1.0
    return WindowTerm(
        conditional=bank.row(conditioning),
        unconditional=bank.row(unconditional) if is_guided else None,
        guidance_scale=scale,
        share=None if mask is None else _column(mask),
    )


def _column(values: FrameValues) -> Tensor:
    return torch.from_numpy(values).unsqueeze(1)


def _merged(vectors: list[Tensor], weights: list[float]) -> Tensor:
    """The common vector, untouched where all are the same."""
    if all(torch.equal(vector, vectors[0]) for vector in vectors):
        return vectors[0]
    return morphed(vectors, weights)
