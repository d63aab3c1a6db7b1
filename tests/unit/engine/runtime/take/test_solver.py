"""Parts of a take are made with its own solver, or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.api import EngineError, GenerateRequest, Sampler, SamplingSettings
from engine.runtime.local_engine import LocalEngine
from engine.runtime.take.solver import TakeSolver, check_solver_fits
from engine.runtime.take.state import TakeState
from tests.support.local_engine import base_in, run, section
from tests.support.tiny_model import region, save_tiny_model, tiny_config, tiny_request

FIRST, NUM = 10, 80
DDIM = TakeSolver(sampler=Sampler.DDIM, num_steps=3, eta=0.5)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


@pytest.fixture(scope="module")
def base(engine: LocalEngine, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A take of 80 latent frames, made by DDIM with 3 steps and eta 0.5."""
    folder = tmp_path_factory.mktemp("base")
    run(engine, asked(model, folder))
    return folder


def asked(model: Path, folder: Path, **changes: object) -> GenerateRequest:
    request = tiny_request(model, folder, region(FIRST, NUM), num_steps=3)
    sampling = replace(request.sampling, sampler=Sampler.DDIM, eta=0.5)
    return replace(request, sampling=replace(sampling, **changes))  # type: ignore[arg-type]


def solver_in(folder: Path) -> TakeSolver | None:
    return TakeState.load(folder / "state.npz").solver


def test_a_take_remembers_its_solver_and_hands_it_on_to_its_sections(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    made = replace(asked(model, tmp_path), sections=(section(40, 12),), base=base_in(base))
    run(engine, made)

    assert solver_in(base) == solver_in(tmp_path) == DDIM


def test_an_eta_that_is_left_to_the_model_is_that_of_the_model(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    run(engine, asked(model, tmp_path, eta=None))

    assert solver_in(tmp_path) == replace(DDIM, eta=tiny_config().ddim_eta)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"num_steps": 4}, "ddim with 4 steps and eta 0.5"),
        ({"eta": 0.0}, "ddim with 3 steps and eta 0 "),
        ({"sampler": Sampler.UNIPC, "eta": None}, "unipc with 3 steps "),
    ],
)
def test_a_section_with_another_solver_is_refused(
    engine: LocalEngine,
    model: Path,
    base: Path,
    tmp_path: Path,
    changes: dict[str, object],
    words: str,
) -> None:
    made = replace(asked(model, tmp_path, **changes), sections=(section(40, 12),))

    with pytest.raises(EngineError, match=words) as caught:
        run(engine, replace(made, base=base_in(base)))

    assert "made by ddim with 3 steps and eta 0.5;" in str(caught.value)
    assert "Choose ddim with 3 steps and eta 0.5, or generate" in caught.value.remedy


def test_what_covers_everything_anew_may_use_another_solver(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    made = replace(asked(model, tmp_path, num_steps=2), sections=(section(FIRST, NUM),))
    run(engine, replace(made, base=base_in(base)))

    assert solver_in(tmp_path) == replace(DDIM, num_steps=2)


def test_a_take_that_is_only_shortened_keeps_its_solver_whatever_is_asked_for(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    shorter = replace(asked(model, tmp_path, num_steps=2), regions=(region(FIRST, NUM - 30),))
    run(engine, replace(shorter, base=base_in(base)))

    assert solver_in(tmp_path) == DDIM


def test_a_take_of_an_unknown_solver_accepts_any_and_stays_unknown(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    for file in base.iterdir():
        (old / file.name).write_bytes(file.read_bytes())
    replace(TakeState.load(base / "state.npz"), solver=None).save(old / "state.npz")
    made = replace(asked(model, new, num_steps=2), sections=(section(40, 12),))
    run(engine, replace(made, base=base_in(old)))

    assert solver_in(new) is None


def test_eta_means_nothing_to_other_solvers_than_ddim() -> None:
    settings = SamplingSettings(
        sampler=Sampler.UNIPC, num_steps=1, stride_latent_frames=128, eta=0.7
    )

    solver = TakeSolver.of_settings(settings, ddim_eta=1.0)

    assert solver == TakeSolver(sampler=Sampler.UNIPC, num_steps=1, eta=0.0)
    assert solver.words == "unipc with 1 step"
    check_solver_fits(solver, solver)
