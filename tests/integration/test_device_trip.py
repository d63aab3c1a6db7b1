"""The trip to a GPU machine, rehearsed at tiny size on a processor."""

import json
import tarfile
from pathlib import Path

import pytest
import torch

from engine.checkpoints.load import load_checkpoint
from engine.training import device_trip, material
from engine.training.device_trip import TripError, assemble, cut, main
from engine.training.foundry import machines, nature
from engine.training.foundry.kinds import Kind
from engine.training.foundry.recipes import formula

_BUNDLED = Path(__file__).parents[2] / "resources" / "starter_model"
_KINDS = tuple(
    Kind(name=name, recipe=formula(function), phrases=(f"a {name}",), targets=("Noise",))
    for name, function in (("fire", nature.fire), ("laser", machines.laser))
)


def test_the_trip_trains_everything_goes_on_after_a_stop_and_comes_back_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(material, "KINDS", _KINDS)
    monkeypatch.setattr(material, "NAMES", tuple(kind.name for kind in _KINDS))
    monkeypatch.setattr(device_trip, "PART_BYTES", 400_000)
    (tmp_path / "work" / "data" / "soundfonts").mkdir(parents=True)
    command = [
        *("train", "--work", str(tmp_path / "work"), "--parts", str(tmp_path / "parts")),
        *("--text-encoder", str(_BUNDLED), "--budget-minutes", "0.2", "--workers", "1"),
        *("--device", "cpu", "--tiny"),
    ]
    threads = torch.get_num_threads()
    try:
        assert main(command) == 0
        done_path = tmp_path / "work" / "done.json"
        assert len(json.loads(done_path.read_text(encoding="utf-8"))) == 8
        done_path.write_text(json.dumps(["material", "vae", "encode", "decoder", "unet"]))
        assert main(command) == 0
    finally:
        torch.set_num_threads(threads)
    parts = tmp_path / "parts"
    assert all(path.stat().st_size <= 400_000 for path in parts.iterdir())
    home = ["assemble", "--parts", str(parts), "--model", str(tmp_path / "model")]
    assert main(home) == 0
    model = load_checkpoint(tmp_path / "model")
    assert model.audio_encoder is not None
    (parts / "unet.safetensors.00").write_bytes(b"damaged")
    assert main(home) == 1


def test_pieces_join_to_what_was_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_trip, "PART_BYTES", 10)
    model = tmp_path / "model"
    model.mkdir()
    (model / "long").write_bytes(bytes(range(25)))
    (model / "empty").write_bytes(b"")
    cut(model, tmp_path / "parts")
    assert len(list((tmp_path / "parts").glob("long.*"))) == 3
    assemble(tmp_path / "parts", tmp_path / "again")
    assert (tmp_path / "again" / "long").read_bytes() == bytes(range(25))
    assert (tmp_path / "again" / "empty").read_bytes() == b""


def test_the_shares_of_the_networks_are_the_whole() -> None:
    assert sum(device_trip.SHARES.values()) == pytest.approx(1.0)


def test_an_archive_without_a_fitting_wheel_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data" / "wheels").mkdir(parents=True)
    archive = tmp_path / "trip.tar.xz"
    with tarfile.open(archive, "w:xz") as file:
        file.add(tmp_path / "data", arcname=".")
    with pytest.raises(TripError, match="no wheel"):
        device_trip.unpack(archive, tmp_path / "there")
