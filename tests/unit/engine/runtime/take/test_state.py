from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api import EngineError, Fusion, Sampler
from engine.longform.noise_layers import LayeredNoise, NoiseLayer, whole_layer
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.runtime.take.phase_addresses import AddressRun
from engine.runtime.take.solver import TakeSolver
from engine.runtime.take.state import TakeState
from engine.runtime.version import engine_version

DATA = Path("tests/data")
WHOLE = whole_layer(
    seed=2**63 - 1, stream=3, take=1, start=-4, end=60, shared=0.1, period=9, shared_take=8
)
SECTION = NoiseLayer(
    seed=5,
    stream=3,
    take=2,
    start=10,
    end=30,
    strength=0.5,
    fade_in_frames=4,
    fade_out_frames=3,
    visible_start=12,
    visible_end=29,
    shift=-2,
)
SOLVER = TakeSolver(sampler=Sampler.UNIPC, num_steps=25, eta=0.0)
STORED = replace(WHOLE, stored=0, end=26, visible_end=26)


def state_with(*layers: NoiseLayer, reach: int | None = 128, is_loop: bool = False) -> TakeState:
    return TakeState(
        model="tiny",
        first_latent_frame=4,
        num_latent_frames=40,
        stride_latent_frames=8,
        fusion=Fusion.GAUSS,
        origin_latent_frame=6,
        is_loop=is_loop,
        stored_start=-2,
        stored_end=50,
        layers=layers,
        stored_noise=(torch.rand(2, 30, 3),) if STORED in layers else (),
        addresses=(AddressRun(start=16, end=20, address=-3),),
        attention_reach=reach,
        statistics=DecoderStatistics(values=torch.rand(5, 2, 4, dtype=torch.float64)),
        solver=SOLVER,
    )


@pytest.mark.parametrize("reach", [None, 0, 128])
def test_a_state_comes_back_as_it_was_saved(tmp_path: Path, reach: int | None) -> None:
    state = state_with(WHOLE, STORED, SECTION, reach=reach, is_loop=reach == 0)
    state.save(tmp_path / "state.npz")

    got = TakeState.load(tmp_path / "state.npz")

    assert torch.equal(got.statistics.values, state.statistics.values)
    assert torch.equal(got.stored_noise[0], state.stored_noise[0])
    assert len(got.stored_noise) == 1
    assert got.layers == state.layers
    assert got.addresses == state.addresses
    assert (got.model, got.first_latent_frame, got.num_latent_frames) == ("tiny", 4, 40)
    assert (got.stride_latent_frames, got.attention_reach) == (8, reach)
    assert got.fusion is Fusion.GAUSS
    assert (got.origin_latent_frame, got.is_loop) == (6, reach == 0)
    assert (got.stored_start, got.stored_end, got.end_latent_frame) == (-2, 50, 44)
    assert got.solver == SOLVER


def test_equal_states_are_equal_files(tmp_path: Path) -> None:
    state = state_with(WHOLE)
    state.save(tmp_path / "a.npz")
    state.save(tmp_path / "b.npz")

    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_state_that_could_not_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.npz"
    state_with(WHOLE).save(path)
    before = path.read_bytes()

    def fails(_descriptor: int) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("engine.runtime.take.state.os.fsync", fails)
    with pytest.raises(OSError, match="the disk is gone"):
        state_with(WHOLE, SECTION).save(path)

    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["state.npz"]


def test_a_take_of_the_first_release_opens_with_the_noise_that_it_had() -> None:
    """Both files were written by the code of version 1."""
    state = TakeState.load(DATA / "take_state_version_1.npz")

    noise = LayeredNoise(layers=state.layers, channels=2, bins=3)
    with np.load(DATA / "take_noise_version_1.npz") as expected:
        for step in (0, 2):
            got = noise(step, state.stored_start, state.stored_end)
            np.testing.assert_array_equal(got.numpy(), expected[f"step{step}"])
    assert (state.first_latent_frame, state.num_latent_frames) == (-4, 40)
    assert (state.origin_latent_frame, state.is_loop) == (-4, False)
    assert (state.stored_start, state.stored_end) == (-4, 36)
    assert (state.model, state.stride_latent_frames, state.attention_reach) == ("tiny", 128, None)
    assert state.addresses == (AddressRun(start=-16, end=144, address=0),)
    assert state.statistics.values.shape == (2, 2, 4)
    assert state.fusion is Fusion.RAMP
    assert state.solver is None


def test_a_state_of_version_2_opens_and_joins_its_windows_by_ramps(tmp_path: Path) -> None:
    """The file was written by the code of version 2."""
    state = TakeState.load(DATA / "take_state_version_2.npz")

    assert state.fusion is Fusion.RAMP
    assert (state.model, state.stride_latent_frames, state.attention_reach) == ("tiny", 64, 128)
    assert state.layers == (replace(WHOLE, end=36, visible_end=36), SECTION)
    state.save(tmp_path / "again.npz")
    again = TakeState.load(tmp_path / "again.npz")
    assert (again.layers, again.fusion, again.addresses) == (
        state.layers,
        state.fusion,
        state.addresses,
    )


def test_a_state_of_version_3_opens_with_an_unknown_solver_and_keeps_it_unknown(
    tmp_path: Path,
) -> None:
    """The file was written by the code of version 3."""
    state = TakeState.load(DATA / "take_state_version_3.npz")

    assert (state.solver, state.fusion) == (None, Fusion.GAUSS)
    assert state.layers == (replace(WHOLE, end=36, visible_end=36), SECTION)
    state.save(tmp_path / "again.npz")
    assert TakeState.load(tmp_path / "again.npz").solver is None


def test_a_fusion_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    state_with(WHOLE).save(path)
    with np.load(path) as file:
        arrays = dict(file)
    arrays["fusion"] = np.asarray("glue")
    np.savez(path, **arrays)

    with pytest.raises(EngineError, match="cannot be read") as caught:
        TakeState.load(path)

    assert "glue" in caught.value.details


def test_a_newer_state_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    state_with(WHOLE).save(path)
    with np.load(path) as file:
        arrays = dict(file)
    arrays["piece"][0] = 5
    np.savez(path, **arrays)

    with pytest.raises(EngineError, match=r"state\.npz cannot be read") as caught:
        TakeState.load(path)

    assert "version 5" in caught.value.details


def test_a_state_whose_stored_noise_is_missing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    replace(state_with(WHOLE, STORED), stored_noise=()).save(path)

    with pytest.raises(EngineError, match="cannot be read") as caught:
        TakeState.load(path)

    assert "stored noise" in caught.value.details


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    np.savez(path, piece=np.asarray([object()], dtype=object))

    with pytest.raises(EngineError, match="cannot be read"):
        TakeState.load(path)


def test_a_missing_or_foreign_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "foreign.npz").write_bytes(b"PK\x03\x04 nothing useful")

    for name in ("gone.npz", "foreign.npz"):
        with pytest.raises(EngineError, match=name):
            TakeState.load(tmp_path / name)


def test_the_version_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.version.version", lambda _: "1.2.3")

    assert engine_version() == "1.2.3"
