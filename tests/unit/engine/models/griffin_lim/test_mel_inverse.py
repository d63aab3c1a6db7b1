import torch

from engine.dsp.mel import slaney_mel_filterbank
from engine.models.griffin_lim.mel_inverse import MelInverse


def _filters() -> torch.Tensor:
    return slaney_mel_filterbank(sample_rate=16000, n_fft=1024, n_mels=64, fmin=0, fmax=8000)


def test_every_frame_is_solved_alone() -> None:
    inverse = MelInverse(_filters()).double()
    mel = torch.rand(1, 9, 64, dtype=torch.float64)

    torch.testing.assert_close(inverse(mel[:, 3:5]), inverse(mel)[:, 3:5], rtol=1e-9, atol=1e-12)


def test_is_zero_where_nothing_is_heard() -> None:
    filters = _filters()
    magnitude = MelInverse(filters)(torch.rand(1, 3, 64))

    unheard = filters.sum(dim=0) == 0
    assert unheard.any()
    assert torch.count_nonzero(magnitude[..., unheard]) == 0


def test_scales_with_its_input() -> None:
    inverse = MelInverse(_filters()).double()
    mel = torch.rand(1, 3, 64, dtype=torch.float64)

    torch.testing.assert_close(inverse(100 * mel), 100 * inverse(mel), rtol=1e-6, atol=1e-9)
