"""A loaded model: the networks, ready to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine.checkpoints.config import ModelConfig
from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.tensor_files import load_into
from engine.checkpoints.tokenizer import Tokenizer
from engine.diffusion.schedule import NoiseSchedule
from engine.models.clap.audio import AudioEncoder
from engine.models.clap.text import TextEncoder
from engine.models.griffin_lim.griffin_lim import GriffinLim
from engine.models.hifigan.config import HiFiGANConfig
from engine.models.hifigan.hifigan import HiFiGAN
from engine.models.unet.config import UNetConfig
from engine.models.unet.unet import UNet
from engine.models.unet.velocity import VelocityUNet
from engine.models.vae.vae import VAE

AttentionHeads = Literal["original"] | int

_Network = TypeVar("_Network", bound=nn.Module)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioLDM:
    """The networks of one model, in evaluation mode and without gradients.

    Attributes:
        unet: Noise predictor, in the dtype asked for.
        vae: Autoencoder, float32.
        text_encoder: Text tower, float32.
        audio_encoder: Audio tower for ranking, float32; ``None`` if the model has none.
        vocoder: HiFi-GAN or Griffin-Lim, float32.
        tokenizer: For the text tower.
        config: Everything else.
    """

    unet: UNet
    vae: VAE
    text_encoder: TextEncoder
    audio_encoder: AudioEncoder | None
    vocoder: HiFiGAN | GriffinLim
    tokenizer: Tokenizer
    config: ModelConfig

    @torch.inference_mode()
    def embed_prompts(self, prompts: Sequence[str]) -> Tensor:
        """Embed prompts for conditioning.

        Args:
            prompts: B texts; the empty one is the unconditional case.

        Returns:
            (B, conditioning_dim) float32 vectors of length one, on the model's device.
        """
        input_ids, mask = self.tokenizer.encode_batch(prompts)
        device = self.text_encoder.text_projection.linear1.weight.device
        embeddings: Tensor = self.text_encoder(input_ids.to(device), mask.to(device))
        return embeddings


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTensors:
    """Tensors of one network under our names, and the file they came from."""

    path: Path
    tensors: Mapping[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredModel:
    """What every layout on disk is reduced to.

    Attributes:
        config: The model, with ``audio`` set exactly if ``audio_encoder`` is.
        tokenizer: For the text tower.
        unet: Noise predictor.
        vae: Autoencoder.
        text_encoder: Text tower.
        vocoder: HiFi-GAN; ``None`` with Griffin-Lim, which has no tensors.
        audio_encoder: Audio tower, if any.
    """

    config: ModelConfig
    tokenizer: Tokenizer
    unet: StoredTensors
    vae: StoredTensors
    text_encoder: StoredTensors
    vocoder: StoredTensors | None
    audio_encoder: StoredTensors | None


def assemble(
    stored: StoredModel,
    *,
    device: str | torch.device,
    dtype: torch.dtype,
    attention_heads: AttentionHeads,
) -> AudioLDM:
    """Build the networks and give them their weights.

    Args:
        stored: The model as read from disk.
        device: Where the networks go.
        dtype: Of the noise predictor; the rest stays float32, where half precision saves little
            and overflows.
        attention_heads: ``"original"``, or a fixed number of heads at every level.

    Returns:
        The model.

    Raises:
        CheckpointError: A tensor is missing, unknown or of another shape, or the vocabulary does
            not fit the text tower.
    """
    config = replace(stored.config, unet=_with_heads(stored.config.unet, attention_heads))
    if stored.tokenizer.vocab_size > config.text.vocab_size:
        raise CheckpointError(
            f"The tokenizer knows {stored.tokenizer.vocab_size} tokens, the text encoder"
            f" {config.text.vocab_size}.",
            "Put the tokenizer of this very model beside it.",
        )
    audio_config = config.audio
    return AudioLDM(
        unet=_network(lambda: _new_unet(config), stored.unet).to(device=device, dtype=dtype),
        vae=_network(lambda: VAE(config.vae), stored.vae).to(device),
        text_encoder=_network(lambda: TextEncoder(config.text), stored.text_encoder).to(device),
        audio_encoder=(
            None
            if stored.audio_encoder is None or audio_config is None
            else _network(lambda: AudioEncoder(audio_config), stored.audio_encoder).to(device)
        ),
        vocoder=_vocoder(config, stored.vocoder).to(device),
        tokenizer=stored.tokenizer,
        config=config,
    )


def _new_unet(config: ModelConfig) -> UNet:
    if config.predicts_velocity:
        return VelocityUNet(config.unet, NoiseSchedule(config.schedule).alphas_cumprod)
    return UNet(config.unet)


def _with_heads(unet: UNetConfig, attention_heads: AttentionHeads) -> UNetConfig:
    if attention_heads == "original":
        return unet
    return replace(unet, attention_head_width=None, attention_heads=attention_heads)


def _vocoder(config: ModelConfig, stored: StoredTensors | None) -> HiFiGAN | GriffinLim:
    vocoder_config = config.vocoder
    if isinstance(vocoder_config, HiFiGANConfig):
        if stored is None:
            raise CheckpointError(f"The vocoder of {config.name} is missing.", "Get it again.")
        return _network(lambda: HiFiGAN(vocoder_config), stored)
    return GriffinLim(vocoder_config).eval()


def _network(build: Callable[[], _Network], stored: StoredTensors) -> _Network:
    with _NoInitialisation():
        network = build()
    load_into(network, stored.tensors, stored.path)
    return network.eval().requires_grad_(requires_grad=False)


class _NoInitialisation(TorchFunctionMode):
    """Leaves new parameters as they are; drawing a billion random numbers takes a while."""

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        kwargs = kwargs or {}
        if getattr(func, "__module__", None) == "torch.nn.init":
            return kwargs["tensor"] if "tensor" in kwargs else args[0]
        return func(*args, **kwargs)
