"""What else ``longwave generate`` can be asked for: loops, versions, sounds to go by, going on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from wavinfo import WavInfoReader

from desktop_app import cli, cli_generate
from desktop_app.app import model_defaults
from desktop_app.controllers.model_presets import ModelPresets
from engine.api import (
    Anchor,
    AudioSource,
    CancellationToken,
    Cohesion,
    EngineError,
    EventSink,
    GenerateRequest,
    GenerationResult,
    JobFinished,
    Sampler,
    SourceNoise,
)
from engine.runtime.files.wav_file import FloatWavFile
from engine.runtime.text_to_audio import TextToAudioModel, build_model
from tests.support.tiny_model import save_tiny_model, tiny_config

SHARED = ["--shared-noise", "0.1"]


class WrittenDown:
    """Writes requests down and answers with sound files; the last version is the best.

    The prompt "die" ends as if the machine had, until it finds what it left.
    """

    def __init__(self) -> None:
        self.requests: list[GenerateRequest] = []

    def generate(self, request: GenerateRequest, token: CancellationToken, emit: EventSink) -> None:
        self.requests.append(request)
        left = Path(request.output_dir) / "left"
        if request.regions[0].prompt == "die" and not left.exists():
            left.write_bytes(b"half")
            raise EngineError("The engine stopped.")
        results = [self._result(request, number) for number in range(request.num_candidates)]
        best = tuple(reversed(results))
        emit(
            JobFinished(
                job_id=request.job_id,
                result=best[0],
                wall_seconds=1.0,
                candidates=best if len(best) > 1 else (),
            )
        )

    def _result(self, request: GenerateRequest, number: int) -> GenerationResult:
        path = Path(request.output_dir) / f"{number}.wav"
        samples = np.full(request.num_latent_frames * 640, (number + 1) / 10, np.float32)
        wav = FloatWavFile.create(path, 16_000)
        wav.write_at(0, samples)
        wav.close()
        return GenerationResult(
            audio_path=str(path), mel_path="", latents_path="", state_path="",
            num_samples=len(samples), sample_rate=16_000, engine_version="0", model="tiny",
            candidate=number, score=number / 10,
        )  # fmt: skip


@pytest.fixture(scope="module")
def real_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = replace(tiny_config(), default_sampler="unipc", default_steps=31, fine_steps=40)
    return save_tiny_model(tmp_path_factory.mktemp("tiny"), config)


@pytest.fixture
def engine(real_model: Path, monkeypatch: pytest.MonkeyPatch) -> WrittenDown:
    engine = WrittenDown()
    model: TextToAudioModel = build_model(real_model, "cpu")
    model = replace(model, engine=engine)  # type: ignore[arg-type] # stands in for it
    monkeypatch.setattr(cli_generate, "build_model", lambda *_: model)
    return engine


def generate(folder: Path, *more: str, prompt: str = "rain") -> int:
    return cli.main(["generate", prompt, "-o", str(folder / "rain.wav"), *more])


def sound_file(path: Path, seconds: float) -> Path:
    soundfile.write(path, np.zeros(round(seconds * 22_050)), 22_050)
    return path


def test_a_loop_of_bars_has_their_nearest_length_and_says_where_it_ends(
    engine: WrittenDown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate(tmp_path, "--loop-bars", "6", "--bpm", "110") == 0

    [request] = engine.requests
    assert (request.is_loop, request.num_latent_frames) == (True, 328)
    assert "13.12 s, +29 ms beside 6 bars; exact at 109.756 bpm" in capsys.readouterr().err
    file = tmp_path / "rain.wav"
    assert soundfile.info(file).frames == 328 * 640
    [loop] = WavInfoReader(str(file)).smpl.sample_loops
    assert (loop.start, loop.end) == (0, 328 * 640 - 1)


def test_a_loop_of_seconds_is_a_multiple_of_eight_frames(
    engine: WrittenDown, tmp_path: Path
) -> None:
    assert generate(tmp_path, "--loop", "--seconds", "20") == 0
    assert engine.requests[0].num_latent_frames == 496


def test_versions_are_files_with_the_best_one_first(
    engine: WrittenDown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate(tmp_path, "--candidates", "3", "--seconds", "0.4") == 0

    output = capsys.readouterr()
    names = ["rain.wav", "rain-2.wav", "rain-3.wav"]
    assert [Path(line).name for line in output.out.splitlines()] == names
    levels = [soundfile.read(tmp_path / name)[0][0] for name in names]
    np.testing.assert_allclose(levels, [0.3, 0.2, 0.1], atol=1e-6)
    assert "rain.wav matches 0.20, rain-2.wav matches 0.10" in output.err


def test_the_memory_reaches_the_engine(engine: WrittenDown, tmp_path: Path) -> None:
    assert generate(tmp_path, "--seconds", "0.4", "--memory-gib", "0.5") == 0
    assert generate(tmp_path, "--seconds", "0.4") == 0

    assert [r.memory_budget_bytes for r in engine.requests] == [1 << 29, 3 << 30]


def test_sounds_to_go_by_reach_the_engine(engine: WrittenDown, tmp_path: Path) -> None:
    start, like = sound_file(tmp_path / "a.wav", 3.2), sound_file(tmp_path / "b.flac", 1.0)
    words = f"--from {start} --strength 0.25 --like {like} --like {start} --like-strength 0.7"
    assert generate(tmp_path, *words.split(), "--negative", "hiss") == 0

    [request] = engine.requests
    assert request.source == AudioSource(path=str(start), strength=0.25)
    assert request.num_latent_frames == 80, "as long as the file"
    [region] = request.regions
    assert region.anchors == (Anchor(audio_path=str(like)), Anchor(audio_path=str(start)))
    assert (region.anchor_strength, region.negative_prompt) == (0.7, "hiss")


def test_a_piece_keeps_together_only_if_that_is_asked_for(
    engine: WrittenDown, tmp_path: Path
) -> None:
    for words in (
        "",
        "--shared-noise 0.2",
        "--shared-noise 0.2 --period-bars 1.5 --bpm 90 --beats 3 --reference-share 0.25",
        "--shared-noise 0.2 --period-seconds 0.5",
        "--shared-noise 0.2 --loop-bars 5",
    ):
        assert generate(tmp_path, *words.split()) == 0

    assert [request.cohesion for request in engine.requests] == [
        Cohesion(),
        Cohesion(shared_noise=0.2, period_latent_frames=50),
        Cohesion(shared_noise=0.2, period_latent_frames=75, reference_share=0.25),
        Cohesion(shared_noise=0.2, period_latent_frames=12),
        # The loop of 248 frames is 2 shorter than five bars; so is its last period.
        Cohesion(shared_noise=0.2, period_latent_frames=50),
    ]


def test_the_noise_of_a_sound_is_drawn_or_found(engine: WrittenDown, tmp_path: Path) -> None:
    file = str(sound_file(tmp_path / "a.wav", 1.0))
    for more in ([], ["--source-noise", "hash"], ["--source-noise", "inversion"]):
        assert generate(tmp_path, "--from", file, *more) == 0

    sources = [request.source for request in engine.requests]
    assert [None if source is None else source.noise for source in sources] == [
        SourceNoise.HASH,
        SourceNoise.HASH,
        SourceNoise.INVERSION,
    ]


def test_noise_of_another_kind_is_refused(
    engine: WrittenDown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = ["--from", str(sound_file(tmp_path / "a.wav", 5.0)), "--source-noise"]
    assert generate(tmp_path, *sound, "white") == 1
    assert generate(tmp_path, *sound, "inversion", *SHARED) == 1

    errors = capsys.readouterr().err
    assert "There is no source noise “white”. Choose one of: hash, inversion." in errors
    assert "--shared-noise does nothing where a sound starts from its own noise" in errors
    assert engine.requests == []


def test_a_preset_sets_what_is_not_said_otherwise(engine: WrittenDown, tmp_path: Path) -> None:
    generate(tmp_path, "--preset", "draft")
    generate(tmp_path, "--preset", "draft", "--steps", "7", "--sampler", "ddim")

    first, second = (request.sampling for request in engine.requests)
    assert (first.sampler, first.num_steps) == (Sampler.UNIPC, 16), "half of the model's 31"
    assert (second.sampler, second.num_steps) == (Sampler.DDIM, 7)
    assert first.stride_latent_frames == second.stride_latent_frames == 192


def test_presets_and_costs_are_those_of_the_model(
    engine: WrittenDown, real_model: Path, tmp_path: Path
) -> None:
    """The terminal and the window agree about what the names mean."""
    for preset in ModelPresets(model_defaults).of(str(real_model)):
        generate(tmp_path, "--preset", preset.value)

        sampling = engine.requests[-1].sampling
        assert (sampling.sampler.value, sampling.num_steps, sampling.stride_latent_frames) == (
            preset.sampler,
            preset.num_steps,
            preset.stride_latent_frames,
        )
    generate(tmp_path)
    usual = engine.requests[-1].sampling
    assert (usual.sampler, usual.num_steps) == (Sampler.UNIPC, 31)


def test_the_same_command_goes_on_from_its_folder(engine: WrittenDown, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    again = ("--resume", str(folder), "--seed", "3")
    assert generate(tmp_path, *again, prompt="die") == 1
    assert (folder / "left").exists()
    assert not (tmp_path / "rain.wav").exists()

    assert generate(tmp_path, *again, prompt="die") == 0
    assert engine.requests[0] == engine.requests[1]
    assert (tmp_path / "rain.wav").exists()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--strength", "0.5"], "Add --from FILE"),
        (["--like-strength", "0.5"], "Add --like FILE"),
        (["--from", "nothing.wav"], "There is no file nothing.wav"),
        (["--like", __file__], "cannot be read as sound"),
        (["--candidates", "0"], "0 versions cannot be made"),
        (["--candidates", "65"], "65 versions cannot be made"),
        (["--preset", "perfect"], "no preset “perfect”"),
        (["--sampler", "euler"], "no sampler “euler”"),
        (["--loop-bars", "1", "--bpm", "600"], "bars are enough"),
        (["--bpm", "110"], "--bpm belongs to a loop of whole bars. Add --loop-bars N."),
        (["--beats", "3"], "--beats belongs to a loop of whole bars. Add --loop-bars N."),
        (["--loop-bars", "0"], "bars must be at least 1"),
        (["--loop-bars", "4", "--seconds", "9"], "Leave one of them out"),
        (["--loop", "--seconds", "0.1"], "too short for this model"),
        (["--shared-noise", "1.5"], "--shared-noise 1.5 makes no sense. Choose 0 to 1."),
        (["--reference-share", "0.6"], "--reference-share 0.6 makes no sense. Choose 0 to 0.5."),
        (["--reference-share", "0.3", "--seconds", "0.4"], "Choose more than 0.64 s"),
        (["--period-bars", "1"], "Add --shared-noise 0.1"),
        (["--period-seconds", "1", "--shared-noise", "0"], "Add --shared-noise 0.1"),
        ([*SHARED, "--period-bars", "1.3"], "whole or half bars"),
        ([*SHARED, "--period-bars", "-1"], "--period-bars -1 makes no sense"),
        ([*SHARED, "--period-bars", "1", "--period-seconds", "1"], "Leave one of them out"),
        ([*SHARED, "--period-seconds", "nan"], "--period-seconds nan makes no sense"),
        ([*SHARED, "--bpm", "0"], "bpm must be a number above 0, got 0"),
        ([*SHARED, "--period-seconds", "1", "--bpm", "90"], "--bpm belongs to a loop"),
        ([*SHARED, "--seconds", "1"], "Nothing repeats after 2.00 s in a piece of 1.00 s"),
        (["--source-noise", "hash"], "Add --from FILE"),
        (["--resume", "."], "holds no unfinished sound"),
        (["--resume", __file__], "is a file"),
    ],
)
def test_what_makes_no_sense_is_one_clear_sentence(
    engine: WrittenDown,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    assert generate(tmp_path, *arguments) == 1

    errors = capsys.readouterr().err.strip().splitlines()
    assert message in errors[-1]
    assert engine.requests == []


def test_a_strength_beyond_its_range_is_refused(
    engine: WrittenDown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(sound_file(tmp_path / "a.wav", 1.0))
    assert generate(tmp_path, "--from", file, "--strength", "1.5") == 1
    assert generate(tmp_path, "--like", file, "--like-strength", "-1") == 1

    errors = capsys.readouterr().err
    assert "--strength 1.5 makes no sense" in errors
    assert "--like-strength -1 makes no sense" in errors


def test_another_sound_does_not_go_on_in_the_folder(
    engine: WrittenDown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "work")
    assert generate(tmp_path, "--resume", folder, prompt="die") == 1
    assert generate(tmp_path, "--resume", folder, "--seed", "9", prompt="die") == 1

    assert "holds another unfinished sound" in capsys.readouterr().err
    assert len(engine.requests) == 1


def test_versions_of_the_real_engine_differ(real_model: Path, tmp_path: Path) -> None:
    code = generate(
        tmp_path, "--model", str(real_model), "--device", "cpu", "--steps", "2",
        "--seconds", "0.4", "--candidates", "2",
    )  # fmt: skip

    assert code == 0
    first, second = ((tmp_path / name).read_bytes() for name in ("rain.wav", "rain-2.wav"))
    assert first != second
