"""Where the networks run, and how much at once."""

from __future__ import annotations

import torch

from engine.api import EngineError
from engine.models.unet.config import UNetConfig

DEVICE_NAMES = ("auto", "cpu", "cuda")
_CPU_GROUP_ITEMS = 2
_CPU_GROUP_ITEMS_OF_LONG_PIECES = 4
_MANY_WINDOWS = 8
_MOST_GPU_BATCH_ITEMS = 64
_GPU_BYTES_PER_VALUE = 640
"""Working set for each value of the widest feature map: 320 MiB for a window of the S model."""


def choose_device(name: str) -> torch.device:
    """Find the device that a person asked for.

    Args:
        name: "auto" (the graphics processor if there is one), "cpu", "cuda" or "cuda:1".

    Raises:
        EngineError: There is no such device.
    """
    has_cuda = torch.cuda.is_available()
    if name == "auto":
        return torch.device("cuda" if has_cuda else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in {"cpu", "cuda"}:
        raise EngineError(
            f"There is no device “{name}”.", f"Choose one of: {', '.join(DEVICE_NAMES)}."
        )
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise EngineError(
            f"The device “{name}” was not found.", "Choose cpu, or check the graphics driver."
        )
    return device


def device_title(device: torch.device) -> str:
    """Name of the graphics processor, or "cpu"."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"


def group_items(device: torch.device, num_windows: int) -> int | None:
    """Items in every network call, so that the bits never depend on the batch; ``None`` on a GPU.

    Larger groups are faster for small networks (a fifth for the starter model) and hardly for large
    ones; but a group that is not full costs as much as a full one, which weighs on short pieces.

    Args:
        device: Where the network is.
        num_windows: Windows of the piece. They alone decide, so that a piece is computed in the
            same groups however often it is interrupted.
    """
    if device.type != "cpu":
        return None
    return _CPU_GROUP_ITEMS if num_windows < _MANY_WINDOWS else _CPU_GROUP_ITEMS_OF_LONG_PIECES


def most_batch_items(device: torch.device, unet: UNetConfig, window: int, bins: int) -> int:
    """Items that are given to the noise predictor at once.

    On the CPU a constant; on a GPU as many as fit into half of the free memory.

    Args:
        device: Where the network is.
        unet: Its sizes.
        window: Latent frames of a window.
        bins: Latent frequency bins.
    """
    if device.type == "cpu":
        return _CPU_GROUP_ITEMS_OF_LONG_PIECES
    free, _ = torch.cuda.mem_get_info(device)
    bytes_per_item = _GPU_BYTES_PER_VALUE * unet.block_channels[0] * window * bins
    return max(1, min(_MOST_GPU_BATCH_ITEMS, free // 2 // bytes_per_item))


def synchronize(device: torch.device) -> None:
    """Wait until the device has done what it was told."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
