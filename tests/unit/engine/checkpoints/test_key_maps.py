import pytest
import torch

from engine.checkpoints.key_maps import (
    averaged_key,
    from_diffusers_vae,
    split_original,
    unet_name,
    vae_name,
)


@pytest.mark.parametrize(
    ("original", "ours"),
    [
        ("input_blocks.0.0.weight", "conv_in.weight"),
        ("input_blocks.1.0.in_layers.0.bias", "down_blocks.0.resnets.0.norm1.bias"),
        ("input_blocks.3.0.op.weight", "down_blocks.0.downsamplers.0.conv.weight"),
        ("input_blocks.5.1.proj_in.weight", "down_blocks.1.attentions.1.proj_in.weight"),
        ("middle_block.1.norm.weight", "mid_block.attentions.0.norm.weight"),
        ("output_blocks.2.2.conv.bias", "up_blocks.0.upsamplers.0.conv.bias"),
        ("output_blocks.11.0.skip_connection.bias", "up_blocks.3.resnets.2.conv_shortcut.bias"),
        ("label_emb.0.weight", None),
    ],
)
def test_names_of_the_unet(original: str, ours: str | None) -> None:
    assert unet_name(original, layers_per_block=2) == ours


def test_the_decoder_is_counted_from_the_other_end() -> None:
    assert vae_name("decoder.up.0.block.2.conv1.bias", num_levels=3) == (
        "decoder.up_blocks.2.resnets.2.conv1.bias"
    )
    assert vae_name("decoder.up.2.upsample.conv.bias", num_levels=3) == (
        "decoder.up_blocks.0.upsamplers.0.conv.bias"
    )
    assert vae_name("loss.logvar", num_levels=3) is None


def test_averages_lose_the_dots() -> None:
    assert averaged_key("model.diffusion_model.out.2.weight") == (
        "model_ema.diffusion_modelout2weight"
    )


def test_raw_weights_are_used_only_where_no_tensor_has_an_average() -> None:
    raw, average = torch.tensor([1.0]), torch.tensor([2.0])
    tensors = {"model.diffusion_model.out.2.bias": raw}

    without = split_original(tensors, layers_per_block=2, num_vae_levels=3)
    tensors["model_ema.diffusion_modelout2bias"] = average
    with_average = split_original(tensors, layers_per_block=2, num_vae_levels=3)

    assert (without.has_averages, without.unet["conv_out.bias"]) == (False, raw)
    assert (with_average.has_averages, with_average.unet["conv_out.bias"]) == (True, average)


def test_one_missing_average_is_not_filled_up_with_the_raw_weight() -> None:
    tensors = {
        "model.diffusion_model.out.2.bias": torch.zeros(1),
        "model.diffusion_model.out.2.weight": torch.zeros(1),
        "model_ema.diffusion_modelout2bias": torch.zeros(1),
    }

    parts = split_original(tensors, layers_per_block=2, num_vae_levels=3)

    assert list(parts.unet) == ["conv_out.bias"]


def test_the_rows_of_the_joint_projection_are_query_key_value() -> None:
    name = "cond_stage_model.model.audio_branch.layers.1.blocks.0.attn.qkv.bias"
    joint = torch.arange(6.0)

    audio = split_original({name: joint}, layers_per_block=2, num_vae_levels=3).audio

    prefix = "audio_model.audio_encoder.layers.1.blocks.0.attention.self"
    assert {key: rows.tolist() for key, rows in audio.items()} == {
        f"{prefix}.query.bias": [0.0, 1.0],
        f"{prefix}.key.bias": [2.0, 3.0],
        f"{prefix}.value.bias": [4.0, 5.0],
    }


@pytest.mark.parametrize(
    "name",
    [
        "optimizer",
        "model_ema.diffusion_modelnosuchthing",
        "model.diffusion_model.label_emb.weight",
        "first_stage_model.loss.discriminator.weight",
        "first_stage_model.vocoder.extra.weight",
        "cond_stage_model.model.image_branch.weight",
        "cond_stage_model.model.audio_branch.layers.0.blocks.0.extra.weight",
        "cond_stage_model.model.audio_branch.layers.0.blocks.0.attn.qkv.bias",
    ],
)
def test_a_name_that_no_audioldm_has_is_reported(name: str) -> None:
    parts = split_original({name: torch.zeros(4)}, layers_per_block=2, num_vae_levels=3)

    assert parts.unknown == [name]


def test_three_namings_of_the_attention_become_one() -> None:
    expected = "encoder.mid_block.attentions.0.to_out.0.weight"
    names = [
        "encoder.mid.attn_1.proj_out.weight",
        "encoder.mid_block.attentions.0.proj_attn.weight",
        expected,
    ]

    for name in names:
        matrix = torch.zeros(2, 2, 1, 1) if ".attn_1." in name else torch.zeros(2, 2)
        renamed = from_diffusers_vae({name: matrix}, num_levels=3)
        assert {key: tuple(tensor.shape) for key, tensor in renamed.items()} == {expected: (2, 2)}
