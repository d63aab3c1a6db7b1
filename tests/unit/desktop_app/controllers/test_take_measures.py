"""A take on disk becomes the numbers of its report."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from desktop_app.controllers.take_measures import measure_take, nominal_layout, picture_of
from desktop_app.controllers.take_report_controller import playing_take
from desktop_app.project.ids import LaneId, MediaId, TakeId
from desktop_app.project.project import (
    GenerationSettings,
    Lane,
    Recipe,
    SoundBlock,
    Take,
    TakeMedia,
)
from desktop_app.project.time import Samples, Span
from desktop_app.views.report.values import ReportRow, RowVerdict
from engine.analysis import seam_layout

SECONDS, RATE_HZ = 20, 16_000


def take_of(name: str = "t", start: int = 0, end: int = SECONDS) -> Take:
    media = TakeMedia(
        audio=MediaId("audio.wav"), mel=MediaId("mel.npy"), latents=MediaId("latents.npy"),
        state=MediaId(""), sample_rate=RATE_HZ,
    )  # fmt: skip
    recipe = Recipe(
        prompts=(), settings=GenerationSettings(), stream=0, noise_take=1, engine_version="0"
    )
    span = Span(Samples(start * 48_000), Samples(end * 48_000))
    return Take(id=TakeId(name), number=1, span=span, media=media, recipe=recipe)


def stored(folder: Path, samples: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    rng = np.random.default_rng(0)
    soundfile.write(folder / "audio.wav", samples, RATE_HZ, subtype="FLOAT")
    np.save(folder / "mel.npy", rng.normal(-4, 1, (SECONDS * 100, 64)).astype(np.float32))
    np.save(folder / "latents.npy", rng.normal(size=(8, SECONDS * 25, 16)).astype(np.float32))


def rows(folder: Path) -> dict[str, ReportRow]:
    layout = seam_layout(window=128, stride=64)
    numbers = measure_take(take_of(), lambda media: folder / media, layout)
    return {row.name: row for row in numbers.rows}


def test_a_tone_has_the_loudness_and_peak_that_standards_give_it(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 997 * np.arange(SECONDS * RATE_HZ) / RATE_HZ)
    stored(tmp_path, tone)

    found = rows(tmp_path)

    # EBU Tech 3341: a 997 Hz sine of -6.02 dBFS on both channels is -6.02 LUFS.
    assert found["Loudness"].value == "−6.0 LUFS"
    assert found["True peak"].value == "−6.0 dBTP"
    assert found["True peak"].verdict is RowVerdict.OK
    assert found["Length"].value == "20.0 s"


def test_sound_beyond_full_scale_and_clicks_at_the_seams_are_told(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).normal(scale=0.02, size=SECONDS * RATE_HZ)
    seams = seam_layout(window=128, stride=64).seam_frames(SECONDS * 25) * 640
    samples[seams] += 1.5
    stored(tmp_path, samples)

    found = rows(tmp_path)

    assert found["True peak"].verdict is RowVerdict.OFF
    assert found["Seam flux ratio"].verdict is RowVerdict.OFF
    assert found["Jump ratio"].verdict is RowVerdict.OFF


def test_silence_is_measured_without_complaint(tmp_path: Path) -> None:
    stored(tmp_path, np.zeros(SECONDS * RATE_HZ))

    found = rows(tmp_path)

    assert found["True peak"].value == "silent"
    assert found["Seam flux ratio"].value == "–"
    assert found["Seam flux ratio"].verdict is RowVerdict.NONE


def test_the_curves_cover_the_take_and_name_its_seams(tmp_path: Path) -> None:
    stored(tmp_path, np.random.default_rng(1).normal(scale=0.1, size=SECONDS * RATE_HZ))
    layout = nominal_layout(GenerationSettings())

    curves = measure_take(take_of(), lambda media: tmp_path / media, layout).curves
    picture = picture_of(take_of(), lambda media: tmp_path / media, colour="iris")

    assert len(curves.flux) / curves.flux_rate == SECONDS
    assert len(curves.loudness_lufs) / curves.loudness_rate == SECONDS
    assert curves.seams == (7.68, 12.8)
    assert (picture.levels.shape, picture.seconds) == ((64, SECONDS * 100), SECONDS)


def test_a_lost_file_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"mel\.npy"):
        picture_of(take_of(), lambda media: tmp_path / media, colour="iris")


def test_the_take_at_the_playhead_is_meant_or_else_the_first_that_plays() -> None:
    early, late = take_of("early", 0, 20), take_of("late", 20, 40)
    unheard = take_of("unheard", 0, 40)
    blocks = tuple(SoundBlock(span=take.span, take_id=take.id) for take in (early, late))
    lane = Lane(
        id=LaneId("a"), name="Rain", colour="sky", stream=0, takes=(unheard, early, late),
        sound=blocks,
    )  # fmt: skip

    assert playing_take(lane, Samples(30 * 48_000)) == late
    assert playing_take(lane, Samples(90 * 48_000)) == early
    assert playing_take(Lane(id=LaneId("b"), name="", colour="sky", stream=1), Samples(0)) is None
