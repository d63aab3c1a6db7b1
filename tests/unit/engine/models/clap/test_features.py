import pytest
import torch
from torch import Tensor, nn

from engine.models.clap.audio import AudioEncoder
from engine.models.clap.config import AudioEncoderConfig
from engine.models.clap.features import WINDOW_SAMPLES, ClapMelFrontEnd, embed_clip

_TINY = AudioEncoderConfig(
    num_mel_bins=64,
    image_size=256,
    patch_size=4,
    patch_channels=8,
    depths=(1, 2, 1, 1),
    num_heads=(1, 2, 2, 2),
    window_size=8,
    mlp_ratio=1,
    norm_eps=1e-5,
    projection_dim=16,
)


def _noise(num_samples: int) -> Tensor:
    return torch.randn(num_samples, generator=torch.Generator().manual_seed(5)) * 0.1


def _tower() -> AudioEncoder:
    tower = AudioEncoder(_TINY).eval()
    generator = torch.Generator().manual_seed(6)
    for parameter in tower.parameters():
        nn.init.normal_(parameter, std=0.3, generator=generator)
    return tower


def test_a_long_clip_is_covered_to_its_very_end() -> None:
    clip = _noise(2 * WINDOW_SAMPLES + 48_000)
    front_end = ClapMelFrontEnd()

    windows = front_end(clip)

    assert windows.shape == (3, 1, 1001, 64)
    torch.testing.assert_close(windows[:1], front_end(clip[:WINDOW_SAMPLES]))
    torch.testing.assert_close(windows[-1:], front_end(clip[-WINDOW_SAMPLES:]))


def test_a_short_clip_counts_as_its_own_repetition() -> None:
    second = _noise(48_000)

    torch.testing.assert_close(
        ClapMelFrontEnd()(second), ClapMelFrontEnd()(second.repeat(10)), rtol=0, atol=0
    )


def test_the_embedding_of_a_long_clip_is_the_mean_direction_of_its_windows() -> None:
    tower, front_end = _tower(), ClapMelFrontEnd()
    first, second = _noise(WINDOW_SAMPLES), _noise(WINDOW_SAMPLES).flip(0) * 3

    joined = embed_clip(tower, front_end, torch.cat((first, second)))
    mean = embed_clip(tower, front_end, first) + embed_clip(tower, front_end, second)

    torch.testing.assert_close(joined, mean / mean.norm())
    assert joined.norm().item() == pytest.approx(1.0)


@pytest.mark.parametrize("shape", [(0,), (2, 480)])
def test_anything_but_one_mono_clip_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="one mono clip"):
        ClapMelFrontEnd()(torch.zeros(shape))
