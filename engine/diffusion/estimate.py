"""The clean latents that a noise prediction implies."""

from __future__ import annotations

from torch import Tensor


def clean_estimate(
    latents: Tensor,
    noise_pred: Tensor,
    *,
    alpha: float,
    sigma: float,
    x0_clip: float | None,
) -> Tensor:
    """``(latents - sigma * noise_pred) / alpha``, limited to ``+-x0_clip`` if given.

    Args:
        latents: Noisy latents, any shape.
        noise_pred: Predicted noise, same shape.
        alpha: Factor of the clean signal at this level.
        sigma: Factor of the noise at this level.
        x0_clip: Largest magnitude to return, or ``None`` for no limit.

    Returns:
        The estimate, same shape.
    """
    clean = (latents - sigma * noise_pred) / alpha
    return clean if x0_clip is None else clean.clamp(-x0_clip, x0_clip)


def require_positive_clip(x0_clip: float | None) -> None:
    """Raise ``ValueError`` unless the limit is absent or positive."""
    if x0_clip is not None and not x0_clip > 0:
        raise ValueError(f"x0_clip must be positive, or None for no limit, got {x0_clip}")
