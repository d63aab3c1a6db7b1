"""Loops from a request to their files, with a tiny real model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api import (
    AudioReady,
    BaseResult,
    EngineError,
    Fusion,
    GenerateRequest,
    JobStarted,
    MelReady,
    Region,
    Section,
)
from engine.checkpoints.load import load_checkpoint
from engine.longform.tiled_vae.decoder import DecodeSettings, TiledDecode, decoded_mel
from engine.longform.vocoder import vocoded_range
from engine.runtime.checks.request import check_request
from engine.runtime.local_engine import LocalEngine
from engine.runtime.take.state import TakeState
from tests.support.local_engine import base_in, result_of, run, section, sound_of
from tests.support.tiny_model import region, save_tiny_model, tiny_config, tiny_request

LENGTH = 160
TWO_PROMPTS = (region(10, 60), region(70, 100, "wind"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    # Half precision would hide what is measured here.
    return LocalEngine(device="cpu", precision="float32")


def loop_request(model: Path, folder: Path, *regions: Region) -> GenerateRequest:
    return replace(tiny_request(model, folder, *(regions or TWO_PROMPTS)), is_loop=True)


@pytest.fixture(scope="module")
def loop(engine: LocalEngine, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished loop of 160 latent frames, starting at frame 10."""
    folder = tmp_path_factory.mktemp("loop")
    run(engine, loop_request(model, folder))
    return folder


@pytest.mark.parametrize("num_frames", [16, 24, 40, 160])
@pytest.mark.parametrize("has_hifigan", [True, False])
def test_a_loop_is_exactly_640_samples_for_every_latent_frame(
    engine: LocalEngine, tmp_path: Path, num_frames: int, *, has_hifigan: bool
) -> None:
    config = tiny_config(name=f"tiny-{has_hifigan}", has_hifigan=has_hifigan)
    model = save_tiny_model(tmp_path / "model", config)

    result = result_of(run(engine, loop_request(model, tmp_path / "out", region(-7, num_frames))))

    assert result.num_samples == 640 * num_frames
    assert sound_of(tmp_path / "out").shape == (640 * num_frames,)
    assert np.load(result.mel_path).shape == (4 * num_frames, 64)
    assert np.load(result.latents_path).shape[1] == num_frames


def test_the_sound_is_that_of_the_latents_going_around(model: Path, loop: Path) -> None:
    loaded = load_checkpoint(model)
    latents = torch.from_numpy(np.load(loop / "latents.npy"))[None]
    settings = DecodeSettings(tile_latent_frames=48, is_circular=True)

    with torch.inference_mode():
        turned = latents.roll(40, dims=2) / loaded.config.scaling_factor
        mel = decoded_mel(TiledDecode(loaded.vae, turned, settings))[0]
        expected = vocoded_range(loaded.vocoder, mel, 0, 4 * LENGTH, is_circular=True)

    np.testing.assert_allclose(
        np.roll(sound_of(loop), 40 * 640), expected[0].numpy(), rtol=0, atol=1e-5
    )


def test_all_of_a_loop_differs_from_a_piece_with_two_ends_but_starts_from_the_same_noise(
    engine: LocalEngine, model: Path, loop: Path, tmp_path: Path
) -> None:
    run(engine, replace(loop_request(model, tmp_path), is_loop=False))

    latents, straight = (np.load(f / "latents.npy") for f in (loop, tmp_path))
    assert not np.array_equal(latents, straight[:, :LENGTH])
    state, other = (TakeState.load(f / "state.npz") for f in (loop, tmp_path))
    assert (state.is_loop, other.is_loop) == (True, False)
    assert state.layers[0].take == other.layers[0].take


def test_sound_is_reported_in_order_and_completely(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    events = run(engine, loop_request(model, tmp_path, region(0, 600)))

    started = next(event for event in events if isinstance(event, JobStarted))
    assert started.num_windows == 75
    sounds = [event for event in events if isinstance(event, AudioReady)]
    assert [event.first_sample for event in sounds] == [0, 1024 * 160, 2048 * 160]
    np.testing.assert_array_equal(
        np.concatenate([event.samples for event in sounds]), sound_of(tmp_path)
    )


@pytest.mark.parametrize("fusion", list(Fusion))
@pytest.mark.parametrize("is_loop", [False, True])
def test_the_fusion_of_the_request_is_used(
    engine: LocalEngine, model: Path, loop: Path, tmp_path: Path, fusion: Fusion, *, is_loop: bool
) -> None:
    request = replace(loop_request(model, tmp_path / "ramp"), is_loop=is_loop)
    run(engine, request)
    (tmp_path / "other").mkdir()

    sampling = replace(request.sampling, fusion=fusion)
    run(engine, replace(request, sampling=sampling, output_dir=str(tmp_path / "other")))

    ramp, other = (np.load(tmp_path / name / "latents.npy") for name in ("ramp", "other"))
    assert np.array_equal(ramp, other) == (fusion is Fusion.RAMP)


def remade(
    engine: LocalEngine, model: Path, loop: Path, folder: Path, *sections: Section
) -> set[int]:
    """Make sections of the loop again and return the latent frames that changed, from 0."""
    request = replace(loop_request(model, folder), sections=sections, base=base_in(loop))
    result_of(run(engine, request))
    latents, old = (np.load(f / "latents.npy") for f in (folder, loop))
    return set(np.flatnonzero((latents != old).any(axis=(0, 2))).tolist())


def test_a_section_across_the_wrap_is_made_again_and_the_rest_keeps_every_bit(
    engine: LocalEngine, model: Path, loop: Path, tmp_path: Path
) -> None:
    changed = remade(engine, model, loop, tmp_path, section(160, 24))

    assert changed == {*range(150, 160), *range(14)}
    mel, old_mel = (np.load(f / "mel.npy") for f in (tmp_path, loop))
    touched = np.flatnonzero((mel != old_mel).any(axis=1))
    inside = {frame % 640 for frame in range(4 * 150, 4 * 174)}
    assert set(touched.tolist()) == inside
    changed_samples = np.flatnonzero(sound_of(tmp_path) != sound_of(loop))
    assert set((changed_samples // 160).tolist()) == inside


@pytest.mark.parametrize(("start", "edge_samples"), [(10, slice(0, 320)), (146, slice(-320, None))])
def test_a_section_that_ends_at_the_wrap_is_faded_there_too(
    engine: LocalEngine,
    model: Path,
    loop: Path,
    tmp_path: Path,
    start: int,
    edge_samples: slice,
) -> None:
    """On the other side of the wrap old sound goes on."""
    changed = remade(engine, model, loop, tmp_path, section(start, 24))

    assert changed == set(range(start - 10, start + 14))
    new, old = sound_of(tmp_path), sound_of(loop)
    touched = np.flatnonzero(new != old) // 640
    assert set(touched.tolist()) == changed
    mel = torch.from_numpy(np.load(tmp_path / "mel.npy"))[None]
    with torch.inference_mode():
        vocoder = load_checkpoint(model).vocoder
        voiced = vocoded_range(vocoder, mel, 0, 640, is_circular=True)[0].numpy()
    away = np.abs(new - voiced)[edge_samples]
    towards = np.abs(old - voiced)[edge_samples]
    outermost = 0 if start == 10 else -1
    assert away[outermost] == pytest.approx(towards[outermost], rel=0.05)
    assert away[-1 - outermost] < 0.05 * towards.max()
    assert towards.max() > 1e-4


def test_what_is_written_again_across_the_wrap_fits_what_a_whole_decode_would_give(
    engine: LocalEngine, model: Path, loop: Path, tmp_path: Path
) -> None:
    remade(engine, model, loop, tmp_path, section(160, 24))
    loaded = load_checkpoint(model)
    statistics = TakeState.load(tmp_path / "state.npz").statistics
    latents = torch.from_numpy(np.load(tmp_path / "latents.npy"))[None]

    with torch.inference_mode():
        decode = TiledDecode(
            loaded.vae,
            latents / loaded.config.scaling_factor,
            DecodeSettings(is_circular=True),
            statistics=statistics,
        )
        decode.gather()
        expected = decode.mel(4 * 150, 4 * 174)[0, 0].numpy()

    mel = np.load(tmp_path / "mel.npy")
    # The fades take 16 mel frames inside both ends.
    around = mel[np.arange(4 * 150 + 16, 4 * 174 - 16) % 640]
    np.testing.assert_allclose(around, expected[16:-16], rtol=0, atol=1e-5)


def test_a_section_may_be_the_whole_loop(
    engine: LocalEngine, model: Path, loop: Path, tmp_path: Path
) -> None:
    changed = remade(engine, model, loop, tmp_path, section(90, LENGTH))

    assert changed == set(range(LENGTH))


def test_a_section_that_was_made_again_can_be_made_again(
    engine: LocalEngine, model: Path, loop: Path, tmp_path: Path
) -> None:
    remade(engine, model, loop, tmp_path / "once", section(160, 24))

    again = remade(engine, model, tmp_path / "once", tmp_path / "twice", section(165, 20, take=10))

    assert again == {*range(155, 160), *range(15)}


def test_a_loop_cannot_become_a_piece_with_two_ends(
    engine: LocalEngine, model: Path, loop: Path, tmp_path: Path
) -> None:
    request = replace(
        loop_request(model, tmp_path),
        is_loop=False,
        sections=(section(30, 20),),
        base=base_in(loop),
    )

    with pytest.raises(EngineError, match="a loop and cannot become a piece with two ends"):
        run(engine, request)


@pytest.mark.parametrize(
    ("num_frames", "message"),
    [
        (8, "0.32 s long; the model cannot make one shorter than 0.64 s"),
        (44, "1.76 s is not possible: its length must be a multiple of 0.32 s"),
    ],
)
def test_a_loop_of_a_wrong_length_is_refused(
    engine: LocalEngine, model: Path, tmp_path: Path, num_frames: int, message: str
) -> None:
    with pytest.raises(EngineError, match=message):
        run(engine, loop_request(model, tmp_path, region(0, num_frames)))


def with_section(start: int, num: int) -> Callable[[GenerateRequest], GenerateRequest]:
    here = __file__
    base = BaseResult(latents_path=here, mel_path=here, audio_path=here, state_path=here)
    return lambda request: replace(request, sections=(section(start, num),), base=base)


@pytest.mark.parametrize(("start", "num"), [(10, 161), (170, 4), (9, 4)])
def test_a_section_beside_or_around_the_loop_is_refused(
    tmp_path: Path, start: int, num: int
) -> None:
    request = loop_request(Path("tiny"), tmp_path)

    with pytest.raises(EngineError, match="not inside the take"):
        check_request(with_section(start, num)(request))


def test_a_section_that_goes_on_past_the_end_is_refused_where_there_is_no_loop(
    tmp_path: Path,
) -> None:
    request = with_section(160, 24)(loop_request(Path("tiny"), tmp_path))
    check_request(request)

    with pytest.raises(EngineError, match="not inside the take"):
        check_request(replace(request, is_loop=False))


def test_the_spectrogram_of_a_section_is_reported_where_it_lies(
    engine: LocalEngine, model: Path, loop: Path, tmp_path: Path
) -> None:
    request = replace(
        loop_request(model, tmp_path), sections=(section(160, 24),), base=base_in(loop)
    )

    tiles = [event for event in run(engine, request) if isinstance(event, MelReady)]

    assert [(e.first_mel_frame, len(e.mel)) for e in tiles] == [(0, 4 * 14), (4 * 150, 40)]
