"""Training the starter model's UNet.

The network predicts the velocity ``v = alpha * noise - sigma * clean`` ("Progressive distillation
for fast sampling of diffusion models", Salimans and Ho, 2022, section 4): at the noisy end, where
the kind of sound, its level and its colour are decided, a noise prediction would have to be exact
to a percent before it says anything at all about the clean latents, and a short training never gets
there. The loader turns the velocity back into noise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.models.unet.config import UNetConfig
from engine.models.unet.unet import UNet
from engine.training.half_copy import HalfCopy
from engine.training.latents import Embeddings
from engine.training.optimiser import MuonWithAdam
from engine.training.progress import (
    AveragedWeights,
    RunningMeans,
    TrainingClock,
    cosine_from,
    save_atomically,
)

STARTER_UNET = UNetConfig(
    in_channels=8,
    out_channels=8,
    block_channels=(64, 128, 256),
    layers_per_block=1,
    attention_levels=(False, True, True),
    attention_head_width=32,
    attention_heads=None,
    norm_groups=32,
    conditioning_dim=512,
)
STARTER_SCHEDULE = ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195)


@dataclass(frozen=True, slots=True, kw_only=True)
class UNetTraining:
    """How to train the UNet.

    Attributes:
        minutes: Time to take.
        batch_size: Crops in a step, while they are short.
        crop_latent_frames: Length of a short crop.
        full_latent_frames: Length of the crops at the end; half as many in a step.
        full_from: Share of the time after which crops are full.
        learning_rate: Before it falls.
        decay_from: Share of the time after which the learning rate falls.
        drop: Share of examples without a prompt, for guidance.
        text_noise: Largest noise added to text embeddings, so that words near to the captions do.
        num_iterations: Of Muon's orthogonalisation.
        average_decay: Memory of the averaged weights.
        is_compiled: Whether to compile the network; pays off after minutes.
        device: Where to train; the latents are moved there whole.
        report_every: Steps between log lines; the state is saved every four of them.
    """

    minutes: float
    batch_size: int = 16
    crop_latent_frames: int = 64
    full_latent_frames: int = 128
    full_from: float = 0.85
    learning_rate: float = 3e-3
    decay_from: float = 0.4
    drop: float = 0.1
    text_noise: float = 0.04
    num_iterations: int = 4
    average_decay: float = 0.998
    is_compiled: bool = False
    device: str = "cpu"
    report_every: int = 50


def new_unet(config: UNetConfig) -> UNet:
    """A UNet that starts by predicting nothing, and to which prompts matter from the start.

    Text embeddings have unit length, so with usual weights two captions would differ a fifth as
    much as two timesteps do; 16 times larger weights give what training arrives at.
    """
    unet = UNet(config)
    with torch.no_grad():
        unet.class_embedding.weight *= 16.0
        for parameter in unet.conv_out.parameters():
            parameter.zero_()
    return unet


class Examples:
    """Draws noisy latents with their timesteps, prompts and velocities.

    Args:
        latents: (N, C, T, F) scaled latents.
        embeddings: Of their captions.
        schedule: Noise levels.
        generator: Source of every choice, on the device of the latents.
        weights: (N,) how often each clip is drawn, beside the others; all alike if not given.
    """

    def __init__(
        self,
        latents: Tensor,
        embeddings: Embeddings,
        schedule: NoiseSchedule,
        generator: torch.Generator,
        weights: Tensor | None = None,
    ) -> None:
        self._device = latents.device
        self._latents = latents
        self._vectors = embeddings.vectors.to(self._device)
        self._of_clip = embeddings.of_clip.to(self._device)
        self._unconditional = embeddings.unconditional.to(self._device)
        self._alphas_cumprod = schedule.alphas_cumprod.float().to(self._device)
        self._generator = generator
        chances = torch.ones(len(latents)) if weights is None else weights
        self._chances = chances.to(self._device)

    def _normal(self, shape: tuple[int, ...]) -> Tensor:
        return torch.randn(shape, generator=self._generator, device=self._device)

    def _uniform(self, *shape: int) -> Tensor:
        return torch.rand(*shape, generator=self._generator, device=self._device)

    def _integers(self, stop: int, count: int) -> Tensor:
        return torch.randint(stop, (count,), generator=self._generator, device=self._device)

    def _crops(self, count: int, frames: int) -> tuple[Tensor, Tensor]:
        clips = torch.multinomial(self._chances, count, replacement=True, generator=self._generator)
        starts = self._integers(self._latents.shape[2] - frames + 1, count)
        places = starts[:, None] + torch.arange(frames, device=self._device)
        # (B, frames, C, F): indexing apart from a slice puts the indexed axes first.
        crops = self._latents[clips[:, None], :, places]
        return crops.permute(0, 2, 1, 3).float(), clips

    def _prompts(self, clips: Tensor, text_noise: float, drop: float) -> Tensor:
        count = len(clips)
        rows = self._of_clip[clips, self._integers(self._of_clip.shape[1], count)]
        vectors = self._vectors[rows]
        noise = self._normal(tuple(vectors.shape))
        vectors = F.normalize(vectors + noise * text_noise * self._uniform(count, 1), dim=-1)
        return torch.where(self._uniform(count, 1) < drop, self._unconditional, vectors)

    def batch(
        self, count: int, frames: int, *, text_noise: float, drop: float
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Draw a batch; timesteps are spread evenly over it, denser at the clean end.

        Returns:
            Noisy latents (B, C, frames, F), timesteps (B,), prompts (B, E), velocities as the
            latents, and the loss weight of each example (B,).
        """
        clean, clips = self._crops(count, frames)
        prompts = self._prompts(clips, text_noise, drop)
        spread = (torch.arange(count, device=self._device) + self._uniform(1)) / count
        timesteps = (spread**1.3 * len(self._alphas_cumprod)).long()
        power = self._alphas_cumprod[timesteps]
        alpha, sigma = power.sqrt().view(-1, 1, 1, 1), (1 - power).sqrt().view(-1, 1, 1, 1)
        noise = self._normal(tuple(clean.shape))
        # As an error of the clean latents: 1 at the noisy end, 5 at the clean end.
        weight = 1 / (1 + power / (1 - power) / 5)
        velocity = alpha * noise - sigma * clean
        return alpha * clean + sigma * noise, timesteps.float(), prompts, velocity, weight


def _losses(
    unet: Callable[..., Tensor], batch: tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
) -> Tensor:
    """(B,) mean squared error of the velocity, by a network in bfloat16."""
    noisy, timesteps, prompts, velocity, _ = batch
    noisy = noisy.to(dtype=torch.bfloat16, memory_format=torch.channels_last)
    predicted = unet(noisy, timesteps, prompts.bfloat16())
    losses: Tensor = (predicted.float() - velocity).square().mean(dim=(1, 2, 3))
    return losses


@torch.no_grad()
def held_out_loss(
    unet: Callable[..., Tensor], latents: Tensor, embeddings: Embeddings, frames: int
) -> float:
    """Mean velocity error on clips never trained on; the same draws on every call.

    Args:
        unet: In bfloat16.
        latents: (N, C, T, F) scaled latents.
        embeddings: Of their captions.
        frames: Length of the crops.
    """
    generator = torch.Generator(latents.device).manual_seed(7)
    examples = Examples(latents, embeddings, NoiseSchedule(STARTER_SCHEDULE), generator)
    losses = [_losses(unet, examples.batch(16, frames, text_noise=0.0, drop=0.0)) for _ in range(6)]
    return float(torch.cat(losses).mean())


def _report_quarters(timesteps: Tensor, losses: Tensor) -> dict[str, Tensor]:
    """Mean loss by quarter of the timesteps; timesteps are stratified, so that none is empty."""
    parts = {}
    for number in range(4):
        is_here = ((timesteps / 250).long() == number).float()
        parts[f"q{number}"] = (losses * is_here).sum() / is_here.sum().clamp_min(1)
    return parts


def train_unet(
    latents: Tensor,
    embeddings: Embeddings,
    held_out: tuple[Tensor, Embeddings],
    path: Path,
    config: UNetConfig,
    training: UNetTraining,
    *,
    start: Mapping[str, Tensor] | None = None,
    weights: Tensor | None = None,
) -> UNet:
    """Train a UNet, going on from ``path`` if that file exists.

    Args:
        latents: (N, C, T, F) scaled latents.
        embeddings: Of their captions.
        held_out: Latents and embeddings to measure on.
        path: State of the run; written every few hundred steps and at the end.
        config: Sizes of a new network.
        training: How to train.
        start: Weights to begin with instead of random ones, when ``path`` does not exist.
        weights: (N,) how often each clip is drawn, beside the others.

    Returns:
        The UNet with averaged weights; it predicts velocity.
    """
    torch.manual_seed(0)
    device = torch.device(training.device)
    generator = torch.Generator(device).manual_seed(1)
    unet = new_unet(config)
    if start is not None:
        unet.load_state_dict(start)
    unet.to(device)
    optimiser = MuonWithAdam(unet, num_iterations=training.num_iterations)
    average = AveragedWeights(unet, decay=training.average_decay)
    step, spent = 0, 0.0
    if path.exists():
        saved = torch.load(path, weights_only=True, map_location=device)
        unet.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        average.state = saved["average"]
        step, spent = int(saved["step"]), float(saved["spent"])
        generator.manual_seed(step)
    half, shadow = HalfCopy(unet), HalfCopy(UNet(config).to(device))
    network = torch.compile(half.network, dynamic=False) if training.is_compiled else half.network
    examples = Examples(
        latents.to(device), embeddings, NoiseSchedule(STARTER_SCHEDULE), generator, weights
    )
    measured = (held_out[0].to(device), held_out[1])
    clock, means = TrainingClock(training.minutes, spent), RunningMeans()

    def save() -> None:
        state = {"network": unet.state_dict(), "average": average.state, "step": step}
        save_atomically(path, {**state, "optimiser": optimiser.state_dict(), "spent": clock.spent})
        shadow.network.load_state_dict(average.state)
        error = held_out_loss(shadow.network, *measured, training.crop_latent_frames)
        print(f"{step} held out {error:.4f}", flush=True)

    while clock.progress < 1.0:
        is_full = clock.progress >= training.full_from
        count = training.batch_size // 2 if is_full else training.batch_size
        frames = training.full_latent_frames if is_full else training.crop_latent_frames
        batch = examples.batch(count, frames, text_noise=training.text_noise, drop=training.drop)
        half.take_weights()
        losses = _losses(network, batch)
        torch.autograd.backward((losses * batch[4]).mean())
        half.give_gradients()
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        warm = min(1.0, (step + 1) / 50) * cosine_from(clock.progress, training.decay_from)
        optimiser.step(training.learning_rate * warm + 1e-5)
        step += 1
        average.update(unet, step)
        means.add({"v": losses.mean(), **_report_quarters(batch[1], losses)})
        if step % training.report_every == 0:
            print(f"{step} {clock.spent:.0f}s lr {warm:.2f} {means.report()}", flush=True)
        if step % (4 * training.report_every) == 0:
            save()
    save()
    unet.load_state_dict(average.state)
    return unet.eval()
