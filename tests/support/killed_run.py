"""Runs a job of the tiny model and kills its own process, as ``kill -9`` does, in the middle of it.

    python -m tests.support.killed_run MODEL FOLDER FRAMES CALLS

``CALLS`` is the number of network calls that are let through; -1 dies at the first final mel.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from torch import Tensor

from engine.api import CancellationToken, EngineEvent, MelReady
from engine.runtime.files import sampler_checkpoint
from engine.runtime.loaded_model import LoadedModel
from engine.runtime.local_engine import LocalEngine
from tests.support.tiny_model import region, tiny_request

NUM_STEPS = 6


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    model, folder, frames, calls = sys.argv[1:]
    # A tiny model is done before a state would be stored.
    sampler_checkpoint._INTERVAL_SECONDS = 0.0
    sampler_checkpoint._SHARE_OF_TIME = 1e9
    calls_left = [int(calls)]
    predict_noise = LoadedModel.predict_noise

    def counted(
        loaded: LoadedModel,
        latents: Tensor,
        timesteps: Tensor,
        conditioning: Tensor,
        *,
        group_items: int | None = None,
    ) -> Tensor:
        if calls_left[0] == 0:
            _die()
        calls_left[0] -= 1
        return predict_noise(loaded, latents, timesteps, conditioning, group_items=group_items)

    def emit(event: EngineEvent) -> None:
        if int(calls) < 0 and isinstance(event, MelReady) and event.is_final:
            _die()

    LoadedModel.predict_noise = counted  # type: ignore[method-assign, assignment]
    request = tiny_request(
        Path(model), Path(folder), region(0, int(frames)), num_steps=NUM_STEPS, job_id="killed"
    )
    LocalEngine(device="cpu").generate(request, CancellationToken(), emit)


if __name__ == "__main__":
    main()
