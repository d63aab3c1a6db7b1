"""Networks that tell recorded waveforms from synthesised ones, for training a vocoder.

Shape letters in this file:
    B  batch
    N  samples
    P  period
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PERIODS = (2, 3, 5, 7, 11)
RESOLUTIONS = ((512, 128), (1024, 256), (2048, 512))

_SLOPE = 0.1


class PeriodDiscriminator(nn.Module):
    """Looks at every P-th sample ("HiFi-GAN", Kong et al., 2020, section 2.3).

    Args:
        period: ``P``.
        width: Channels of the first layer; they double twice.
    """

    def __init__(self, period: int, width: int) -> None:
        super().__init__()
        self.period = period
        widths = (1, width, 2 * width, 4 * width, 4 * width)
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, (5, 1), stride=(3, 1), padding=(2, 0))
            for before, after in pairwise(widths)
        )
        self.last = nn.Conv2d(widths[-1], 1, (3, 1), padding=(1, 0))

    def forward(self, audio: Tensor) -> list[Tensor]:
        """(B, N) samples to the features of all layers; the last are the verdicts."""
        missing = -audio.shape[1] % self.period
        x = F.pad(audio[:, None], (0, missing), mode="reflect")
        # (B, 1, N) -> (B, 1, N / P, P)
        x = x.view(len(x), 1, -1, self.period)
        features = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), _SLOPE)
            features.append(x)
        features.append(self.last(x))
        return features


class SpectrumDiscriminator(nn.Module):
    """Looks at a magnitude spectrogram ("UnivNet", Jang et al., 2021, section 2.2).

    Args:
        n_fft: Samples of a frame.
        hop: Samples between frames.
        width: Channels of its layers.
    """

    def __init__(self, n_fft: int, hop: int, width: int) -> None:
        super().__init__()
        self.n_fft, self.hop = n_fft, hop
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        self.layers = nn.ModuleList(
            [
                nn.Conv2d(1, width, (3, 9), padding=(1, 4)),
                nn.Conv2d(width, width, (3, 9), stride=(1, 2), padding=(1, 4)),
                nn.Conv2d(width, width, (3, 9), stride=(1, 2), padding=(1, 4)),
                nn.Conv2d(width, width, (3, 3), padding=(1, 1)),
            ]
        )
        self.last = nn.Conv2d(width, 1, (3, 3), padding=(1, 1))

    def forward(self, audio: Tensor) -> list[Tensor]:
        """(B, N) samples to the features of all layers; the last are the verdicts."""
        window = dict(self.named_buffers())["window"].float()
        spectrum = torch.stft(
            audio.float(), self.n_fft, self.hop, window=window, return_complex=True
        )
        x = (spectrum.abs() + 1e-5).log().transpose(1, 2)[:, None].to(audio.dtype)
        features = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), _SLOPE)
            features.append(x)
        features.append(self.last(x))
        return features


class Discriminators(nn.Module):
    """All periods and all resolutions.

    Args:
        width: Channels of each one's first layer.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.parts = nn.ModuleList(
            [
                *(PeriodDiscriminator(period, width) for period in PERIODS),
                *(SpectrumDiscriminator(n_fft, hop, width) for n_fft, hop in RESOLUTIONS),
            ]
        )

    def forward(self, audio: Tensor) -> list[list[Tensor]]:
        """(B, N) samples to the features of every part."""
        return [part(audio) for part in self.parts]


def discriminator_loss(real: Sequence[list[Tensor]], made: Sequence[list[Tensor]]) -> Tensor:
    """Least squares: verdicts near one for real sound, near nought for made sound."""
    losses = [
        (1 - true[-1].float()).square().mean() + false[-1].float().square().mean()
        for true, false in zip(real, made, strict=True)
    ]
    return torch.stack(losses).sum()


def generator_loss(real: Sequence[list[Tensor]], made: Sequence[list[Tensor]]) -> Tensor:
    """Least squares for verdicts near one, and twice the distance of the features between."""
    verdicts = [(1 - false[-1].float()).square().mean() for false in made]
    distances = [
        (own.float() - theirs.detach().float()).abs().mean()
        for true, false in zip(real, made, strict=True)
        for own, theirs in zip(false[:-1], true[:-1], strict=True)
    ]
    return torch.stack(verdicts).sum() + 2 * torch.stack(distances).sum()
