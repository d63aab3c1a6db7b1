"""Sizes of the CLAP towers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEncoderConfig:
    """Sizes of the text tower.

    Attributes:
        vocab_size: Rows of the token table.
        hidden_size: Width of the residual stream; a multiple of ``num_heads``.
        num_layers: Transformer layers.
        num_heads: Attention heads per layer.
        intermediate_size: Hidden width of the feed-forward blocks.
        max_positions: Rows of the position table. RoBERTa counts positions from
            ``pad_token_id + 1``, so ``max_positions - pad_token_id - 1`` tokens fit.
        type_vocab_size: Rows of the token type table; only the first is used.
        pad_token_id: Id of the padding token.
        norm_eps: Epsilon of every layer norm. The original AudioLDM runs 1e-5 (roberta-base);
            the 1e-12 in the converted configuration files is not what was trained.
        projection_dim: Width of the embedding.
    """

    vocab_size: int
    hidden_size: int
    num_layers: int
    num_heads: int
    intermediate_size: int
    max_positions: int
    type_vocab_size: int
    pad_token_id: int
    norm_eps: float
    projection_dim: int

    def __post_init__(self) -> None:
        """Refuse sizes that do not fit together."""
        if self.hidden_size % self.num_heads:
            raise ValueError(
                f"hidden_size {self.hidden_size} must be a multiple of num_heads {self.num_heads}"
            )
        if not 0 <= self.pad_token_id < self.vocab_size:
            raise ValueError(
                f"pad_token_id {self.pad_token_id} is outside the vocabulary of {self.vocab_size}"
            )

    @property
    def max_tokens(self) -> int:
        """Longest sequence the position table allows, special tokens included."""
        return self.max_positions - self.pad_token_id - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioEncoderConfig:
    """Sizes of the HTSAT audio tower.

    Attributes:
        num_mel_bins: Mel bins of the input features.
        image_size: Side of the square image the spectrogram is folded into; a multiple of
            ``num_mel_bins``.
        patch_size: Side of one patch, which is also the stride.
        patch_channels: Width of the first stage (96 tiny, 128 base); doubles per stage.
        depths: Blocks of each stage.
        num_heads: Attention heads of each stage.
        window_size: Side of an attention window in tokens.
        mlp_ratio: Hidden width of the feed-forward blocks over their outer width.
        norm_eps: Epsilon of every norm.
        projection_dim: Width of the embedding.
    """

    num_mel_bins: int
    image_size: int
    patch_size: int
    patch_channels: int
    depths: tuple[int, ...]
    num_heads: tuple[int, ...]
    window_size: int
    mlp_ratio: int
    norm_eps: float
    projection_dim: int

    def __post_init__(self) -> None:
        """Refuse sizes that do not fit together."""
        if len(self.depths) != len(self.num_heads):
            raise ValueError(
                f"depths {self.depths} and num_heads {self.num_heads} must have one entry per stage"
            )
        if self.image_size % self.num_mel_bins:
            raise ValueError(
                f"image_size {self.image_size} must be a multiple of num_mel_bins"
                f" {self.num_mel_bins}"
            )
        for width, heads in zip(self.stage_channels, self.num_heads, strict=True):
            if width % heads:
                raise ValueError(f"a stage of width {width} cannot have {heads} heads")
        for side in self.stage_sides:
            if side > self.window_size and side % self.window_size:
                raise ValueError(
                    f"a stage of {side} x {side} tokens does not divide into windows of"
                    f" {self.window_size}"
                )

    @property
    def num_chunks(self) -> int:
        """Pieces in time that are stacked to make the image square."""
        return self.image_size // self.num_mel_bins

    @property
    def num_image_frames(self) -> int:
        """Mel frames the input is resized to before folding."""
        return self.image_size * self.num_chunks

    @property
    def stage_channels(self) -> tuple[int, ...]:
        """Width of each stage."""
        return tuple(self.patch_channels * 2**stage for stage in range(len(self.depths)))

    @property
    def stage_sides(self) -> tuple[int, ...]:
        """Side of each stage's token grid."""
        side = self.image_size // self.patch_size
        return tuple(side >> stage for stage in range(len(self.depths)))
