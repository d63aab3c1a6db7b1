"""DPM-Solver++ 2M (Lu et al. 2022b, "DPM-Solver++", algorithm 2)."""

from __future__ import annotations

from torch import Tensor

from engine.diffusion.half_log_snr_solver import HalfLogSNRSolver

_FEWEST_STEPS_WITHOUT_FIRST_ORDER_END = 15


class DPMSolverSampler(HalfLogSNRSolver):
    """Second-order multistep sampler, deterministic.

    Good results take 20 to 25 steps. Its very first step (and its last one below 15 steps, where
    the second order is unstable) is first order. Implements
    :class:`engine.diffusion.samplers.Sampler`.
    """

    @property
    def history_parts(self) -> int:
        """One: the clean estimate."""
        return 1

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
        target = clean
        if history is not None and not self._is_first_order(index):
            ratio = self._width(index - 1) / self._width(index)
            target = clean + (clean - history) / (2.0 * ratio)
        return self._moved(index, latents, target), clean

    def _is_first_order(self, index: int) -> bool:
        is_last = index == len(self.timesteps) - 1
        is_short = len(self.timesteps) < _FEWEST_STEPS_WITHOUT_FIRST_ORDER_END
        return index == 0 or (is_last and is_short)
