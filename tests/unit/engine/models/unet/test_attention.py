import math

import torch
from torch import Tensor

from engine.models.unet.attention import GatedProjection, SelfAttention, SpatialTransformer
from tests.support.networks import randomise


def _slow_attention(attention: SelfAttention, x: Tensor) -> Tensor:
    """One row, one head, one query at a time."""
    output = torch.zeros_like(x)
    width = x.shape[2] // attention.heads
    for row in range(x.shape[0]):
        q, k, v = (layer(x[row]) for layer in (attention.to_q, attention.to_k, attention.to_v))
        for head in range(attention.heads):
            own = slice(head * width, (head + 1) * width)
            for query in range(x.shape[1]):
                scores = (k[:, own] @ q[query, own]) / math.sqrt(width)
                output[row, query, own] = torch.softmax(scores, dim=0) @ v[:, own]
    projected: Tensor = attention.to_out(output)
    return projected


@torch.inference_mode()
def test_attention_follows_its_definition() -> None:
    attention = SelfAttention(12, 3).double()
    randomise(attention, seed=0)
    x = torch.randn(2, 7, 12, dtype=torch.float64)

    torch.testing.assert_close(attention(x), _slow_attention(attention, x))


@torch.inference_mode()
def test_the_second_half_of_the_projection_is_the_gate() -> None:
    gated = GatedProjection(3, 2).double()
    randomise(gated, seed=0)
    x = torch.randn(1, 4, 3, dtype=torch.float64)
    value, gate = gated.proj(x)[..., :2], gated.proj(x)[..., 2:]

    expected = value * gate * 0.5 * (1 + torch.erf(gate / math.sqrt(2)))
    torch.testing.assert_close(gated(x), expected)


@torch.inference_mode()
def test_zero_weights_leave_only_the_skip_connection() -> None:
    transformer = SpatialTransformer(8, 2, 4).double()
    for parameter in transformer.proj_out.parameters():
        torch.nn.init.zeros_(parameter)
    x = torch.randn(2, 8, 5, 3, dtype=torch.float64)

    torch.testing.assert_close(transformer(x), x, rtol=0, atol=0)


@torch.inference_mode()
def test_positions_are_treated_alike_and_put_back_where_they_were() -> None:
    """There is no positional encoding: permuted positions give the permuted result."""
    transformer = SpatialTransformer(8, 2, 4).double()
    randomise(transformer, seed=0)
    x = torch.randn(1, 8, 4, 6, dtype=torch.float64)

    torch.testing.assert_close(transformer(x.flip(2)), transformer(x).flip(2))
    torch.testing.assert_close(transformer(x.mT.contiguous()), transformer(x).mT)
