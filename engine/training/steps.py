"""The steps of making the starter model, each from files to files.

In ``data``: ``soundfonts/``, ``training/`` and ``held_out/`` (mels and captions). In ``out``:
``vae.pt`` (a run's state), ``vae_even.pt``, ``latents.pt``, ``embeddings.pt``, ``vae_tuned.pt``,
``unet.pt`` (a run's state), and the finished ``model/``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.checkpoints.tensor_files import read_tensors
from engine.models.vae.vae import VAE
from engine.training.autoencoder import VAETraining, train_vae, tune_decoder
from engine.training.export import OUTPUT_LEVEL, export_model, with_level
from engine.training.fetch import fetch_recordings, fetch_soundfonts
from engine.training.foundry import recordings, soundfonts
from engine.training.foundry.kinds import NAMES
from engine.training.latents import (
    Embeddings,
    decode_latents,
    embed_captions,
    encode_mels,
    even_channels,
    load_text_encoder,
    save_latents,
)
from engine.training.material import HELD_OUT_SEED, MEL, TRAINING_SEED, load_material, make_material
from engine.training.noise_predictor import UNetTraining, train_unet
from engine.training.progress import save_atomically
from engine.training.sizes import STARTER, TINY, NetworkSizes
from engine.training.tower import TowerTraining, clap_features, train_tower
from engine.training.vocoder import VocoderTraining, train_vocoder

_Small = dict[str, Any]

VAE_RECIPE = VAETraining(minutes=13)
VAE_ON_GPU = VAETraining(minutes=3.5, batch_size=64, crop_mel_frames=128)
UNET_ANEW = UNetTraining(minutes=96)
UNET_ON_GPU = UNetTraining(minutes=11, batch_size=256, report_every=100, average_decay=0.999)
UNET_GOING_ON = UNetTraining(
    minutes=60, batch_size=24, learning_rate=2e-3, full_from=0.88, num_iterations=3
)
# Mels through the autoencoder take half a gigabyte for each ten thousand clips.
_VOCODER_CLIPS = 12_000
_TOWER_CLIPS = 12_000
# Beside 1 for a kind that the earlier model does not know or does not claim.
_KNOWN_CHANCE = 0.3


class UnmetStepError(RuntimeError):
    """A file of an earlier step is missing; the message names the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Where a run's files are and how much of everything to take.

    Attributes:
        data: Folder of the material.
        out: Folder of states and results.
        text_folder: Holds the text encoder and its tokenizer.
        minutes: Time for a training step, or ``None`` for the recipe's.
        clips_per_kind: Training clips of each kind.
        num_workers: Processes that render clips.
        num_threads: Processor cores to train on.
        is_compiled: Whether to compile the UNet.
        is_tiny: Whether to use networks for tests.
        is_core: Whether to learn only the kinds of the bundled model.
        keeps_audio: Whether waveforms are kept, for the vocoder and the audio tower.
        device: Where to train.
        start: Folder of an earlier model whose autoencoder is kept and whose noise predictor goes
            on from where it was, or ``None`` to begin anew.
    """

    data: Path
    out: Path
    text_folder: Path
    minutes: float | None
    clips_per_kind: int
    num_workers: int
    num_threads: int
    is_compiled: bool
    is_tiny: bool
    is_core: bool = True
    keeps_audio: bool = False
    device: str = "cpu"
    start: Path | None = None

    @property
    def sizes(self) -> NetworkSizes:
        """Sizes of the networks."""
        return TINY if self.is_tiny else STARTER

    @property
    def is_on_processor(self) -> bool:
        """Whether networks are trained without a GPU."""
        return self.device == "cpu"

    def minutes_or(self, recipe: float) -> float:
        """The time asked for, or the recipe's."""
        return recipe if self.minutes is None else self.minutes

    def load(self, name: str, step: str) -> dict[str, Tensor]:
        """A file of tensors in ``out``, which ``step`` writes."""
        path = self.out / name
        if not path.is_file():
            raise UnmetStepError(f"{path} is missing: run the step {step!r} first")
        content: dict[str, Tensor] = torch.load(path, weights_only=True, map_location="cpu")
        return content


def fetch(run: Run) -> None:
    """Get the soundfonts and the recordings."""
    fetch_soundfonts(run.data / "soundfonts")
    fetch_recordings(run.data / "recordings")


def material(run: Run) -> None:
    """Render the training and the held-out clips."""
    os.environ.setdefault(soundfonts.FOLDER_VARIABLE, str(run.data / "soundfonts"))
    os.environ.setdefault(recordings.FOLDER_VARIABLE, str(run.data / "recordings"))
    held_out_clips = max(1, run.clips_per_kind // 25)
    for part, clips, seed in (
        ("held_out", held_out_clips, HELD_OUT_SEED),
        ("training", run.clips_per_kind, TRAINING_SEED),
    ):
        make_material(
            run.data / part,
            clips_per_kind=clips,
            seed=seed,
            num_workers=run.num_workers,
            is_core=run.is_core,
            keeps_audio=run.keeps_audio,
        )


def vae(run: Run) -> None:
    """Train the autoencoder."""
    _prepare(run)
    recipe = VAE_RECIPE if run.is_on_processor else VAE_ON_GPU
    small: _Small = {"batch_size": 2, "crop_mel_frames": 64, "report_every": 5}
    training = replace(
        recipe,
        minutes=run.minutes_or(recipe.minutes),
        is_compiled=run.is_compiled,
        device=run.device,
        **(small if run.is_tiny else {}),
    )
    train_vae(_mels(run, "training"), run.out / "vae.pt", run.sizes.vae, training)


def encode(run: Run) -> None:
    """Encode the mels, even out the latent channels, embed the captions."""
    _prepare(run)
    network = VAE(run.sizes.vae)
    if run.start is None:
        state = torch.load(_existing(run.out / "vae.pt", "vae"), weights_only=True)
        network.load_state_dict(state["average"])
    else:
        # The export lowered the level that the decoder puts out; here it is wanted as it was.
        stored = read_tensors(run.start / "vae.safetensors")
        network.load_state_dict(with_level(dict(stored), -OUTPUT_LEVEL))
    network.eval()

    def encoded(part: str) -> Tensor:
        batch_size = 8 if run.is_on_processor else 128
        latents = encode_mels(network.to(run.device), _mels(run, part), batch_size)
        network.cpu()
        return latents

    latents = encoded("training")
    if run.start is None:
        latents, scaling_factor = even_channels(network, latents)
    else:
        scaling_factor = _scaling_factor(run.start)
        save_atomically(run.out / "vae_tuned.pt", network.state_dict())
    save_latents(
        run.out / "latents.pt",
        latents=latents,
        scaling_factor=scaling_factor,
        # By the encoder as it is now, its channels evened.
        held_out=encoded("held_out"),
        kinds=torch.from_numpy(load_material(run.data / "training").kinds),
    )
    save_atomically(run.out / "vae_even.pt", network.state_dict())
    encoder, tokenizer = load_text_encoder(run.text_folder)
    for part in ("training", "held_out"):
        embeddings = embed_captions(load_material(run.data / part).captions, encoder, tokenizer)
        save_atomically(run.out / f"embeddings_{part}.pt", asdict(embeddings))


def decoder(run: Run) -> None:
    """Tune the decoder on the latents as they are."""
    _prepare(run)
    network = VAE(run.sizes.vae)
    network.load_state_dict(run.load("vae_even.pt", "encode"))
    stored = run.load("latents.pt", "encode")
    latents = stored["latents"].float() / float(stored["scaling_factor"])
    tune_decoder(
        network,
        _mels(run, "training"),
        latents,
        run.out / "vae_tuned.pt",
        minutes=run.minutes_or(15),
        rows=1 if run.is_on_processor else 16,
        device=run.device,
    )


def unet(run: Run) -> None:
    """Train the noise predictor."""
    _prepare(run)
    stored = run.load("latents.pt", "encode")
    small: _Small = {"batch_size": 4, "crop_latent_frames": 16, "report_every": 5}
    recipe = UNET_ANEW if run.start is None else UNET_GOING_ON
    if not run.is_on_processor:
        recipe = UNET_ON_GPU
    train_unet(
        stored["latents"],
        _embeddings(run, "training"),
        (stored["held_out"], _embeddings(run, "held_out")),
        run.out / "unet.pt",
        run.sizes.unet,
        replace(
            recipe,
            minutes=run.minutes_or(recipe.minutes),
            is_compiled=run.is_compiled,
            device=run.device,
            **(small if run.is_tiny else {}),
        ),
        start=None if run.start is None else dict(read_tensors(run.start / "unet.safetensors")),
        weights=None if run.start is None else _chances(run.start, stored["kinds"]),
    )


def vocoder(run: Run) -> None:
    """Train a HiFi-GAN, half on mels that went through the autoencoder."""
    _prepare(run)
    audio = torch.from_numpy(np.load(_existing(run.data / "training" / "audio.npy", "material")))
    network = VAE(run.sizes.vae)
    network.load_state_dict(run.load("vae_tuned.pt", "decoder"))
    stored = run.load("latents.pt", "encode")
    count = min(len(audio), _VOCODER_CLIPS)
    latents = stored["latents"][:count].float() / float(stored["scaling_factor"])
    small: _Small = {"batch_size": 2, "discriminator_width": 2, "report_every": 5}
    train_vocoder(
        audio[:count],
        decode_latents(network.to(run.device), latents),
        run.out / "vocoder.pt",
        run.sizes.vocoder,
        replace(
            VocoderTraining(minutes=run.minutes_or(7), device=run.device),
            **(small if run.is_tiny else {}),
        ),
    )


def tower(run: Run) -> None:
    """Train the audio tower against the captions."""
    _prepare(run)
    features = {
        part: _clap_features(run, np.load(_existing(run.data / part / "audio.npy", "material")))
        for part in ("training", "held_out")
    }
    small: _Small = {"batch_size": 4, "report_every": 5}
    train_tower(
        features["training"],
        _embeddings(run, "training"),
        (features["held_out"], _embeddings(run, "held_out")),
        run.out / "tower.pt",
        run.sizes.audio,
        replace(
            TowerTraining(minutes=run.minutes_or(4), device=run.device),
            **(small if run.is_tiny else {}),
        ),
    )


def export(run: Run) -> None:
    """Write the model that the application loads, with what has been trained for it."""
    state = torch.load(_existing(run.out / "unet.pt", "unet"), weights_only=True)
    optional = {
        name: torch.load(run.out / f"{name}.pt", weights_only=True, map_location="cpu")["average"]
        if (run.out / f"{name}.pt").is_file()
        else None
        for name in ("tower", "vocoder")
    }
    export_model(
        run.out / "model",
        sizes=run.sizes,
        unet=state["average"],
        vae=run.load("vae_tuned.pt", "decoder"),
        scaling_factor=float(run.load("latents.pt", "encode")["scaling_factor"]),
        text_folder=run.text_folder,
        tower=optional["tower"],
        hifigan=optional["vocoder"],
    )


STEPS: Mapping[str, Callable[[Run], None]] = MappingProxyType(
    {
        "fetch": fetch,
        "material": material,
        "vae": vae,
        "encode": encode,
        "decoder": decoder,
        "unet": unet,
        "vocoder": vocoder,
        "tower": tower,
        "export": export,
    }
)


def _clap_features(run: Run, audio: NDArray[np.int16]) -> Tensor:
    """Features of at most ``_TOWER_CLIPS`` clips, on all cores."""
    pieces = torch.split(torch.from_numpy(audio[:_TOWER_CLIPS]), 64)
    with ThreadPoolExecutor(run.num_workers) as pool:
        features = pool.map(lambda piece: clap_features(piece, MEL.sample_rate), pieces)
        return torch.cat(list(features))


def _scaling_factor(folder: Path) -> float:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return float(config["scaling_factor"])


def _chances(folder: Path, kinds: Tensor) -> Tensor:
    """How often to draw each clip: kinds that an earlier model claims need no more than care."""
    listed = json.loads((folder / "kinds.json").read_text(encoding="utf-8"))
    known = {kind["name"] for kind in listed["kinds"]}
    return torch.tensor([_KNOWN_CHANCE if NAMES[k] in known else 1.0 for k in kinds.tolist()])


def _prepare(run: Run) -> None:
    torch.set_num_threads(run.num_threads)
    if not run.is_on_processor:
        # Discriminators and spectra train in float32; their products need not be exact.
        torch.set_float32_matmul_precision("high")
    run.out.mkdir(parents=True, exist_ok=True)


def _existing(path: Path, step: str) -> Path:
    if not path.is_file():
        raise UnmetStepError(f"{path} is missing: run the step {step!r} first")
    return path


def _mels(run: Run, part: str) -> Tensor:
    path = _existing(run.data / part / "mels.npy", "material")
    return torch.from_numpy(np.load(path))


def _embeddings(run: Run, part: str) -> Embeddings:
    return Embeddings(**run.load(f"embeddings_{part}.pt", "encode"))
