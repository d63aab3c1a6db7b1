from dataclasses import replace

import pytest
import torch
from torch import nn

from engine.models.clap.audio import AudioEncoder
from engine.models.clap.config import AudioEncoderConfig
from engine.models.clap.swin import relative_position_index

_TINY = AudioEncoderConfig(
    num_mel_bins=16,
    image_size=64,
    patch_size=4,
    patch_channels=8,
    depths=(2, 1),
    num_heads=(2, 2),
    window_size=8,
    mlp_ratio=2,
    norm_eps=1e-5,
    projection_dim=6,
)


def _encoder() -> AudioEncoder:
    encoder = AudioEncoder(_TINY).eval()
    generator = torch.Generator().manual_seed(1)
    for parameter in encoder.parameters():
        nn.init.normal_(parameter, std=0.4, generator=generator)
    return encoder


@torch.inference_mode()
def test_each_clip_of_a_batch_is_embedded_alone_at_length_one() -> None:
    encoder = _encoder()
    features = torch.randn(3, 1, 250, 16, generator=torch.Generator().manual_seed(2))

    together = encoder(features)

    assert together.shape == (3, 6)
    torch.testing.assert_close(together.norm(dim=1), torch.ones(3))
    for row in range(3):
        torch.testing.assert_close(encoder(features[row : row + 1])[0], together[row])


def test_relative_positions_of_a_two_by_two_window_are_the_nine_offsets() -> None:
    expected = [[4, 3, 1, 0], [5, 4, 2, 1], [7, 6, 4, 3], [8, 7, 5, 4]]

    assert relative_position_index(2).tolist() == expected


@pytest.mark.parametrize("shape", [(1, 1, 257, 16), (1, 1, 250, 64)])
def test_features_of_another_size_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="features must be"):
        _encoder()(torch.zeros(shape))


def test_sizes_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ValueError, match="one entry per stage"):
        replace(_TINY, depths=(2,))
    with pytest.raises(ValueError, match="multiple of num_mel_bins"):
        replace(_TINY, num_mel_bins=20)
    with pytest.raises(ValueError, match="cannot have 3 heads"):
        replace(_TINY, num_heads=(3, 2))
    with pytest.raises(ValueError, match="does not divide into windows"):
        replace(_TINY, image_size=48)
