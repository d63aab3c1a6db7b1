"""Training the starter model's HiFi-GAN: spectral losses first, then discriminators as well.

"HiFi-GAN" (Kong et al., 2020). On a processor this does not get anywhere (2,940 steps gave loudness
and colour but no pitch); it is here for a GPU, where the result has to beat Griffin-Lim on the
judge before it is bundled. Half of its inputs are mels that went through the autoencoder, because
those are what it is given later.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.dsp.mel import MelFrontEnd
from engine.models.hifigan.config import HiFiGANConfig
from engine.models.hifigan.hifigan import HiFiGAN
from engine.training.discriminators import (
    Discriminators,
    discriminator_loss,
    generator_loss,
)
from engine.training.material import MEL
from engine.training.progress import (
    AveragedWeights,
    RunningMeans,
    TrainingClock,
    cosine_from,
    save_atomically,
)

# Version 2 of the paper: with the other networks the model stays below 80 MB.
STARTER_HIFIGAN = HiFiGANConfig(
    n_mels=64,
    initial_channels=128,
    upsample_rates=(5, 4, 2, 2, 2),
    upsample_kernel_sizes=(16, 16, 8, 4, 4),
    resblock_kernel_sizes=(3, 7, 11),
    resblock_dilations=((1, 3, 5), (1, 3, 5), (1, 3, 5)),
)

_RESOLUTIONS = ((256, 64), (512, 128), (1024, 256), (2048, 512))
# The norm of a nearly silent target would make the convergence term explode.
_CONVERGENCE_FLOOR = 20.0
_CONVERGENCE_LIMIT = 3.0
_MEL_WEIGHT = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VocoderTraining:
    """How to train the vocoder.

    Attributes:
        minutes: Time to take.
        batch_size: Pieces in a step.
        mel_frames: Length of a piece.
        learning_rate: Of both sides at the start; falls to nothing.
        adversarial_from: Share of the time after which the discriminators join.
        discriminator_width: Channels of their first layers.
        device: Where to train; the clips are moved there whole.
        report_every: Steps between log lines; the state is saved every four of them.
    """

    minutes: float
    batch_size: int = 64
    mel_frames: int = 52
    learning_rate: float = 4e-4
    adversarial_from: float = 0.25
    discriminator_width: int = 32
    device: str = "cpu"
    report_every: int = 100


def spectral_loss(made: Tensor, real: Tensor) -> Tensor:
    """Distance of magnitude spectra at several resolutions ("Parallel WaveGAN", section 2.3).

    Args:
        made: (B, N) samples.
        real: (B, N) samples, the truth.

    Returns:
        A scalar: log distance and spectral convergence, averaged over the resolutions.
    """
    losses = []
    for n_fft, hop in _RESOLUTIONS:
        window = torch.hann_window(n_fft, device=made.device)
        ours, theirs = (
            torch.stft(x, n_fft, hop, window=window, return_complex=True).abs()
            for x in (made, real)
        )
        convergence = (ours - theirs).norm() / (theirs.norm() + _CONVERGENCE_FLOOR)
        log_distance = ((ours + 1e-4).log() - (theirs + 1e-4).log()).abs().mean()
        losses.append(log_distance + convergence.clamp_max(_CONVERGENCE_LIMIT))
    return torch.stack(losses).mean()


class Pieces:
    """Draws pieces of clips with the mels of their surroundings.

    Args:
        audio: (N, samples) int16 clips.
        decoded: (N, frames, M) mels of the same clips through the autoencoder, or ``None``.
        generator: Source of every choice, on the device of the clips.
    """

    def __init__(self, audio: Tensor, decoded: Tensor | None, generator: torch.Generator) -> None:
        self._audio = audio
        self._decoded = decoded
        self._generator = generator
        self._front_end = MelFrontEnd(MEL).to(audio.device)

    def batch(self, count: int, frames: int) -> tuple[Tensor, Tensor, Tensor]:
        """Draw pieces.

        Args:
            count: How many.
            frames: Length of each.

        Returns:
            Mels to start from (count, frames, M), the true mels of the same shape, and samples
            (count, frames * hop).
        """
        hop, margin = MEL.hop_length, MEL.n_fft // MEL.hop_length + 1
        device = self._audio.device
        clips = torch.randint(
            len(self._audio), (count, 1), generator=self._generator, device=device
        )
        last = self._audio.shape[1] // hop - frames - 2 * margin
        starts = torch.randint(last + 1, (count, 1), generator=self._generator, device=device)
        length = (frames + 2 * margin) * hop
        samples = self._audio[clips, starts * hop + torch.arange(length, device=device)]
        audio = samples.float() / 32_768
        mel = self._front_end(audio)[:, 0, margin : margin + frames]
        given = mel
        if self._decoded is not None:
            places = starts + margin + torch.arange(frames, device=device)
            decoded = self._decoded[clips, places].float()
            is_decoded = torch.rand(count, 1, 1, generator=self._generator, device=device) < 0.5
            given = torch.where(is_decoded, decoded, mel)
        return given, mel, audio[:, margin * hop : (margin + frames) * hop]


class _Duel:
    """Vocoder and discriminators with their optimisers, and the state of the run.

    Args:
        config: Sizes of a new vocoder.
        training: How to train.
        path: State of an earlier run, if that file exists.
    """

    def __init__(self, config: HiFiGANConfig, training: VocoderTraining, path: Path) -> None:
        device = torch.device(training.device)
        torch.manual_seed(0)
        self.vocoder = HiFiGAN(config).to(device)
        self.judges = Discriminators(training.discriminator_width).to(device)
        self._optimisers = [
            torch.optim.AdamW(network.parameters(), lr=training.learning_rate, betas=(0.8, 0.99))
            for network in (self.vocoder, self.judges)
        ]
        self.average = AveragedWeights(self.vocoder, decay=0.999)
        self.step, spent = 0, 0.0
        if path.exists():
            saved = torch.load(path, weights_only=True, map_location=device)
            self.vocoder.load_state_dict(saved["network"])
            self.judges.load_state_dict(saved["judges"])
            for optimiser, state in zip(self._optimisers, saved["optimisers"], strict=True):
                optimiser.load_state_dict(state)
            self.average.state = saved["average"]
            self.step, spent = int(saved["step"]), float(saved["spent"])
        self.clock = TrainingClock(training.minutes, spent)
        self._training, self._path, self._device = training, path, device
        self._front_end = MelFrontEnd(MEL).to(device)

    def save(self) -> None:
        """Write everything needed to go on."""
        save_atomically(
            self._path,
            {
                "network": self.vocoder.state_dict(),
                "judges": self.judges.state_dict(),
                "optimisers": [optimiser.state_dict() for optimiser in self._optimisers],
                "average": self.average.state,
                "step": self.step,
                "spent": self.clock.spent,
            },
        )

    def _update(self, number: int, network: nn.Module, loss: Tensor) -> None:
        optimiser = self._optimisers[number]
        rate = self._training.learning_rate * min(1.0, (self.step + 1) / 50)
        optimiser.param_groups[0]["lr"] = rate * cosine_from(self.clock.progress, 0.1) + 1e-6
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()

    def _half(self) -> torch.autocast:
        return torch.autocast(self._device.type, torch.bfloat16)

    def one_step(self, given: Tensor, mel: Tensor, real: Tensor) -> dict[str, Tensor]:
        """Train both sides on one batch of :class:`Pieces`; returns the losses by name."""
        is_adversarial = self.clock.progress >= self._training.adversarial_from
        losses: dict[str, Tensor] = {}
        with self._half():
            # Its transposed convolutions put a few samples out beyond the last frame.
            made = self.vocoder(given).float()[:, : real.shape[1]]
        if is_adversarial:
            with self._half():
                told = discriminator_loss(self.judges(real), self.judges(made.detach()))
            self._update(1, self.judges, told)
            losses["judges"] = told
        losses["spectral"] = spectral_loss(made, real)
        losses["mel"] = F.l1_loss(self._front_end(made)[:, 0, : mel.shape[1]], mel)
        loss = losses["spectral"] + losses["mel"]
        if is_adversarial:
            with self._half():
                losses["fooled"] = generator_loss(self.judges(real), self.judges(made))
            loss = losses["fooled"] + _MEL_WEIGHT * loss
        self._update(0, self.vocoder, loss)
        self.step += 1
        self.average.update(self.vocoder, self.step)
        return losses


def train_vocoder(
    audio: Tensor,
    decoded: Tensor | None,
    path: Path,
    config: HiFiGANConfig,
    training: VocoderTraining,
) -> HiFiGAN:
    """Train a vocoder, going on from ``path`` if that file exists.

    Args:
        audio: (N, samples) int16 clips at the rate of ``MEL``.
        decoded: (N, frames, M) mels of these clips through the autoencoder, or ``None``.
        path: State of the run; written every few hundred steps and at the end.
        config: Sizes of a new network.
        training: How to train.

    Returns:
        The vocoder with averaged weights.
    """
    duel = _Duel(config, training, path)
    device = torch.device(training.device)
    generator = torch.Generator(device).manual_seed(1 + duel.step)
    pieces = Pieces(audio.to(device), None if decoded is None else decoded.to(device), generator)
    means = RunningMeans()
    while duel.clock.progress < 1.0:
        means.add(duel.one_step(*pieces.batch(training.batch_size, training.mel_frames)))
        if duel.step % training.report_every == 0:
            print(f"{duel.step} {duel.clock.spent:.0f}s {means.report()}", flush=True)
        if duel.step % (4 * training.report_every) == 0:
            duel.save()
    duel.save()
    duel.vocoder.load_state_dict(duel.average.state)
    return duel.vocoder.eval()
