"""What only a GPU run trains to the end: vocoder and audio tower, piece by piece."""

import pytest
import torch
from torch.nn import functional

from engine.dsp.mel import MelFrontEnd
from engine.models.clap.features import ClapMelFrontEnd
from engine.training.discriminators import (
    Discriminators,
    PeriodDiscriminator,
    discriminator_loss,
    generator_loss,
)
from engine.training.material import MEL
from engine.training.tower import clap_features, soft_contrast
from engine.training.vocoder import Pieces, spectral_loss


def _tone(hertz: float, num_samples: int, rate: int) -> torch.Tensor:
    return 0.3 * torch.sin(2 * torch.pi * hertz * torch.arange(num_samples) / rate)


def test_pieces_belong_to_their_mels() -> None:
    audio = (torch.randn(3, 32_000, generator=torch.Generator().manual_seed(0)) * 3000).short()
    pieces = Pieces(audio, None, torch.Generator().manual_seed(1))
    given, mel, samples = pieces.batch(4, 20)
    torch.testing.assert_close(given, mel)
    # Away from the reflected ends, the mel of the piece alone is the mel of its surroundings.
    alone = MelFrontEnd(MEL)(samples)[:, 0]
    torch.testing.assert_close(alone[:, 4:-4], mel[:, 4:-4], atol=1e-4, rtol=1e-4)


def test_half_of_the_pieces_start_from_decoded_mels() -> None:
    audio = torch.zeros(2, 32_000, dtype=torch.int16)
    decoded = torch.full((2, 200, 64), 5.0)
    given, mel, _ = Pieces(audio, decoded, torch.Generator().manual_seed(0)).batch(64, 8)
    is_decoded = (given == 5.0).all(dim=(1, 2))
    assert 16 < int(is_decoded.sum()) < 48
    torch.testing.assert_close(given[~is_decoded], mel[~is_decoded])


def test_the_spectral_loss_is_nothing_for_equal_sounds_and_bounded_for_silence() -> None:
    tone, silence = _tone(440, 8000, 16_000)[None], torch.zeros(1, 8000)
    assert float(spectral_loss(tone, tone)) == 0.0
    assert float(spectral_loss(tone, silence)) < 30.0
    near, far = _tone(445, 8000, 16_000)[None], _tone(2000, 8000, 16_000)[None]
    assert float(spectral_loss(near, tone)) < float(spectral_loss(far, tone))


def test_a_period_discriminator_sees_every_nth_sample() -> None:
    torch.manual_seed(0)
    judge = PeriodDiscriminator(3, 4)
    audio = torch.zeros(1, 300)
    audio[0, 150] = 1.0
    with torch.no_grad():
        first = (judge(audio)[0] - judge(torch.zeros(1, 300))[0]).abs().sum(dim=(0, 1, 2))
    # Sample 150 stands in the first of three columns.
    assert float(first[0]) > 0
    assert float(first[1:].sum()) == 0.0


def test_a_discriminator_that_tells_them_apart_makes_the_generators_loss_high() -> None:
    real, made = [[torch.ones(1, 2)]], [[torch.zeros(1, 2)]]
    assert float(discriminator_loss(real, made)) == 0.0
    torch.manual_seed(0)
    judges = Discriminators(width=2)
    audio = torch.randn(1, 4000)
    with torch.no_grad():
        same = generator_loss(judges(audio), judges(audio))
        other = generator_loss(judges(audio), judges(0.1 * torch.randn(1, 4000)))
    assert float(other) > float(same)


@pytest.mark.parametrize("hertz", [300.0, 5000.0])
def test_clap_features_of_a_clip_are_those_of_the_same_sound_at_48_khz(hertz: float) -> None:
    clip = (_tone(hertz, 81_920, 16_000) * 32_767).round().short()[None]
    features = clap_features(clip, 16_000)[0, 0].float()
    wanted = ClapMelFrontEnd()(_tone(hertz, 3 * 81_920, 48_000))[0, 0]
    assert features.shape == wanted.shape == (1001, 64)
    loud = wanted > wanted.max() - 30
    assert float((features - wanted)[loud].abs().mean()) < 0.5


def test_a_tower_that_hears_every_caption_has_no_loss() -> None:
    said = functional.normalize(torch.randn(8, 16), dim=1)
    assert float(soft_contrast(said, said)) == pytest.approx(0.0, abs=1e-5)
    assert float(soft_contrast(said.roll(1, dims=0), said)) > 1.0
