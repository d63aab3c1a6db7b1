"""A small AudioLDM of the published topology, and writers for every layout it can be stored in.

The names in the writers come from lists that were made from the published files, not from the key
maps under test.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from tokenizers.pre_tokenizers import ByteLevel
from torch import Tensor, nn

from engine.checkpoints.config import ModelConfig
from engine.checkpoints.model import AudioLDM
from engine.checkpoints.tokenizer import Tokenizer
from engine.diffusion.schedule import ScheduleConfig
from engine.models.clap.audio import AudioEncoder
from engine.models.clap.config import AudioEncoderConfig, TextEncoderConfig
from engine.models.clap.text import TextEncoder
from engine.models.hifigan.hifigan import HiFiGAN
from engine.models.unet.config import UNetConfig
from engine.models.unet.unet import UNet
from engine.models.vae.config import VAEConfig
from engine.models.vae.vae import VAE
from tests.support.networks import PUBLISHED_MEL, randomise, small_hifigan

DATA = Path(__file__).parents[1] / "data"
SCALING_FACTOR = 0.9375
_PUBLISHED_ATTENTION = {
    "to_q": "query",
    "to_k": "key",
    "to_v": "value",
    "to_out.0": "proj_attn",
}


def small_config() -> ModelConfig:
    """Return the published topology, narrow."""
    return ModelConfig(
        name="small",
        title="Small",
        description="For tests.",
        source="",
        licence="CC0-1.0",
        unet=UNetConfig(
            in_channels=8,
            out_channels=8,
            block_channels=(32, 64, 64, 64),
            layers_per_block=2,
            attention_levels=(False, True, True, True),
            attention_head_width=32,
            attention_heads=None,
            norm_groups=8,
            conditioning_dim=20,
        ),
        vae=VAEConfig(
            mel_channels=1,
            block_channels=(16, 24, 32),
            layers_per_block=2,
            latent_channels=8,
            norm_groups=8,
        ),
        text=TextEncoderConfig(
            vocab_size=270,
            hidden_size=24,
            num_layers=2,
            num_heads=3,
            intermediate_size=48,
            max_positions=66,
            type_vocab_size=1,
            pad_token_id=1,
            norm_eps=1e-5,
            projection_dim=20,
        ),
        audio=AudioEncoderConfig(
            num_mel_bins=16,
            image_size=64,
            patch_size=4,
            patch_channels=8,
            depths=(2, 1),
            num_heads=(2, 4),
            window_size=8,
            mlp_ratio=4,
            norm_eps=1e-5,
            projection_dim=20,
        ),
        vocoder=small_hifigan(),
        mel=PUBLISHED_MEL,
        schedule=ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195),
        scaling_factor=SCALING_FACTOR,
        x0_clip=None,
        window_latent_frames=256,
        default_guidance_scale=2.5,
        default_steps=25,
    )


def small_model(config: ModelConfig | None = None, seed: int = 1) -> AudioLDM:
    """Return a model with random weights that hide no mistake."""
    config = config or small_config()
    unet, vae = UNet(config.unet), VAE(config.vae)
    text_encoder, vocoder = TextEncoder(config.text), HiFiGAN(small_hifigan())
    audio_encoder = AudioEncoder(config.audio) if config.audio else None
    for offset, network in enumerate((unet, vae, text_encoder, vocoder, audio_encoder)):
        if network is not None:
            randomise(network.eval().requires_grad_(requires_grad=False), seed + offset)
    if audio_encoder is not None:
        state = audio_encoder.audio_model.audio_encoder.batch_norm.state_dict()
        state["running_mean"].fill_(-40.0)
        state["running_var"].fill_(300.0)
    with TemporaryDirectory() as folder:
        write_roberta_files(Path(folder))
        tokenizer = Tokenizer.from_folder(
            Path(folder),
            pad_token_id=config.text.pad_token_id,
            max_tokens=config.text.max_tokens,
        )
    return AudioLDM(
        unet=unet,
        vae=vae,
        text_encoder=text_encoder,
        audio_encoder=audio_encoder,
        vocoder=vocoder,
        tokenizer=tokenizer,
        config=config,
    )


def _vocabulary() -> dict[str, int]:
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *sorted(ByteLevel.alphabet()), "ra", "in", "rain"]
    return {token: index for index, token in enumerate(tokens)}


def write_roberta_files(folder: Path) -> None:
    """Write a tiny byte-level vocabulary as ``vocab.json`` and ``merges.txt``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(_vocabulary()), encoding="utf-8")
    merges = "#version: 0.2\nr a\ni n\nra in\n"
    (folder / "merges.txt").write_text(merges, encoding="utf-8")


@cache
def original_names() -> Mapping[tuple[str, str], str]:
    """(part, published HF name) -> original name, for the s model."""
    text = gzip.decompress((DATA / "audioldm_names.tsv.gz").read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines()]
    return {(part, name): original for original, part, name in rows}


@cache
def published_tensors(listing: str) -> Mapping[str, tuple[tuple[int, ...], torch.dtype]]:
    """Name -> shape and type of one list in ``tests/data/audioldm_tensors.tsv.gz``."""
    text = gzip.decompress((DATA / "audioldm_tensors.tsv.gz").read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines()]
    return {
        name: (tuple(int(size) for size in shape.split(",") if size), getattr(torch, dtype))
        for found, name, shape, dtype in rows
        if found == listing
    }


def with_published_attention(vae: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The autoencoder's tensors under the names of the published files."""
    renamed = {}
    for name, tensor in vae.items():
        published = name
        if ".attentions." in name:
            for ours, theirs in _PUBLISHED_ATTENTION.items():
                published = published.replace(f".{ours}.", f".{theirs}.")
        renamed[published] = tensor
    return renamed


def original_tensors(model: AudioLDM) -> dict[str, Tensor]:
    """What the authors' training code would have saved for a model."""
    tensors: dict[str, Tensor] = {}
    for name, tensor in _renamed("unet", model.unet.state_dict()).items():
        tensors[name] = tensor + 1.0
        tensors["model_ema." + name.removeprefix("model.").replace(".", "")] = tensor
    vae = with_published_attention(model.vae.state_dict())
    for name, tensor in _renamed("vae", vae).items():
        is_matrix = ".attn_1." in name and tensor.ndim == 2
        tensors[name] = tensor[:, :, None, None] if is_matrix else tensor
    tensors |= _renamed("text_encoder", model.text_encoder.state_dict())
    tensors |= _renamed("vocoder", model.vocoder.state_dict())
    if model.audio_encoder is not None:
        tensors |= _original_audio(model.audio_encoder)
    tensors["scale_factor"] = torch.tensor(model.config.scaling_factor)
    return tensors | _unused_tensors()


def _renamed(part: str, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    names = original_names()
    return {names[part, name]: tensor for name, tensor in state.items()}


def _original_audio(encoder: AudioEncoder) -> dict[str, Tensor]:
    names = original_names()
    joint: dict[str, list[Tensor]] = {}
    # Query, key and value follow one another in the state, as their rows do in the file.
    for name, tensor in encoder.state_dict().items():
        joint.setdefault(names["clap_audio", name], []).append(tensor)
    return {name: rows[0] if len(rows) == 1 else torch.cat(rows) for name, rows in joint.items()}


def _unused_tensors() -> dict[str, Tensor]:
    """One of each kind that the file holds and inference does not need."""
    clap = "cond_stage_model.model."
    names = [
        "betas",
        "logvar",
        "sqrt_recipm1_alphas_cumprod",
        "posterior_mean_coef2",
        "model_ema.decay",
        "model_ema.num_updates",
        f"{clap}logit_scale_a",
        f"{clap}text_branch.embeddings.position_ids",
        f"{clap}text_transform.sequential.0.weight",
        f"{clap}audio_transform.sequential.3.bias",
        f"{clap}audio_branch.head.weight",
        f"{clap}audio_branch.tscam_conv.bias",
        f"{clap}audio_branch.logmel_extractor.melW",
        f"{clap}audio_branch.spectrogram_extractor.stft.conv_real.weight",
        f"{clap}audio_branch.layers.0.blocks.1.attn_mask",
        f"{clap}audio_branch.layers.0.blocks.1.attn.relative_position_index",
    ]
    return {name: torch.zeros(3) for name in names}


def write_original(model: AudioLDM, path: Path) -> None:
    """Write a model as the authors published theirs, with tokenizer files beside it."""
    write_roberta_files(path.parent)
    torch.save({"state_dict": original_tensors(model)}, path)


def states(model: AudioLDM) -> dict[str, dict[str, Tensor]]:
    """All tensors of a model by network."""
    networks: dict[str, nn.Module | None] = {
        "unet": model.unet,
        "vae": model.vae,
        "text_encoder": model.text_encoder,
        "vocoder": model.vocoder,
        "audio_encoder": model.audio_encoder,
    }
    return {name: network.state_dict() for name, network in networks.items() if network is not None}


def assert_same_tensors(got: AudioLDM, expected: AudioLDM) -> None:
    """Assert that two models have exactly the same tensors."""
    got_states, expected_states = states(got), states(expected)
    assert got_states.keys() == expected_states.keys()
    for network, expected_state in expected_states.items():
        got_state = got_states[network]
        assert got_state.keys() == expected_state.keys()
        for name, tensor in expected_state.items():
            assert torch.equal(got_state[name], tensor), (network, name)
