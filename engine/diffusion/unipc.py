"""UniPC of order 2 (Zhao et al. 2023, "UniPC", algorithms 5 and 6, with B_2(h) = e^h - 1)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.diffusion.half_log_snr_solver import HalfLogSNRSolver


class UniPCSampler(HalfLogSNRSolver):
    """Second-order predictor and corrector, deterministic.

    Each step first corrects the latents it is given with what the network now says about them, and
    then predicts the next ones; so it asks the network as often as the other solvers do. The paper
    corrects by starting again from the latents of the step before. Here the same correction is
    added to the latents themselves (what the two have in common cancels), so that nobody has to
    remember them, and what was done to them in between counts. The first and the last prediction
    are first order. Implements :class:`engine.diffusion.samplers.Sampler`.
    """

    @property
    def history_parts(self) -> int:
        """The clean estimates of this step and of the one before."""
        return 2

    def step(
        self,
        index: int,
        latents: Tensor,
        noise_pred: Tensor,
        history: Tensor | None,
        step_noise: Tensor | None = None,  # noqa: ARG002 - every sampler has this signature
    ) -> tuple[Tensor, Tensor]:
        """Advance by one step; see :meth:`engine.diffusion.samplers.Sampler.step`."""
        clean = self._clean(index, latents, noise_pred)
        previous = clean
        if index > 0 and history is not None:
            previous, earlier = history.chunk(2, dim=1)
            latents = latents + self._correction(index, clean, previous, earlier)
        target = clean
        if self._order(index) == 2:
            target = clean + 0.5 / self._ratio(index) * (previous - clean)
        return self._moved(index, latents, target), torch.cat([clean, previous], dim=1)

    def _correction(self, index: int, clean: Tensor, previous: Tensor, earlier: Tensor) -> Tensor:
        """What the corrector adds to the latents that step ``index - 1`` predicted.

        Args:
            index: Number of the step that has just been evaluated, at least 1.
            clean: Its clean estimate.
            previous: That of the step before.
            earlier: That of the step before that one.
        """
        h = self._width(index - 1)
        growth = self.schedule.alpha(self.timesteps[index]) * math.expm1(-h)
        if self._order(index - 1) == 1:
            return -0.5 * growth * (clean - previous)
        ratio = self._ratio(index - 1)
        first, second = _moments(h)
        old_weight = (first - second) / (1.0 - ratio)
        new_weight = first - old_weight
        # The predictor has already taken half of the old slope.
        slope = (earlier - previous) / ratio
        return -growth * ((old_weight - 0.5) * slope + new_weight * (clean - previous))

    def _order(self, index: int) -> int:
        """Order of the prediction that step ``index`` makes."""
        return min(2, index + 1, len(self.timesteps) - index)

    def _ratio(self, index: int) -> float:
        """Where the estimate before step ``index`` lies, in steps: -1 if all are equally long."""
        return -self._width(index - 1) / self._width(index)


def _moments(h: float) -> tuple[float, float]:
    """Right-hand side of the corrector's order conditions (equation 11), for ``hh = -h``."""
    phi_1 = math.expm1(-h)
    phi_2 = phi_1 / -h - 1.0
    phi_3 = phi_2 / -h - 0.5
    return phi_2 / phi_1, 2.0 * phi_3 / phi_1
