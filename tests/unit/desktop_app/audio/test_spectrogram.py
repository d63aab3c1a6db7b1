import numpy as np

from desktop_app.audio.spectrogram import RANGE_DB, db_from_mel, levels_from_mel


def test_the_range_spans_all_levels() -> None:
    low, high = RANGE_DB
    one_db_in_nepers = np.log(10) / 20
    zero_db = -db_from_mel(np.zeros(1, np.float32))[0] * one_db_in_nepers
    mel = np.array([[low, high, low - 30, high + 30]], np.float32) * one_db_in_nepers + zero_db

    assert levels_from_mel(mel.astype(np.float32))[:, 0].tolist() == [0, 255, 0, 255]


def test_low_bands_come_first_and_time_runs_along_the_rows() -> None:
    mel = np.full((3, 2), -20, np.float32)
    mel[2, 1] = 1

    assert np.argwhere(levels_from_mel(mel)).tolist() == [[1, 2]]
