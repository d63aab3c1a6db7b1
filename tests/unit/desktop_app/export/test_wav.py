import struct
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from wavinfo import WavInfoReader

from desktop_app.export.chunks import (
    Chunk,
    Loudness,
    bext_chunk,
    info_chunk,
    loop_chunk,
    marker_chunks,
)
from desktop_app.export.samples import encoded
from desktop_app.export.settings import SampleFormat
from desktop_app.export.wav import MAX_RIFF_BYTES, WavWriter, wav_bytes

WAV_FORMATS = [each for each in SampleFormat if not each.is_flac]
ALL_FORMATS = pytest.mark.parametrize("sample_format", WAV_FORMATS)
SIZES = pytest.mark.parametrize("max_riff_bytes", [MAX_RIFF_BYTES, 1_000])
LOUDNESS = Loudness(
    integrated_lufs=-23.04, range_lu=7.5, highest_short_term_lufs=-20.5, true_peak_dbtp=-1.25
)
TAIL = (
    *marker_chunks([(10, "Start"), (4_000, "Storm 雨")]),
    loop_chunk(48_000, 100, 3_999),
    info_chunk([(b"INAM", "Night bus"), (b"ICMT", "Über"), (b"ISFT", "Longwave")]),
)


def bext(loudness: Loudness | None = None) -> Chunk:
    return bext_chunk(
        description="Night bus - Rain",
        originator="Longwave",
        originated_at=datetime(2026, 11, 22, 15, 30, 5, tzinfo=UTC),
        time_reference=2**33 + 5,
        loudness=loudness,
        coding_history="A=PCM,F=48000,W=24,M=stereo,T=Longwave",
    )


def noise(num_frames: int = 5_000) -> NDArray[np.float32]:
    values = np.random.default_rng(0).uniform(-0.9, 0.9, (num_frames, 2))
    return values.astype(np.float32)


def written(
    path: Path,
    sample_format: SampleFormat,
    max_riff_bytes: int = MAX_RIFF_BYTES,
    samples: NDArray[np.float32] | None = None,
) -> Path:
    generator = np.random.default_rng(0)
    samples = noise() if samples is None else samples
    with WavWriter(
        path,
        sample_format=sample_format,
        sample_rate=48_000,
        head=[bext()],
        max_riff_bytes=max_riff_bytes,
    ) as writer:
        for first in range(0, len(samples), 1_000):
            writer.write(encoded(samples[first : first + 1_000], sample_format, generator))
        writer.finish(TAIL, [bext(LOUDNESS)])
    return path


@ALL_FORMATS
@SIZES
def test_other_programs_read_the_samples(
    tmp_path: Path, sample_format: SampleFormat, max_riff_bytes: int
) -> None:
    path = written(tmp_path / "a.wav", sample_format, max_riff_bytes)

    info = soundfile.info(path)
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)

    assert (info.format == "RF64") == (max_riff_bytes == 1_000)
    assert info.subtype == {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}[sample_format.num_bits]
    assert (rate, samples.shape) == (48_000, (5_000, 2))
    tolerance = {16: 1.5 / 2**15, 24: 0.5001 / 2**23, 32: 0}[sample_format.num_bits]
    np.testing.assert_allclose(samples, noise(), rtol=0, atol=tolerance)


@SIZES
def test_other_programs_read_the_broadcast_extension(tmp_path: Path, max_riff_bytes: int) -> None:
    info = WavInfoReader(str(written(tmp_path / "a.wav", SampleFormat.PCM_24, max_riff_bytes)))

    said = info.bext
    assert (said.description, said.originator) == ("Night bus - Rain", "Longwave")
    assert (said.originator_date, said.originator_time) == ("2026-11-22", "15:30:05")
    assert (said.time_reference, said.version) == (2**33 + 5, 2)
    assert said.coding_history.strip() == "A=PCM,F=48000,W=24,M=stereo,T=Longwave"
    assert (said.loudness_value, said.max_true_peak) == (-23.04, -1.25)
    assert said.loudness_range == 7.5
    assert said.max_shortterm_loudness == -20.5
    assert (info.fmt.channel_count, info.fmt.bits_per_sample) == (2, 24)
    assert info.data.frame_count == 5_000


@SIZES
def test_other_programs_read_markers_loops_and_texts(tmp_path: Path, max_riff_bytes: int) -> None:
    path = written(tmp_path / "a.wav", SampleFormat.PCM_24, max_riff_bytes)
    info = WavInfoReader(str(path), info_encoding="utf-8")

    assert [cue.position for cue in info.cues.cues] == [10, 4_000]
    assert [label.text for label in info.cues.labels] == ["Start", "Storm 雨"]
    assert [(loop.start, loop.end) for loop in info.smpl.sample_loops] == [(100, 3_999)]
    assert (info.info.title, info.info.comment, info.info.software) == (
        "Night bus",
        "Über",
        "Longwave",
    )


@ALL_FORMATS
@SIZES
def test_all_chunks_are_even_and_add_up_to_the_file(
    tmp_path: Path, sample_format: SampleFormat, max_riff_bytes: int
) -> None:
    data = written(tmp_path / "a.wav", sample_format, max_riff_bytes).read_bytes()
    is_rf64 = data[:4] == b"RF64"
    names, position = [], 12
    while position < len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        if name == b"data" and is_rf64:
            assert size == 2**32 - 1
            size = struct.unpack_from("<Q", data, 12 + 8 + 8)[0]
        assert size % 2 == 0
        names.append(name)
        position += 8 + size

    fact = [b"fact"] if sample_format.is_float else []
    assert names == [
        b"ds64" if is_rf64 else b"JUNK",
        b"bext",
        b"fmt ",
        *fact,
        b"data",
        b"cue ",
        b"LIST",
        b"smpl",
        b"LIST",
    ]
    assert position == len(data)
    told = (
        struct.unpack_from("<Q", data, 20)[0] if is_rf64 else struct.unpack_from("<I", data, 4)[0]
    )
    assert told == len(data) - 8
    assert wav_bytes([bext()], TAIL, sample_format, 5_000) == len(data)


def test_the_size_where_a_file_becomes_rf64_is_exact(tmp_path: Path) -> None:
    size = wav_bytes([bext()], TAIL, SampleFormat.PCM_16, 5_000) - 8
    fits = written(tmp_path / "a.wav", SampleFormat.PCM_16, size)
    does_not = written(tmp_path / "b.wav", SampleFormat.PCM_16, size - 1)

    assert fits.read_bytes()[:4] == b"RIFF"
    assert does_not.read_bytes()[:4] == b"RF64"


def test_a_file_beyond_four_gibibytes_tells_its_true_length(tmp_path: Path) -> None:
    """The samples are a hole in the file, so this costs neither time nor disk."""
    path, num_frames = tmp_path / "a.wav", 2**30 // 2 + 7

    class Sparse(WavWriter):
        def skip(self, num_bytes: int) -> None:
            self._file.seek(num_bytes, 1)
            self._num_data_bytes += num_bytes

    with Sparse(path, sample_format=SampleFormat.FLOAT_32, sample_rate=48_000) as writer:
        writer.skip(num_frames * 8 - 8)
        writer.write(np.ones((1, 2), "<f4").tobytes())
        writer.finish(TAIL)

    assert path.stat().st_size > 2**32
    with soundfile.SoundFile(path) as sound:
        assert (sound.format, sound.frames) == ("RF64", num_frames)
        sound.seek(num_frames - 2)
        assert sound.read(2, dtype="float32").tolist() == [[0, 0], [1, 1]]
    assert WavInfoReader(str(path)).data.frame_count == num_frames


def test_the_same_samples_give_the_same_bytes(tmp_path: Path) -> None:
    for sample_format in WAV_FORMATS:
        first = written(tmp_path / f"{sample_format}1.wav", sample_format)
        second = written(tmp_path / f"{sample_format}2.wav", sample_format)
        assert first.read_bytes() == second.read_bytes()


def test_the_head_must_keep_its_size(tmp_path: Path) -> None:
    with (
        WavWriter(
            tmp_path / "a.wav", sample_format=SampleFormat.PCM_16, sample_rate=48_000, head=[bext()]
        ) as writer,
        pytest.raises(ValueError, match="keep their size"),
    ):
        writer.finish(head=[])


def test_an_existing_file_is_never_opened_for_writing(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", SampleFormat.PCM_16)

    with pytest.raises(FileExistsError):
        written(path, SampleFormat.PCM_16)


def test_markers_beyond_32_bits_are_left_out() -> None:
    assert marker_chunks([(2**32, "late")]) == ()
