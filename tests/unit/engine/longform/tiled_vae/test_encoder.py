"""What the tiled encoder parks, reports and refuses."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from engine.longform.tiled_vae.decoder import DecodeSettings
from engine.longform.tiled_vae.encoder import (
    encoded_mean,
    encoder_parking_plans,
    encoding_scratch_bytes,
)
from engine.longform.tiled_vae.encoder_chain import EncoderChain, encoder_chain
from engine.longform.tiled_vae.encoder_parts import encoder_parts
from engine.longform.tiled_vae.parking import Storage
from engine.models.vae.vae import VAE
from tests.support.networks import PUBLISHED_VAE, randomise, small_vae


def vae() -> VAE:
    found = VAE(small_vae()).eval().requires_grad_(requires_grad=False)
    randomise(found, 3)
    return found


def mel(num_latent_frames: int = 40) -> Tensor:
    return torch.randn(1, 1, 4 * num_latent_frames, 16, generator=torch.Generator().manual_seed(4))


def chain(network: VAE, reach: int | None = None) -> EncoderChain:
    return encoder_chain(
        encoder_parts(network), mel(), attention_reach=reach, device=torch.device("cpu")
    )


def settings(scratch: Path | None = None, budget: int = 0) -> DecodeSettings:
    return DecodeSettings(tile_latent_frames=16, memory_budget_bytes=budget, scratch_dir=scratch)


def test_every_plan_parks_less_than_the_one_before() -> None:
    plans = encoder_parking_plans(chain(vae()).activations)

    assert len(plans) == 3
    assert all(a.peak_values > b.peak_values for a, b in pairwise(plans))
    assert all(a.parked > b.parked for a, b in pairwise(plans))


def test_plans_of_the_published_size_take_what_the_documentation_says() -> None:
    """Per mel frame, in KiB of float32."""
    with torch.device("meta"):
        network = VAE(PUBLISHED_VAE)
        parts = encoder_parts(network)
        whole = encoder_chain(
            parts, torch.empty(1, 1, 1024, 64), attention_reach=None, device=torch.device("meta")
        )

    plans = encoder_parking_plans(whole.activations)

    assert [plan.peak_values * 4 / 1024 / 1024 for plan in plans] == [64.0, 40.0, 24.0]


@torch.inference_mode()
def test_what_goes_to_the_disk_is_known_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parked: list[int] = []
    original = Storage.empty

    def counted(storage: Storage, shape: tuple[int, ...]) -> Tensor:
        tensor = original(storage, shape)
        parked.append(tensor.nbytes)
        return tensor

    monkeypatch.setattr(Storage, "empty", counted)

    encoded_mean(vae(), mel(), settings(tmp_path))

    plan = encoder_parking_plans(chain(vae()).activations)[1]
    assert sum(parked) == plan.all_values * 4
    assert encoding_scratch_bytes(vae(), mel(), settings(tmp_path)) == plan.disk_values * 4
    assert encoding_scratch_bytes(vae(), mel(), settings(tmp_path, 1 << 40)) == 0


@torch.inference_mode()
def test_progress_reaches_its_total() -> None:
    seen: list[tuple[int, int]] = []

    encoded_mean(vae(), mel(), settings(), on_progress=lambda *step: seen.append(step))

    done, totals = zip(*seen, strict=True)
    assert list(done) == list(range(1, len(done) + 1))
    assert set(totals) == {done[-1]}


@torch.inference_mode()
def test_it_can_be_stopped_between_tiles() -> None:
    class StoppedError(Exception):
        pass

    calls: list[int] = []

    def stop_at_the_fifth() -> None:
        calls.append(1)
        if len(calls) == 5:
            raise StoppedError

    with pytest.raises(StoppedError):
        encoded_mean(vae(), mel(), settings(), check_cancelled=stop_at_the_fifth)

    assert len(calls) == 5


@pytest.mark.parametrize("shape", [(1, 1, 0, 16), (1, 1, 30, 16), (1, 2, 32, 16), (2, 1, 32, 16)])
def test_a_spectrogram_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="multiples of 4"):
        encoded_mean(vae(), torch.zeros(shape), settings())


@torch.inference_mode()
def test_values_that_are_not_finite_are_refused() -> None:
    broken = mel()
    broken[0, 0, 70, 3] = torch.nan

    with pytest.raises(FloatingPointError, match="float32"):
        encoded_mean(vae(), broken, settings())


def test_an_encoder_with_other_strides_is_named() -> None:
    network = vae()
    block = network.encoder.down_blocks[0]
    block.get_submodule("downsamplers.0").conv = nn.Conv2d(16, 16, 3, padding=1)

    with pytest.raises(TypeError, match=r"encoder\.down_blocks\.0\.downsamplers\.0\.conv"):
        encoder_parts(network)
