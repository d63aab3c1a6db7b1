"""From latents to files: what the vocoder sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.api import EngineEvent
from engine.longform.vocoder import vocoded_chunks
from engine.runtime.progress import JobClock, Pace
from engine.runtime.sound.mel_decoder import MelDecoder
from engine.runtime.sound.rendering import Rendering
from tests.support.stored_models import small_model
from tests.support.tiny_model import tiny_config


class WideVocoder:
    """Sees exactly one step of the chunks' grid; its surplus shifts the sound by a part of a frame.

    Notes what it was given.
    """

    hop_length = 4
    halo_frames = 32

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def __call__(self, mel: Tensor, addresses: Tensor, /) -> Tensor:
        self.calls.append((int(addresses[0]), mel.shape[1]))
        return torch.zeros(1, mel.shape[1] * self.hop_length + 2)


def rendering_to(folder: Path, vocoder: WideVocoder) -> Rendering:
    events: list[EngineEvent] = []
    decoder = MelDecoder(
        small_model(tiny_config()).vae,
        1.0,
        reach=None,
        scratch_dir=folder,
        on_progress=lambda _done, _total: None,
        check_cancelled=lambda: None,
    )
    return Rendering(
        job_id="job",
        folder=folder,
        decoder=decoder,
        vocoder=vocoder,
        device=torch.device("cpu"),
        sample_rate=16_000,
        clock=JobClock("job", {}, Pace({}), events.append),
        emit=events.append,
    )


@torch.inference_mode()
def test_the_vocoder_sees_as_much_context_as_when_the_whole_mel_is_there(tmp_path: Path) -> None:
    vocoder, reference = WideVocoder(), WideVocoder()
    latents = torch.randn(1, 8, 600, 16, generator=torch.Generator().manual_seed(0))

    num_samples, _ = rendering_to(tmp_path, vocoder).whole(latents, num_bands=64)

    mel = torch.from_numpy(np.load(tmp_path / "mel.npy"))[None]
    assert num_samples == sum(len(c.samples[0]) for c in vocoded_chunks(reference, mel))
    assert vocoder.calls == reference.calls
    assert vocoder.calls[1] == (1024 - 64, 1024 + 128)
