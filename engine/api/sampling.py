"""How the diffusion equation is solved, and how much that costs."""

from dataclasses import dataclass
from enum import StrEnum


class Sampler(StrEnum):
    """Solvers of the diffusion equation."""

    DDIM = "ddim"
    DPM_SOLVER_2M = "dpm-solver++2m"
    UNIPC = "unipc"


class Fusion(StrEnum):
    """How the predictions of overlapping windows are joined; all cost the same."""

    RAMP = "ramp"
    """Each window counts in its core; short ramps join the cores. The best that was measured."""
    ALTERNATE = "alternate"
    """As ``ramp``, but inside a ramp whole frames come from one window or the other, in turn."""
    GAUSS = "gauss"
    """Gaussian weights with a deviation of a tenth of the window (Mixture of Diffusers)."""
    MEAN = "mean"
    """Equal weights (MultiDiffusion as published); for comparison."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingSettings:
    """How the diffusion equation is solved.

    Attributes:
        sampler: The solver.
        num_steps: Number of steps, 1 to 999.
        stride_latent_frames: Distance of neighbouring windows: 192 draft, 128 standard, 64 fine; a
            multiple of 8. Counted for a window of 256 frames; a model with a shorter window scales
            it down.
        fusion: How overlapping windows are joined.
        eta: Share of fresh noise that DDIM adds at each step, 0 to 1; ``None`` is the model's own.
    """

    sampler: Sampler
    num_steps: int
    stride_latent_frames: int
    fusion: Fusion = Fusion.RAMP
    eta: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohesion:
    """What keeps a long piece together beyond its prompts. All off by default.

    Attributes:
        shared_noise: Power of noise that repeats along the piece, 0 (none) to 1 (nothing else).
        period_latent_frames: After how many frames it repeats, at least 1; a bar gives a rhythm.
        reference_share: Share of the steps, 0 to 0.5, in which every other frame of the windows'
            middles is taken from one reference window (SaFa, Dai et al. 2025, section 3.3).
    """

    shared_noise: float = 0.0
    period_latent_frames: int = 128
    reference_share: float = 0.0


def num_reference_steps(reference_share: float, num_steps: int) -> int:
    """Steps in which frames are borrowed: none at a share of 0, otherwise at least one.

    Args:
        reference_share: Share of the steps, 0 to 1.
        num_steps: All steps of the run.
    """
    if reference_share == 0.0:
        return 0
    return max(1, round(reference_share * num_steps))


class Decoding(StrEnum):
    """What the decoder's attention sees."""

    AUTO = "auto"
    """``GLOBAL`` up to three minutes, then ``LONG``."""
    GLOBAL = "global"
    """The whole piece, as the network was trained; cost grows with the square of the length."""
    LONG = "long"
    """About five seconds each way; cost grows with the length."""
