from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.runtime.files import wav_file
from engine.runtime.files.wav_file import FloatWavFile

RAMP = np.linspace(-1, 1, 1000, dtype=np.float32)


def written(path: Path, *parts: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Path:
    wav = FloatWavFile.create(path, 16_000)
    for part in parts:
        wav.append(part)
    wav.close()
    return path


def test_other_programs_read_what_was_written(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", RAMP[:300], RAMP[300:])

    samples, rate = soundfile.read(path, dtype="float32")

    assert rate == 16_000
    np.testing.assert_array_equal(samples, RAMP)
    assert soundfile.info(path).subtype == "FLOAT"


def test_the_file_is_valid_while_it_grows(tmp_path: Path) -> None:
    wav = FloatWavFile.create(tmp_path / "a.wav", 16_000)
    assert soundfile.info(tmp_path / "a.wav").frames == 0

    wav.append(RAMP[:10])

    assert soundfile.read(tmp_path / "a.wav", dtype="float32")[0].tolist() == RAMP[:10].tolist()
    wav.close()


def test_samples_in_the_middle_can_be_changed(tmp_path: Path) -> None:
    wav = FloatWavFile.open(written(tmp_path / "a.wav", RAMP))
    assert (wav.num_samples, wav.sample_rate) == (1000, 16_000)

    wav.write_at(500, np.zeros(20, np.float32))

    assert wav.read(499, 22).tolist() == [RAMP[499], *[0.0] * 20, RAMP[520]]
    assert wav.num_samples == 1000
    wav.close()


def test_reading_beyond_the_end_gives_what_is_there(tmp_path: Path) -> None:
    wav = FloatWavFile.open(written(tmp_path / "a.wav", RAMP))

    assert wav.read(990, 50).tolist() == RAMP[990:].tolist()
    wav.close()


@pytest.mark.parametrize("position", [-1, 1001])
def test_a_hole_is_refused(tmp_path: Path, position: int) -> None:
    wav = FloatWavFile.open(written(tmp_path / "a.wav", RAMP))

    with pytest.raises(ValueError, match=r"is not within 0\.\.1000"):
        wav.write_at(position, RAMP)
    wav.close()


def test_foreign_and_damaged_files_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", RAMP)
    content = path.read_bytes()
    foreign = tmp_path / "foreign.wav"
    soundfile.write(foreign, RAMP, 16_000, subtype="FLOAT")
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "short.wav").write_bytes(content[:-1])

    for name in ("foreign.wav", "empty.wav", "short.wav"):
        with pytest.raises(ValueError, match=f"{name} is not a float WAV file"):
            FloatWavFile.open(tmp_path / name)


def test_a_file_too_large_for_riff_becomes_rf64(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limit brought down to what a test can write."""
    monkeypatch.setattr(wav_file._header, "__defaults__", (2_000,))
    path = written(tmp_path / "a.wav", RAMP[:400], RAMP[400:])

    samples, rate = soundfile.read(path, dtype="float32")

    assert path.read_bytes()[:4] == b"RF64"
    assert soundfile.info(path).format == "RF64"
    assert rate == 16_000
    np.testing.assert_array_equal(samples, RAMP)
    again = FloatWavFile.open(path)
    assert again.num_samples == 1000
    again.close()


def test_a_header_beyond_four_gibibytes_holds_the_true_size() -> None:
    header = wav_file._header(16_000, 2_000_000_000)

    assert header[:4] == b"RF64"
    assert wav_file._read_header(header, 9_000_000_000) == (16_000, 2_000_000_000)
