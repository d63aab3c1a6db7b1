"""The audio tower of CLAP: HTSAT, a Swin transformer on a folded log-mel spectrogram.

Modules are named as in ``transformers``, so that its files load without a key map. Feature
fusion is left out: it is off in every AudioLDM checkpoint.

Shape letters in this file:
    B  batch
    M  mel bins
    S  side of the folded image
    G  side of a stage's token grid
    C  channels of a stage
    E  width of the embedding
"""

from __future__ import annotations

from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.clap.config import AudioEncoderConfig
from engine.models.clap.projection import Projection
from engine.models.clap.swin import SwinStage


class AudioEncoder(nn.Module):
    """Embeds log-mel features on the unit sphere shared with the text tower.

    HTSAT (Chen et al., 2022), as used by CLAP (Wu et al., 2023), section 2.2. Must be in
    evaluation mode: the first layer is a batch norm.

    Args:
        config: Sizes.
    """

    def __init__(self, config: AudioEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.audio_model = _AudioModel(config)
        self.audio_projection = Projection(config.stage_channels[-1], config.projection_dim)

    def forward(self, features: Tensor) -> Tensor:
        """Embed a batch of clips.

        Args:
            features: (B, 1, frames, M) log-mel in dB of exactly one input window each, as
                :class:`engine.models.clap.features.ClapMelFrontEnd` returns it.

        Returns:
            (B, E) embeddings of length one.

        Raises:
            ValueError: If the number of mel bins is wrong or the clip is longer than a window.
        """
        num_frames, num_mels = features.shape[-2:]
        if num_mels != self.config.num_mel_bins or num_frames > self.config.num_image_frames:
            raise ValueError(
                f"features must be (batch, 1, <= {self.config.num_image_frames},"
                f" {self.config.num_mel_bins}), got {tuple(features.shape)}"
            )
        pooled = self.audio_model.audio_encoder(features)
        embedding: Tensor = self.audio_projection(pooled)
        return embedding


class _AudioModel(nn.Module):
    """Exists for the ``audio_model.audio_encoder`` in the names."""

    def __init__(self, config: AudioEncoderConfig) -> None:
        super().__init__()
        self.audio_encoder = _Htsat(config)


class _Htsat(nn.Module):
    def __init__(self, config: AudioEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.batch_norm = nn.BatchNorm2d(config.num_mel_bins, eps=config.norm_eps)
        self.patch_embed = _PatchEmbedding(config)
        last = len(config.depths) - 1
        self.layers = nn.ModuleList(
            SwinStage(
                channels=config.stage_channels[stage],
                side=config.stage_sides[stage],
                depth=config.depths[stage],
                num_heads=config.num_heads[stage],
                has_downsample=stage < last,
                config=config,
            )
            for stage in range(last + 1)
        )
        self.norm = nn.LayerNorm(config.stage_channels[-1], eps=config.norm_eps)

    def forward(self, features: Tensor) -> Tensor:
        # The norm is per mel bin: bins take the channel axis, (B, M, frames, 1).
        x = self.batch_norm(features.transpose(1, 3)).transpose(1, 3)
        x = self.patch_embed(self._folded(x))
        for stage in self.layers:
            x = stage(x)
        # The reshuffling of tokens in the paper's head cancels in a mean over all of them.
        pooled: Tensor = self.norm(x).mean(dim=(1, 2))
        return pooled

    def _folded(self, x: Tensor) -> Tensor:
        """(B, 1, frames, M) -> (B, 1, S, S) with row = chunk x M + mel bin."""
        num_frames = self.config.num_image_frames
        if x.shape[2] < num_frames:
            x = F.interpolate(x, (num_frames, x.shape[3]), mode="bicubic", align_corners=True)
        return rearrange(x, "b 1 (k t) m -> b 1 (k m) t", k=self.config.num_chunks)


class _PatchEmbedding(nn.Module):
    def __init__(self, config: AudioEncoderConfig) -> None:
        super().__init__()
        size = config.patch_size
        self.proj = nn.Conv2d(1, config.patch_channels, size, stride=size)
        self.norm = nn.LayerNorm(config.patch_channels, eps=config.norm_eps)

    def forward(self, image: Tensor) -> Tensor:
        """(B, 1, S, S) -> (B, G, G, C)."""
        tokens: Tensor = self.norm(self.proj(image).permute(0, 2, 3, 1))
        return tokens
