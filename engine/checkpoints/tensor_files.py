"""Tensors from files that nobody has vouched for.

A pickle is a program. Files are therefore read as safetensors, or by the restricted unpickler of
torch, which knows tensors and nothing else; there is no way round it.
"""

from __future__ import annotations

import logging
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.checkpoints.errors import CheckpointError

logger = logging.getLogger(__name__)

_ZIP_MAGIC = b"PK\x03\x04"
_GET_AGAIN = "It may be cut short; get it again from its source."


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read the named tensors of one file.

    Args:
        path: A ``.safetensors`` file, or one that torch saved; the tensors may be under the key
            ``state_dict``, as training frameworks write them.

    Returns:
        Name -> tensor on the CPU, mapped from the file where possible.

    Raises:
        CheckpointError: The file is missing, empty, cut short, not of tensors, or holds a
            program; nothing of it was executed.
    """
    if not path.is_file():
        raise CheckpointError(f"There is no file {path}.", "Get the model again.")
    if path.stat().st_size == 0:
        raise CheckpointError(f"{path} is empty.", "Get it again from its source.")
    if path.suffix == ".safetensors":
        return _read_safetensors(path)
    content = _read_pickle(path)
    if isinstance(content, dict) and isinstance(content.get("state_dict"), dict):
        content = content["state_dict"]
    if not isinstance(content, dict) or not content:
        raise CheckpointError(
            f"{path} holds no named tensors.", "Choose the checkpoint of a whole AudioLDM model."
        )
    for name, value in content.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise CheckpointError(
                f"{path} holds {name!r}, which is not a tensor.",
                "Choose the checkpoint of a whole AudioLDM model.",
            )
    return dict(content)


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        tensors: dict[str, Tensor] = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"{path} is not a whole safetensors file.", _GET_AGAIN) from error
    return tensors


def _read_pickle(path: Path) -> object:
    is_zip = zipfile.is_zipfile(path)
    if not is_zip:
        with path.open("rb") as file:
            if file.read(len(_ZIP_MAGIC)) == _ZIP_MAGIC:
                raise CheckpointError(f"{path} is not complete.", _GET_AGAIN)
    try:
        # Mapping keeps the raw UNet beside the averaged one out of memory.
        content: object = torch.load(path, map_location="cpu", weights_only=True, mmap=is_zip)
    except pickle.UnpicklingError as error:
        # The full message suggests to trust the file, so only the log has it.
        logger.warning("refused %s: %s", path, error)
        raise CheckpointError(
            f"{path} is not a file of plain tensors and was not opened.",
            "Files of this kind can run programs. Use the published file, or a safetensors copy.",
        ) from error
    # Bytes that are no pickle at all make the unpickler stumble in any way there is.
    except Exception as error:
        logger.warning("cannot read %s: %s", path, error)
        raise CheckpointError(f"{path} is not a readable checkpoint.", _GET_AGAIN) from error
    return content


def load_into(module: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Give a network its weights, if they are exactly the ones it has.

    Args:
        module: The network; its floating-point tensors take over their own dtype.
        tensors: Name -> tensor; floating-point tensors of any precision.
        path: Where they came from, for messages.

    Raises:
        CheckpointError: A tensor is missing, unknown, of another shape, or not of numbers of the
            kind expected.
    """
    expected = module.state_dict()
    if missing := sorted(expected.keys() - tensors.keys()):
        shape = tuple(expected[missing[0]].shape)
        raise CheckpointError(
            f"{path} lacks the tensor {missing[0]!r} of shape {shape}{_and_more(missing)}.",
            "It belongs to another model, or is not complete.",
        )
    if unknown := sorted(tensors.keys() - expected.keys()):
        raise CheckpointError(
            f"{path} has the unknown tensor {unknown[0]!r}{_and_more(unknown)}.",
            "It belongs to another kind of model.",
        )
    state: dict[str, Tensor] = {}
    for name, wanted in expected.items():
        found = tensors[name]
        if found.shape != wanted.shape:
            raise CheckpointError(
                f"{path}: {name!r} has shape {tuple(found.shape)}, expected {tuple(wanted.shape)}.",
                "The configuration and the weights belong to different models.",
            )
        if found.is_floating_point() != wanted.is_floating_point():
            raise CheckpointError(
                f"{path}: {name!r} holds {found.dtype}, expected {wanted.dtype}.",
                "Get the model again.",
            )
        # A copy, because results depend on the alignment of the weights in the last digits, which
        # in a mapped file follows from the length of its header; and files may change or vanish.
        state[name] = found.to(wanted.dtype, copy=True)
    module.load_state_dict(state, strict=True, assign=True)


def _and_more(names: list[str]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""
