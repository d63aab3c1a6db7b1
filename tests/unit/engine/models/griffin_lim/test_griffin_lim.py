import dataclasses
from typing import Any

import pytest
import torch

from engine.models.griffin_lim.griffin_lim import GriffinLim
from tests.support.networks import griffin_lim_config


@pytest.fixture
def vocoder() -> GriffinLim:
    return GriffinLim(griffin_lim_config(num_iterations=2))


@pytest.mark.parametrize("num_frames", [1, 2, 7, 33])
def test_gives_exactly_one_hop_of_samples_per_frame(vocoder: GriffinLim, num_frames: int) -> None:
    rendered = vocoder(torch.randn(3, num_frames, 64) - 4, torch.arange(5, 5 + num_frames))

    assert rendered.shape == (3, num_frames * vocoder.hop_length)
    assert rendered.isfinite().all()


def test_the_floor_is_rendered_as_digital_silence(vocoder: GriffinLim) -> None:
    mel = torch.full((1, 20, 64), 1e-5).log()

    assert torch.count_nonzero(vocoder(mel)) == 0


def test_the_same_mel_elsewhere_in_the_track_starts_from_other_phases(vocoder: GriffinLim) -> None:
    mel = torch.zeros(1, 20, 64)

    here, there = torch.arange(7, 27), torch.arange(8, 28)
    assert torch.equal(vocoder(mel, here), vocoder(mel, here))
    assert not torch.allclose(vocoder(mel, here), vocoder(mel, there), atol=1e-2)


def test_frames_that_are_moved_with_their_addresses_sound_as_they_did(vocoder: GriffinLim) -> None:
    mel, addresses = torch.randn(1, 90, 64) - 4, torch.arange(90)
    order = torch.cat((torch.arange(50, 90), torch.arange(50)))

    before, after = vocoder(mel, addresses), vocoder(mel[:, order], addresses[order])

    inner = slice(20 * 160, 30 * 160)
    moved = after[:, 40 * 160 :][:, inner]
    torch.testing.assert_close(moved, before[:, inner], rtol=0, atol=1e-5)


def test_refuses_addresses_of_another_number_of_frames(vocoder: GriffinLim) -> None:
    with pytest.raises(ValueError, match="20 frames"):
        vocoder(torch.zeros(1, 20, 64), torch.arange(19))


def test_rows_of_a_batch_do_not_see_each_other(vocoder: GriffinLim) -> None:
    mel = torch.randn(2, 30, 64) - 4

    together = vocoder(mel)

    torch.testing.assert_close(together[1:], vocoder(mel[1:]), rtol=0, atol=1e-6)


def test_every_iteration_adds_six_frames_of_context() -> None:
    halos = [GriffinLim(griffin_lim_config(num_iterations=n)).halo_frames for n in (0, 1, 32)]

    assert halos == [4, 10, 196]


def test_has_nothing_to_save(vocoder: GriffinLim) -> None:
    assert not vocoder.state_dict()
    assert not list(vocoder.parameters())


@pytest.mark.parametrize("shape", [(20, 64), (1, 0, 64), (1, 20, 80)])
def test_refuses_a_wrong_shape_and_names_it(vocoder: GriffinLim, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="frames >= 1, 64") as failure:
        vocoder(torch.zeros(shape))

    assert str(shape) in str(failure.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_fft": 1023}, "must be even"),
        ({"win_length": 2048}, "at most n_fft"),
        ({"hop_length": 600}, r"1 \.\. 512"),
        ({"num_iterations": -1}, "got -1"),
        ({"momentum": 1.3}, "got 1.3"),
        ({"knee": 1.0}, r"below 1 \(full scale\), got 1.0"),
        ({"knee": 0.0}, "above 0"),
    ],
)
def test_the_configuration_refuses_what_cannot_work(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(griffin_lim_config(), **change)


def test_what_overshoots_the_ceiling_sounds_as_the_ceiling(vocoder: GriffinLim) -> None:
    limited = GriffinLim(dataclasses.replace(vocoder.config, log_ceiling=-2.0))
    mel = torch.full((1, 20, 64), -6.0)
    mel[..., 30] = -2.0
    overshooting = mel.clone()
    overshooting[..., 30] = 1.0

    assert torch.equal(limited(overshooting), vocoder(mel))
    assert torch.equal(limited(mel), vocoder(mel))


def test_beyond_the_knee_samples_bend_below_full_scale_and_the_rest_stay(
    vocoder: GriffinLim,
) -> None:
    mel = torch.randn(1, 60, 64, generator=torch.Generator().manual_seed(1)) - 2
    plain = vocoder(mel)
    bent = GriffinLim(dataclasses.replace(vocoder.config, knee=0.7))(mel)

    is_low = plain.abs() <= 0.7
    assert plain.abs().max() > 1.0
    assert torch.equal(bent[is_low], plain[is_low])
    assert bent.abs().max() <= 1.0
    assert torch.equal(bent[~is_low].sign(), plain[~is_low].sign())
    # A louder sample stays the louder one, and nothing jumps at the knee.
    order = plain.abs().flatten().argsort()
    assert (bent.abs().flatten()[order].diff() >= 0).all()
    just_beyond = (plain.abs() - 0.7).clamp(0, 0.03)
    small = (just_beyond > 0) & (just_beyond < 0.03)
    torch.testing.assert_close(bent[small], plain[small], atol=2e-4, rtol=0)
