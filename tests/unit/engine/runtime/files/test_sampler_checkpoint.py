"""What an unfinished run leaves: whole or not at all, its own or not at all, and seldom."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.runtime.files.sampler_checkpoint import CHECKPOINT_FILE, SamplerCheckpoint


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def arrays(value: float = 1.5) -> dict[str, NDArray[np.generic]]:
    return {"latents": np.full((2, 3), value, np.float32), "step": np.asarray(4)}


def stored(folder: Path, fingerprint: str = "ours", value: float = 1.5) -> SamplerCheckpoint:
    time = FakeTime()
    checkpoint = SamplerCheckpoint(folder, fingerprint, time)
    time.seconds = 2.0
    assert checkpoint.save_last(lambda: arrays(value))
    return checkpoint


def test_what_was_stored_comes_back_bit_for_bit(tmp_path: Path) -> None:
    stored(tmp_path)

    loaded = SamplerCheckpoint(tmp_path, "ours").load()

    assert loaded is not None
    assert loaded.keys() == arrays().keys()
    for name, array in arrays().items():
        np.testing.assert_array_equal(loaded[name], array)
        assert loaded[name].dtype == array.dtype


def test_the_state_of_another_run_is_ignored(tmp_path: Path) -> None:
    assert SamplerCheckpoint(tmp_path, "ours").load() is None
    stored(tmp_path, "theirs")

    assert SamplerCheckpoint(tmp_path, "ours").load() is None


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other", "pickled"])
def test_a_damaged_file_is_ignored(tmp_path: Path, damage: str) -> None:
    stored(tmp_path)
    path = tmp_path / CHECKPOINT_FILE
    content = bytearray(path.read_bytes())
    match damage:
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "flipped":
            place = content.index(np.float32(1.5).tobytes())
            content[place] ^= 1
            path.write_bytes(content)
        case "empty":
            path.write_bytes(b"")
        case "other":
            np.savez(path, latents=np.zeros(3))
        case "pickled":
            np.savez(path, fingerprint=np.asarray("ours"), latents=np.asarray([{}], object))

    assert SamplerCheckpoint(tmp_path, "ours").load() is None


def test_a_state_that_cannot_be_written_leaves_the_last_one(tmp_path: Path) -> None:
    time = FakeTime()
    checkpoint = SamplerCheckpoint(tmp_path, "ours", time)
    time.seconds = 2.0
    checkpoint.save_last(arrays)

    def full() -> NoReturn:
        raise OSError(28, "No space left on device")

    time.seconds = 90.0
    with pytest.raises(OSError, match="No space"):
        checkpoint.save_last(full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save_last(lambda: arrays(9.0), before=full)

    loaded = SamplerCheckpoint(tmp_path, "ours").load()
    assert loaded is not None
    assert loaded["latents"][0, 0] == 1.5


def test_nothing_is_left_after_removing_it(tmp_path: Path) -> None:
    checkpoint = stored(tmp_path)
    (tmp_path / "sampler.npz.part").write_bytes(b"killed while writing")

    checkpoint.remove()
    checkpoint.remove()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cost", [0.0, 0.3, 5.0])
def test_storing_takes_at_most_a_twentieth_of_the_time_and_comes_every_two_seconds(
    tmp_path: Path, cost: float
) -> None:
    time = FakeTime()
    checkpoint = SamplerCheckpoint(tmp_path, "ours", time)
    count = 0

    def costly() -> dict[str, NDArray[np.generic]]:
        time.seconds += cost
        return arrays()

    while time.seconds < 300.0:
        time.seconds += 0.5
        count += checkpoint.save_if_due(costly)

    assert 1 <= count <= 150
    assert cost * (count - 1) <= 0.05 * time.seconds
    if cost == 0.0:
        assert count == 150


def test_the_end_of_a_short_run_is_not_stored(tmp_path: Path) -> None:
    checkpoint = SamplerCheckpoint(tmp_path, "ours", FakeTime())

    assert not checkpoint.save_last(arrays)
    assert list(tmp_path.iterdir()) == []
