"""Training the starter model's audio tower against its frozen text tower.

CLAP ("Large-scale contrastive language-audio pretraining", Wu et al., 2023, section 2) with one
side fixed: a clip should lie where its caption lies. Two captions in a batch may say nearly the
same, so what is wanted is not one in B but the text tower's own similarities, softened.

Shape letters in this file:
    B  batch
    N  clips
    E  width of the embedding
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.models.clap.audio import AudioEncoder
from engine.models.clap.config import AudioEncoderConfig
from engine.models.clap.features import SAMPLE_RATE, ClapMelFrontEnd
from engine.training.latents import Embeddings
from engine.training.progress import (
    AveragedWeights,
    RunningMeans,
    TrainingClock,
    cosine_from,
    save_atomically,
)

STARTER_AUDIO = AudioEncoderConfig(
    num_mel_bins=64,
    image_size=256,
    patch_size=8,
    patch_channels=32,
    depths=(2, 2, 2, 2),
    num_heads=(2, 4, 8, 16),
    window_size=8,
    mlp_ratio=4,
    norm_eps=1e-5,
    projection_dim=512,
)

_TEMPERATURE = 0.05
_RECALL_TOP = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TowerTraining:
    """How to train the audio tower.

    Attributes:
        minutes: Time to take.
        batch_size: Clips in a step.
        learning_rate: At the start; falls to nothing.
        gain_db: Largest change of level, up or down.
        mask_share: Largest share of the frames, and of the bins, that is blanked out.
        device: Where to train; the features are moved there whole.
        report_every: Steps between log lines; the state is saved every four of them.
    """

    minutes: float
    batch_size: int = 256
    learning_rate: float = 1e-3
    gain_db: float = 12.0
    mask_share: float = 0.2
    device: str = "cpu"
    report_every: int = 50


def clap_features(audio: Tensor, sample_rate: int) -> Tensor:
    """CLAP's log-mels of short clips.

    Args:
        audio: (N, samples) int16 clips of at most ten seconds.
        sample_rate: Of the clips; 48,000 is a multiple of it.

    Returns:
        (N, 1, 1001, 64) float16, in dB.
    """
    front_end = ClapMelFrontEnd()
    factor = SAMPLE_RATE // sample_rate
    rows = []
    for clip in audio:
        samples = clip.double()[None, None] / 32_768
        # Band-limited: zeros between the samples, and a sinc that takes the images away.
        spectrum = torch.fft.rfft(samples[0, 0])
        full = torch.zeros(len(clip) * factor // 2 + 1, dtype=spectrum.dtype)
        full[: len(spectrum)] = spectrum * factor
        rows.append(front_end(torch.fft.irfft(full, len(clip) * factor))[0].half())
    return torch.stack(rows)


def soft_contrast(heard: Tensor, said: Tensor) -> Tensor:
    """How far a batch's audio-text similarities are from the texts' own.

    Args:
        heard: (B, E) unit vectors of clips.
        said: (B, E) unit vectors of their captions.

    Returns:
        A scalar: cross entropy in both directions, less the entropy of what is wanted.
    """
    wanted = (said @ said.T / _TEMPERATURE).softmax(dim=1)
    entropy = -(wanted * wanted.clamp_min(1e-9).log()).sum(dim=1).mean()
    logits = heard @ said.T / _TEMPERATURE
    losses = [-(wanted * one.log_softmax(dim=1)).sum(dim=1).mean() for one in (logits, logits.T)]
    return torch.stack(losses).mean() - entropy


@torch.no_grad()
def retrieval(tower: AudioEncoder, features: Tensor, embeddings: Embeddings) -> dict[str, float]:
    """Share of clips whose own first caption comes first, or among five, of all first captions.

    Args:
        tower: In evaluation mode.
        features: (N, 1, frames, bins).
        embeddings: Of the captions of these clips.
    """
    device = next(tower.parameters()).device
    heard = torch.cat([tower(part.float().to(device)) for part in torch.split(features, 64)])
    said = embeddings.vectors[embeddings.of_clip[:, 0]].to(device)
    similarity = heard @ said.T
    own = similarity.diagonal()[:, None]
    # Equal captions are equally right.
    ranks = (similarity > own + 1e-6).sum(dim=1)
    return {
        "r1": float((ranks < 1).float().mean()),
        f"r{_RECALL_TOP}": float((ranks < _RECALL_TOP).float().mean()),
    }


def train_tower(
    features: Tensor,
    embeddings: Embeddings,
    held_out: tuple[Tensor, Embeddings],
    path: Path,
    config: AudioEncoderConfig,
    training: TowerTraining,
) -> AudioEncoder:
    """Train an audio tower, going on from ``path`` if that file exists.

    Args:
        features: (N, 1, frames, bins) from :func:`clap_features`.
        embeddings: Of the captions.
        held_out: Features and embeddings to measure on.
        path: State of the run; written every few hundred steps and at the end.
        config: Sizes of a new network.
        training: How to train.

    Returns:
        The tower with averaged weights, in evaluation mode.
    """
    device = torch.device(training.device)
    generator = torch.Generator(device).manual_seed(1)
    torch.manual_seed(0)
    tower = AudioEncoder(config).to(device)
    optimiser = torch.optim.AdamW(tower.parameters(), lr=training.learning_rate, weight_decay=0.05)
    average = AveragedWeights(tower, decay=0.998)
    step, spent = 0, 0.0
    if path.exists():
        saved = torch.load(path, weights_only=True, map_location=device)
        tower.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        average.state = saved["average"]
        step, spent = int(saved["step"]), float(saved["spent"])
        generator.manual_seed(step)
    features = features.to(device)
    vectors, of_clip = embeddings.vectors.to(device), embeddings.of_clip.to(device)
    clock, means = TrainingClock(training.minutes, spent), RunningMeans()
    shadow = AudioEncoder(config).to(device).eval()

    def save() -> None:
        state = {"network": tower.state_dict(), "average": average.state, "step": step}
        save_atomically(path, {**state, "optimiser": optimiser.state_dict(), "spent": clock.spent})
        shadow.load_state_dict(average.state)
        print(f"{step} held out {retrieval(shadow, *held_out)}", flush=True)

    tower.train()
    while clock.progress < 1.0:
        shape = (training.batch_size,)
        clips = torch.randint(len(features), shape, generator=generator, device=device)
        ways = torch.randint(of_clip.shape[1], shape, generator=generator, device=device)
        batch = _augmented(features[clips].float(), training, generator)
        with torch.autocast(device.type, torch.bfloat16):
            heard = tower(batch)
        loss = soft_contrast(heard.float(), vectors[of_clip[clips, ways]])
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
        warm = min(1.0, (step + 1) / 100) * cosine_from(clock.progress, 0.1)
        optimiser.param_groups[0]["lr"] = training.learning_rate * warm + 1e-6
        optimiser.step()
        optimiser.zero_grad()
        step += 1
        average.update(tower, step)
        means.add({"loss": loss})
        if step % training.report_every == 0:
            print(f"{step} {clock.spent:.0f}s {means.report()}", flush=True)
        if step % (4 * training.report_every) == 0:
            save()
    save()
    tower.load_state_dict(average.state)
    return tower.eval()


def _augmented(features: Tensor, training: TowerTraining, generator: torch.Generator) -> Tensor:
    """Another level, another start, and a band and a stretch blanked out ("SpecAugment")."""
    count, _, frames, bins = features.shape
    device = features.device

    def uniform(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, device=device)

    gain = (2 * uniform(count, 1, 1, 1) - 1) * training.gain_db
    start = (uniform(count, 1) * frames).long()
    rolled = (torch.arange(frames, device=device) + start) % frames
    features = features.gather(2, rolled[:, None, :, None].expand_as(features)) + gain
    for axis, size in ((2, frames), (3, bins)):
        length = uniform(count, 1) * training.mask_share * size
        first = uniform(count, 1) * (size - length)
        place = torch.arange(size, device=device)
        is_blank = (place >= first) & (place < first + length)
        view = [count, 1, 1, 1]
        view[axis] = size
        features = features.masked_fill(is_blank.view(view), float(features.mean()))
    return features
