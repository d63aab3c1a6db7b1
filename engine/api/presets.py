"""Three ways to trade time for quality, and what a piece costs before it is begun."""

from dataclasses import dataclass
from enum import StrEnum

from engine.api.sampling import Sampler, SamplingSettings

NOMINAL_WINDOW_LATENT_FRAMES = 256
"""The window that strides are counted for."""


class Quality(StrEnum):
    """How much time the sound may take."""

    DRAFT = "draft"
    """Half the steps and the widest stride: a third of the standard's time, to try things."""
    STANDARD = "standard"
    """The model's own steps; every frame is predicted about twice."""
    FINE = "fine"
    """As standard, every frame predicted about four times: twice the time."""


_STRIDES = {Quality.DRAFT: 192, Quality.STANDARD: 128, Quality.FINE: 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDefaults:
    """What a model says about itself; see ``engine.checkpoints.config.ModelConfig``.

    Attributes:
        sampler: The solver that suits it.
        num_steps: Its steps.
        draft_steps: Steps of a draft; ``None`` is half of ``num_steps``, rounded up.
        fine_steps: Steps of a fine piece; ``None`` is ``num_steps``.
        window_latent_frames: Length of its windows.
        time_multiple: Strides are multiples of this.
        can_listen: Whether it has an audio tower, so that prompts can be like a sound and versions
            are ranked.
    """

    sampler: Sampler
    num_steps: int
    draft_steps: int | None = None
    fine_steps: int | None = None
    window_latent_frames: int = NOMINAL_WINDOW_LATENT_FRAMES
    time_multiple: int = 8
    can_listen: bool = True


def sampling_of(quality: Quality, defaults: ModelDefaults) -> SamplingSettings:
    """The settings that a quality stands for.

    Args:
        quality: Draft, standard or fine.
        defaults: What the model says.
    """
    steps = {
        Quality.DRAFT: defaults.draft_steps or -(-defaults.num_steps // 2),
        Quality.STANDARD: defaults.num_steps,
        Quality.FINE: defaults.fine_steps or defaults.num_steps,
    }
    return SamplingSettings(
        sampler=defaults.sampler,
        num_steps=steps[quality],
        stride_latent_frames=_STRIDES[quality],
    )


def window_stride(nominal_stride: int, window_latent_frames: int, time_multiple: int) -> int:
    """Distance of a model's windows for a stride that is counted for 256 latent frames.

    Args:
        nominal_stride: As in ``SamplingSettings.stride_latent_frames``.
        window_latent_frames: Length of the model's windows.
        time_multiple: The result is a multiple of this; 0 if there is none so small.
    """
    scaled = nominal_stride * window_latent_frames // NOMINAL_WINDOW_LATENT_FRAMES
    return scaled // time_multiple * time_multiple


def evaluations(
    num_latent_frames: int,
    settings: SamplingSettings,
    defaults: ModelDefaults,
    *,
    is_loop: bool = False,
    items_per_window: float = 2.0,
) -> int:
    """How often the noise predictor is asked about one window under one prompt.

    With the time of one evaluation this is the time of the sampling; decoding and the vocoder come
    on top (a tenth to a fifth at 25 steps).

    Args:
        num_latent_frames: Length of the piece, at least 1.
        settings: Of the request.
        defaults: What the model says about windows; its steps do not count here.
        is_loop: Whether the end goes over into the start.
        items_per_window: Evaluations of a window at a step: 2 with guidance, 1 without; one more
            in windows where two prompts are blended.

    Raises:
        ValueError: The piece is empty, or the stride leaves no distance between the windows.
    """
    window = defaults.window_latent_frames
    stride = window_stride(settings.stride_latent_frames, window, defaults.time_multiple)
    if num_latent_frames < 1:
        raise ValueError(f"num_latent_frames must be at least 1, got {num_latent_frames}")
    if stride < 1:
        raise ValueError(
            f"stride_latent_frames must be larger for windows of {window} latent frames, got"
            f" {settings.stride_latent_frames}"
        )
    if is_loop:
        num_windows = -(-num_latent_frames // stride)
    else:
        num_windows = 1 + max(0, -(-(num_latent_frames - window) // stride))
    return round(num_windows * settings.num_steps * items_per_window)
