import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from desktop_app.audio import sources as sources_module
from desktop_app.audio.sources import MediaTakeSources
from desktop_app.project.ids import MediaId, TakeId
from desktop_app.project.project import GenerationSettings, Recipe, Take, TakeMedia
from desktop_app.project.time import Samples, Span


def take_of(media: str) -> Take:
    return Take(
        id=TakeId("t"),
        number=1,
        span=Span(Samples(0), Samples(48_000)),
        media=TakeMedia(
            audio=MediaId(media),
            mel=MediaId("m"),
            latents=MediaId("l"),
            state=MediaId("s"),
            sample_rate=16_000,
        ),
        recipe=Recipe(
            prompts=(), settings=GenerationSettings(), stream=0, noise_take=0, engine_version="0"
        ),
    )


def test_a_take_sounds_the_same_at_the_timelines_rate(tmp_path: Path) -> None:
    time = np.arange(16_000) / 16_000
    soundfile.write(tmp_path / "a.wav", np.sin(2 * np.pi * 440 * time), 16_000, subtype="FLOAT")
    sources = MediaTakeSources(lambda media: tmp_path / media, tmp_path / "cache")

    sound = sources.samples(take_of("a.wav"), Samples(0), 48_000)

    expected = np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)
    np.testing.assert_allclose(sound[2_000:-2_000], expected[2_000:-2_000], atol=1e-4)


def test_parts_beyond_the_take_are_silent(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(1_600, 0.5), 16_000, subtype="FLOAT")
    sources = MediaTakeSources(lambda media: tmp_path / media, tmp_path / "cache")

    sound = sources.samples(take_of("a.wav"), Samples(-100), 10_000)

    assert not sound[:100].any()
    assert not sound[4_900 + 100 :].any()
    np.testing.assert_allclose(sound[2_000:3_000], 0.5, atol=1e-3)


def test_a_missing_file_is_silence(tmp_path: Path) -> None:
    sources = MediaTakeSources(lambda media: tmp_path / media, tmp_path / "cache")

    assert not sources.samples(take_of("gone.wav"), Samples(0), 100).any()


def test_a_damaged_file_is_named_and_leaves_nothing_in_the_cache(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"no sound at all")
    sources = MediaTakeSources(lambda media: tmp_path / media, tmp_path / "cache")

    with pytest.raises(OSError, match=r"the sound file a\.wav is damaged"):
        sources.samples(take_of("a.wav"), Samples(0), 100)

    assert not list((tmp_path / "cache").iterdir())


def test_playback_and_export_may_resample_the_same_take_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(16_000, 0.5), 16_000, subtype="FLOAT")
    resample = sources_module._resample_file
    both_are_here = threading.Barrier(2, timeout=10)

    def resample_together(source: Path, target: Path, *, is_loop: bool) -> None:
        both_are_here.wait()
        resample(source, target, is_loop=is_loop)
        both_are_here.wait()

    monkeypatch.setattr(sources_module, "_resample_file", resample_together)
    heard: list[NDArray[np.float32]] = []

    def listen() -> None:
        sources = MediaTakeSources(lambda media: tmp_path / media, tmp_path / "cache")
        heard.append(sources.samples(take_of("a.wav"), Samples(0), 48_000))

    threads = [threading.Thread(target=listen) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(heard) == 2
    for sound in heard:
        np.testing.assert_allclose(sound[2_000:-2_000], 0.5, atol=1e-3)
    assert [file.name for file in (tmp_path / "cache").iterdir()] == ["a.f32"]


@pytest.mark.parametrize(("num", "rate"), [(16_000, 16_000), (1_000, 16_000), (22_050, 22_050)])
def test_the_filter_hears_the_other_end_of_a_loop(tmp_path: Path, num: int, rate: int) -> None:
    # 40 periods fill the loop; every one of them must look like the next, the wrap included.
    wave = 0.5 * np.sin(2 * np.pi * 40 * (np.arange(num) + 0.3) / num)
    soundfile.write(tmp_path / "a.wav", wave, rate, subtype="FLOAT")
    sources = MediaTakeSources(lambda media: tmp_path / media, tmp_path / "cache")
    take = take_of("a.wav")
    take = replace(take, recipe=replace(take.recipe, is_loop=True))
    length = num * 48_000 // rate

    sound = sources.samples(take, Samples(0), length)

    expected = 0.5 * np.sin(2 * np.pi * 40 * (np.arange(length) * rate / 48_000 + 0.3) / num)
    np.testing.assert_allclose(sound, expected, atol=2e-4)
    assert not sources.samples(take, Samples(length), 10).any()
