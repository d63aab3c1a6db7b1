"""What a piece may take of the memory changes how it is decoded, not how it sounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.api import STANDARD_MEMORY_BUDGET_BYTES, AudioSource
from engine.longform.tiled_vae import decoder, encoder
from engine.longform.tiled_vae.parking import ParkingPlan, chosen_plan
from engine.runtime.local_engine import LocalEngine
from tests.support.local_engine import run, sound_of
from tests.support.tiny_model import region, save_tiny_model, tiny_request

NUM = 400
Chosen = tuple[int, bool]
"""Number of a plan among all, from the least work to the least memory; and whether in files."""


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model"))


class Spy:
    """Stands in for the choice of a plan, and notes it and what all plans take."""

    def __init__(self) -> None:
        self.chosen: list[Chosen] = []
        self.peak_values: list[list[int]] = []

    def __call__(
        self,
        plans: Sequence[ParkingPlan],
        *,
        budget_values: int,
        scratch_dir: Path | None,
        plan_in_files: int = 1,
    ) -> tuple[ParkingPlan, Path | None]:
        plan, folder = chosen_plan(
            plans, budget_values=budget_values, scratch_dir=scratch_dir, plan_in_files=plan_in_files
        )
        self.chosen.append((list(plans).index(plan), folder is not None))
        self.peak_values.append([each.peak_values for each in plans])
        return plan, folder


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    spy = Spy()
    for module in (decoder, encoder):
        monkeypatch.setattr(module, "chosen_plan", spy)
    return spy


def test_every_budget_chooses_its_own_way_to_the_same_sound(
    engine: LocalEngine, model: Path, tmp_path: Path, spy: Spy
) -> None:
    request = tiny_request(model, tmp_path / "usual", region(0, NUM))
    run(engine, request)
    usual = sound_of(tmp_path / "usual")
    assert set(spy.chosen) == {(0, False)}
    peaks = spy.peak_values[0]
    itemsize = next(engine.load(str(model)).model.vae.decoder.parameters()).element_size()

    ways: dict[int, Chosen] = {
        budget: (next(i for i, peak in enumerate(peaks) if peak <= budget), False)
        for budget in peaks
    }
    ways[min(peaks) - 1] = (2, True)
    assert len(set(ways.values())) > 3
    for budget_values, way in ways.items():
        spy.chosen.clear()
        folder = tmp_path / f"{budget_values}"
        folder.mkdir()
        budget = budget_values * itemsize
        run(engine, replace(request, output_dir=str(folder), memory_budget_bytes=budget))

        assert set(spy.chosen) == {way}
        np.testing.assert_allclose(sound_of(folder), usual, atol=1e-5)
        assert np.array_equal(
            np.load(folder / "latents.npy"), np.load(tmp_path / "usual" / "latents.npy")
        )


def test_imported_sound_keeps_to_the_budget_too(
    engine: LocalEngine, model: Path, tmp_path: Path, spy: Spy
) -> None:
    path = tmp_path / "noise.wav"
    soundfile.write(path, 0.1 * np.random.default_rng(0).normal(size=64_000), 16_000)
    request = tiny_request(model, tmp_path / "usual", region(0, 100))
    request = replace(request, source=AudioSource(path=str(path)))
    run(engine, request)
    assert not any(is_in_files for _, is_in_files in spy.chosen)
    spy.chosen.clear()
    (tmp_path / "small").mkdir()

    run(engine, replace(request, output_dir=str(tmp_path / "small"), memory_budget_bytes=0))

    assert spy.chosen
    assert all(is_in_files for _, is_in_files in spy.chosen)
    small, usual = (np.load(tmp_path / name / "latents.npy") for name in ("small", "usual"))
    np.testing.assert_allclose(small, usual, atol=1e-5)


def test_the_usual_budget_is_three_gibibytes(model: Path, tmp_path: Path) -> None:
    assert tiny_request(model, tmp_path).memory_budget_bytes == STANDARD_MEMORY_BUDGET_BYTES
    assert STANDARD_MEMORY_BUDGET_BYTES == 3 * 1024**3
    assert decoder.DecodeSettings().memory_budget_bytes == STANDARD_MEMORY_BUDGET_BYTES
