"""Putting a mel range back."""

from __future__ import annotations

import pytest
import torch

from engine.longform.splice import spliced_mel

OLD, NEW = torch.zeros(1, 1, 100, 2), torch.ones(1, 1, 40, 2)


def test_the_middle_is_new_and_the_ends_are_faded() -> None:
    got = spliced_mel(OLD, NEW, 30, fade_mel_frames=4)[0, 0, :, 0]

    assert got[:30].max() == 0.0
    assert got[70:].max() == 0.0
    assert got[30:34].tolist() == [0.125, 0.375, 0.625, 0.875]
    assert got[66:70].tolist() == [0.875, 0.625, 0.375, 0.125]
    assert got[34:66].min() == 1.0


def test_there_is_no_fade_at_the_ends_of_the_track() -> None:
    assert spliced_mel(OLD, NEW, 0)[0, 0, 0, 0] == 1.0
    assert spliced_mel(OLD, NEW, 60)[0, 0, 99, 0] == 1.0
    assert torch.equal(spliced_mel(NEW, NEW * 2, 0), NEW * 2)


def test_a_short_range_is_half_fade() -> None:
    got = spliced_mel(OLD, NEW[:, :, :6], 30)[0, 0, :, 0]

    torch.testing.assert_close(got[30:36], torch.tensor([1, 3, 5, 5, 3, 1]) / 6)


def test_a_single_frame_is_replaced_outright() -> None:
    assert spliced_mel(OLD, NEW[:, :, :1], 30)[0, 0, :, 0].sum() == 1.0


def test_the_old_spectrogram_stays() -> None:
    spliced_mel(OLD, NEW, 30)

    assert OLD.max() == 0.0


@pytest.mark.parametrize("start", [-1, 61])
def test_a_range_outside_is_refused(start: int) -> None:
    with pytest.raises(ValueError, match="100"):
        spliced_mel(OLD, NEW, start)
