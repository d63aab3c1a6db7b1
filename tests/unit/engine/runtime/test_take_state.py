from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api import EngineError
from engine.diffusion.noise import position_keyed_noise
from engine.longform.sections import SectionRange, feathered_noise
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.windows import window_grid
from engine.runtime.take_state import NoiseRecord, TakeState, noise_of
from engine.runtime.version import engine_version

GRID = window_grid(4, 40, window=16, stride=8, time_multiple=2, ramp=8)
WHOLE = NoiseRecord(seed=2**63 - 1, stream=3, take=1, start=4, end=GRID.end_frame)
LAYER = NoiseRecord(seed=5, stream=3, take=2, start=10, end=30, strength=0.5, feather=4)


def state_with(*records: NoiseRecord, reach: int | None = 128) -> TakeState:
    return TakeState(
        model="tiny",
        first_latent_frame=4,
        num_latent_frames=40,
        stride_latent_frames=8,
        records=records,
        attention_reach=reach,
        statistics=DecoderStatistics(values=torch.rand(5, 2, 4, dtype=torch.float64)),
    )


@pytest.mark.parametrize("reach", [None, 0, 128])
def test_a_state_comes_back_as_it_was_saved(tmp_path: Path, reach: int | None) -> None:
    state = state_with(WHOLE, LAYER, reach=reach)
    state.save(tmp_path / "state.npz")

    got = TakeState.load(tmp_path / "state.npz")

    assert torch.equal(got.statistics.values, state.statistics.values)
    assert replace(got, statistics=state.statistics).records == state.records
    assert (got.model, got.first_latent_frame, got.num_latent_frames) == ("tiny", 4, 40)
    assert (got.stride_latent_frames, got.attention_reach) == (8, reach)


def test_equal_states_are_equal_files(tmp_path: Path) -> None:
    state = state_with(WHOLE)
    state.save(tmp_path / "a.npz")
    state.save(tmp_path / "b.npz")

    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_newer_state_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    state_with(WHOLE).save(path)
    with np.load(path) as file:
        arrays = dict(file)
    arrays["piece"][0] = 2
    np.savez(path, **arrays)

    with pytest.raises(EngineError, match=r"state\.npz cannot be read") as caught:
        TakeState.load(path)

    assert "version 2" in caught.value.details


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


def test_one_record_is_the_noise_of_its_position() -> None:
    noise = noise_of((WHOLE,), GRID, channels=8, bins=16)

    expected = position_keyed_noise(2**63 - 1, 3, 1, GRID.first_frame, GRID.num_frames)
    assert torch.equal(noise, expected)


def test_a_layer_changes_its_range_only() -> None:
    below = noise_of((WHOLE,), GRID, channels=8, bins=16)

    noise = noise_of((WHOLE, LAYER), GRID, channels=8, bins=16)

    changed = (noise != below).any(dim=1).any(dim=2)[0].nonzero().flatten() + GRID.first_frame
    assert (int(changed.min()), int(changed.max())) == (10, 29)


def _noise_of_whole_layers(records: tuple[NoiseRecord, ...], step: int) -> torch.Tensor:
    """Every layer over the whole piece, as slowly as possible."""
    noise = torch.empty(0)
    for number, record in enumerate(records):
        layer = position_keyed_noise(
            record.seed, record.stream, record.take, GRID.first_frame, GRID.num_frames, step=step
        )
        place = SectionRange(
            start=record.start, end=record.end, strength=record.strength, feather=record.feather
        )
        noise = feathered_noise(noise, layer, place.mixing_angles(GRID)) if number else layer
    return noise


@pytest.mark.parametrize("step", [0, 3])
def test_layers_are_drawn_over_their_own_range_and_give_every_bit_of_the_slow_way(
    monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    records = (
        WHOLE,
        LAYER,
        replace(LAYER, take=3, start=-20, end=9),
        replace(LAYER, take=4, start=25, end=GRID.end_frame + 20, feather=0, strength=1.0),
        replace(LAYER, take=5, start=-40, end=-30),
    )
    expected = _noise_of_whole_layers(records, step)
    drawn: list[tuple[int, int]] = []

    def counted(
        seed: int, stream: int, take: int, first: int, num: int, **sizes: int
    ) -> torch.Tensor:
        drawn.append((first, num))
        return position_keyed_noise(seed, stream, take, first, num, **sizes)

    monkeypatch.setattr("engine.runtime.take_state.position_keyed_noise", counted)

    noise = noise_of(records, GRID, channels=8, bins=16, step=step)

    assert torch.equal(noise, expected)
    assert drawn[1:] == [
        (10, 20),
        (GRID.first_frame, 9 - GRID.first_frame),
        (25, GRID.end_frame - 25),
    ]


@pytest.mark.parametrize("step", [0, 3])
@pytest.mark.parametrize("frames", [(-8, 0), (3, 29), (11, 12), (40, 64)])
def test_the_noise_of_some_frames_is_that_part_of_the_whole(
    frames: tuple[int, int], step: int
) -> None:
    grid = window_grid(-8, 70, window=16, stride=8, time_multiple=2, ramp=4)
    whole_range = NoiseRecord(seed=1, stream=0, take=0, start=-8, end=grid.end_frame)
    records = (
        whole_range,
        replace(whole_range, take=1, start=10, end=30, strength=0.7, feather=5),
        replace(whole_range, take=2, start=25, end=50, feather=3),
    )
    whole = noise_of(records, grid, bins=4, channels=2, step=step)

    part = noise_of(records, grid, bins=4, channels=2, step=step, frames=frames)

    assert torch.equal(part, whole[:, :, frames[0] + 8 : frames[1] + 8])


def test_a_take_without_noise_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one noise record"):
        noise_of((), GRID, channels=8, bins=16)


def test_the_version_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.version.version", lambda _: "1.2.3")

    assert engine_version() == "1.2.3"
