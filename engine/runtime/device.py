"""Where the networks run, in which precision, and how much at once."""

from __future__ import annotations

import torch

from engine.api import EngineError

DEVICE_NAMES = ("auto", "cpu", "cuda")
_CPU_BATCH_ITEMS = 4
_MOST_GPU_BATCH_ITEMS = 64
_GPU_BYTES_PER_ITEM = 320 << 20
"""Working set of one window of the S model in half precision, attention included, rounded up."""


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


def network_dtype(device: torch.device) -> torch.dtype:
    """Precision of the noise predictor; everything else is float32."""
    return torch.bfloat16 if device.type == "cuda" else torch.float32


def most_batch_items(device: torch.device) -> int:
    """Windows in one network call.

    On the CPU a constant: the batch can change the last bits of the result, so it must not depend
    on how much memory happens to be free.
    """
    if device.type == "cpu":
        return _CPU_BATCH_ITEMS
    free, _ = torch.cuda.mem_get_info(device)
    return max(1, min(_MOST_GPU_BATCH_ITEMS, free // 2 // _GPU_BYTES_PER_ITEM))


def synchronize(device: torch.device) -> None:
    """Wait until the device has done what it was told."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
