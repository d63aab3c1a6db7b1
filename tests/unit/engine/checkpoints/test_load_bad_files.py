"""Files that are damaged, hostile or of another kind, in every layout."""

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.load import load_checkpoint
from engine.checkpoints.model import AudioLDM, assemble
from engine.checkpoints.original_layout import read_original
from engine.checkpoints.own_layout import save_checkpoint
from tests.support.stored_models import (
    original_tensors,
    small_config,
    small_model,
    write_original,
    write_roberta_files,
)


@pytest.fixture(scope="module")
def model() -> AudioLDM:
    return small_model()


@pytest.fixture
def own(model: AudioLDM, tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    save_checkpoint(model, folder)
    return folder


@pytest.fixture
def original(model: AudioLDM, tmp_path: Path) -> Path:
    path = tmp_path / "original" / "audioldm.ckpt"
    path.parent.mkdir()
    write_original(model, path)
    return path


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size * 2 // 3)


def _change(path: Path, change: Callable[[dict[str, Tensor]], object]) -> None:
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)


def _load_original(path: Path) -> AudioLDM:
    stored = read_original(path, template=small_config())
    return assemble(stored, device="cpu", dtype=torch.float32, attention_heads="original")


class _Hostile:
    """Makes a folder when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self._trace),)


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no model at .*nowhere"):
        load_checkpoint(tmp_path / "nowhere")


def test_an_empty_folder_is_told_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="not a model folder") as caught:
        load_checkpoint(tmp_path)
    assert "config.json" in caught.value.remedy
    assert "model_index.json" in caught.value.remedy


def test_a_cut_safetensors_file_is_named(own: Path) -> None:
    _truncate(own / "vae.safetensors")

    with pytest.raises(CheckpointError, match=r"vae.safetensors is not a whole safetensors file"):
        load_checkpoint(own)


def test_an_empty_file_is_named(own: Path) -> None:
    (own / "unet.safetensors").write_bytes(b"")

    with pytest.raises(CheckpointError, match=r"unet.safetensors is empty"):
        load_checkpoint(own)


def test_a_missing_file_is_named(own: Path) -> None:
    (own / "vocoder.safetensors").unlink()

    with pytest.raises(CheckpointError, match=r"no file .*vocoder.safetensors"):
        load_checkpoint(own)


def test_a_missing_tensor_is_named_with_its_shape(own: Path) -> None:
    _change(own / "unet.safetensors", lambda tensors: tensors.pop("conv_in.bias"))

    with pytest.raises(
        CheckpointError, match=r"unet.safetensors lacks the tensor 'conv_in.bias' of shape \(32,\)"
    ):
        load_checkpoint(own)


def test_an_unknown_tensor_is_named(own: Path) -> None:
    _change(own / "vae.safetensors", lambda tensors: tensors.update(extra=torch.zeros(1)))

    with pytest.raises(CheckpointError, match=r"vae.safetensors has the unknown tensor 'extra'"):
        load_checkpoint(own)


def test_a_misshapen_tensor_is_named_with_both_shapes(own: Path) -> None:
    wrong = {"conv_in.bias": torch.zeros(31)}
    _change(own / "unet.safetensors", lambda tensors: tensors.update(wrong))

    with pytest.raises(CheckpointError, match=r"has shape \(31,\), expected \(32,\)"):
        load_checkpoint(own)


def test_a_tensor_of_whole_numbers_is_no_weight(own: Path) -> None:
    wrong = {"conv_in.bias": torch.zeros(32, dtype=torch.int32)}
    _change(own / "unet.safetensors", lambda tensors: tensors.update(wrong))

    with pytest.raises(CheckpointError, match=r"holds torch.int32, expected torch.float32"):
        load_checkpoint(own)


def test_a_configuration_that_is_not_json_is_named(own: Path) -> None:
    _truncate(own / "config.json")

    with pytest.raises(CheckpointError, match=r"config.json is not JSON"):
        load_checkpoint(own)


def test_a_tokenizer_of_another_model_is_refused(own: Path) -> None:
    write_roberta_files(own)
    (own / "tokenizer.json").unlink()
    vocabulary = json.loads((own / "vocab.json").read_text(encoding="utf-8"))
    vocabulary |= {f"more{index}": 1000 + index for index in range(20)}
    (own / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")

    with pytest.raises(CheckpointError, match="knows 283 tokens, the text encoder 270"):
        load_checkpoint(own)


def test_a_cut_original_file_is_reported_as_such(original: Path) -> None:
    _truncate(original)

    with pytest.raises(CheckpointError, match=r"audioldm.ckpt is not complete"):
        load_checkpoint(original)


def test_an_original_file_without_a_tokenizer_is_told_where_to_get_one(original: Path) -> None:
    (original.parent / "vocab.json").unlink()

    with pytest.raises(CheckpointError, match="no tokenizer") as caught:
        _load_original(original)
    assert "roberta-base" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("scale_factor", "lacks the tensor 'scale_factor'"),
        ("model_ema.diffusion_modelout2bias", "lacks the tensor 'conv_out.bias'"),
        ("first_stage_model.decoder.conv_in.bias", "lacks the tensor 'decoder.conv_in.bias'"),
        ("first_stage_model.vocoder.conv_pre.bias", "lacks the tensor 'conv_pre.bias'"),
    ],
)
def test_an_original_file_that_lacks_a_tensor_is_refused(
    model: AudioLDM, original: Path, name: str, message: str
) -> None:
    tensors = original_tensors(model)
    del tensors[name]
    torch.save({"state_dict": tensors}, original)

    with pytest.raises(CheckpointError, match=message):
        _load_original(original)


def test_an_original_file_with_a_strange_tensor_is_refused(model: AudioLDM, original: Path) -> None:
    torch.save({"state_dict": original_tensors(model) | {"strange": torch.zeros(1)}}, original)

    with pytest.raises(CheckpointError, match="unknown tensor 'strange'"):
        _load_original(original)


def test_an_original_file_of_an_unpublished_width_is_refused(original: Path) -> None:
    with pytest.raises(CheckpointError, match=r"not an AudioLDM checkpoint: .* of width 32"):
        load_checkpoint(original)


def test_a_checkpoint_of_another_model_is_refused(original: Path) -> None:
    torch.save({"state_dict": {"layer.weight": torch.zeros(2)}}, original)

    with pytest.raises(CheckpointError, match="not an AudioLDM checkpoint: it has no UNet"):
        load_checkpoint(original)


@pytest.mark.parametrize("content", [{}, [torch.zeros(1)], torch.zeros(1)])
def test_a_file_without_named_tensors_is_refused(original: Path, content: object) -> None:
    torch.save(content, original)

    with pytest.raises(CheckpointError, match="holds no named tensors"):
        load_checkpoint(original)


def test_a_file_with_more_than_tensors_is_refused(original: Path) -> None:
    torch.save({"weight": torch.zeros(1), "epoch": 3}, original)

    with pytest.raises(CheckpointError, match="holds 'epoch', which is not a tensor"):
        load_checkpoint(original)


@pytest.mark.parametrize("is_zip", [True, False])
def test_a_file_that_would_run_a_program_is_refused_and_does_not_run_it(
    original: Path, tmp_path: Path, *, is_zip: bool
) -> None:
    trace = tmp_path / "it-ran"
    content = {"state_dict": {"weight": torch.zeros(1), "x": _Hostile(trace)}}
    torch.save(content, original, _use_new_zipfile_serialization=is_zip)

    with pytest.raises(CheckpointError, match="was not opened") as caught:
        load_checkpoint(original)

    assert not trace.exists()
    assert "weights_only" not in str(caught.value)


def test_a_bare_pickle_is_refused_and_does_not_run(original: Path, tmp_path: Path) -> None:
    trace = tmp_path / "it-ran"
    original.write_bytes(pickle.dumps(_Hostile(trace)))

    with pytest.raises(CheckpointError):
        load_checkpoint(original)

    assert not trace.exists()


def test_a_file_of_anything_else_is_refused(original: Path) -> None:
    original.write_bytes(b"RIFF" + bytes(range(256)) * 20)

    with pytest.raises(CheckpointError, match=r"audioldm\.ckpt"):
        load_checkpoint(original)
