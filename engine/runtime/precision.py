"""How many bits each network computes with; chosen by measurement (tests/benchmarks/engine.py).

Where the processor multiplies half-precision numbers in hardware, the noise predictor and the
decoder run in half precision; so do the first stages of the vocoder, which make features and not
yet sound. What turns features into samples, the solver, the fusion of windows and the text tower
stay in float32. Feature maps lie channels-last, for which the fast kernels are written.
"""

from __future__ import annotations

import copy
from typing import Generic, Literal, TypeVar

import torch
from torch import Tensor, nn

from engine.checkpoints.model import AudioLDM
from engine.models.griffin_lim.griffin_lim import GriffinLim
from engine.models.hifigan.hifigan import HiFiGAN

Precision = Literal["auto", "float32"]

_CPU_FEATURES = ("amx_bf16", "avx512_bf16")
# Two of AudioLDM's five: below 2 kHz, with more than two thirds of the vocoder's work.
_FASTEST_HALF_STAGE = 20

_Network = TypeVar("_Network", bound=nn.Module)


def fast_dtype(device: torch.device) -> torch.dtype:
    """The precision in which the device is fastest: bfloat16, float16 or float32."""
    if device.type == "cuda":
        has_bfloat16 = torch.cuda.get_device_capability(device) >= (8, 0)
        return torch.bfloat16 if has_bfloat16 else torch.float16
    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    has_bfloat16 = any(capabilities.get(feature, False) for feature in _CPU_FEATURES)
    return torch.bfloat16 if has_bfloat16 else torch.float32


def bring_into_precision(model: AudioLDM) -> None:
    """Lay out all networks for speed, and give the others the precision of the noise predictor.

    The modules are changed in place. With a float16 predictor the others stay in float32, because
    the decoder's features can exceed what float16 holds.
    """
    dtype = model.unet.conv_in.weight.dtype
    model.unet.to(memory_format=torch.channels_last)
    model.vae.to(memory_format=torch.channels_last)
    if dtype != torch.bfloat16:
        return
    model.vae.post_quant_conv.to(dtype)
    model.vae.decoder.to(dtype)
    if isinstance(model.vocoder, HiFiGAN):
        for module in model.vocoder.stages_up_to(_FASTEST_HALF_STAGE):
            module.to(dtype)


class Float32Twin(Generic[_Network]):
    """A float32 copy of a network, made when it is first needed.

    Args:
        network: Any network. Its weights keep the values that they were rounded to: what the copy
            adds is range and precision of what is computed with them.
    """

    def __init__(self, network: _Network) -> None:
        self._network = network
        self._twin: _Network | None = None

    def get(self) -> _Network:
        """The copy."""
        if self._twin is None:
            self._twin = copy.deepcopy(self._network).float()
        return self._twin


class GuardedVocoder:
    """A vocoder that repeats a chunk in float32 if it comes out with values that are not finite.

    Args:
        vocoder: HiFi-GAN in any precision, or Griffin-Lim.
    """

    def __init__(self, vocoder: HiFiGAN | GriffinLim) -> None:
        self._vocoder = vocoder
        self._twin = Float32Twin(vocoder)

    @property
    def hop_length(self) -> int:
        """Samples per mel frame."""
        return self._vocoder.hop_length

    @property
    def halo_frames(self) -> int:
        """Mel frames on each side that can affect a sample."""
        return self._vocoder.halo_frames

    def __call__(self, mel: Tensor, addresses: Tensor) -> Tensor:
        """Map (B, T, M) mel to (B, N) float32 samples; see ``engine.longform.vocoder.Vocoder``."""
        samples: Tensor = self._vocoder(mel, addresses)
        is_half = any(p.dtype != torch.float32 for p in self._vocoder.parameters())
        if is_half and not torch.isfinite(samples).all():
            samples = self._twin.get()(mel, addresses)
        return samples
