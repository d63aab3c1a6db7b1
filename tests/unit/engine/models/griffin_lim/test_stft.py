import pytest
import torch

from engine.models.griffin_lim.stft import EndlessSTFT


@pytest.mark.parametrize(
    ("win_length", "hop_length", "reach"),
    [(1024, 160, 6), (1024, 256, 3), (1000, 160, 6), (8, 2, 3)],
)
def test_the_reach_counts_windows_that_share_a_sample(
    win_length: int, hop_length: int, reach: int
) -> None:
    stft = EndlessSTFT(1024, win_length, hop_length).double()
    impulse = torch.zeros(1, 21, 513, dtype=torch.complex128)
    impulse[0, 10] = torch.randn(513, dtype=torch.complex128)

    touched = stft.analysis(stft.synthesis(impulse)).abs().amax(dim=(0, 2)) > 1e-12

    assert stft.reach_frames == reach
    assert touched.nonzero().flatten().tolist() == list(range(10 - reach, 11 + reach))


def test_the_signal_begins_half_a_transform_before_the_first_centre() -> None:
    stft = EndlessSTFT(64, 64, 16).double()
    spectrum = torch.ones(1, 1, 33, dtype=torch.complex128)
    spectrum[:, :, 1::2] = -1

    signal = stft.synthesis(spectrum)

    assert int(signal.abs().argmax()) == stft.lead_samples == 32
