"""The Gaussian that the encoder answers with."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagonalGaussian:
    """A Gaussian over latents, independent in every element.

    Attributes:
        mean: (B, C, T, F).
        log_variance: (B, C, T, F), natural logarithm, in [-30, 20].
    """

    mean: Tensor
    log_variance: Tensor

    def mode(self) -> Tensor:
        """Return the most probable latent, which is the mean."""
        return self.mean

    def sample(self, generator: torch.Generator) -> Tensor:
        """Draw one latent.

        Args:
            generator: Where the noise comes from. It is drawn on the generator's device and in
                float32, so a CPU generator gives the same noise whatever the network runs on.

        Returns:
            (B, C, T, F) latents.
        """
        noise = torch.randn(
            self.mean.shape, generator=generator, device=generator.device, dtype=torch.float32
        )
        return self.mean + torch.exp(0.5 * self.log_variance) * noise.to(self.mean)
