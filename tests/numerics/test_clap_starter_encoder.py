"""The bundled text tower: its real weights in our class and in transformers'."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import ClapTextConfig, ClapTextModelWithProjection

from engine.checkpoints.tensor_files import load_into, read_tensors
from engine.checkpoints.tokenizer import Tokenizer
from engine.models.clap.config import TextEncoderConfig
from engine.models.clap.text import TextEncoder
from tests.support.networks import relative_error

_FOLDER = Path(__file__).parents[2] / "resources" / "starter_model"
_FILE = _FOLDER / "text_encoder.safetensors"
_CONFIG = TextEncoderConfig(
    vocab_size=25025,
    hidden_size=384,
    num_layers=3,
    num_heads=12,
    intermediate_size=1536,
    max_positions=513,
    type_vocab_size=2,
    pad_token_id=0,
    norm_eps=1e-12,
    projection_dim=512,
)
_PROMPTS = ["a dog barking in the distance", "rain", "heavy techno kick drum, 140 bpm", ""]


def _encoder() -> TextEncoder:
    encoder = TextEncoder(_CONFIG).eval()
    load_into(encoder, read_tensors(_FILE), _FILE)
    return encoder


def _tokenizer() -> Tokenizer:
    return Tokenizer.from_folder(_FOLDER, pad_token_id=0, max_tokens=_CONFIG.max_tokens)


@torch.inference_mode()
def test_the_bundled_weights_give_the_embeddings_of_transformers() -> None:
    reference = ClapTextModelWithProjection(
        ClapTextConfig(
            vocab_size=25025,
            hidden_size=384,
            num_hidden_layers=3,
            num_attention_heads=12,
            intermediate_size=1536,
            max_position_embeddings=513,
            type_vocab_size=2,
            pad_token_id=0,
            layer_norm_eps=1e-12,
            attn_implementation="eager",
        )
    ).eval()
    weights = {name: tensor.float() for name, tensor in load_file(_FILE).items()}
    _, unknown = reference.load_state_dict(weights, strict=False)
    assert not unknown
    ids, mask = _tokenizer().encode_batch(_PROMPTS)

    expected = reference(input_ids=ids, attention_mask=mask).text_embeds

    assert relative_error(_encoder()(ids, mask), nn.functional.normalize(expected, dim=-1)) <= 1e-5


@torch.inference_mode()
def test_the_nearest_caption_of_a_paraphrase_is_the_one_that_means_the_same() -> None:
    captions = ["a dog barks", "rain falls", "a helicopter flies", "a person vacuums the floor"]
    paraphrases = ["puppy yapping", "downpour on a tin roof", "chopper hovering", "hoover cleaning"]
    encoder, tokenizer = _encoder(), _tokenizer()

    nearest = (
        encoder(*tokenizer.encode_batch(paraphrases)) @ encoder(*tokenizer.encode_batch(captions)).T
    ).argmax(dim=1)

    assert nearest.tolist() == [0, 1, 2, 3]
