import os
from pathlib import Path

import pytest
import soundfile

from desktop_app.export.flac import FlacWriter
from desktop_app.export.settings import SampleFormat


def writer(path: Path) -> FlacWriter:
    return FlacWriter(
        path,
        sample_format=SampleFormat.FLAC_24,
        sample_rate=44_100,
        title="Rain",
        comment="",
        licence="CC BY 4.0",
    )


def test_samples_and_tags_are_read_back(tmp_path: Path) -> None:
    with writer(tmp_path / "a.flac") as flac:
        flac.write(bytes([1, 2, 3, 255, 255, 255]) * 1_000)
        flac.finish()

    with soundfile.SoundFile(tmp_path / "a.flac") as sound:
        assert (sound.title, sound.license, sound.comment) == ("Rain", "CC BY 4.0", "")
        samples = sound.read(dtype="int32")
    assert (samples // 256).tolist() == [[0x030201, -1]] * 1_000


def test_an_existing_file_is_never_opened_for_writing(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(b"old")

    with pytest.raises(FileExistsError):
        writer(tmp_path / "a.flac")
    assert (tmp_path / "a.flac").read_bytes() == b"old"


@pytest.mark.parametrize("trouble", [AssertionError(), soundfile.LibsndfileError(1)])
def test_a_failed_write_is_an_error_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def fail(*_: object) -> None:
        raise trouble

    with writer(tmp_path / "a.flac") as flac:
        monkeypatch.setattr(soundfile.SoundFile, "write", fail)
        with pytest.raises(OSError, match="disk may be full"):
            flac.write(bytes(6))


def test_an_end_that_was_lost_is_noticed(tmp_path: Path) -> None:
    with writer(tmp_path / "a.flac") as flac:
        flac.write(os.urandom(60_000))
        flac._num_frames += 1
        with pytest.raises(OSError, match="the end is missing"):
            flac.finish()
