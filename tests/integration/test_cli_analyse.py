"""``longwave analyse``, from a file or a project to a table, JSON and a picture."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktop_app import cli
from desktop_app.project.ids import LaneId, MediaId, TakeId
from desktop_app.project.project import (
    GenerationSettings,
    Lane,
    Project,
    Recipe,
    SoundBlock,
    Take,
    TakeMedia,
)
from desktop_app.project.storage.folder import open_project, save_project
from desktop_app.project.storage.media import MediaStore
from desktop_app.project.time import Samples, Span

RATE = 16_000
SECONDS = 40
WINDOW, STRIDE = 128, 64
SEAM_SECONDS = np.arange(96, SECONDS * 25 - 64, STRIDE) / 25
Sound = NDArray[np.float32]


def clean_sound() -> Sound:
    noise = np.random.default_rng(0).standard_normal(SECONDS * RATE)
    return np.asarray(0.1 * noise, np.float32)


def clicking(sound: Sound) -> Sound:
    clicked = sound.copy()
    clicked[np.rint(SEAM_SECONDS * RATE).astype(np.int64)] += 1.0
    return clicked


def latents(seed: int = 0) -> Sound:
    values = np.random.default_rng(seed).standard_normal((8, SECONDS * 25 + 24, 16))
    return np.asarray(values, np.float32)


def wav(path: Path, sound: Sound) -> Path:
    soundfile.write(path, sound, RATE, subtype="FLOAT")
    return path


def analyse(source: Path, *more: str) -> int:
    return cli.main(["analyse", str(source), *more])


def verdicts(path: Path, piece: int = 0) -> dict[str, str]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {m["key"]: m["verdict"] for m in content["pieces"][piece]["measurements"]}


def take(store: MediaStore, work: Path, name: str, sound: Sound, values: Sound) -> Take:
    """A take whose files lie in the store."""
    np.save(work / "latents.npy", values)
    np.save(work / "mel.npy", np.random.default_rng(1).standard_normal((SECONDS * 100, 64)))
    (work / "state.npz").write_bytes(b"state")
    media = TakeMedia(
        audio=store.add_file(wav(work / "audio.wav", sound)),
        mel=store.add_file(work / "mel.npy"),
        latents=store.add_file(work / "latents.npy"),
        state=store.add_file(work / "state.npz"),
        sample_rate=RATE,
    )
    recipe = Recipe(
        prompts=(),
        settings=GenerationSettings(),
        stream=0,
        noise_take=1,
        engine_version="test",
    )
    span = Span(Samples(0), Samples(SECONDS * 48_000))
    return Take(id=TakeId(name), number=1, span=span, media=media, recipe=recipe)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A lane with a take and an edit of it, which plays; and a lane whose take clicks."""
    folder, work = tmp_path / "Bus", tmp_path / "work"
    work.mkdir()
    folder.mkdir()
    store = MediaStore(folder)
    sound, values = clean_sound(), latents()
    base = take(store, work, "t1", sound, values)
    other = np.random.default_rng(3)
    changed, new_values = sound.copy(), values.copy()
    changed[10 * RATE : 20 * RATE] = 0.1 * other.standard_normal(10 * RATE)
    new_values[:, 250:500] = latents(4)[:, 250:500]
    edited = take(store, work, "t2", changed, new_values)
    section = Span(Samples(10 * 48_000), Samples(20 * 48_000))
    recipe = replace(edited.recipe, based_on=base.id, sections=(section,))
    edited = replace(edited, number=2, recipe=recipe)
    lanes = (
        lane("Rain", 0, (base, edited), edited),
        lane("Clicks", 1, (clicks := take(store, work, "t3", clicking(sound), values),), clicks),
    )
    save_project(Project(lanes=lanes, next_stream=2), folder)
    return folder


def lane(name: str, stream: int, takes: tuple[Take, ...], playing: Take) -> Lane:
    return Lane(
        id=LaneId(name),
        name=name,
        colour="sky",
        stream=stream,
        takes=takes,
        sound=(SoundBlock(span=playing.span, take_id=playing.id),),
        next_take_number=3,
    )


# sound files


def test_a_clean_file_is_ok(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = tmp_path / "new" / "report.json"

    assert analyse(wav(tmp_path / "rain.wav", clean_sound()), "--json", str(numbers)) == 0

    found = verdicts(numbers)
    assert "not ok" not in found.values()
    assert found["seam_flux_ratio"] == "ok"
    assert "latent_power_ratio" not in found
    shown = capsys.readouterr().out
    assert "rain.wav: 0:40, 14 seams, one every 2.56 s (windows of 5.12 s)" in shown
    assert "The wave runs on smoothly through the seams." in shown
    assert "not ok" not in shown


def test_a_click_at_every_seam_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = tmp_path / "report.json"

    assert analyse(wav(tmp_path / "rain.wav", clicking(clean_sound())), "--json", str(numbers)) == 0

    found = verdicts(numbers)
    assert found["jump_ratio"] == found["worst_jump"] == found["seam_flux_ratio"] == "not ok"
    assert "listen for clicks" in capsys.readouterr().out


def test_the_windows_can_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = wav(tmp_path / "rain.wav", clean_sound())

    assert analyse(source, "--window", "256", "--stride", "192") == 0

    assert "one every 7.68 s (windows of 10.24 s)" in capsys.readouterr().out


def test_the_picture_shows_spectrum_curves_and_seams(tmp_path: Path, qtbot: QtBot) -> None:
    source = wav(tmp_path / "rain.wav", clicking(clean_sound()))
    picture = tmp_path / "pictures" / "rain.png"

    assert analyse(source, "--picture", str(picture)) == 0

    image = QImage(str(picture))
    assert image.width() == 1600
    colours = {
        image.pixelColor(x, y).name()
        for x in range(160, image.width(), 25)
        for y in range(60, image.height(), 5)
    }
    assert len(colours) > 30


@pytest.mark.parametrize(
    ("content", "more", "sentence"),
    [
        (b"no sound", (), "not a sound file"),
        (None, (), "There is no file"),
        (np.zeros(400, np.float32), (), "at least 1 s of sound are needed"),
        (np.zeros(RATE * 2, np.float32), ("--model", "nobody"), "Give --window"),
        (np.zeros(RATE * 2, np.float32), ("--window", "64", "--stride", "65"), "cannot lie 65"),
    ],
)
def test_what_cannot_be_analysed_is_said_in_a_sentence(
    content: bytes | Sound | None,
    more: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = tmp_path / "rain.wav"
    if isinstance(content, bytes):
        source.write_bytes(content)
    elif content is not None:
        wav(source, content)

    assert analyse(source, *more) == 1

    error = capsys.readouterr().err
    assert sentence in error
    assert "Traceback" not in error


# projects


def test_takes_that_play_are_measured_with_their_latents_and_edits(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = tmp_path / "report.json"

    assert analyse(project, "--json", str(numbers)) == 0

    rain, clicks = verdicts(numbers, 0), verdicts(numbers, 1)
    assert rain["latent_power_ratio"] == "ok"
    assert rain["edit_latents"] == rain["edit_mel"] == rain["edit_sound"] == "ok"
    assert clicks["jump_ratio"] == "not ok"
    assert "edit_sound" not in clicks
    shown = capsys.readouterr().out
    assert "Rain, take 2: 0:40, 14 seams" in shown
    assert "take 1:" not in shown.replace("Clicks, take 1:", "")


def test_a_take_of_another_length_is_not_compared_with_its_base(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Extended, or with time deleted or inserted: nothing lies where it did."""
    opened = open_project(project).project
    rain = opened.lanes[0]
    cut = replace(rain.takes[1], recipe=replace(rain.takes[1].recipe, sections=()))
    rain = replace(rain, takes=(rain.takes[0], cut))
    save_project(replace(opened, lanes=(rain, *opened.lanes[1:])), project)
    numbers = tmp_path / "report.json"

    assert analyse(project, "--json", str(numbers)) == 0

    assert "edit_sound" not in verdicts(numbers, 0)
    assert "not compared" in "".join(capsys.readouterr())


def test_all_takes_of_one_lane_can_be_measured(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analyse(project, "--lane", "Rain", "--all-takes") == 0

    shown = capsys.readouterr().out
    assert "Rain, take 1:" in shown
    assert "Rain, take 2:" in shown
    assert "Clicks" not in shown


def test_missing_sound_is_named_and_the_rest_is_measured(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lose(project, "Clicks", "audio")

    assert analyse(project) == 0

    streams = capsys.readouterr()
    assert "Clicks, take 1: its sound file is missing" in streams.err
    assert "Rain, take 2" in streams.out


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [(None, "Missing: latents of take 2;"), (b"nonsense", "Damaged: latents of take 2;")],
)
def test_without_latents_the_sound_is_still_measured(
    damage: bytes | None, sentence: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lose(project, "Rain", "latents", damage)

    assert analyse(project, "--lane", "Rain") == 0

    shown = capsys.readouterr().out
    assert sentence in shown
    assert "Latent power" not in shown
    assert "The wave runs on smoothly" in shown


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--lane", "Snow"), "There is no lane “Snow”. The project has: “Rain”, “Clicks”."),
        (("--stride", "64"), "A project knows its strides."),
    ],
)
def test_a_wrong_choice_is_said_in_a_sentence(
    project: Path, more: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analyse(project, *more) == 1
    assert sentence in capsys.readouterr().err


def test_a_project_without_sound_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_project(Project(), tmp_path / "Empty")

    assert analyse(tmp_path / "Empty") == 1

    assert "Nothing has been generated" in capsys.readouterr().err


def lose(project: Path, lane_name: str, kind: str, damage: bytes | None = None) -> None:
    """Delete or overwrite a media file of the playing take of a lane."""
    opened = open_project(project).project
    found = next(lane for lane in opened.lanes if lane.name == lane_name)
    media: MediaId = getattr(found.takes[-1].media, kind)
    path = MediaStore(project).path(media)
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
