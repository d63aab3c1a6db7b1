"""The text tower of CLAP: a RoBERTa encoder with a pooler and a projection.

Modules are named as in ``transformers``, so that its files load without a key map.

Shape letters in this file:
    B  batch
    L  tokens
    H  heads
    D  width of the residual stream
    E  width of the embedding
"""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.clap.config import TextEncoderConfig
from engine.models.clap.projection import Projection


class TextEncoder(nn.Module):
    """Embeds tokenised prompts on the unit sphere shared with the audio tower.

    CLAP (Wu et al., 2023), section 2.2; RoBERTa (Liu et al., 2019). Padding never changes the
    result, so callers pad to the longest prompt of a batch only.

    Args:
        config: Sizes.
    """

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.text_model = _TextModel(config)
        self.text_projection = Projection(config.hidden_size, config.projection_dim)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Embed a batch of token sequences.

        Args:
            input_ids: (B, L) token ids, padded with ``config.pad_token_id``.
            attention_mask: (B, L), non-zero at real tokens, zero at padding.

        Returns:
            (B, E) embeddings of length one.

        Raises:
            ValueError: If the shapes differ or L exceeds ``config.max_tokens``.
        """
        if input_ids.ndim != 2 or input_ids.shape != attention_mask.shape:
            raise ValueError(
                "input_ids and attention_mask must both be (batch, tokens), got"
                f" {tuple(input_ids.shape)} and {tuple(attention_mask.shape)}"
            )
        if input_ids.shape[1] > self.config.max_tokens:
            raise ValueError(
                f"{input_ids.shape[1]} tokens do not fit the {self.config.max_tokens} positions of"
                " this encoder; truncate the prompt"
            )
        pooled = self.text_model(input_ids, attention_mask)
        embedding: Tensor = self.text_projection(pooled)
        return embedding


class _TextModel(nn.Module):
    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.embeddings = _Embeddings(config)
        self.encoder = _LayerStack(config)
        self.pooler = _Dense(config.hidden_size, config.hidden_size)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        # (B, 1, 1, L): every query of every head sees the same keys.
        visible_keys = attention_mask.bool()[:, None, None, :]
        x = self.embeddings(input_ids)
        for layer in self.encoder.layer:
            x = layer(x, visible_keys)
        return torch.tanh(self.pooler(x[:, 0]))


class _Embeddings(nn.Module):
    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self.pad_token_id = config.pad_token_id
        self.word_embeddings = nn.Embedding(config.vocab_size, width)
        self.position_embeddings = nn.Embedding(config.max_positions, width)
        self.token_type_embeddings = nn.Embedding(config.type_vocab_size, width)
        self.LayerNorm = nn.LayerNorm(width, eps=config.norm_eps)

    def forward(self, input_ids: Tensor) -> Tensor:
        is_token = (input_ids != self.pad_token_id).long()
        position_ids = self.pad_token_id + is_token.cumsum(dim=1) * is_token
        x = self.word_embeddings(input_ids) + self.position_embeddings(position_ids)
        normalised: Tensor = self.LayerNorm(x + self.token_type_embeddings.weight[0])
        return normalised


class _LayerStack(nn.Module):
    """Exists for the ``encoder.layer.N`` in the names."""

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.layer = nn.ModuleList(_Layer(config) for _ in range(config.num_layers))


class _Layer(nn.Module):
    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.attention = _Attention(config)
        self.intermediate = _Dense(config.hidden_size, config.intermediate_size)
        self.output = _ResidualOutput(config.intermediate_size, config)

    def forward(self, x: Tensor, visible_keys: Tensor) -> Tensor:
        x = self.attention(x, visible_keys)
        output: Tensor = self.output(F.gelu(self.intermediate(x)), x)
        return output


class _Attention(nn.Module):
    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.self = _SelfAttention(config)
        self.output = _ResidualOutput(config.hidden_size, config)

    def forward(self, x: Tensor, visible_keys: Tensor) -> Tensor:
        output: Tensor = self.output(self.self(x, visible_keys), x)
        return output


class _SelfAttention(nn.Module):
    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self.num_heads = config.num_heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)

    def forward(self, x: Tensor, visible_keys: Tensor) -> Tensor:
        attended = F.scaled_dot_product_attention(
            self._split_heads(self.query(x)),
            self._split_heads(self.key(x)),
            self._split_heads(self.value(x)),
            attn_mask=visible_keys,
        )
        return attended.transpose(1, 2).flatten(2)

    def _split_heads(self, x: Tensor) -> Tensor:
        return rearrange(x, "b l (h d) -> b h l d", h=self.num_heads)


class _Dense(nn.Module):
    """A linear layer under the name ``dense``."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.dense = nn.Linear(in_features, out_features)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.dense(x)
        return output


class _ResidualOutput(nn.Module):
    """A linear layer, the residual, then the norm (post-norm, as in BERT)."""

    def __init__(self, in_features: int, config: TextEncoderConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(in_features, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.norm_eps)

    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        output: Tensor = self.LayerNorm(self.dense(x) + residual)
        return output
