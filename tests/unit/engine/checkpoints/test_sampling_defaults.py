"""What models say about sampling, read without their tensors."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.checkpoints.config import published_config
from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.sampling_defaults import sampling_defaults
from tests.support.tiny_model import save_tiny_model, tiny_config


def test_a_folder_of_ours_says_what_its_configuration_says(tmp_path: Path) -> None:
    config = replace(
        tiny_config(), default_sampler="unipc", default_steps=30, draft_steps=9, fine_steps=60
    )
    folder = save_tiny_model(tmp_path, config)

    assert sampling_defaults(folder) == config.sampling_defaults


@pytest.mark.parametrize("size", ["s", "m", "l"])
def test_every_published_model_is_sampled_alike(tmp_path: Path, size: str) -> None:
    assert sampling_defaults(tmp_path / "gone.ckpt") == published_config(size).sampling_defaults


def test_a_configuration_of_others_is_taken_for_a_published_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "clap"}')

    assert sampling_defaults(tmp_path) == published_config("s").sampling_defaults


@pytest.mark.parametrize(
    "content",
    ['{"format": "longwave-model"}', "{", '{"format": "longwave-model", "default_steps": "x"}'],
)
def test_a_damaged_configuration_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content)

    with pytest.raises(CheckpointError, match=r"config\.json"):
        sampling_defaults(tmp_path)


def test_a_model_can_listen_exactly_if_it_has_an_audio_tower(tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path / "ours", tiny_config())
    content = json.loads((folder / "config.json").read_text())
    for audio in (None, {"projection_dim": 4}):
        (folder / "config.json").write_text(json.dumps(content | {"audio": audio}))
        assert sampling_defaults(folder).can_listen == (audio is not None)

    assert sampling_defaults(tmp_path / "gone.ckpt").can_listen
    (tmp_path / "model_index.json").write_text("{}")
    assert not sampling_defaults(tmp_path).can_listen, "diffusers folders have no audio tower"


def test_looking_needs_no_torch() -> None:
    """The window asks for it, and torch takes seconds to load."""
    code = (
        "import sys\nfrom engine.checkpoints.sampling_defaults import sampling_defaults\n"
        "from pathlib import Path\nsampling_defaults(Path('gone'))\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
