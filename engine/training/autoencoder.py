"""Training the starter model's VAE, and tuning its decoder on frozen latents.

The loss is a weighted L1 between log-mels: loud bins count five times as much as silence, because a
quiet partial that is lost is heard, and noise at the floor is not. Pooled and differenced copies of
it keep levels and edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.vae.config import VAEConfig
from engine.models.vae.vae import VAE
from engine.training.half_copy import HalfCopy
from engine.training.optimiser import MuonWithAdam
from engine.training.progress import (
    AveragedWeights,
    RunningMeans,
    TrainingClock,
    cosine_from,
    save_atomically,
)

STARTER_VAE = VAEConfig(
    mel_channels=1,
    block_channels=(32, 64, 128),
    layers_per_block=1,
    latent_channels=8,
    norm_groups=8,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VAETraining:
    """How to train the VAE.

    Attributes:
        minutes: Time to take.
        batch_size: Crops in a step.
        crop_mel_frames: Length of a crop.
        learning_rate: At the start; falls to nothing.
        kl_weight: Of the mean KL per latent element.
        report_every: Steps between log lines; the state is saved every three of them.
        is_compiled: Whether to compile the network; pays off after minutes.
        device: Where to train; the mels are moved there whole.
    """

    minutes: float
    batch_size: int = 8
    crop_mel_frames: int = 64
    learning_rate: float = 2e-3
    kl_weight: float = 0.004
    report_every: int = 100
    is_compiled: bool = False
    device: str = "cpu"


def new_vae(config: VAEConfig) -> VAE:
    """A VAE whose first output already lies at the level of log-mels."""
    vae = VAE(config)
    with torch.no_grad():
        vae.encoder.conv_in.weight *= 0.25
        vae.decoder.conv_out.weight *= 2.5
        dict(vae.decoder.conv_out.named_parameters())["bias"].fill_(-5.0)
    return vae


def reconstruction_loss(decoded: Tensor, mel: Tensor) -> Tensor:
    """Loudness-weighted distance of two log-mels.

    Args:
        decoded: (B, 1, T, M).
        mel: (B, 1, T, M), the truth.

    Returns:
        A scalar.
    """
    weight = 0.2 + 0.8 * torch.sigmoid(mel + 5.0)
    weight = weight / weight.mean()
    difference = decoded - mel
    plain = (difference.abs() * weight).mean()
    pooled = sum(
        (F.avg_pool2d(difference, size).abs().mean() for size in (2, 4, 8)),
        start=torch.zeros((), device=mel.device),
    )
    edges_in_time = (difference.diff(dim=2).abs() * weight[:, :, 1:]).mean()
    edges_in_pitch = (difference.diff(dim=3).abs() * weight[..., 1:]).mean()
    return plain + 0.25 * pooled + 0.2 * (edges_in_time + edges_in_pitch)


def random_crops(mels: Tensor, batch_size: int, frames: int, generator: torch.Generator) -> Tensor:
    """(batch_size, 1, frames, M) float32 crops at random places of (N, T, M) mels."""
    clips = torch.randint(len(mels), (batch_size, 1), generator=generator, device=generator.device)
    starts = torch.randint(
        mels.shape[1] - frames + 1, (batch_size, 1), generator=generator, device=generator.device
    )
    places = starts + torch.arange(frames, device=generator.device)
    return mels[clips, places].float().unsqueeze(1)


class _RoundTrip(nn.Module):
    """A VAE in bfloat16, from mels to decoded mels and the moments of the posterior."""

    def __init__(self, vae: VAE) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, mel: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        half = mel.to(dtype=torch.bfloat16, memory_format=torch.channels_last)
        moments = self.vae.quant_conv(self.vae.encoder(half)).float()
        mean, log_variance = moments.chunk(2, dim=1)
        log_variance = log_variance.clamp(-20, 10)
        latents = mean + torch.exp(0.5 * log_variance) * noise
        half = latents.to(dtype=torch.bfloat16, memory_format=torch.channels_last)
        return self.vae.decode(half).float(), mean, log_variance


def train_vae(mels: Tensor, path: Path, config: VAEConfig, training: VAETraining) -> VAE:
    """Train a VAE, going on from ``path`` if that file exists.

    Args:
        mels: (N, T, M) log-mels, any floating dtype.
        path: State of the run; written every few hundred steps and at the end.
        config: Sizes of a new network.
        training: How to train.

    Returns:
        The VAE with averaged weights.
    """
    device = torch.device(training.device)
    generator = torch.Generator(device).manual_seed(1)
    torch.manual_seed(0)
    vae, mels = new_vae(config).to(device), mels.to(device)
    optimiser = MuonWithAdam(vae)
    average = AveragedWeights(vae, decay=0.995)
    step, spent = 0, 0.0
    if path.exists():
        saved = torch.load(path, weights_only=True, map_location=device)
        vae.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        average.state = saved["average"]
        step, spent = int(saved["step"]), float(saved["spent"])
        generator.manual_seed(step)
    half = HalfCopy(vae)
    round_trip = _RoundTrip(half.network)
    network = torch.compile(round_trip, dynamic=False) if training.is_compiled else round_trip
    clock, means = TrainingClock(training.minutes, spent), RunningMeans()

    def save() -> None:
        state = {"network": vae.state_dict(), "average": average.state, "step": step}
        save_atomically(path, {**state, "optimiser": optimiser.state_dict(), "spent": clock.spent})

    while clock.progress < 1.0:
        mel = random_crops(mels, training.batch_size, training.crop_mel_frames, generator)
        half.take_weights()
        noise_shape = (
            len(mel),
            config.latent_channels,
            *(n // config.reduction for n in mel.shape[2:]),
        )
        noise = torch.randn(noise_shape, generator=generator, device=device)
        decoded, mean, log_variance = network(mel, noise)
        kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).mean()
        loss = reconstruction_loss(decoded, mel) + training.kl_weight * kl
        torch.autograd.backward(loss)
        half.give_gradients()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        warm = min(1.0, (step + 1) / 50) * cosine_from(clock.progress, 0.1)
        optimiser.step(training.learning_rate * warm + 1e-5)
        step += 1
        average.update(vae, step)
        means.add({"loss": loss, "l1": (decoded - mel).abs().mean(), "kl": kl})
        if step % training.report_every == 0:
            print(f"{step} {clock.spent:.0f}s {means.report()}", flush=True)
        if step % (3 * training.report_every) == 0:
            save()
    save()
    vae.load_state_dict(average.state)
    return vae.eval()


def _joined(batch: Tensor, rows: int) -> Tensor:
    """(rows * N, C, T, F) as (rows, C, N * T, F): N pieces behind each other in each row."""
    pieces = batch.view(rows, -1, *batch.shape[1:])
    joined: Tensor = pieces.transpose(1, 2).flatten(2, 3)
    return joined


def tune_decoder(
    vae: VAE,
    mels: Tensor,
    latents: Tensor,
    path: Path,
    *,
    minutes: float,
    learning_rate: float = 1e-3,
    latent_noise: float = 0.12,
    rows: int = 1,
    device: str = "cpu",
) -> VAE:
    """Go on training the decoder alone, on latents that stay as they are.

    A little noise on the latents teaches it to forgive what a noise predictor gets wrong. In every
    second round the crops stand behind each other as one piece: normalisation runs over the whole
    length, so a decoder that knew only single sounds would decode each differently on a timeline.

    Args:
        vae: Changed in place.
        mels: (N, T, M) log-mels.
        latents: (N, C, T / 4, M / 4), not scaled, of these mels.
        path: Where the averaged state is saved now and then.
        minutes: Time to take.
        learning_rate: At the start; falls to nothing.
        latent_noise: Largest noise, as a share of the latents' deviation.
        rows: Pieces of 128 latent frames in a step.
        device: Where to train; mels and latents are moved there whole.

    Returns:
        The VAE with averaged weights.
    """
    place = torch.device(device)
    generator = torch.Generator(place).manual_seed(2)
    vae, mels, latents = vae.to(place), mels.to(place), latents.to(place)
    for part in (vae.encoder, vae.quant_conv):
        part.requires_grad_(requires_grad=False)
    optimiser = MuonWithAdam(vae)
    average = AveragedWeights(vae, decay=0.995)
    half = HalfCopy(vae)
    clock, means = TrainingClock(minutes), RunningMeans()
    scale = latent_noise * latents.float().std()
    reduction, step = vae.config.reduction, 0
    lengths = [frames for frames in (128, 64, 32, 16) if frames <= latents.shape[2]]
    while clock.progress < 1.0:
        # The middle attends to the whole length, so all lengths must be seen; the work is equal.
        frames = lengths[step % len(lengths)]
        batch_size = rows * (128 // frames)
        clips = torch.randint(len(mels), (batch_size, 1), generator=generator, device=place)
        last = latents.shape[2] - frames + 1
        starts = torch.randint(last, (batch_size, 1), generator=generator, device=place)
        steps = torch.arange(frames, device=place)
        # Indexing apart from a slice puts the indexed axes first: (B, frames, C, F).
        crops = latents[clips, :, starts + steps].permute(0, 2, 1, 3).float()
        mel_steps = torch.arange(reduction * frames, device=place)
        mel = mels[clips, reduction * starts + mel_steps].float().unsqueeze(1)
        amount = scale * torch.rand(batch_size, 1, 1, 1, generator=generator, device=place)
        crops = crops + amount * torch.randn(crops.shape, generator=generator, device=place)
        if step // len(lengths) % 2:
            crops, mel = _joined(crops, rows), _joined(mel, rows)
        half.take_weights()
        decoded = half.network.decode(
            crops.to(dtype=torch.bfloat16, memory_format=torch.channels_last)
        ).float()
        loss = reconstruction_loss(decoded, mel)
        torch.autograd.backward(loss)
        half.give_gradients()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        warm = min(1.0, (step + 1) / 30) * cosine_from(clock.progress, 0.0)
        optimiser.step(learning_rate * warm + 1e-5)
        step += 1
        average.update(vae, step)
        means.add({"loss": loss, "l1": (decoded - mel).abs().mean()})
        if step % 100 == 0:
            print(f"{step} {clock.spent:.0f}s {means.report()}", flush=True)
            save_atomically(path, average.state)
    save_atomically(path, average.state)
    vae.load_state_dict(average.state)
    return vae.eval()
