import json
from dataclasses import replace

import pytest

from engine.api import ModelDefaults, Sampler
from engine.checkpoints.config import config_from_json, config_to_json, published_config
from engine.checkpoints.errors import CheckpointError
from tests.support.networks import griffin_lim_config
from tests.support.stored_models import small_config


@pytest.mark.parametrize("size", ["s", "m", "l"])
def test_published_configurations_survive_the_round_trip_through_json(size: str) -> None:
    config = published_config(size)

    assert config_from_json(json.loads(json.dumps(config_to_json(config))), "file") == config


def test_the_published_sizes_differ_where_the_models_do() -> None:
    small, medium, large = (published_config(size) for size in "sml")

    assert [c.unet.block_channels[0] for c in (small, medium, large)] == [128, 192, 256]
    assert [c.unet.attention_head_width for c in (small, medium, large)] == [32, 32, 64]
    assert [c.audio.depths[2] for c in (small, medium, large) if c.audio] == [6, 12, 6]
    assert small.latent_bins == 16


def test_a_vocoder_without_weights_survives_the_round_trip_too() -> None:
    config = replace(small_config(), vocoder=griffin_lim_config(), audio=None, x0_clip=4.0)

    assert config_from_json(config_to_json(config), "file") == config


def test_a_guidance_interval_survives_the_round_trip() -> None:
    config = replace(small_config(), guidance_interval=(100, 700))

    assert config_from_json(json.loads(json.dumps(config_to_json(config))), "file") == config


def test_a_file_from_before_the_guidance_interval_guides_at_all_levels() -> None:
    data = config_to_json(small_config())
    del data["guidance_interval"]

    assert config_from_json(data, "file").guidance_interval is None


def test_a_model_says_what_the_presets_need() -> None:
    config = replace(small_config(), default_sampler="unipc", default_steps=20, draft_steps=8)
    config = config_from_json(json.loads(json.dumps(config_to_json(config))), "file")

    assert config.sampling_defaults == ModelDefaults(
        sampler=Sampler.UNIPC,
        num_steps=20,
        draft_steps=8,
        window_latent_frames=256,
        time_multiple=8,
        can_listen=config.audio is not None,
    )


@pytest.mark.parametrize(
    "values", [{"default_sampler": "euler"}, {"draft_steps": 0}, {"fine_steps": 1000}]
)
def test_sampling_that_does_not_exist_is_refused(values: dict[str, object]) -> None:
    data = config_to_json(small_config()) | values

    with pytest.raises(CheckpointError, match=next(iter(values))):
        config_from_json(data, "file")


@pytest.mark.parametrize("data", [None, [], {}, {"format": "other", "version": 1}])
def test_another_format_is_refused(data: object) -> None:
    with pytest.raises(CheckpointError, match="not the configuration of a longwave-model"):
        config_from_json(data, "file")


def test_a_newer_version_is_refused_with_the_remedy() -> None:
    data = config_to_json(small_config()) | {"version": 2}

    with pytest.raises(CheckpointError, match="version 2, this application reads 1") as caught:
        config_from_json(data, "file")
    assert caught.value.remedy == "Update the application."


def test_networks_that_cannot_work_together_are_refused() -> None:
    config = small_config()
    assert config.audio is not None
    with pytest.raises(ValueError, match="latent channels must agree, got unet 8, vae 4"):
        replace(config, vae=replace(config.vae, latent_channels=4))
    with pytest.raises(ValueError, match="conditioning widths must agree"):
        replace(config, text=replace(config.text, projection_dim=4))
    with pytest.raises(ValueError, match="embedding widths must agree"):
        replace(config, audio=replace(config.audio, projection_dim=4))
    with pytest.raises(ValueError, match="hops must agree, got mel 80, vocoder 160"):
        replace(config, mel=replace(config.mel, hop_length=80))
    with pytest.raises(ValueError, match="mel bins must agree"):
        replace(config, mel=replace(config.mel, n_mels=80))
    with pytest.raises(ValueError, match="scaling_factor must be greater than 0"):
        replace(config, scaling_factor=0.0)
    with pytest.raises(ValueError, match="multiple of 8, got 250"):
        replace(config, window_latent_frames=250)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x0_clip": 0.0}, "x0_clip must be greater than 0"),
        ({"ddim_eta": 1.5}, "ddim_eta must lie in 0..1"),
        (
            {"guidance_interval": [200]},
            r"two timesteps, ascending in 0\.\.1000, or null, got \[200",
        ),
        ({"guidance_interval": [600, 200]}, r"got \[600, 200\]"),
        ({"guidance_interval": [-1, 200]}, r"got \[-1, 200\]"),
        ({"guidance_interval": [0, 1001]}, r"got \[0, 1001\]"),
        ({"guidance_interval": [0.5, 200]}, r"guidance_interval\[0\] must be a whole number"),
        ({"default_steps": 0}, "default_steps must lie in 1..999"),
        ({"default_steps": 1_000}, "default_steps must lie in 1..999"),
    ],
)
def test_settings_that_no_sampler_takes_are_refused(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(CheckpointError, match=message):
        config_from_json(config_to_json(small_config()) | changes, "file")


def test_a_model_whose_latent_frames_are_not_40_ms_is_refused() -> None:
    config = small_config()
    with pytest.raises(ValueError, match="must last 40 ms, got 640 samples at 24000 Hz"):
        replace(config, mel=replace(config.mel, sample_rate=24_000))
    channels = config.vae.block_channels[:-1]
    with pytest.raises(ValueError, match="must reduce time by 4, got 2"):
        replace(config, vae=replace(config.vae, block_channels=channels))
