"""Joining two waveforms that sound alike but do not agree sample by sample."""

from __future__ import annotations

import torch
from torch import Tensor


def crossfaded(old: Tensor, new: Tensor) -> Tensor:
    """Fade from one waveform to another at constant power.

    A vocoder gives a sound other phases than the recording has that it was made from. Where the
    two are unrelated, straight ramps would leave a dip of 3 dB; where they are the same, ramps of
    equal power would leave a bump of 3 dB. So straight ramps are scaled by the power that two
    signals of the measured correlation give: ``a^2 + b^2 + 2 r a b = 1``.

    Args:
        old: (n,) samples that are heard before.
        new: (n,) samples that are heard afterwards.

    Returns:
        (n,) samples; equal inputs come out as they are.
    """
    share = (torch.arange(len(new), dtype=torch.float64) + 0.5) / max(1, len(new))
    a, b = old.double(), new.double()
    energy = float((a.square().sum() * b.square().sum()).sqrt())
    # Opposite phases would ask for ever more gain; they are left with their dip.
    correlation = min(1.0, max(0.0, float((a * b).sum()) / energy)) if energy > 0.0 else 1.0
    power = (1 - share).square() + share.square() + 2 * correlation * share * (1 - share)
    return (((1 - share) * a + share * b) / power.sqrt()).to(new.dtype)
