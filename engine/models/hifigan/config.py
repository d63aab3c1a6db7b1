"""The shape of a HiFi-GAN generator, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HiFiGANConfig:
    """Sizes of the generator.

    Attributes:
        n_mels: Mel bands going in.
        initial_channels: Width before the first upsampling; every stage halves it.
        upsample_rates: Factor of each stage; their product is the hop length.
        upsample_kernel_sizes: Width of each stage's transposed convolution.
        resblock_kernel_sizes: Kernel width of each of the residual blocks that a stage averages.
        resblock_dilations: Dilations of each of these residual blocks.
    """

    n_mels: int
    initial_channels: int
    upsample_rates: tuple[int, ...]
    upsample_kernel_sizes: tuple[int, ...]
    resblock_kernel_sizes: tuple[int, ...]
    resblock_dilations: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if len(self.upsample_rates) != len(self.upsample_kernel_sizes):
            raise ValueError(
                f"give one upsample kernel size per rate, got {self.upsample_kernel_sizes} for"
                f" {self.upsample_rates}"
            )
        if len(self.resblock_kernel_sizes) != len(self.resblock_dilations):
            raise ValueError(
                f"give one tuple of dilations per residual block, got {self.resblock_dilations}"
                f" for kernel sizes {self.resblock_kernel_sizes}"
            )
        for rate, kernel_size in zip(self.upsample_rates, self.upsample_kernel_sizes, strict=True):
            if kernel_size < rate:
                raise ValueError(
                    f"an upsampling by {rate} with a kernel of {kernel_size} leaves gaps; the"
                    " kernel must be at least as wide as the rate"
                )
        if self.initial_channels % 2 ** len(self.upsample_rates):
            raise ValueError(
                f"initial_channels must be divisible by {2 ** len(self.upsample_rates)}, as every"
                f" stage halves it, got {self.initial_channels}"
            )
