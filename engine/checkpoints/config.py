"""Everything about a model that is not a tensor."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from importlib import resources

from engine.api import (
    LATENT_FRAMES_PER_SECOND,
    MEL_FRAMES_PER_LATENT_FRAME,
    ModelDefaults,
    Sampler,
)
from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.plain import from_plain, to_plain
from engine.diffusion.schedule import ScheduleConfig
from engine.dsp.mel import MelConfig
from engine.models.clap.config import AudioEncoderConfig, TextEncoderConfig
from engine.models.griffin_lim.config import GriffinLimConfig
from engine.models.hifigan.config import HiFiGANConfig
from engine.models.unet.config import UNetConfig
from engine.models.vae.config import VAEConfig

MODEL_FORMAT = "longwave-model"
MODEL_FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """A latent diffusion model for sound: its networks and how to use them.

    Attributes:
        name: Short name for requests and commands, such as ``audioldm-m-full``.
        title: Name for people.
        description: One or two sentences for people.
        source: Address of the people who made it.
        licence: SPDX name of the licence of the weights.
        unet: Sizes of the noise predictor.
        vae: Sizes of the autoencoder.
        text: Sizes of the text tower.
        audio: Sizes of the audio tower, or ``None`` if the model comes without one.
        vocoder: Sizes of the vocoder, or the settings of Griffin-Lim.
        mel: The spectrogram that the autoencoder was trained on.
        schedule: Noise levels of the diffusion.
        scaling_factor: Latents are multiplied by this after encoding, greater than 0.
        x0_clip: Bound of the clean latent's estimate at each step, or ``None`` for none.
        window_latent_frames: Length the UNet was trained on; a multiple of its ``time_multiple``.
        default_guidance_scale: Guidance a new project starts with.
        default_steps: Sampling steps a new project starts with.
        default_sampler: Solver a new project starts with: ``ddim``, ``dpm-solver++2m``, ``unipc``.
        draft_steps: Steps of a draft, or ``None`` for half of ``default_steps``.
        fine_steps: Steps of a fine piece, or ``None`` for ``default_steps``.
        predicts_velocity: Whether the network was trained on velocity; the loader then turns its
            answers into noise. The published AudioLDM checkpoints predict noise.
        ddim_eta: Share of fresh noise that DDIM adds at each step, 0 to 1. A small model makes
            cleaner textures with it; the published checkpoints are used without.
        guidance_interval: Timesteps ``[low, high)`` at which guidance is applied, or ``None`` for
            all (Kynkäänniemi et al. 2024).
    """

    name: str
    title: str
    description: str
    source: str
    licence: str
    unet: UNetConfig
    vae: VAEConfig
    text: TextEncoderConfig
    audio: AudioEncoderConfig | None
    vocoder: HiFiGANConfig | GriffinLimConfig
    mel: MelConfig
    schedule: ScheduleConfig
    scaling_factor: float
    x0_clip: float | None
    window_latent_frames: int
    default_guidance_scale: float
    default_steps: int
    predicts_velocity: bool = False
    ddim_eta: float = 0.0
    guidance_interval: tuple[int, int] | None = None
    default_sampler: str = Sampler.DDIM.value
    draft_steps: int | None = None
    fine_steps: int | None = None

    def __post_init__(self) -> None:
        """Refuse networks that cannot work together."""
        _require_equal("latent channels", unet=self.unet.in_channels, vae=self.vae.latent_channels)
        _require_equal("channels", unet_in=self.unet.in_channels, unet_out=self.unet.out_channels)
        _require_equal(
            "conditioning widths", unet=self.unet.conditioning_dim, text=self.text.projection_dim
        )
        _require_equal("mel bins", mel=self.mel.n_mels, vocoder=self.vocoder.n_mels)
        _require_equal("hops", mel=self.mel.hop_length, vocoder=_hop_length(self.vocoder))
        if self.audio is not None:
            _require_equal(
                "embedding widths", text=self.text.projection_dim, audio=self.audio.projection_dim
            )
        if not self.scaling_factor > 0:
            raise ValueError(f"scaling_factor must be greater than 0, got {self.scaling_factor}")
        if self.x0_clip is not None and not self.x0_clip > 0:
            raise ValueError(f"x0_clip must be greater than 0, or null, got {self.x0_clip}")
        if not 0.0 <= self.ddim_eta <= 1.0:
            raise ValueError(f"ddim_eta must lie in 0..1, got {self.ddim_eta}")
        self._require_known_sampling()
        self._require_guidance_interval()
        self._require_common_time()
        multiple = self.unet.time_multiple
        if self.window_latent_frames < 1 or self.window_latent_frames % multiple:
            raise ValueError(
                f"window_latent_frames must be a multiple of {multiple},"
                f" got {self.window_latent_frames}"
            )

    def _require_guidance_interval(self) -> None:
        interval, end = self.guidance_interval, self.schedule.num_timesteps
        if interval is None:
            return
        if len(interval) != 2 or not 0 <= interval[0] < interval[1] <= end:
            raise ValueError(
                f"guidance_interval must be two timesteps, ascending in 0..{end}, or null,"
                f" got {list(interval)}"
            )

    def _require_known_sampling(self) -> None:
        most = self.schedule.num_timesteps - 1
        for name in ("default_steps", "draft_steps", "fine_steps"):
            steps = getattr(self, name)
            if steps is not None and not 1 <= steps <= most:
                raise ValueError(f"{name} must lie in 1..{most}, got {steps}")
        if self.default_sampler not in tuple(Sampler):
            names = ", ".join(known.value for known in Sampler)
            raise ValueError(f"default_sampler must be one of {names}, got {self.default_sampler}")

    def _require_common_time(self) -> None:
        """Requests count latent frames of one length, whatever the model is."""
        if self.vae.reduction != MEL_FRAMES_PER_LATENT_FRAME:
            raise ValueError(
                f"the autoencoder must reduce time by {MEL_FRAMES_PER_LATENT_FRAME},"
                f" got {self.vae.reduction}"
            )
        frame_samples = self.mel.hop_length * self.vae.reduction
        if frame_samples * LATENT_FRAMES_PER_SECOND != self.mel.sample_rate:
            raise ValueError(
                f"a latent frame must last {1000 // LATENT_FRAMES_PER_SECOND} ms,"
                f" got {frame_samples} samples at {self.mel.sample_rate} Hz"
            )

    @property
    def sampling_defaults(self) -> ModelDefaults:
        """What the application needs to know without the tensors."""
        return ModelDefaults(
            sampler=Sampler(self.default_sampler),
            num_steps=self.default_steps,
            draft_steps=self.draft_steps,
            fine_steps=self.fine_steps,
            window_latent_frames=self.window_latent_frames,
            time_multiple=self.unet.time_multiple,
            can_listen=self.audio is not None,
        )

    @property
    def latent_bins(self) -> int:
        """Frequency bins of the latent."""
        return self.mel.n_mels // self.vae.reduction


def config_to_json(config: ModelConfig) -> dict[str, object]:
    """The content of a model's ``config.json``."""
    return {"format": MODEL_FORMAT, "version": MODEL_FORMAT_VERSION, **to_plain(config)}


def config_from_json(data: object, where: str) -> ModelConfig:
    """Read the content of a model's ``config.json``.

    Args:
        data: The parsed file.
        where: Name of the file for messages.

    Returns:
        The configuration.

    Raises:
        CheckpointError: The format is another or newer one, or a value is missing, unknown or
            wrong.
    """
    if not isinstance(data, dict) or data.get("format") != MODEL_FORMAT:
        raise CheckpointError(
            f"{where} is not the configuration of a {MODEL_FORMAT}.", "Choose a model folder."
        )
    if data.get("version") != MODEL_FORMAT_VERSION:
        raise CheckpointError(
            f"{where} has version {data.get('version')!r}, this application reads"
            f" {MODEL_FORMAT_VERSION}.",
            "Update the application.",
        )
    values = {key: value for key, value in data.items() if key not in ("format", "version")}
    return from_plain(ModelConfig, values, where)


def published_config(size: str) -> ModelConfig:
    """Configuration common to the published AudioLDM checkpoints of one size.

    Args:
        size: ``"s"``, ``"m"`` or ``"l"``.

    Returns:
        The configuration; name, title and ``scaling_factor`` differ per checkpoint, so the
        loader replaces them.
    """
    file = resources.files("resources") / "model_configs" / f"audioldm-{size}.json"
    return config_from_json(json.loads(file.read_text(encoding="utf-8")), file.name)


def _hop_length(vocoder: HiFiGANConfig | GriffinLimConfig) -> int:
    if isinstance(vocoder, GriffinLimConfig):
        return vocoder.hop_length
    return math.prod(vocoder.upsample_rates)


def _require_equal(what: str, **values: int) -> None:
    if len(set(values.values())) > 1:
        listed = ", ".join(f"{name} {value}" for name, value in values.items())
        raise ValueError(f"{what} must agree, got {listed}")
