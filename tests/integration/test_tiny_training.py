"""The training commands, end to end at tiny size: from clips to a model that can be loaded."""

import json
from pathlib import Path

import pytest
import torch

from engine.checkpoints.load import load_checkpoint
from engine.checkpoints.tensor_files import read_tensors
from engine.models.clap.features import ClapMelFrontEnd, embed_clip
from engine.models.hifigan.hifigan import HiFiGAN
from engine.models.unet.velocity import VelocityUNet
from engine.training import material, steps
from engine.training.__main__ import main
from engine.training.foundry import machines, nature
from engine.training.foundry.kinds import Kind
from engine.training.foundry.recipes import formula

_KINDS = (
    Kind(
        name="fire",
        recipe=formula(nature.fire),
        phrases=("a fire",),
        targets=("Fire",),
        is_texture=True,
    ),
    Kind(name="laser", recipe=formula(machines.laser), phrases=("a laser",), targets=("Zing",)),
)
_BUNDLED = Path(__file__).parents[2] / "resources" / "starter_model"


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Two kinds without soundfonts, and the arguments that every step takes."""
    monkeypatch.setattr(material, "CORE", _KINDS)
    monkeypatch.setattr(material, "NAMES", tuple(kind.name for kind in _KINDS))
    monkeypatch.setattr(steps, "NAMES", tuple(kind.name for kind in _KINDS))
    return [
        *("--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")),
        *("--text-encoder", str(_BUNDLED), "--tiny", "--minutes", "0.03", "--clips", "2"),
    ]


def test_all_steps_make_a_model_that_predicts(folders: list[str], tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    try:
        assert main(["all", *folders]) == 0
    finally:
        torch.set_num_threads(threads)
    model = load_checkpoint(tmp_path / "out" / "model")
    assert model.config.predicts_velocity
    assert isinstance(model.unet, VelocityUNet)
    prompt = model.embed_prompts(["a fire"])
    with torch.inference_mode():
        noise = model.unet(torch.randn(1, 8, 16, 16), torch.tensor([500]), prompt)
        mel = model.vae.decode(noise / model.config.scaling_factor)
        audio = model.vocoder(mel[:, 0])
    assert bool(torch.isfinite(audio).all())
    assert {t.dtype for t in read_tensors(tmp_path / "out" / "model" / "unet.safetensors").values()}

    step = torch.load(tmp_path / "out" / "unet.pt", weights_only=True)["step"]
    longer = ["0.06" if value == "0.03" else value for value in folders]
    assert main(["unet", *longer]) == 0
    assert torch.load(tmp_path / "out" / "unet.pt", weights_only=True)["step"] > step


def test_vocoder_and_tower_join_the_model_where_waveforms_are_kept(
    folders: list[str], tmp_path: Path
) -> None:
    threads = torch.get_num_threads()
    try:
        assert main(["all", *folders, "--keep-audio"]) == 0
    finally:
        torch.set_num_threads(threads)
    model = load_checkpoint(tmp_path / "out" / "model")
    assert isinstance(model.vocoder, HiFiGAN)
    assert model.audio_encoder is not None
    with torch.inference_mode():
        heard = embed_clip(model.audio_encoder, ClapMelFrontEnd(), torch.randn(48_000) * 0.1)
        audio = model.vocoder(torch.full((1, 8, 64), -5.0))
    assert float(heard.norm()) == pytest.approx(1.0, abs=1e-4)
    assert audio.shape[1] >= 8 * 160
    for name in ("vocoder", "tower"):
        step = torch.load(tmp_path / "out" / f"{name}.pt", weights_only=True)["step"]
        longer = ["0.05" if value == "0.03" else value for value in folders]
        assert main([name, *longer]) == 0
        assert torch.load(tmp_path / "out" / f"{name}.pt", weights_only=True)["step"] > step


def test_training_goes_on_from_an_earlier_model(folders: list[str], tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    try:
        assert main(["all", *folders]) == 0
        earlier = tmp_path / "earlier"
        (tmp_path / "out" / "model").rename(earlier)
        claimed = {"kinds": [{"name": "fire", "prompts": ["a fire"]}], "dropped": ["laser"]}
        (earlier / "kinds.json").write_text(json.dumps(claimed), encoding="utf-8")
        (tmp_path / "out" / "unet.pt").unlink()
        for step in ("encode", "unet", "export"):
            assert main([step, *folders, "--start", str(earlier)]) == 0
    finally:
        torch.set_num_threads(threads)
    before = read_tensors(earlier / "vae.safetensors")
    after = read_tensors(tmp_path / "out" / "model" / "vae.safetensors")
    for name, tensor in before.items():
        torch.testing.assert_close(after[name].float(), tensor.float(), atol=2e-3, rtol=0)


def test_a_step_out_of_turn_names_the_one_before(
    folders: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", *folders]) == 1
    assert "run the step 'unet' first" in capsys.readouterr().err
