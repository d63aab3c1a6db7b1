"""The whole engine on a tiny real model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engine.api import (
    AudioReady,
    BaseResult,
    CancellationToken,
    CancelledError,
    EngineError,
    EngineEvent,
    GenerateRequest,
    GenerationResult,
    JobFinished,
    JobProgress,
    JobStarted,
    MelReady,
    PreviewReady,
    Sampler,
    Section,
    Stage,
    TransitionKind,
)
from engine.runtime.local_engine import LocalEngine
from engine.runtime.take_state import TakeState
from tests.support.engine import EventLog
from tests.support.tiny_model import region, save_tiny_model, tiny_config, tiny_request

FILES = ("audio.wav", "mel.npy", "latents.npy", "state.npz")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


def run(engine: LocalEngine, request: GenerateRequest) -> list[EngineEvent]:
    log = EventLog()
    engine.generate(request, CancellationToken(), log)
    return log.events


def result_of(events: list[EngineEvent]) -> GenerationResult:
    last = events[-1]
    assert isinstance(last, JobFinished)
    return last.result


def sound_of(folder: Path) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    samples: np.ndarray[tuple[int], np.dtype[np.float32]]
    samples, rate = soundfile.read(folder / "audio.wav", dtype="float32")
    assert rate == 16_000
    return samples


def base_in(folder: Path) -> BaseResult:
    return BaseResult(
        latents_path=str(folder / "latents.npy"),
        mel_path=str(folder / "mel.npy"),
        audio_path=str(folder / "audio.wav"),
        state_path=str(folder / "state.npz"),
    )


def section(start: int, num: int, take: int = 9, strength: float = 1.0) -> Section:
    return Section(
        start_latent_frame=start,
        num_latent_frames=num,
        take=take,
        strength=strength,
        feather_latent_frames=4,
    )


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


def test_previews_show_the_piece_while_it_is_made(
    engine: LocalEngine, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runtime.preview.PreviewSchedule.is_due", lambda *_: True)
    request = replace(tiny_request(model, tmp_path, num_steps=3), wants_previews=True)

    previews = [event for event in run(engine, request) if isinstance(event, PreviewReady)]

    assert [event.step for event in previews] == [1, 2, 3]
    assert previews[0].mel.shape == (160, 64)
    np.testing.assert_allclose(previews[-1].mel, np.load(tmp_path / "mel.npy"), atol=0.2)


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


# Sections


@pytest.fixture(scope="module")
def base(engine: LocalEngine, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished take of 400 latent frames, starting at frame 10."""
    folder = tmp_path_factory.mktemp("base")
    run(engine, tiny_request(model, folder, region(10, 400)))
    return folder


def again(
    engine: LocalEngine, model: Path, base: Path, folder: Path, *sections: Section
) -> list[EngineEvent]:
    request = tiny_request(model, folder, region(10, 400))
    return run(engine, replace(request, sections=sections, base=base_in(base)))


def test_outside_a_section_latents_mel_and_samples_keep_every_bit(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    again(engine, model, base, tmp_path, section(210, 30))

    latents, old_latents = (np.load(folder / "latents.npy") for folder in (tmp_path, base))
    changed = np.flatnonzero((latents != old_latents).any(axis=(0, 2)))
    assert (changed.min(), changed.max()) == (200, 229)
    mel, old_mel = (np.load(folder / "mel.npy") for folder in (tmp_path, base))
    changed = np.flatnonzero((mel != old_mel).any(axis=1))
    assert changed.min() >= 4 * 200 - 66
    assert changed.max() < 4 * 230 + 66
    assert len(changed) >= 120
    changed = np.flatnonzero(sound_of(tmp_path) != sound_of(base))
    # longform.md, section 11.8: what a changed mel frame can reach, rounded up to whole frames.
    assert changed.min() >= 160 * (4 * 200 - 66 - 32)
    assert changed.max() < 160 * (4 * 230 + 66 + 32)
    assert len(changed) > 10_000


def test_several_sections_are_made_again_at_once(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    again(engine, model, base, tmp_path, section(20, 10), section(300, 12))

    latents, old = (np.load(folder / "latents.npy") for folder in (tmp_path, base))
    changed = np.flatnonzero((latents != old).any(axis=(0, 2)))
    assert set(changed) == {*range(10, 20), *range(290, 302)}


def test_only_the_surroundings_of_a_section_are_reported(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    events = again(engine, model, base, tmp_path, section(210, 30))

    mels = [event for event in events if isinstance(event, MelReady)]
    assert 120 < sum(len(event.mel) for event in mels) <= 120 + 2 * 66
    progress = [event for event in events if isinstance(event, JobProgress)]
    assert progress[-1].fraction == pytest.approx(1.0)


def test_a_section_that_reaches_the_end_replaces_it(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    again(engine, model, base, tmp_path, section(390, 20))

    latents, old = (np.load(folder / "latents.npy") for folder in (tmp_path, base))
    changed = np.flatnonzero((latents != old).any(axis=(0, 2)))
    assert changed.min() == 380
    assert changed.max() == latents.shape[1] - 1


def test_sections_of_sections_remember_all_their_noise(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    again(engine, model, base, tmp_path / "one", section(100, 30, take=5))
    again(engine, model, tmp_path / "one", tmp_path / "two", section(120, 30, take=6))

    state = TakeState.load(tmp_path / "two" / "state.npz")
    assert [record.take for record in state.records] == [0, 5, 6]
    latents, old = (np.load(folder / "latents.npy") for folder in (tmp_path / "two", base))
    changed = np.flatnonzero((latents != old).any(axis=(0, 2)))
    assert set(changed) == set(range(90, 140))


def test_a_little_strength_varies_less_than_all_of_it(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    again(engine, model, base, tmp_path / "weak", section(100, 40, strength=0.2))
    again(engine, model, base, tmp_path / "full", section(100, 40, strength=1.0))

    old, weak, full = (
        np.load(folder / "latents.npy")[:, 100:120]
        for folder in (base, tmp_path / "weak", tmp_path / "full")
    )
    assert 0 < np.abs(weak - old).mean() < 0.6 * np.abs(full - old).mean()


def test_a_section_of_another_model_is_refused(
    engine: LocalEngine, base: Path, tmp_path: Path
) -> None:
    other = save_tiny_model(tmp_path / "other", tiny_config(name="other"))

    with pytest.raises(EngineError, match="made with the model tiny, not other"):
        again(engine, other, base, tmp_path / "out", section(100, 40))


def test_a_base_of_another_length_is_refused(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path
) -> None:
    request = tiny_request(model, tmp_path, region(10, 300))

    with pytest.raises(EngineError, match="has 400 latent frames from 10"):
        run(engine, replace(request, sections=(section(100, 40),), base=base_in(base)))


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_of_the_base_is_named(
    engine: LocalEngine, model: Path, base: Path, tmp_path: Path, name: str
) -> None:
    damaged = tmp_path / "base"
    damaged.mkdir()
    for file in FILES:
        content = (base / file).read_bytes()
        (damaged / file).write_bytes(content[: len(content) // 3] if file == name else content)

    with pytest.raises(EngineError, match=name):
        again(engine, model, damaged, tmp_path / "out", section(100, 40))


# Cancelling and failing


@pytest.mark.parametrize("stage", [Stage.LOADING, Stage.SAMPLING, Stage.DECODING, Stage.VOCODING])
def test_a_job_can_be_cancelled_at_every_stage(
    engine: LocalEngine, model: Path, tmp_path: Path, stage: Stage
) -> None:
    token = CancellationToken()
    events: list[EngineEvent] = []

    def cancel_in_stage(event: EngineEvent) -> None:
        events.append(event)
        if isinstance(event, JobProgress) and event.stage is stage:
            token.cancel()

    with pytest.raises(CancelledError):
        engine.generate(
            tiny_request(model, tmp_path, region(0, 300), num_steps=1), token, cancel_in_stage
        )

    assert not any(isinstance(event, JobFinished) for event in events)


def test_sound_that_was_finished_before_the_cancel_can_be_played(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    token = CancellationToken()

    def cancel_after_first_sound(event: EngineEvent) -> None:
        if isinstance(event, AudioReady):
            token.cancel()

    with pytest.raises(CancelledError):
        engine.generate(
            tiny_request(model, tmp_path, region(0, 600), num_steps=1),
            token,
            cancel_after_first_sound,
        )

    assert sound_of(tmp_path).shape == (1024 * 160,)


def test_nothing_is_left_beside_the_four_files(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    run(engine, tiny_request(model, tmp_path))

    assert {path.name for path in tmp_path.iterdir()} == set(FILES)


def test_a_model_that_does_not_exist_is_named(engine: LocalEngine, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no-such-model"):
        run(engine, tiny_request(tmp_path / "no-such-model", tmp_path / "out"))


def test_a_truncated_model_is_named(engine: LocalEngine, model: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for file in model.iterdir():
        content = file.read_bytes()
        short = content[: len(content) // 2] if file.name == "unet.safetensors" else content
        (damaged / file.name).write_bytes(short)

    with pytest.raises(EngineError, match=r"unet\.safetensors"):
        run(engine, tiny_request(damaged, tmp_path / "out"))


def test_windows_that_do_not_overlap_are_refused(
    engine: LocalEngine, model: Path, tmp_path: Path
) -> None:
    request = tiny_request(model, tmp_path)
    wide = replace(request, sampling=replace(request.sampling, stride_latent_frames=256))

    with pytest.raises(EngineError, match="256 latent frames apart do not fit the model tiny"):
        run(engine, wide)


def test_numbers_that_are_no_sound_are_reported(tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path / "model")
    engine = LocalEngine(device="cpu")
    engine.load(str(folder)).model.unet.conv_out.weight.data.fill_(float("nan"))

    with pytest.raises(EngineError, match="step 1 of the sampler is not finite"):
        run(engine, tiny_request(folder, tmp_path / "out"))


def test_running_out_of_memory_is_explained(
    engine: LocalEngine, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("tried to allocate 7 GiB")

    monkeypatch.setattr("engine.runtime.loaded_model.LoadedModel.predict_noise", exhausted)

    with pytest.raises(EngineError, match="not enough memory") as caught:
        run(engine, tiny_request(model, tmp_path))

    assert "7 GiB" in caught.value.details


def test_a_disk_that_fills_up_is_explained(
    engine: LocalEngine, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.runtime.wav_file.FloatWavFile.write_at", full)

    with pytest.raises(EngineError, match="No space left on device"):
        run(engine, tiny_request(model, tmp_path))
