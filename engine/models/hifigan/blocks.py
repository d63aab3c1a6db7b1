"""Residual blocks of the HiFi-GAN generator.

Shape letters in this file:
    B  batch
    C  channels
    T  time steps at the block's own resolution
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

LEAKY_SLOPE = 0.1


def convolved(conv: nn.Conv1d, x: Tensor) -> Tensor:
    """A one-dimensional convolution of a (B, C, 1, T) tensor.

    As pictures of one row the features can lie channels-last, for which the kernels are two to
    four times as fast in half precision, and a little in float32.
    """
    return F.conv2d(
        x,
        conv.weight.unsqueeze(2),
        conv.bias,
        padding=(0, int(conv.padding[0])),
        dilation=(1, conv.dilation[0]),
    )


class DilatedResidualBlock(nn.Module):
    """Pairs of a dilated and a plain convolution, each pair inside a skip connection.

    The length never changes, so blocks of different kernel sizes can be averaged. This is
    "ResBlock1" of HiFi-GAN (Kong et al., 2020, appendix A.1), without weight normalisation:
    checkpoints are folded once, when they are loaded.

    Args:
        channels: Width ``C``.
        kernel_size: Kernel width of every convolution; must be odd.
        dilations: Dilation of the first convolution of each pair.

    Raises:
        ValueError: If ``kernel_size`` is even.
    """

    def __init__(self, channels: int, kernel_size: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size must be odd to keep the length, got {kernel_size}")
        self.kernel_size = kernel_size
        self.dilations = dilations
        half = kernel_size // 2
        self.convs1 = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel_size, dilation=d, padding=d * half)
            for d in dilations
        )
        self.convs2 = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel_size, padding=half) for _ in dilations
        )

    @property
    def context_steps(self) -> int:
        """Input steps on each side that can affect one output step."""
        half = self.kernel_size // 2
        return sum(half * (dilation + 1) for dilation in self.dilations)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, 1, T) features to (B, C, 1, T) features."""
        for dilated, plain in self._pairs:
            residual = convolved(dilated, F.leaky_relu(x, LEAKY_SLOPE))
            residual = convolved(plain, F.leaky_relu(residual, LEAKY_SLOPE))
            residual += x
            x = residual
        return x

    @property
    def _pairs(self) -> list[tuple[nn.Conv1d, nn.Conv1d]]:
        return [
            (dilated, plain)
            for dilated, plain in zip(self.convs1, self.convs2, strict=True)
            if isinstance(dilated, nn.Conv1d) and isinstance(plain, nn.Conv1d)
        ]
