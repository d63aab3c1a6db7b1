"""The whole engine on a tiny real model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.api import (
    AudioReady,
    GenerateRequest,
    JobProgress,
    JobStarted,
    MelReady,
    PreviewReady,
    Sampler,
    Stage,
    TransitionKind,
)
from engine.runtime.local_engine import LocalEngine
from tests.support.local_engine import FILES, result_of, run, sound_of
from tests.support.tiny_model import region, save_tiny_model, tiny_config, tiny_request


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


def test_a_piece_has_the_length_that_was_asked_for(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    result = result_of(run(engine, tiny_request(model, tmp_path, region(3, 37))))

    assert result.num_samples == 37 * 640
    assert sound_of(tmp_path).shape == (37 * 640,)
    assert np.load(result.mel_path).shape == (37 * 4, 64)
    assert np.load(result.latents_path).shape[1] >= 37
    assert (result.sample_rate, result.model) == (16_000, "tiny")


def test_the_sound_is_heard_and_stays_in_range(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    run(engine, tiny_request(model, tmp_path))

    samples = sound_of(tmp_path)
    assert 0.001 < np.abs(samples).max() <= 1.0


def test_events_come_in_order_and_cover_everything(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    events = run(engine, tiny_request(model, tmp_path, num_steps=3))

    started = [event for event in events if isinstance(event, JobStarted)]
    assert [(event.device, event.num_windows, event.num_steps) for event in started] == [
        ("cpu", 4, 3)
    ]
    mels = [event for event in events if isinstance(event, MelReady)]
    assert [event.first_mel_frame for event in mels] == list(
        np.cumsum([0, *(len(event.mel) for event in mels[:-1])])
    )
    sounds = [event for event in events if isinstance(event, AudioReady)]
    np.testing.assert_array_equal(
        np.concatenate([event.samples for event in sounds]), sound_of(tmp_path)
    )
    assert not sounds[0].samples.flags.writeable
    np.testing.assert_array_equal(
        np.concatenate([event.mel for event in mels]), np.load(tmp_path / "mel.npy")
    )


def test_progress_never_falls_and_ends_at_one(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    events = run(engine, tiny_request(model, tmp_path))

    progress = [event for event in events if isinstance(event, JobProgress)]
    fractions = [event.fraction for event in progress]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)
    assert {event.stage for event in progress} >= {
        Stage.LOADING,
        Stage.CONDITIONING,
        Stage.SAMPLING,
        Stage.DECODING,
        Stage.VOCODING,
    }


def test_the_same_request_gives_the_same_bytes(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    run(engine, tiny_request(model, tmp_path / "a"))
    run(LocalEngine(device="cpu"), tiny_request(model, tmp_path / "b", job_id="other"))

    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


CHANGES: dict[str, Callable[[GenerateRequest], GenerateRequest]] = {
    "seed": lambda r: replace(r, seed=8),
    "stream": lambda r: replace(r, stream=1),
    "take": lambda r: replace(r, take=1),
    "prompt": lambda r: replace(r, regions=(replace(r.regions[0], prompt="wind"),)),
    "negative prompt": lambda r: replace(
        r, regions=(replace(r.regions[0], negative_prompt="wind"),)
    ),
    "guidance": lambda r: replace(r, regions=(replace(r.regions[0], guidance_scale=1.0),)),
    "steps": lambda r: replace(r, sampling=replace(r.sampling, num_steps=3)),
    "sampler": lambda r: replace(r, sampling=replace(r.sampling, sampler=Sampler.DPM_SOLVER_2M)),
    "position": lambda r: replace(r, regions=(replace(r.regions[0], start_latent_frame=100),)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_part_of_a_request_changes_the_sound(
    engine: LocalEngine, model: Path, tmp_path: Path, name: str
) -> None:
    request = tiny_request(model, tmp_path / "a")
    run(engine, request)
    (tmp_path / "b").mkdir()

    run(engine, CHANGES[name](replace(request, output_dir=str(tmp_path / "b"))))

    assert not np.array_equal(
        np.load(tmp_path / "a" / "latents.npy")[:, :40],
        np.load(tmp_path / "b" / "latents.npy")[:, :40],
    )


@pytest.mark.parametrize("kind", list(TransitionKind))
def test_prompts_follow_each_other_with_every_transition(
    engine: LocalEngine, model: Path, tmp_path: Path, kind: TransitionKind
) -> None:
    second = replace(region(20, 30, "wind"), transition=kind, transition_latent_frames=6)

    result = result_of(run(engine, tiny_request(model, tmp_path, region(0, 24), second)))

    assert result.num_samples == 50 * 640


def test_a_piece_shorter_than_a_window_and_one_of_a_single_frame_work(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    for num in (1, 5):
        result = result_of(run(engine, tiny_request(model, tmp_path, region(0, num))))

        assert result.num_samples == num * 640


def previews_of(
    engine: LocalEngine, request: GenerateRequest, monkeypatch: pytest.MonkeyPatch
) -> list[PreviewReady]:
    monkeypatch.setattr("engine.runtime.sampling.preview.PreviewSchedule.is_due", lambda *_: True)
    events = run(engine, replace(request, wants_previews=True))
    return [event for event in events if isinstance(event, PreviewReady)]


def test_previews_show_a_single_window_while_it_is_made(
    engine: LocalEngine, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = tiny_request(model, tmp_path, region(0, 16), num_steps=3)

    previews = previews_of(engine, request, monkeypatch)

    assert [event.step for event in previews] == [1, 2, 3]
    assert [(event.first_mel_frame, event.mel.shape) for event in previews] == [(0, (64, 64))] * 3
    np.testing.assert_allclose(previews[-1].mel, np.load(tmp_path / "mel.npy"), atol=0.2)


def test_previews_show_a_longer_piece_come_out_of_the_noise_from_left_to_right(
    engine: LocalEngine, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = tiny_request(model, tmp_path, region(3, 90), num_steps=3)

    previews = previews_of(engine, request, monkeypatch)

    starts = [event.first_mel_frame for event in previews]
    ends = [event.first_mel_frame + len(event.mel) for event in previews]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert starts[0] == 0
    assert ends[0] < ends[-1] == 90 * 4
    assert starts[-1] > 0
    assert all(start <= end for start, end in zip(starts[1:], ends, strict=False)), "a gap"
    steps = [event.step for event in previews]
    assert steps == sorted(steps)
    assert steps[-1] == 3


def test_sound_is_heard_early_and_then_replaced(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    request = tiny_request(model, tmp_path / "early", region(5, 400), num_steps=3)
    events = run(engine, replace(request, wants_early_audio=True))
    plain = run(engine, tiny_request(model, tmp_path / "plain", region(5, 400), num_steps=3))

    sounds = [event for event in events if isinstance(event, AudioReady)]
    early = [event for event in sounds if not event.is_final]
    assert sounds == early + sounds[len(early) :]
    assert early[0].first_sample == 0
    assert sum(len(event.samples) for event in early) == 400 * 640
    shown = [event for event in events if isinstance(event, MelReady) and not event.is_final]
    assert sum(len(event.mel) for event in shown) == 1600
    first_heard, last_sampled = (
        events.index(early[0]),
        max(
            index
            for index, event in enumerate(events)
            if isinstance(event, JobProgress) and event.stage is Stage.SAMPLING
        ),
    )
    assert first_heard < last_sampled
    assert not any(isinstance(e, AudioReady | MelReady) and not e.is_final for e in plain)
    for name in FILES:
        path = tmp_path / "early" / name
        assert path.read_bytes() == (tmp_path / "plain" / name).read_bytes(), name
    final = np.load(tmp_path / "plain" / "mel.npy")
    error = np.concatenate([event.mel for event in shown]) - final
    assert np.sqrt(np.mean(error**2)) < 0.5 * np.std(final)


def test_a_single_window_has_nothing_to_be_heard_early(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    request = replace(tiny_request(model, tmp_path, region(0, 16)), wants_early_audio=True)

    events = run(engine, request)

    started = [event for event in events if isinstance(event, JobStarted)]
    assert not started[0].is_wavefront
    assert all(event.is_final for event in events if isinstance(event, AudioReady | MelReady))


def test_griffin_lim_takes_the_place_of_a_vocoder(engine: LocalEngine, tmp_path: Path) -> None:
    config = tiny_config(name="tiny-gl", has_hifigan=False)
    model = save_tiny_model(tmp_path / "model", config)

    result = result_of(run(engine, tiny_request(model, tmp_path / "out")))

    assert result.num_samples == 40 * 640


def test_the_model_stays_loaded_until_another_is_named(model: Path, tmp_path: Path) -> None:
    engine = LocalEngine(device="cpu")
    other = save_tiny_model(tmp_path / "other", tiny_config(name="other"))

    first = engine.load(str(model))

    assert engine.load(str(model)) is first
    assert engine.load(str(other)) is not first
    engine.close()
    assert engine.load(str(other)) is not first


def test_a_long_piece_is_chunked_like_a_whole(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    events = run(engine, tiny_request(model, tmp_path, region(0, 600), num_steps=1))

    sounds = [event for event in events if isinstance(event, AudioReady)]
    assert [event.first_sample for event in sounds] == [0, 1024 * 160, 2048 * 160]
    assert sum(len(event.samples) for event in sounds) == 600 * 640
