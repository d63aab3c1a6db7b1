"""What jobs of the tiny model are held against: joint diffusion by hand over its own network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.api import GenerateRequest
from engine.checkpoints.model import AudioLDM
from engine.diffusion.noise import position_keyed_noise
from tests.support.slow_sampler import Track
from tests.support.tiny_model import region, tiny_request

FIRST, NUM_FRAMES, NUM_STEPS = 10, 75, 3
WINDOW, STRIDE, RAMP = 16, 8, 2
SEED, GUIDANCE = 7, 3.0
NUM_HIDDEN = 5
"""The last of the windows at 10, 18, 26 ... ends at frame 90, the piece at 85."""
TOLERANCE = 1e-4
"""The network works in float32."""


def request_for(folder: Path, output: Path, eta: float, num_frames: int) -> GenerateRequest:
    request = tiny_request(folder, output, region(FIRST, num_frames), num_steps=NUM_STEPS)
    return replace(request, sampling=replace(request.sampling, eta=eta))


def latents_in(output: Path) -> Tensor:
    return torch.from_numpy(np.load(output / "latents.npy")).double()


def track(num_frames: int, *, is_circular: bool = False) -> Track:
    last = num_frames if is_circular else num_frames - WINDOW + 1
    return Track(
        num_frames=num_frames,
        starts=tuple(range(0, last, STRIDE)),
        window=WINDOW,
        ramp=RAMP,
        is_circular=is_circular,
    )


def drawn(step: int, take: int, frame: int) -> Tensor:
    """(8, 16) of one absolute frame."""
    return position_keyed_noise(SEED, 0, take, frame, 1, step=step)[0, :, 0].double()


def predict_with(model: AudioLDM) -> Callable[[int, Tensor, int], Tensor]:
    vectors = [model.embed_prompts([text])[0] for text in ("", "rain")]

    def predict(_start: int, x: Tensor, timestep: int) -> Tensor:
        unconditional, conditional = (
            model.unet(x[None].float(), torch.tensor([timestep]), vector[None])[0].double()
            for vector in vectors
        )
        guided: Tensor = unconditional + GUIDANCE * (conditional - unconditional)
        return guided

    return predict


def whole_noise(num_frames: int) -> Callable[[int], Tensor]:
    return lambda step: torch.stack([drawn(step, 0, FIRST + p) for p in range(num_frames)], dim=1)


def error(got: Tensor, expected: Tensor) -> float:
    return float((got - expected).abs().max() / expected.square().mean().sqrt())
