"""A short text that two runs share only if they give the same latents."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import torch
from torch import nn

from engine.api import GenerateRequest
from engine.checkpoints.model import AudioLDM
from engine.runtime.version import engine_version

_WITHOUT_EFFECT = (
    "job_id",
    "output_dir",
    "wants_previews",
    "wants_early_audio",
    "memory_budget_bytes",
    "model",  # a path or a name; the weights themselves are looked at instead
)
_SAMPLED_VALUES = 16


def run_fingerprint(request: GenerateRequest, model: AudioLDM) -> str:
    """Identify a run of one version.

    Args:
        request: All of it counts but names, folders and wishes for events. Of files that it names,
            path, size and time of change count.
        model: The loaded model.

    Returns:
        64 hexadecimal digits.
    """
    fields = dataclasses.asdict(request)
    for name in _WITHOUT_EFFECT:
        del fields[name]
    content = {
        "request": fields,
        "files": [_file_facts(path) for path in _paths(request)],
        "model": model_identity(model),
        "engine": engine_version(),
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def model_identity(model: AudioLDM) -> str:
    """Identify a model by its configuration and a sample of every tensor.

    A whole hash of some gigabytes would take seconds at the start of every job.

    Returns:
        64 hexadecimal digits.
    """
    digest = hashlib.sha256(repr(model.config).encode())
    for network in (model.unet, model.text_encoder, model.audio_encoder, model.vae):
        if network is not None:
            _add_network(digest, network)
    return digest.hexdigest()


def _add_network(digest: hashlib._Hash, network: nn.Module) -> None:
    samples = []
    for name, tensor in network.state_dict().items():
        digest.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
        flat = tensor.reshape(-1)
        # One transfer for all: each would make a graphics processor wait.
        samples.append(flat[:: max(1, len(flat) // _SAMPLED_VALUES)].double())
    if samples:
        digest.update(torch.cat(samples).cpu().numpy().tobytes())


def _paths(request: GenerateRequest) -> list[str]:
    paths = [anchor.audio_path for region in request.regions for anchor in region.anchors]
    if request.base is not None:
        paths += [request.base.latents_path, request.base.state_path]
    if request.source is not None:
        paths.append(request.source.path)
    return paths


def _file_facts(path: str) -> tuple[str, int, int]:
    """Path, bytes and time of the last change; a missing file has none and is found out later."""
    try:
        facts = Path(path).stat()
    except OSError:
        return path, -1, -1
    return path, facts.st_size, facts.st_mtime_ns
