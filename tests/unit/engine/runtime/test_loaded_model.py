from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.api import EngineError
from engine.checkpoints.model import AudioLDM
from engine.models.unet.unet import UNet
from engine.runtime.device import choose_device, device_title, group_items, most_batch_items
from engine.runtime.loaded_model import LoadedModel
from tests.support.networks import relative_error
from tests.support.stored_models import small_model
from tests.support.tiny_model import tiny_config

CPU = torch.device("cpu")


class SmallMemoryUNet(UNet):
    """Can take two items at a time."""

    sizes: list[int]

    def forward(self, latents: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        self.sizes.append(len(latents))
        if len(latents) > 2:
            raise torch.OutOfMemoryError("too much")
        return super().forward(latents, timesteps, conditioning)


@pytest.fixture
def model() -> AudioLDM:
    return small_model(tiny_config())


def inputs(num: int) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    latents = torch.randn(num, 8, 16, 16, generator=generator)
    conditioning = torch.randn(num, 20, generator=generator)
    return latents, torch.full((num,), 500), conditioning


@torch.inference_mode()
def test_a_batch_that_does_not_fit_is_halved_and_the_size_remembered(model: AudioLDM) -> None:
    unet = SmallMemoryUNet(model.config.unet)
    unet.load_state_dict(model.unet.state_dict())
    unet.sizes = []
    loaded = LoadedModel(replace(model, unet=unet.eval()), CPU)

    got = loaded.predict_noise(*inputs(7))
    loaded.predict_noise(*inputs(4))

    torch.testing.assert_close(got, model.unet(*inputs(7)), rtol=1e-4, atol=1e-4)
    assert unet.sizes == [7, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@torch.inference_mode()
def test_in_groups_of_one_size_neither_place_nor_company_changes_a_bit(
    model: AudioLDM, dtype: torch.dtype
) -> None:
    model.unet.to(dtype)
    loaded = LoadedModel(model, CPU)
    everything = inputs(7)

    together = loaded.predict_noise(*everything, group_items=2)

    assert together.dtype == torch.float32
    assert together.shape == everything[0].shape
    for chosen in ([6], [3, 0], [5, 1, 2], [4, 4, 4, 6]):
        some = loaded.predict_noise(*(x[chosen] for x in everything), group_items=2)
        assert torch.equal(some, together[chosen])


@torch.inference_mode()
def test_every_call_has_the_size_of_a_group(model: AudioLDM) -> None:
    unet = SmallMemoryUNet(model.config.unet)
    unet.load_state_dict(model.unet.state_dict())
    unet.sizes = []

    LoadedModel(replace(model, unet=unet.eval()), CPU).predict_noise(*inputs(5), group_items=2)

    assert unet.sizes == [2, 2, 2]


def test_the_number_of_windows_alone_decides_about_the_groups() -> None:
    assert group_items(CPU, 1) == group_items(CPU, 7) == 2
    assert group_items(CPU, 8) == group_items(CPU, 10_000) == 4
    assert group_items(torch.device("cuda"), 8) is None


@torch.inference_mode()
def test_only_the_item_that_overflows_is_computed_again_in_float32(
    model: AudioLDM, monkeypatch: pytest.MonkeyPatch
) -> None:
    latents, timesteps, conditioning = inputs(3)
    # Too much for the first convolution in float16; the normalisation after it takes it away.
    latents[1] *= 40_000
    expected = model.unet(latents, timesteps, conditioning)
    alone = model.unet.half()(latents[:1].half(), timesteps[:1], conditioning[:1].half())
    loaded = LoadedModel(model, CPU)
    get, calls = loaded._precise_unet.get, []

    def counted() -> UNet:
        calls.append(1)
        return get()

    monkeypatch.setattr(loaded._precise_unet, "get", counted)

    got = loaded.predict_noise(latents, timesteps, conditioning, group_items=1)

    assert calls == [1]
    assert torch.equal(got[:1], alone.float())
    assert relative_error(got[1], expected[1]) < 0.01
    assert next(model.unet.parameters()).dtype == torch.float16


@torch.inference_mode()
def test_a_single_item_that_does_not_fit_is_an_error(
    model: AudioLDM, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object) -> Tensor:
        raise torch.OutOfMemoryError("too much")

    loaded = LoadedModel(model, CPU)
    monkeypatch.setattr(loaded, "_predicted", exhausted)

    with pytest.raises(torch.OutOfMemoryError):
        loaded.predict_noise(*inputs(1))


def test_a_prompt_is_embedded_once(model: AudioLDM) -> None:
    loaded = LoadedModel(model, CPU)

    first = loaded.embeddings(["rain", "", "rain"])
    second = loaded.embeddings(["rain"])

    assert first.keys() == {"rain", ""}
    assert second["rain"] is first["rain"]
    assert float(first["rain"].norm()) == pytest.approx(1.0, abs=1e-5)


def test_an_embedding_does_not_depend_on_its_neighbours(model: AudioLDM) -> None:
    together = LoadedModel(model, CPU).embeddings(["rain", "a much longer prompt than that"])
    alone = LoadedModel(model, CPU).embeddings(["rain"])

    assert torch.equal(together["rain"], alone["rain"])


def test_the_memory_of_embeddings_is_bounded(
    model: AudioLDM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runtime.loaded_model._MOST_EMBEDDINGS", 2)
    loaded = LoadedModel(model, CPU)
    loaded.embeddings(["a", "b"])

    assert loaded.embeddings(["b", "c"]).keys() == {"b", "c"}


def test_the_cpu_is_always_there() -> None:
    assert choose_device("cpu") == CPU
    assert device_title(CPU) == "cpu"
    assert most_batch_items(CPU, tiny_config().unet, 256, 16) >= 1


def test_auto_takes_the_graphics_processor_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == CPU

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    assert choose_device("auto") == torch.device("cuda")


@pytest.mark.parametrize("name", ["", "gpu", "meta", "cuda:99", "cpu cuda"])
def test_an_unknown_device_is_named(name: str) -> None:
    with pytest.raises(EngineError, match=f"device “{name}”") as caught:
        choose_device(name)

    assert "cpu" in caught.value.remedy
