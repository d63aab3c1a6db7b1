"""The same weights in every layout are the same model; diffusers' own folders run as there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import (
    ClapTextConfig,
    ClapTextModelWithProjection,
    SpeechT5HifiGan,
    SpeechT5HifiGanConfig,
)

from engine.checkpoints.load import load_checkpoint
from engine.checkpoints.model import AudioLDM, assemble
from engine.checkpoints.original_layout import read_original
from engine.checkpoints.own_layout import save_checkpoint
from tests.support.networks import relative_error
from tests.support.stored_models import (
    SCALING_FACTOR,
    assert_same_tensors,
    small_config,
    small_model,
    with_published_attention,
    write_original,
    write_roberta_files,
)

_CONFIG = small_config()


def _references(model: AudioLDM) -> dict[str, Any]:
    """Classes of diffusers and transformers with the tensors of a model of ours."""
    widths = _CONFIG.unet.block_channels
    unet_settings: dict[str, Any] = {
        "in_channels": 8,
        "out_channels": 8,
        "down_block_types": ("DownBlock2D", *["CrossAttnDownBlock2D"] * 3),
        "up_block_types": (*["CrossAttnUpBlock2D"] * 3, "UpBlock2D"),
        "block_out_channels": widths,
        "layers_per_block": 2,
        "cross_attention_dim": widths,
        "attention_head_dim": 8,
        "norm_num_groups": 8,
        "class_embed_type": "simple_projection",
        "projection_class_embeddings_input_dim": 20,
        "class_embeddings_concat": True,
    }
    vae_settings: dict[str, Any] = {
        "in_channels": 1,
        "out_channels": 1,
        "down_block_types": ("DownEncoderBlock2D",) * 3,
        "up_block_types": ("UpDecoderBlock2D",) * 3,
        "block_out_channels": _CONFIG.vae.block_channels,
        "layers_per_block": 2,
        "latent_channels": 8,
        "norm_num_groups": 8,
        "scaling_factor": SCALING_FACTOR,
    }
    text = _CONFIG.text
    text_config = ClapTextConfig(
        vocab_size=text.vocab_size,
        hidden_size=text.hidden_size,
        num_hidden_layers=text.num_layers,
        num_attention_heads=text.num_heads,
        intermediate_size=text.intermediate_size,
        max_position_embeddings=text.max_positions,
        projection_dim=text.projection_dim,
        layer_norm_eps=1e-12,
        hidden_size_text=text.hidden_size,
    )
    vocoder_config = SpeechT5HifiGanConfig(
        model_in_dim=64,
        sampling_rate=16000,
        upsample_initial_channel=32,
        upsample_rates=[5, 4, 2, 2, 2],
        upsample_kernel_sizes=[16, 16, 8, 4, 4],
        normalize_before=False,
    )
    references = {
        "unet": UNet2DConditionModel(**unet_settings),
        "vae": AutoencoderKL(**vae_settings),
        "text_encoder": ClapTextModelWithProjection(text_config),
        "vocoder": SpeechT5HifiGan(vocoder_config),
    }
    for name, reference in references.items():
        missing, unknown = reference.eval().load_state_dict(
            getattr(model, name).state_dict(), strict=False
        )
        assert not unknown
        assert {key.rsplit(".", 1)[-1] for key in missing} <= {
            "position_ids",
            "token_type_ids",
            "mean",
            "scale",
        }
    return references


@pytest.fixture(scope="module")
def model() -> AudioLDM:
    return small_model()


@pytest.fixture(scope="module")
def references(model: AudioLDM) -> dict[str, Any]:
    return _references(model)


@pytest.fixture(scope="module")
def diffusers_folder(references: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of which every file but the index is written by the libraries themselves."""
    folder = tmp_path_factory.mktemp("layouts") / "audioldm-small"
    for name, reference in references.items():
        reference.save_pretrained(folder / name)
    write_roberta_files(folder / "tokenizer")
    (folder / "scheduler").mkdir()
    schedule = {
        "_class_name": "DDIMScheduler",
        "beta_start": 0.0015,
        "beta_end": 0.0195,
        "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000,
        "prediction_type": "epsilon",
    }
    _write_json(folder / "scheduler" / "scheduler_config.json", schedule)
    _write_json(folder / "model_index.json", {"_class_name": "AudioLDMPipeline"})
    return folder


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def _noise(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(3))


@torch.inference_mode()
def test_a_diffusers_folder_runs_as_in_diffusers_with_its_eight_heads(
    diffusers_folder: Path, references: dict[str, Any]
) -> None:
    loaded = load_checkpoint(diffusers_folder, attention_heads=8)
    latents, conditioning = _noise(2, 8, 16, 16), nn.functional.normalize(_noise(2, 20), dim=1)
    timesteps = torch.tensor([981, 37])
    ids, mask = loaded.tokenizer.encode_batch(["rain", "a long prompt: thunder"])

    expected_noise = references["unet"](
        latents, timesteps, encoder_hidden_states=None, class_labels=conditioning
    ).sample
    expected_mel = references["vae"].decode(latents).sample
    expected_text = references["text_encoder"](ids, attention_mask=mask).text_embeds
    expected_wave = references["vocoder"](expected_mel[:, 0])

    assert relative_error(loaded.unet(latents, timesteps, conditioning), expected_noise) <= 1e-5
    assert relative_error(loaded.vae.decode(latents), expected_mel) <= 1e-5
    # The folder says 1e-12 where 1e-5 was trained, hence the looser bound.
    assert (
        relative_error(
            loaded.text_encoder(ids, mask), nn.functional.normalize(expected_text, dim=-1)
        )
        <= 1e-3
    )
    assert relative_error(loaded.vocoder(expected_mel[:, 0]), expected_wave) <= 1e-5


@torch.inference_mode()
def test_by_default_heads_have_their_trained_width(diffusers_folder: Path, model: AudioLDM) -> None:
    loaded = load_checkpoint(diffusers_folder)
    eight = load_checkpoint(diffusers_folder, attention_heads=8)
    inputs = _noise(1, 8, 16, 16), torch.tensor([500]), _noise(1, 20)

    assert loaded.config.unet == _CONFIG.unet
    torch.testing.assert_close(loaded.unet(*inputs), model.unet(*inputs))
    assert relative_error(eight.unet(*inputs), model.unet(*inputs)) > 1e-2


def test_a_diffusers_folder_gives_the_same_configuration_and_tensors(
    diffusers_folder: Path, model: AudioLDM
) -> None:
    loaded = load_checkpoint(diffusers_folder)

    assert loaded.config.name == "audioldm-small"
    assert loaded.config.scaling_factor == SCALING_FACTOR
    for part in ("unet", "vae", "text", "vocoder", "mel", "schedule"):
        assert getattr(loaded.config, part) == getattr(_CONFIG, part)
    assert loaded.audio_encoder is None
    for name in ("unet", "vae", "text_encoder", "vocoder"):
        got, expected = (getattr(side, name).state_dict() for side in (loaded, model))
        torch.testing.assert_close(dict(got), dict(expected), rtol=0, atol=0)


def test_pickled_files_with_the_published_attention_names_load_too(
    diffusers_folder: Path, tmp_path: Path
) -> None:
    """The published files differ from what today's diffusers writes in both respects."""
    old = tmp_path / "audioldm-small"
    for source in sorted(diffusers_folder.rglob("*")):
        target = old / source.relative_to(diffusers_folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".safetensors":
            tensors = load_file(source)
            if source.parent.name == "vae":
                tensors = with_published_attention(tensors)
            # The libraries' own names: diffusion_pytorch_model.bin and pytorch_model.bin.
            stem = source.stem if "pytorch" in source.stem else f"pytorch_{source.stem}"
            torch.save(tensors, target.with_name(f"{stem}.bin"))
        elif source.is_file():
            target.write_bytes(source.read_bytes())

    assert_same_tensors(load_checkpoint(old), load_checkpoint(diffusers_folder))


@torch.inference_mode()
def test_an_original_file_gives_the_averaged_weights_and_the_audio_tower(
    model: AudioLDM, tmp_path: Path
) -> None:
    path = tmp_path / "audioldm-small.ckpt"
    write_original(model, path)

    stored = read_original(path, template=_CONFIG)
    loaded = assemble(stored, device="cpu", dtype=torch.float32, attention_heads="original")

    assert_same_tensors(loaded, model)
    assert (loaded.config.name, loaded.config.scaling_factor) == ("audioldm-small", SCALING_FACTOR)
    features = _noise(2, 1, 250, 16) * 20 - 40
    assert model.audio_encoder is not None
    assert loaded.audio_encoder is not None
    torch.testing.assert_close(loaded.audio_encoder(features), model.audio_encoder(features))
    torch.testing.assert_close(
        loaded.embed_prompts(["rain", ""]), model.embed_prompts(["rain", ""])
    )


@torch.inference_mode()
def test_our_own_layout_gives_back_the_same_model(model: AudioLDM, tmp_path: Path) -> None:
    save_checkpoint(model, tmp_path / "own")
    loaded = load_checkpoint(tmp_path / "own")
    inputs = _noise(1, 8, 16, 16), torch.tensor([500]), _noise(1, 20)

    assert loaded.config == model.config
    assert_same_tensors(loaded, model)
    torch.testing.assert_close(loaded.unet(*inputs), model.unet(*inputs), rtol=0, atol=0)


def test_an_original_file_saved_in_our_layout_is_still_the_same_model(
    model: AudioLDM, tmp_path: Path
) -> None:
    path = tmp_path / "audioldm-small.ckpt"
    write_original(model, path)
    stored = read_original(path, template=_CONFIG)
    loaded = assemble(stored, device="cpu", dtype=torch.float32, attention_heads=8)

    save_checkpoint(loaded, tmp_path / "converted")
    converted = load_checkpoint(tmp_path / "converted")

    assert_same_tensors(converted, model)
    assert converted.config == loaded.config
    assert converted.config.unet.attention_heads == 8
    prompts = ["rain in the rain", "¡tschüß! 雨"]
    for got, expected in zip(
        converted.tokenizer.encode_batch(prompts),
        loaded.tokenizer.encode_batch(prompts),
        strict=True,
    ):
        torch.testing.assert_close(got, expected)


def test_half_precision_on_disk_is_expanded(model: AudioLDM, tmp_path: Path) -> None:
    save_checkpoint(model, tmp_path, dtype=torch.float16)
    loaded = load_checkpoint(tmp_path)

    weight = load_file(tmp_path / "unet.safetensors")["conv_in.weight"]
    assert weight.dtype == torch.float16
    assert loaded.unet.conv_in.weight.dtype == torch.float32
    torch.testing.assert_close(
        loaded.unet.conv_in.weight, model.unet.conv_in.weight.half().float(), rtol=0, atol=0
    )


def test_only_the_noise_predictor_takes_another_precision(model: AudioLDM, tmp_path: Path) -> None:
    save_checkpoint(model, tmp_path)

    loaded = load_checkpoint(tmp_path, dtype=torch.bfloat16)

    assert {p.dtype for p in loaded.unet.parameters()} == {torch.bfloat16}
    for network in (loaded.vae, loaded.text_encoder, loaded.vocoder):
        assert {p.dtype for p in network.parameters()} == {torch.float32}
