"""The training commands, end to end at tiny size: from clips to a model that can be loaded."""

from pathlib import Path

import pytest
import torch

from engine.checkpoints.load import load_checkpoint
from engine.checkpoints.tensor_files import read_tensors
from engine.models.unet.velocity import VelocityUNet
from engine.training import material
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


def test_a_step_out_of_turn_names_the_one_before(
    folders: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", *folders]) == 1
    assert "run the step 'unet' first" in capsys.readouterr().err
