from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from engine.models.clap.config import TextEncoderConfig
from engine.models.clap.text import TextEncoder

_TINY = TextEncoderConfig(
    vocab_size=40,
    hidden_size=16,
    num_layers=2,
    num_heads=4,
    intermediate_size=32,
    max_positions=12,
    type_vocab_size=2,
    pad_token_id=1,
    norm_eps=1e-5,
    projection_dim=8,
)


def _encoder(config: TextEncoderConfig = _TINY) -> TextEncoder:
    encoder = TextEncoder(config).eval().double()
    generator = torch.Generator().manual_seed(1)
    for parameter in encoder.parameters():
        nn.init.normal_(parameter, std=0.4, generator=generator)
    return encoder


def _ids(*tokens: int) -> Tensor:
    return torch.tensor([tokens])


@torch.inference_mode()
def test_padding_changes_nothing() -> None:
    encoder = _encoder()
    plain, padded = _ids(0, 7, 9, 2), _ids(0, 7, 9, 2, 1, 1, 1)

    torch.testing.assert_close(
        encoder(padded, padded != 1), encoder(plain, torch.ones_like(plain)), rtol=0, atol=1e-12
    )


@torch.inference_mode()
def test_embeddings_have_length_one_and_depend_on_word_order() -> None:
    encoder = _encoder()
    mask = torch.ones(1, 4)

    forwards = encoder(_ids(0, 7, 9, 2), mask)
    backwards = encoder(_ids(0, 9, 7, 2), mask)

    assert forwards.norm().item() == pytest.approx(1.0)
    assert (forwards - backwards).abs().max() > 1e-5


@torch.inference_mode()
def test_positions_are_counted_from_the_token_after_padding() -> None:
    encoder = _encoder()
    ids, mask = _ids(0, 7, 2), torch.ones(1, 3)
    before = encoder(ids, mask)
    positions = encoder.text_model.embeddings.position_embeddings.weight

    positions[:2].neg_()
    torch.testing.assert_close(encoder(ids, mask), before, rtol=0, atol=0)
    positions[2].neg_()
    assert (encoder(ids, mask) - before).abs().max() > 1e-6


def test_a_prompt_beyond_the_position_table_is_refused_with_the_limit() -> None:
    ids = torch.zeros(1, 11, dtype=torch.long)

    with pytest.raises(ValueError, match="11 tokens do not fit the 10 positions"):
        _encoder()(ids, torch.ones_like(ids))


def test_ids_and_mask_of_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="must both be"):
        _encoder()(_ids(0, 2), torch.ones(1, 3))


def test_sizes_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ValueError, match="multiple of num_heads"):
        replace(_TINY, num_heads=3)
    with pytest.raises(ValueError, match="outside the vocabulary"):
        replace(_TINY, pad_token_id=40)
