"""Decodes ten minutes in a process of its own and prints how many bytes it grew by.

Run as ``python -m tests.support.resident_decode``; on systems with /proc.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from engine.longform.tiled_vae.decoder import DecodeSettings, TiledDecode
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.models.vae.config import VAEConfig
from engine.models.vae.vae import VAE

TEN_MINUTES = 10 * 60 * 25
BINS, CHANNELS = 8, 8
FULL_TENSOR_BYTES = 4 * TEN_MINUTES * 4 * BINS * CHANNELS * 4
"""One float32 tensor at the resolution of the spectrogram, of which an untiled decode has some."""


def resident_bytes(name: str) -> int:
    """``VmRSS``, now, or ``VmHWM``, the most since the process began."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = VAEConfig(
        mel_channels=1,
        block_channels=(CHANNELS,) * 3,
        layers_per_block=1,
        latent_channels=3,
        norm_groups=4,
    )
    vae = VAE(config).eval()
    settings = DecodeSettings(attention_reach=128)

    def decode(latents: torch.Tensor, statistics: DecoderStatistics | None) -> DecoderStatistics:
        decode = TiledDecode(vae, latents, settings, statistics=statistics)
        decode.gather()
        for tile in decode.mel_tiles():
            assert torch.isfinite(tile.mel).all()
        known = decode.statistics
        decode.close()
        return known

    with torch.inference_mode():
        # So that libraries are loaded and buffers of a tile's size exist.
        statistics = decode(torch.randn(1, 3, 600, BINS), None)
        latents = torch.randn(1, 3, TEN_MINUTES, BINS)
        before = resident_bytes("VmRSS")
        decode(latents, statistics)
    sys.stdout.write(f"{resident_bytes('VmHWM') - before}\n")


if __name__ == "__main__":
    main()
