"""Loading a model from whatever layout it is in."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.checkpoints.diffusers_layout import INDEX_FILE, read_diffusers
from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.model import AttentionHeads, AudioLDM, StoredModel, assemble
from engine.checkpoints.original_layout import read_original
from engine.checkpoints.own_layout import is_own, read_own


def load_checkpoint(
    path: Path | str,
    *,
    device: str | torch.device = "cpu",
    dtype: torch.dtype = torch.float32,
    attention_heads: AttentionHeads = "original",
) -> AudioLDM:
    """Load a model; see :func:`engine.checkpoints.registry.resolve_model` for names.

    Args:
        path: A folder of our own layout, a diffusers folder, or an original checkpoint file.
        device: Where the networks go.
        dtype: Precision of the noise predictor; the other networks stay float32, where half
            precision saves little and overflows.
        attention_heads: ``"original"``, as the UNet was trained, or a fixed number of heads at
            every level; 8 gives the output of the diffusers library.

    Returns:
        The model, in evaluation mode and without gradients. The same weights give the same
        results, bit by bit, whatever layout they came from.

    Raises:
        CheckpointError: There is no such model, or it is damaged, unsafe or of another kind.
    """
    return assemble(_read(Path(path)), device=device, dtype=dtype, attention_heads=attention_heads)


def _read(path: Path) -> StoredModel:
    if path.is_file():
        return read_original(path)
    if not path.is_dir():
        raise CheckpointError(
            f"There is no model at {path}.", "Check the path, or choose a model in the settings."
        )
    if is_own(path):
        return read_own(path)
    if (path / INDEX_FILE).is_file():
        return read_diffusers(path)
    raise CheckpointError(
        f"{path} is not a model folder.",
        f"It needs a config.json of Longwave or a {INDEX_FILE} of diffusers; for an original"
        " checkpoint choose the file itself.",
    )
