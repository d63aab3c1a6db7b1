"""From mels and captions to what the noise predictor trains on: latents and text embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.checkpoints.tensor_files import load_into, read_tensors
from engine.checkpoints.tokenizer import Tokenizer
from engine.models.clap.config import TextEncoderConfig
from engine.models.clap.text import TextEncoder
from engine.models.vae.vae import VAE
from engine.training.half_copy import HalfCopy
from engine.training.progress import save_atomically

STARTER_TEXT = TextEncoderConfig(
    vocab_size=25_025,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Embeddings:
    """Text embeddings of all captions.

    Attributes:
        vectors: (S, 512) float32, one for each distinct caption.
        of_clip: (N, captions per clip) rows of ``vectors``.
        unconditional: (1, 512), of the empty prompt.
    """

    vectors: Tensor
    of_clip: Tensor
    unconditional: Tensor


def load_text_encoder(folder: Path) -> tuple[TextEncoder, Tokenizer]:
    """The starter model's text tower from ``text_encoder.safetensors`` and ``tokenizer.json``."""
    encoder = TextEncoder(STARTER_TEXT)
    path = folder / "text_encoder.safetensors"
    load_into(encoder, read_tensors(path), path)
    tokenizer = Tokenizer.from_folder(
        folder, pad_token_id=STARTER_TEXT.pad_token_id, max_tokens=STARTER_TEXT.max_tokens
    )
    return encoder.eval(), tokenizer


@torch.inference_mode()
def embed_texts(encoder: TextEncoder, tokenizer: Tokenizer, texts: Sequence[str]) -> Tensor:
    """(S, 512) unit vectors of ``texts``."""
    parts = []
    for start in range(0, len(texts), 128):
        input_ids, mask = tokenizer.encode_batch(texts[start : start + 128])
        parts.append(encoder(input_ids, mask).float())
    return torch.cat(parts)


def embed_captions(
    captions: Sequence[Sequence[str]], encoder: TextEncoder, tokenizer: Tokenizer
) -> Embeddings:
    """Embed every distinct caption once.

    Args:
        captions: Of each clip; all clips have equally many.
        encoder: Text tower.
        tokenizer: Its tokenizer.
    """
    distinct = sorted({caption for clip in captions for caption in clip})
    row = {caption: index for index, caption in enumerate(distinct)}
    # Sorted by length, a batch has hardly any padding.
    by_length = sorted(range(len(distinct)), key=lambda index: len(distinct[index]))
    vectors = torch.empty(len(distinct), encoder.config.projection_dim)
    vectors[by_length] = embed_texts(encoder, tokenizer, [distinct[i] for i in by_length])
    return Embeddings(
        vectors=vectors,
        of_clip=torch.tensor([[row[caption] for caption in clip] for clip in captions]),
        unconditional=embed_texts(encoder, tokenizer, [""]),
    )


@torch.no_grad()
def encode_mels(vae: VAE, mels: Tensor, batch_size: int = 8) -> Tensor:
    """(N, C, T / 4, M / 4) float32 latents (means) of (N, T, M) mels, not scaled.

    Computed in bfloat16 on the device of the weights; the result is on the processor.
    """
    half = HalfCopy(vae).network
    device = next(half.parameters()).device
    parts = []
    for start in range(0, len(mels), batch_size):
        mel = mels[start : start + batch_size, None].to(device, torch.bfloat16)
        moments = half.quant_conv(half.encoder(mel.to(memory_format=torch.channels_last)))
        parts.append(moments.float().chunk(2, dim=1)[0].cpu())
    return torch.cat(parts)


@torch.no_grad()
def decode_latents(vae: VAE, latents: Tensor, batch_size: int = 8) -> Tensor:
    """(N, T, M) float16 mels of (N, C, T / 4, M / 4) latents that are not scaled.

    Computed in bfloat16 on the device of the weights; the result is on the processor.
    """
    half = HalfCopy(vae).network
    device = next(half.parameters()).device
    parts = []
    for start in range(0, len(latents), batch_size):
        batch = latents[start : start + batch_size].to(device, torch.bfloat16)
        mel = half.decode(batch.to(memory_format=torch.channels_last))
        parts.append(mel[:, 0].half().cpu())
    return torch.cat(parts)


@torch.no_grad()
def even_channels(vae: VAE, latents: Tensor) -> tuple[Tensor, float]:
    """Give all latent channels zero mean and similar size, by an exact change of the VAE.

    The mean and the root of the deviation of each channel move into ``quant_conv`` and
    ``post_quant_conv``, which are 1 x 1: the autoencoder stays the same function and the file the
    same format. (The root evens the channels half way: fully even ones would make the noise
    predictor spend as much on what is hardly heard.)

    Args:
        vae: Changed in place.
        latents: (N, C, T, F) as the VAE encodes now.

    Returns:
        The latents as the changed VAE encodes them, and the scaling factor that gives them unit
        variance.
    """
    mean = latents.mean(dim=(0, 2, 3))
    root = latents.std(dim=(0, 2, 3)).sqrt()
    channels = len(mean)
    quant, post = (
        dict(vae.quant_conv.named_parameters()),
        dict(vae.post_quant_conv.named_parameters()),
    )
    quant["weight"][:channels] /= root.view(-1, 1, 1, 1)
    quant["bias"][:channels] = (quant["bias"][:channels] - mean) / root
    quant["bias"][channels:] -= 2 * root.log()
    post["bias"].add_(post["weight"][:, :, 0, 0] @ mean)
    post["weight"].mul_(root.view(1, -1, 1, 1))
    even = (latents - mean.view(1, -1, 1, 1)) / root.view(1, -1, 1, 1)
    return even, float(1 / even.std())


def save_latents(
    path: Path, *, latents: Tensor, scaling_factor: float, held_out: Tensor, kinds: Tensor
) -> None:
    """Write scaled latents for the noise predictor; half precision."""
    save_atomically(
        path,
        {
            "latents": (latents * scaling_factor).half(),
            "held_out": (held_out * scaling_factor).half(),
            "scaling_factor": scaling_factor,
            "kinds": kinds,
        },
    )
