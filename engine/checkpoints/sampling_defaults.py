"""What a model says about sampling and listening, without its tensors and without torch."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path

from engine.api import ModelDefaults, Sampler
from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.json_files import read_json

_OWN_CONFIG = "config.json"
_OWN_FORMAT = "longwave-model"
_DIFFUSERS_INDEX = "model_index.json"
"""Folders of this layout come without the audio tower."""
_PUBLISHED_CONFIG = "audioldm-s.json"
"""All published models are sampled alike, and their own files do not say how."""


def sampling_defaults(path: Path) -> ModelDefaults:
    """What a model says for presets, costs and likeness; see ``ModelConfig.sampling_defaults``.

    Args:
        path: A folder of our own layout. Anything else, also what is not there yet, is taken for
            one of the published models.

    Raises:
        CheckpointError: A configuration of ours is damaged.
    """
    own = path / _OWN_CONFIG
    if own.is_file():
        data = read_json(own)
        if isinstance(data, dict) and data.get("format") == _OWN_FORMAT:
            return _defaults(data, own)
    published = Path(str(resources.files("resources") / "model_configs" / _PUBLISHED_CONFIG))
    defaults = _defaults(read_json(published), published)
    return replace(defaults, can_listen=not (path / _DIFFUSERS_INDEX).is_file())


def _defaults(data: object, file: Path) -> ModelDefaults:
    if not isinstance(data, dict):
        raise CheckpointError(f"{file} is not a configuration.", "Choose another model.")
    try:
        draft, fine = data.get("draft_steps"), data.get("fine_steps")
        return ModelDefaults(
            sampler=Sampler(data.get("default_sampler", Sampler.DDIM.value)),
            num_steps=int(data["default_steps"]),
            draft_steps=None if draft is None else int(draft),
            fine_steps=None if fine is None else int(fine),
            window_latent_frames=int(data["window_latent_frames"]),
            time_multiple=1 << (len(data["unet"]["block_channels"]) - 1),
            can_listen=data["audio"] is not None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"{file} does not say how the model is sampled.", "Choose another model.", str(error)
        ) from error
