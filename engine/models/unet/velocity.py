"""A UNet that was trained to predict velocity, behind the interface of one that predicts noise.

Shape letters in this file:
    B  batch
    T  latent frames
    F  latent frequency bins
"""

from __future__ import annotations

from torch import Tensor
from typing_extensions import override

from engine.models.unet.config import UNetConfig
from engine.models.unet.unet import UNet


class VelocityUNet(UNet):
    """Turns the velocity ``v = alpha n - sigma x_0`` into the noise ``n = sigma x_t + alpha v``.

    "Progressive distillation for fast sampling of diffusion models" (Salimans and Ho, 2022,
    section 4). Samplers and guidance see noise, as with every other model; both are linear, so
    nothing else changes. Tensor names are those of :class:`UNet`.

    Args:
        config: Sizes.
        alphas_cumprod: (num_timesteps,) shares of the signal's power, of the schedule that the
            network was trained with.
    """

    def __init__(self, config: UNetConfig, alphas_cumprod: Tensor) -> None:
        super().__init__(config)
        # No buffer: half precision would ruin it, and it does not belong into the file.
        self._alphas_cumprod = alphas_cumprod.float()

    @override
    def forward(self, latents: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        """Predict the noise; see :meth:`UNet.forward`.

        Returns:
            (B, out_channels, T, F) noise in float32, whatever the dtype of the weights: early
            samples divide it by a small number.
        """
        velocity = super().forward(latents, timesteps, conditioning).float()
        power = self._alphas_cumprod.to(latents.device)[timesteps.long()].view(-1, 1, 1, 1)
        return (1 - power).sqrt() * latents.float() + power.sqrt() * velocity
