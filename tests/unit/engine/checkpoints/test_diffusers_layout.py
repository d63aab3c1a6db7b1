"""Settings of diffusers folders; the weights are checked in tests/numerics."""

import json
from pathlib import Path

import pytest

from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.load import load_checkpoint

_FILES: dict[str, dict[str, object]] = {
    "model_index.json": {"_class_name": "AudioLDMPipeline"},
    "unet/config.json": {
        "block_out_channels": [128, 256, 384, 640],
        "down_block_types": ["DownBlock2D", *["CrossAttnDownBlock2D"] * 3],
    },
    "vae/config.json": {"block_out_channels": [128, 256, 512], "scaling_factor": 0.92},
    "text_encoder/config.json": {},
    "vocoder/config.json": {},
    "scheduler/scheduler_config.json": {},
}


def _folder(tmp_path: Path, file: str, change: dict[str, object]) -> Path:
    for name, content in _FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content | (change if name == file else {})), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("model_index.json", {"_class_name": "AudioLDM2Pipeline"}, "a model for AudioLDM2Pipeline"),
        ("unet/config.json", {"class_embed_type": None}, "class_embed_type is None"),
        ("unet/config.json", {"use_linear_projection": True}, "use_linear_projection is True"),
        ("unet/config.json", {"down_block_types": ["SkipDownBlock2D"]}, "down_block_types is"),
        ("unet/config.json", {"layers_per_block": "2"}, "layers_per_block must be a whole number"),
        ("unet/config.json", {"norm_num_groups": 3}, "cannot be split into 3"),
        ("vae/config.json", {"scaling_factor": None}, "lacks 'scaling_factor'"),
        ("vae/config.json", {"latent_channels": 4}, "latent channels must agree"),
        ("text_encoder/config.json", {"hidden_act": "relu"}, "hidden_act is 'relu'"),
        ("vocoder/config.json", {"normalize_before": True}, "normalize_before is True"),
        ("vocoder/config.json", {"upsample_rates": [5, 4]}, "one upsample kernel size per rate"),
        ("scheduler/scheduler_config.json", {"prediction_type": "v_prediction"}, "v_prediction"),
        ("scheduler/scheduler_config.json", {"beta_schedule": "linear"}, "beta_schedule is"),
    ],
)
def test_a_variant_that_would_compute_something_else_is_refused(
    tmp_path: Path, file: str, change: dict[str, object], message: str
) -> None:
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(_folder(tmp_path, file, change))


def test_a_component_that_is_not_there_is_named(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "", {})
    (folder / "vocoder" / "config.json").unlink()

    with pytest.raises(CheckpointError, match=r"vocoder.config\.json cannot be read"):
        load_checkpoint(folder)
