"""Sizes of the published networks, small relatives of them, and weights that hide no mistake."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.dsp.mel import MelConfig
from engine.models.griffin_lim.config import GriffinLimConfig
from engine.models.hifigan.config import HiFiGANConfig
from engine.models.unet.config import UNetConfig
from engine.models.vae.config import VAEConfig

UNET_SIZES = {
    "s": ((128, 256, 384, 640), 32),
    "m": ((192, 384, 576, 960), 32),
    "l": ((256, 512, 768, 1280), 64),
}

PUBLISHED_VAE = VAEConfig(
    mel_channels=1,
    block_channels=(128, 256, 512),
    layers_per_block=2,
    latent_channels=8,
    norm_groups=32,
)

PUBLISHED_HIFIGAN = HiFiGANConfig(
    n_mels=64,
    initial_channels=1024,
    upsample_rates=(5, 4, 2, 2, 2),
    upsample_kernel_sizes=(16, 16, 8, 4, 4),
    resblock_kernel_sizes=(3, 7, 11),
    resblock_dilations=((1, 3, 5), (1, 3, 5), (1, 3, 5)),
)

PUBLISHED_MEL = MelConfig(
    sample_rate=16000,
    n_fft=1024,
    win_length=1024,
    hop_length=160,
    n_mels=64,
    fmin=0.0,
    fmax=8000.0,
    log_floor=1e-5,
)


def published_unet(size: str, *, attention_heads: int | None = None) -> UNetConfig:
    """Return the sizes of a published UNet, with its own heads or a fixed number of them."""
    widths, head_width = UNET_SIZES[size]
    return UNetConfig(
        in_channels=8,
        out_channels=8,
        block_channels=widths,
        layers_per_block=2,
        attention_levels=(False, True, True, True),
        attention_head_width=head_width if attention_heads is None else None,
        attention_heads=attention_heads,
        norm_groups=32,
        conditioning_dim=512,
    )


def small_unet() -> UNetConfig:
    """Return three levels, one block each, 8 groups: nothing as in the published sizes."""
    return UNetConfig(
        in_channels=8,
        out_channels=8,
        block_channels=(16, 32, 64),
        layers_per_block=1,
        attention_levels=(False, True, True),
        attention_head_width=16,
        attention_heads=None,
        norm_groups=8,
        conditioning_dim=24,
    )


def small_vae() -> VAEConfig:
    """Return a narrow VAE with one block per level."""
    return VAEConfig(
        mel_channels=1,
        block_channels=(16, 24, 32),
        layers_per_block=1,
        latent_channels=8,
        norm_groups=8,
    )


def small_hifigan() -> HiFiGANConfig:
    """Return the published layer geometry, 32 times narrower."""
    return HiFiGANConfig(
        n_mels=64,
        initial_channels=32,
        upsample_rates=PUBLISHED_HIFIGAN.upsample_rates,
        upsample_kernel_sizes=PUBLISHED_HIFIGAN.upsample_kernel_sizes,
        resblock_kernel_sizes=PUBLISHED_HIFIGAN.resblock_kernel_sizes,
        resblock_dilations=PUBLISHED_HIFIGAN.resblock_dilations,
    )


def griffin_lim_config(*, num_iterations: int = 32, momentum: float = 0.99) -> GriffinLimConfig:
    """Return Griffin-Lim for the published mel front end."""
    return GriffinLimConfig(
        sample_rate=16000,
        n_fft=1024,
        win_length=1024,
        hop_length=160,
        n_mels=64,
        fmin=0.0,
        fmax=8000.0,
        log_floor=1e-5,
        num_iterations=num_iterations,
        momentum=momentum,
    )


def randomise(module: nn.Module, seed: int) -> None:
    """Give every parameter a seeded value: no zero biases, no unit norms, sharp attention."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in module.named_parameters():
        values = torch.randn(parameter.shape, generator=generator)
        if parameter.ndim >= 2:
            values *= 1 / math.sqrt(parameter[0].numel())
            if name.endswith(("to_q.weight", "to_k.weight")):
                values *= 2
        else:
            values *= 0.2
            if "norm" in name and name.endswith("weight"):
                values += 1
        with torch.no_grad():
            parameter.copy_(values)


def shapes(module: nn.Module) -> dict[str, tuple[int, ...]]:
    """Return the shape of every saved tensor by name."""
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


def norm_epsilons(module: nn.Module) -> dict[str, float]:
    """Return the epsilon of every normalisation by name; on outputs they hardly show."""
    norms = (nn.GroupNorm, nn.LayerNorm)
    return {name: part.eps for name, part in module.named_modules() if isinstance(part, norms)}


def relative_error(got: Tensor, expected: Tensor) -> float:
    """Return the length of the difference, relative to the length of what was expected."""
    return float((got - expected).norm() / expected.norm())
