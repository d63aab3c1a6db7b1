"""The neural vocoder of AudioLDM.

Shape letters in this file:
    B  batch
    T  mel frames
    M  mel bands
    H  hop length, the product of the upsampling rates
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.hifigan.blocks import LEAKY_SLOPE, DilatedResidualBlock, convolved
from engine.models.hifigan.config import HiFiGANConfig

_OUTER_KERNEL = 7
_OUTER_CONTEXT = _OUTER_KERNEL // 2
# The published weights were trained with the framework's default slope here, unlike elsewhere.
_LAST_LEAKY_SLOPE = 0.01


class HiFiGAN(nn.Module):
    """Turns a log-mel spectrogram into a waveform.

    The generator of "HiFi-GAN" (Kong et al., 2020, section 2.2). Tensor names are those of the
    published ``transformers`` file.
    """

    def __init__(self, config: HiFiGANConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.initial_channels
        self.conv_pre = nn.Conv1d(config.n_mels, channels, _OUTER_KERNEL, padding=_OUTER_CONTEXT)
        self.upsampler = nn.ModuleList()
        self.resblocks = nn.ModuleList()
        for rate, kernel_size in zip(
            config.upsample_rates, config.upsample_kernel_sizes, strict=True
        ):
            self.upsampler.append(
                nn.ConvTranspose1d(
                    channels,
                    channels // 2,
                    kernel_size,
                    stride=rate,
                    padding=(kernel_size - rate) // 2,
                )
            )
            channels //= 2
            self.resblocks.extend(
                DilatedResidualBlock(channels, size, dilations)
                for size, dilations in zip(
                    config.resblock_kernel_sizes, config.resblock_dilations, strict=True
                )
            )
        self.conv_post = nn.Conv1d(channels, 1, _OUTER_KERNEL, padding=_OUTER_CONTEXT)

    @property
    def hop_length(self) -> int:
        """Samples per mel frame, ``H``."""
        return math.prod(self.config.upsample_rates)

    @property
    def halo_frames(self) -> int:
        """Frames of context on each side that can change the samples of a frame."""
        # Samples 0 .. H - 1 belong to frame 0; how far it reaches is the same for all frames.
        first, last = self._frames_seen(0, self.hop_length - 1)
        return max(-first, last)

    def _stage_blocks(self, stage: int) -> list[DilatedResidualBlock]:
        num_kernels = len(self.config.resblock_kernel_sizes)
        modules = self.resblocks[stage * num_kernels : (stage + 1) * num_kernels]
        return [block for block in modules if isinstance(block, DilatedResidualBlock)]

    def _frames_seen(self, first_sample: int, last_sample: int) -> tuple[int, int]:
        """First and last mel frame that can change any of these samples."""
        first, last = first_sample - _OUTER_CONTEXT, last_sample + _OUTER_CONTEXT
        context = max(block.context_steps for block in self._stage_blocks(0))
        stages = zip(self.config.upsample_rates, self.config.upsample_kernel_sizes, strict=True)
        for rate, kernel_size in reversed(list(stages)):
            first, last = first - context, last + context
            padding = (kernel_size - rate) // 2
            # Output n of a transposed convolution sees input i when
            # 0 <= n + padding - rate * i < kernel_size.
            first = -((kernel_size - 1 - padding - first) // rate)
            last = (last + padding) // rate
        return first - _OUTER_CONTEXT, last + _OUTER_CONTEXT

    def forward(self, mel: Tensor, addresses: Tensor | None = None) -> Tensor:
        """Render a log-mel spectrogram.

        Args:
            mel: (B, T, M) natural-log mel, at least one frame.
            addresses: Ignored: the network does not know where in a track it is. They are here
                because vocoders that start from noise need them.

        Returns:
            (B, N) samples in (-1, 1). ``N`` is ``T * H`` plus a constant tail: an odd difference
            of kernel and rate makes a stage one step longer, 32 samples in all for AudioLDM.

        Raises:
            ValueError: If the shape is wrong.
        """
        del addresses
        if mel.ndim != 3 or mel.shape[1] == 0 or mel.shape[2] != self.config.n_mels:
            raise ValueError(
                f"mel must be (batch, frames >= 1, {self.config.n_mels}), got {tuple(mel.shape)}"
            )
        num_kernels = len(self.config.resblock_kernel_sizes)
        # (B, T, M) -> (B, M, 1, T), channels last
        x = mel.transpose(1, 2).unsqueeze(2).contiguous(memory_format=torch.channels_last)
        x = convolved(self.conv_pre, x.to(self.conv_pre.weight.dtype))
        for stage, upsampler in enumerate(self._upsamplers):
            # Stages may differ in precision; see engine/runtime/precision.py.
            x = _upsampled(upsampler, F.leaky_relu(x.to(upsampler.weight.dtype), LEAKY_SLOPE))
            x = sum(block(x) for block in self._stage_blocks(stage)) / num_kernels
        x = x.to(self.conv_post.weight.dtype)
        x = convolved(self.conv_post, F.leaky_relu(x, _LAST_LEAKY_SLOPE))
        # (B, 1, 1, N) -> (B, N)
        return torch.tanh(x).flatten(1)

    def stages_up_to(self, fastest_rate: int) -> list[nn.Module]:
        """The layers that make features at most ``fastest_rate`` times as often as mel frames.

        Args:
            fastest_rate: Steps per mel frame, at least 1.

        Returns:
            The first convolution, and upsamplers and residual blocks of whole stages.
        """
        chosen: list[nn.Module] = [self.conv_pre]
        rate = 1
        for stage, upsampler in enumerate(self._upsamplers):
            rate *= upsampler.stride[0]
            if rate <= fastest_rate:
                chosen += [upsampler, *self._stage_blocks(stage)]
        return chosen

    @property
    def _upsamplers(self) -> list[nn.ConvTranspose1d]:
        return [layer for layer in self.upsampler if isinstance(layer, nn.ConvTranspose1d)]


def _upsampled(layer: nn.ConvTranspose1d, x: Tensor) -> Tensor:
    """A one-dimensional transposed convolution of a (B, C, 1, T) tensor."""
    return F.conv_transpose2d(
        x,
        layer.weight.unsqueeze(2),
        layer.bias,
        stride=(1, layer.stride[0]),
        padding=(0, int(layer.padding[0])),
    )
