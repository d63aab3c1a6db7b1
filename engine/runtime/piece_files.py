"""The latents of a piece on disk: what was sampled, and what of another take stays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.runtime.kept.material import write_latents
from engine.runtime.piece import Piece
from engine.runtime.sound.splicing import MappedLatents


def save_latents(piece: Piece, path: Path, sampled: Tensor | None) -> None:
    """Write the latents of a piece that keeps parts of another, hidden frames included.

    Args:
        piece: What was asked for, with a base.
        path: Replaced if it exists.
        sampled: (1, C, T, F) by the frames of the piece's work grid; ``None`` if nothing was made.
    """
    if piece.kept is None:
        raise ValueError("a piece without a base is sampled into its file")
    made = (
        (absolute, sampled[0, :, first : first + num].cpu().numpy())
        for start, end in piece.kept.made
        if sampled is not None
        for first, absolute, num in piece.work_parts(start, end)
    )
    write_latents(path, piece.kept_latents(), piece.kept.spans, piece.stored_range, made)


def saved_latents(piece: Piece, path: Path, device: torch.device) -> MappedLatents:
    """The latents of the piece itself, hidden frames not included, as they were saved.

    Args:
        piece: What was asked for.
        path: Written by :func:`save_latents`.
        device: Where they are wanted.
    """
    values = np.load(path, mmap_mode="r", allow_pickle=False)
    begin = piece.request.first_latent_frame - piece.stored_range[0]
    return MappedLatents(values[:, begin : begin + piece.num_latent_frames], device)
