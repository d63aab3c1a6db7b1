"""What a decode holds and does: bounded by the plan and a tile, and proportional to the length."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from engine.longform.tiled_vae.decoder import DecodeSettings, TiledDecode
from engine.longform.tiled_vae.parking import parking_plans
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.vocoder import vocoded_chunks
from engine.models.vae.config import VAEConfig
from engine.models.vae.vae import VAE
from tests.support.live_memory import LiveMemory
from tests.support.resident_decode import FULL_TENSOR_BYTES

ROOT = Path(__file__).parents[2]
MINUTE = 60 * 25
REACH = 128


def thin_vae() -> VAE:
    torch.manual_seed(0)
    config = VAEConfig(
        mel_channels=1,
        block_channels=(4, 4, 8),
        layers_per_block=1,
        latent_channels=3,
        norm_groups=4,
    )
    return VAE(config).eval()


def latents(num_frames: int, bins: int = 2) -> Tensor:
    """With a level step."""
    x = torch.randn(1, 3, num_frames, bins, generator=torch.Generator().manual_seed(1))
    x[:, :, num_frames // 2 :] *= 3.0
    return x


def settings(budget_bytes: int) -> DecodeSettings:
    return DecodeSettings(attention_reach=REACH, memory_budget_bytes=budget_bytes)


def decode(
    x: Tensor, budget_bytes: int = 0, statistics: DecoderStatistics | None = None
) -> DecoderStatistics:
    """Every tile is made and forgotten."""
    tiled = TiledDecode(thin_vae(), x, settings(budget_bytes), statistics=statistics)
    tiled.gather()
    for tile in tiled.mel_tiles():
        del tile
    tiled.close()
    return tiled.statistics


def peak_bytes(
    x: Tensor, budget_bytes: int = 0, statistics: DecoderStatistics | None = None
) -> int:
    with LiveMemory() as live:
        decode(x, budget_bytes, statistics)
    most: int = live.peak_bytes
    return most


def plan_bytes(x: Tensor, plan: int) -> int:
    tiled = TiledDecode(thin_vae(), x, settings(0))
    values: int = parking_plans(tiled._chain.activations)[plan].peak_values
    return 4 * values


@pytest.mark.parametrize("plan", [0, 1, 2, 3])
@torch.inference_mode()
def test_a_first_decode_holds_its_plan_and_the_work_of_one_tile(plan: int) -> None:
    short, long = latents(800), latents(2400)
    parked = [plan_bytes(x, plan) for x in (short, long)]

    for_the_rest = [
        peak_bytes(x, budget) - budget for x, budget in zip((short, long), parked, strict=True)
    ]

    assert parked[1] == 3 * parked[0]
    # The latents once more, as the convolutions like them.
    assert for_the_rest[1] <= for_the_rest[0] + long.nbytes
    assert for_the_rest[0] < 2 << 20


@torch.inference_mode()
def test_with_pinned_statistics_ten_minutes_hold_no_more_than_one() -> None:
    short, long = latents(MINUTE, bins=1), latents(10 * MINUTE, bins=1)
    statistics = decode(short)

    assert peak_bytes(long, 0, statistics) <= peak_bytes(short, 0, statistics) + long.nbytes


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_the_process_that_decodes_ten_minutes_grows_by_less_than_one_full_tensor() -> None:
    command = [sys.executable, "-m", "tests.support.resident_decode"]

    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    assert 0 <= int(printed) < FULL_TENSOR_BYTES


@torch.inference_mode()
def test_with_pinned_statistics_a_tile_of_half_an_hour_costs_what_one_of_three_minutes_does() -> (
    None
):
    statistics = decode(latents(MINUTE // 2, bins=1))

    def work(minutes: int) -> int:
        x = latents(minutes * MINUTE, bins=1)
        tiled = TiledDecode(thin_vae(), x, settings(0), statistics=statistics)
        tiled.gather()
        middle = x.shape[2] // 2 * 4
        with FlopCounterMode(display=False) as counter:
            tiled.mel(middle, middle + 1024)
        operations: int = counter.get_total_flops()
        return operations

    assert work(30) == work(3) > 0


@torch.inference_mode()
def test_a_first_decode_costs_in_proportion_to_the_length() -> None:
    def work(num_frames: int) -> float:
        with FlopCounterMode(display=False) as counter:
            decode(latents(num_frames, bins=1))
        operations: int = counter.get_total_flops()
        return operations / num_frames

    assert work(3 * MINUTE) == pytest.approx(work(MINUTE), rel=0.05)


class CountingVocoder:
    """Makes nothing, and counts for how many frames."""

    hop_length = 1
    halo_frames = 23

    def __init__(self) -> None:
        self.num_frames = 0
        self.longest = 0

    def __call__(self, mel: Tensor, addresses: Tensor, /) -> Tensor:
        self.num_frames += mel.shape[1]
        self.longest = max(self.longest, mel.shape[1])
        return mel[:, :, 0]


def test_half_an_hour_is_vocoded_in_pieces_of_one_length_with_six_per_cent_more() -> None:
    for minutes in (3, 30):
        vocoder, num_frames = CountingVocoder(), minutes * 60 * 100

        for chunk in vocoded_chunks(vocoder, torch.zeros(1, num_frames, 1)):
            del chunk

        assert vocoder.longest == 1024 + 2 * 32
        assert vocoder.num_frames == pytest.approx(num_frames * 1088 / 1024, rel=0.01)
