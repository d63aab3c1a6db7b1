"""Takes are extended, cut and filled in; what is kept keeps every bit away from the joins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.api import EngineError, GenerateRequest, KeptSpan, Region
from engine.longform.noise_layers import LayeredNoise
from engine.runtime.local_engine import LocalEngine
from engine.runtime.take.state import TakeState
from tests.support.local_engine import FILES, base_in, run, section, sound_of
from tests.support.tiny_model import region, save_tiny_model, tiny_config, tiny_request

FIRST, NUM = 10, 150
JOIN = 12


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


@pytest.fixture(scope="module")
def base(engine: LocalEngine, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished take of 150 latent frames, starting at frame 10."""
    folder = tmp_path_factory.mktemp("base")
    run(engine, tiny_request(model, folder, region(FIRST, NUM)))
    return folder


def kept(start: int, end: int, target: int | None = None) -> KeptSpan:
    return KeptSpan(
        start_latent_frame=start,
        num_latent_frames=end - start,
        target_latent_frame=start if target is None else target,
    )


def built_on(
    base: Path, model: Path, folder: Path, *regions: Region, spans: tuple[KeptSpan, ...] = ()
) -> GenerateRequest:
    request = tiny_request(model, folder, *regions)
    return replace(
        request, take=1, base=replace(base_in(base), kept=spans, join_latent_frames=JOIN)
    )


class Heard:
    """The files of a take by absolute latent frames, hidden ones left out."""

    def __init__(self, folder: Path) -> None:
        state = TakeState.load(folder / "state.npz")
        self.first, self.end = state.first_latent_frame, state.end_latent_frame
        skipped = self.first - state.stored_start
        latents = np.load(folder / "latents.npy")
        assert latents.shape[1] == state.stored_end - state.stored_start
        num = self.end - self.first
        self.latents = np.moveaxis(latents[:, skipped : skipped + num], 1, 0).reshape(num, -1)
        self.mel = np.load(folder / "mel.npy").reshape(num, -1)
        self.sound = sound_of(folder).reshape(num, -1)
        layered = LayeredNoise(layers=state.layers, channels=2, bins=2)
        self.noise = layered(0, self.first, self.end)[0].numpy().transpose(1, 0, 2).reshape(num, -1)

    def part(self, kind: str, start: int, end: int) -> NDArray[np.float32]:
        values: NDArray[np.float32] = getattr(self, kind)
        assert self.first <= start < end <= self.end
        return values[start - self.first : end - self.first]


def assert_kept(new: Heard, old: Heard, start: int, end: int, shift: int = 0) -> None:
    """The frames [start, end) of the old take, without what joins at both ends may change."""
    begin = 0 if start == old.first and start + shift == new.first else 1
    stop = 0 if end + shift == new.end else 1
    for kind, join in (("noise", 0), ("latents", JOIN), ("mel", JOIN), ("sound", JOIN)):
        a, b = start + begin * join, end - stop * join
        np.testing.assert_array_equal(
            new.part(kind, a + shift, b + shift), old.part(kind, a, b), err_msg=kind
        )


def test_a_take_is_extended_and_extended_again(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    run(engine, built_on(base, model, tmp_path / "one", region(FIRST, NUM + 60)))
    run(engine, built_on(tmp_path / "one", model, tmp_path / "two", region(FIRST, NUM + 100)))

    old, one, two = Heard(base), Heard(tmp_path / "one"), Heard(tmp_path / "two")
    assert_kept(one, old, FIRST, FIRST + NUM)
    assert_kept(two, one, FIRST, FIRST + NUM + 60)
    assert_kept(two, old, FIRST, FIRST + NUM)
    assert np.abs(two.part("sound", FIRST + NUM, two.end)).max(axis=1).min() > 0


def test_an_extension_with_the_same_words_changes_no_latents_that_were_heard(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    """The join lies in the hidden tail, as far as that is long enough."""
    stored = TakeState.load(base / "state.npz").stored_end
    run(engine, built_on(base, model, tmp_path / "same", region(FIRST, NUM + 60)))
    other = region(FIRST + NUM, 60, "thunder")
    run(engine, built_on(base, model, tmp_path / "other", region(FIRST, NUM), other))

    old, same, new = Heard(base), Heard(tmp_path / "same"), Heard(tmp_path / "other")
    assert stored > FIRST + NUM
    freed = stored - JOIN
    np.testing.assert_array_equal(
        same.part("latents", FIRST, freed), old.part("latents", FIRST, freed)
    )
    changed = (new.part("latents", FIRST, FIRST + NUM) != old.latents).any(axis=1)
    assert np.flatnonzero(changed).min() == NUM - JOIN


def test_a_take_begins_earlier_with_negative_frames(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    run(engine, built_on(base, model, tmp_path, region(-30, NUM + 40)))

    old, new = Heard(base), Heard(tmp_path)
    assert (new.first, new.end) == (-30, FIRST + NUM)
    assert_kept(new, old, FIRST, FIRST + NUM)
    assert (new.part("latents", FIRST, FIRST + JOIN) != old.latents[:JOIN]).any()
    state = TakeState.load(tmp_path / "state.npz")
    assert state.origin_latent_frame == FIRST


def test_time_is_inserted(engine: LocalEngine, model: Path, base: Path, tmp_path: Path) -> None:
    spans = (kept(FIRST, 90), kept(90, FIRST + NUM, 120))
    run(engine, built_on(base, model, tmp_path, region(FIRST, NUM + 30), spans=spans))

    old, new = Heard(base), Heard(tmp_path)
    assert_kept(new, old, FIRST, 90)
    assert_kept(new, old, 90, FIRST + NUM, shift=30)
    assert np.abs(new.part("latents", 90, 120)).max(axis=1).min() > 0


def test_time_is_cut_out_and_the_joins_are_made_again(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    spans = (kept(FIRST, 70), kept(100, FIRST + NUM, 70))
    run(engine, built_on(base, model, tmp_path, region(FIRST, NUM - 30), spans=spans))

    old, new = Heard(base), Heard(tmp_path)
    assert_kept(new, old, FIRST, 70)
    assert_kept(new, old, 100, FIRST + NUM, shift=-30)
    expected = np.concatenate([old.part("latents", FIRST, 70), old.part("latents", 100, old.end)])
    changed = np.flatnonzero((new.latents != expected).any(axis=1)) + FIRST
    assert set(changed) == set(range(70 - JOIN, 70 + JOIN))


def test_a_cut_that_is_filled_again_has_the_noise_of_the_kept_frames(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    cut = (kept(FIRST, 70), kept(100, FIRST + NUM, 70))
    run(engine, built_on(base, model, tmp_path / "cut", region(FIRST, NUM - 30), spans=cut))
    back = (kept(FIRST, 70), kept(70, FIRST + NUM - 30, 100))
    request = built_on(tmp_path / "cut", model, tmp_path / "back", region(FIRST, NUM), spans=back)
    run(engine, request)

    old, new = Heard(base), Heard(tmp_path / "back")
    for start, end in ((FIRST, 70), (100, FIRST + NUM)):
        np.testing.assert_array_equal(new.part("noise", start, end), old.part("noise", start, end))
    assert (new.part("noise", 70, 100) != old.part("noise", 70, 100)).all()


def test_material_is_moved(engine: LocalEngine, model: Path, base: Path, tmp_path: Path) -> None:
    spans = (kept(80, 130, FIRST), kept(FIRST, 80, 60))
    run(engine, built_on(base, model, tmp_path, region(FIRST, 120), spans=spans))

    old, new = Heard(base), Heard(tmp_path)
    end, start = 60 - JOIN, 60 + JOIN
    for kind in ("latents", "mel", "sound"):
        np.testing.assert_array_equal(
            new.part(kind, FIRST, end), old.part(kind, 80, end + 70), err_msg=kind
        )
        np.testing.assert_array_equal(
            new.part(kind, start, 130), old.part(kind, start - 50, 80), err_msg=kind
        )


def test_a_shortened_take_is_copied_and_nothing_is_made(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("nothing is to be sampled")

    monkeypatch.setattr("engine.runtime.loaded_model.LoadedModel.predict_noise", never)
    run(engine, built_on(base, model, tmp_path, region(FIRST + 20, 90)))

    old, new = Heard(base), Heard(tmp_path)
    for kind in ("noise", "latents", "mel", "sound"):
        np.testing.assert_array_equal(
            new.part(kind, FIRST + 20, FIRST + 110), old.part(kind, FIRST + 20, FIRST + 110)
        )


def test_a_section_is_made_again_after_a_cut(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    spans = (kept(FIRST, 70), kept(100, FIRST + NUM, 70))
    run(engine, built_on(base, model, tmp_path / "cut", region(FIRST, NUM - 30), spans=spans))
    again = built_on(tmp_path / "cut", model, tmp_path / "again", region(FIRST, NUM - 30))
    run(engine, replace(again, sections=(section(110, 20),)))

    cut, new = Heard(tmp_path / "cut"), Heard(tmp_path / "again")
    changed = np.flatnonzero((new.latents != cut.latents).any(axis=1)) + FIRST
    # The section reaches the end, and with it the hidden frames.
    assert set(changed) == set(range(110, 130))
    np.testing.assert_array_equal(new.sound[:100], cut.sound[:100])


def test_an_extension_and_a_section_are_made_in_one_run(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    request = built_on(base, model, tmp_path, region(FIRST, NUM + 40))
    run(engine, replace(request, sections=(section(40, 10),)))

    old, new = Heard(base), Heard(tmp_path)
    same = (new.part("latents", FIRST, FIRST + NUM - JOIN) == old.latents[:-JOIN]).all(axis=1)
    assert set(np.flatnonzero(~same) + FIRST) == set(range(40, 50))


def test_the_same_request_gives_the_same_bits(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    spans = (kept(FIRST, 70), kept(100, FIRST + NUM, 80))
    for name in ("once", "again"):
        run(engine, built_on(base, model, tmp_path / name, region(FIRST, NUM - 20), spans=spans))

    for name in FILES:
        once, again = ((tmp_path / folder / name).read_bytes() for folder in ("once", "again"))
        assert once == again, name


def test_another_take_of_the_same_request_keeps_the_same(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    for take in (1, 2):
        request = built_on(base, model, tmp_path / str(take), region(FIRST, NUM + 40))
        run(engine, replace(request, take=take))

    old, one, two = Heard(base), Heard(tmp_path / "1"), Heard(tmp_path / "2")
    assert_kept(one, old, FIRST, FIRST + NUM)
    assert_kept(two, old, FIRST, FIRST + NUM)
    assert (one.latents[NUM + 6 :] != two.latents[NUM + 6 :]).any(axis=1).all()


@pytest.mark.parametrize(
    ("spans", "regions", "message"),
    [
        ((kept(5, 60, 20),), region(FIRST, NUM), "0.20 s to 2.40 s is not inside the take"),
        ((), region(900, 50), "have no time in common"),
    ],
)
def test_what_the_take_does_not_have_cannot_be_kept(
    engine: LocalEngine,
    model: Path,
    base: Path,
    tmp_path: Path,
    spans: tuple[KeptSpan, ...],
    regions: Region,
    message: str,
) -> None:
    with pytest.raises(EngineError, match=message):
        run(engine, built_on(base, model, tmp_path, regions, spans=spans))


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named_when_time_is_cut_out(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path, name: str
) -> None:
    damaged = tmp_path / "base"
    damaged.mkdir()
    for file in FILES:
        content = (base / file).read_bytes()
        (damaged / file).write_bytes(content[: len(content) // 3] if file == name else content)
    spans = (kept(FIRST, 70), kept(100, FIRST + NUM, 70))

    with pytest.raises(EngineError, match=name):
        run(
            engine,
            built_on(damaged, model, tmp_path / "out", region(FIRST, NUM - 30), spans=spans),
        )


def test_moved_material_is_voiced_from_the_phases_it_had(
    engine: LocalEngine, tmp_path: Path
) -> None:
    """Griffin-Lim starts from phases by address: with others the sound would not fit the old."""
    model = save_tiny_model(tmp_path / "model", tiny_config(has_hifigan=False))
    run(engine, tiny_request(model, tmp_path / "base", region(FIRST, NUM)))
    run(engine, built_on(tmp_path / "base", model, tmp_path / "new", region(-30, NUM + 40)))

    old, new = Heard(tmp_path / "base"), Heard(tmp_path / "new")
    same_mel = (new.part("mel", FIRST, old.end) == old.mel).all(axis=1)
    first_same = int(np.flatnonzero(~same_mel).max()) + 1
    changed = np.flatnonzero((new.part("sound", FIRST, old.end) != old.sound).any(axis=1))
    # Two rounds of Griffin-Lim see 23 mel frames; 32 are computed again.
    voiced_again = slice(first_same + 6, first_same + 8)
    np.testing.assert_allclose(
        new.part("sound", FIRST, old.end)[voiced_again], old.sound[voiced_again], atol=1e-6
    )
    assert np.abs(old.sound[voiced_again]).max() > 1e-4
    assert changed.max() < first_same + 8
