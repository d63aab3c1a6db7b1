"""What a section costs does not depend on how long the lane is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.diffusion.noise import position_keyed_noise
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.noise_layers import whole_layer
from engine.longform.sections import CroppedGrid
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.window_prompts import window_prompts
from engine.runtime.kept.material import KeptLatents
from engine.runtime.piece_plan import plan_piece
from engine.runtime.take.phase_addresses import first_run
from engine.runtime.take.state import TakeState
from tests.support.local_engine import base_in, section
from tests.support.tiny_model import STRIDE_LATENT_FRAMES, region, tiny_config, tiny_request


def take_of(folder: Path, num_frames: int, num_hidden: int = 0) -> None:
    """Latents (a file with a hole, all zero) and state of a take that begins at frame 0."""
    latents = np.lib.format.open_memmap(
        folder / "latents.npy", mode="w+", dtype=np.float32, shape=(8, num_frames + num_hidden, 16)
    )
    latents.flush()
    TakeState(
        model="tiny",
        first_latent_frame=0,
        num_latent_frames=num_frames,
        stride_latent_frames=STRIDE_LATENT_FRAMES,
        origin_latent_frame=0,
        stored_start=0,
        stored_end=num_frames + num_hidden,
        layers=(whole_layer(seed=7, stream=0, take=0, start=0, end=num_frames + num_hidden),),
        addresses=(first_run(0, num_frames),),
        attention_reach=128,
        statistics=DecoderStatistics(values=torch.zeros(1, 2, 4, dtype=torch.float64)),
    ).save(folder / "state.npz")


def work(folder: Path, minutes: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Network evaluations, noise frames and latents of two sections in a lane of some minutes."""
    num_frames = minutes * 60 * 25
    folder.mkdir()
    take_of(folder, num_frames)
    counts = {"noise": 0, "read": 0}

    def counted(
        seed: int, stream: int, take: int, first: int, num: int, **sizes: int
    ) -> torch.Tensor:
        counts["noise"] += num
        return position_keyed_noise(seed, stream, take, first, num, **sizes)

    read = KeptLatents.read

    def counted_read(self: KeptLatents, start: int, end: int) -> NDArray[np.float32]:
        counts["read"] += end - start
        return read(self, start, end)

    monkeypatch.setattr("engine.longform.noise_layers.position_keyed_noise", counted)
    monkeypatch.setattr(KeptLatents, "read", counted_read)
    request = tiny_request(folder, folder, region(0, num_frames))
    sections = (section(400, 40), section(1000, 25))
    piece = plan_piece(replace(request, sections=sections, base=base_in(folder)), tiny_config())
    context = piece.context(torch.device("cpu"))
    assert context is not None
    grid = piece.work_grid
    fresh = piece.noise(torch.device("cpu"))(1, grid.first_frame, grid.end_frame)
    vector = torch.ones(4)
    span = PromptSpan(
        start=0, end=num_frames, conditioning=vector, unconditional=-vector, guidance_scale=2.0
    )
    prompts = window_prompts(piece.grid, PromptTimeline([span]), piece.windows)
    monkeypatch.undo()
    return {
        **counts,
        "items": prompts.num_evaluations,
        "held": context.clean.shape[2] + context.noise.shape[2] + fresh.shape[2],
        "windows": len(piece.windows),
    }


def test_an_hour_costs_what_a_minute_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = work(tmp_path / "short", 1, monkeypatch)
    long = work(tmp_path / "long", 60, monkeypatch)

    assert short == long
    # 65 frames are made; the windows of 16 frames around them read a little more.
    assert 65 < short["read"] <= 65 + 4 * 16
    assert short["windows"] <= 65 // 8 + 4
    assert short["items"] == 2 * short["windows"]


def test_hidden_frames_that_nobody_stored_are_made_up_by_windows_that_count_there(
    tmp_path: Path,
) -> None:
    """Otherwise they would stay unguided noise, which the windows of the section read."""
    take_of(tmp_path, 123, num_hidden=2)
    request = replace(
        tiny_request(tmp_path, tmp_path, region(0, 123)),
        sections=(section(104, 12),),
        base=base_in(tmp_path),
    )

    piece = plan_piece(request, tiny_config())

    assert piece.grid.end_frame == 128
    context, crop = piece.context(torch.device("cpu")), piece.crop
    assert context is not None
    assert crop is not None
    free = {int(frame) for frame in context.is_free.nonzero()}
    assert free == {f for a, b in ((104, 116), (125, 128)) for f, *_ in frames_in(crop, a, b)}
    counted = {f for w in range(crop.num_windows) for f in range(*crop.support(w))}
    assert free <= counted
    assert piece.stored_range == (0, 125)


def frames_in(crop: CroppedGrid, start: int, end: int) -> list[tuple[int, int, int]]:
    """Each of the frames alone; see ``CroppedGrid.overlaps``."""
    return [part for f in range(start, end) for part in crop.overlaps(f, f + 1)]
