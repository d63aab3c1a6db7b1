"""The key maps against the full lists of tensors in the published files, without any weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from engine.checkpoints.config import published_config
from engine.checkpoints.key_maps import (
    from_diffusers_vae,
    split_original,
    without_derived,
    without_normaliser,
)
from engine.checkpoints.tensor_files import load_into
from engine.models.clap.audio import AudioEncoder
from engine.models.clap.text import TextEncoder
from engine.models.hifigan.config import HiFiGANConfig
from engine.models.hifigan.hifigan import HiFiGAN
from engine.models.unet.unet import UNet
from engine.models.vae.vae import VAE
from tests.support.stored_models import original_names, published_tensors

_FILE = Path("published")


def _meta(listing: str) -> dict[str, Tensor]:
    return {
        name: torch.empty(shape, dtype=dtype, device="meta")
        for name, (shape, dtype) in published_tensors(listing).items()
    }


def _networks(size: str) -> dict[str, nn.Module]:
    config = published_config(size)
    assert isinstance(config.vocoder, HiFiGANConfig)
    assert config.audio is not None
    with torch.device("meta"):
        return {
            "unet": UNet(config.unet),
            "vae": VAE(config.vae),
            "text": TextEncoder(config.text),
            "vocoder": HiFiGAN(config.vocoder),
            "audio": AudioEncoder(config.audio),
        }


def _assert_loads(network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    load_into(network, tensors, _FILE)


@pytest.mark.parametrize("size", ["s", "m", "l"])
def test_every_tensor_of_an_original_file_finds_its_place(size: str) -> None:
    tensors = _meta(f"original-{size}")
    tensors["scale_factor"] = torch.tensor(0.5)
    # In the real files, but not in a state made from the code.
    position_ids = "cond_stage_model.model.text_branch.embeddings.position_ids"
    tensors[position_ids] = torch.empty(1, 514, dtype=torch.long, device="meta")

    parts = split_original(tensors, layers_per_block=2, num_vae_levels=3)

    assert parts.unknown == []
    assert parts.has_averages
    assert parts.scale_factor == 0.5
    for name, network in _networks(size).items():
        _assert_loads(network, getattr(parts, name))


def test_every_name_becomes_the_one_that_the_conversion_gave_it() -> None:
    tensors = _meta("original-s")
    tensors["scale_factor"] = torch.tensor(0.5)
    parts = split_original(tensors, layers_per_block=2, num_vae_levels=3)
    found = {"unet": parts.unet, "vae": parts.vae, "vocoder": parts.vocoder}
    found |= {"text_encoder": parts.text, "clap_audio": parts.audio}

    for (part, published), original in original_names().items():
        if published.endswith("relative_position_index"):
            continue
        renamed = from_diffusers_vae({published: torch.empty(0)}, num_levels=3)
        name = next(iter(renamed)) if part == "vae" else published
        averaged = "model_ema." + original.removeprefix("model.").replace(".", "")
        source = tensors[averaged if part == "unet" else original]
        is_view = ".qkv." in original or ".attn_1." in original
        assert is_view or found[part][name] is source, (original, name)
        assert found[part][name].dtype == source.dtype


@pytest.mark.parametrize("size", ["s", "m", "l"])
def test_every_tensor_of_a_diffusers_unet_finds_its_place(size: str) -> None:
    _assert_loads(_networks(size)["unet"], _meta(f"diffusers-unet-{size}"))


@pytest.mark.parametrize("listing", ["published-vae", "diffusers-vae"])
def test_both_namings_of_the_autoencoder_find_their_place(listing: str) -> None:
    tensors = from_diffusers_vae(_meta(listing), num_levels=3)

    _assert_loads(_networks("s")["vae"], tensors)


def test_the_published_text_tower_and_vocoder_find_their_place() -> None:
    networks = _networks("s")

    _assert_loads(networks["text"], without_derived(_meta("text-encoder")))
    _assert_loads(networks["vocoder"], without_normaliser(_meta("vocoder")))


@pytest.mark.parametrize(("size", "listing"), [("s", "clap-tiny"), ("m", "clap-base")])
def test_the_audio_tower_of_a_whole_clap_model_finds_its_place(size: str, listing: str) -> None:
    tensors = without_derived(_meta(listing))
    audio = {name: tensor for name, tensor in tensors.items() if name.startswith("audio_")}

    _assert_loads(_networks(size)["audio"], audio)
