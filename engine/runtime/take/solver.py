"""The solver that a take was made with; parts made with another one do not join it. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import EngineError, Sampler, SamplingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSolver:
    """How the diffusion equation was solved.

    Attributes:
        sampler: The solver.
        num_steps: Number of steps, at least 1.
        eta: Share of fresh noise that DDIM added at each step, 0 to 1; 0 for other solvers.
    """

    sampler: Sampler
    num_steps: int
    eta: float

    @classmethod
    def of_settings(cls, settings: SamplingSettings, *, ddim_eta: float) -> TakeSolver:
        """The solver that is asked for.

        Args:
            settings: Of a request.
            ddim_eta: Share of fresh noise of DDIM where the settings leave it to the model.
        """
        eta = ddim_eta if settings.eta is None else settings.eta
        return cls(
            sampler=Sampler(settings.sampler),
            num_steps=settings.num_steps,
            eta=eta if settings.sampler == Sampler.DDIM else 0.0,
        )

    @property
    def words(self) -> str:
        """For messages: “ddim with 50 steps and eta 0.5”."""
        steps = f"{self.num_steps} step" + ("s" if self.num_steps > 1 else "")
        eta = f" and eta {self.eta:g}" if self.sampler == Sampler.DDIM else ""
        return f"{self.sampler.value} with {steps}{eta}"


def check_solver_fits(wanted: TakeSolver, made_with: TakeSolver | None) -> None:
    """Refuse to make a part of a take with another solver than the rest of it.

    Measured: sections made with another solver or other steps than their take jump 1.5 to 3 times
    as much at their joins as the sound itself does.

    Args:
        wanted: That of the request.
        made_with: That of the take; ``None`` if it is unknown, which is accepted.

    Raises:
        EngineError: They differ; the message names both and the remedy.
    """
    if made_with is not None and made_with != wanted:
        raise EngineError(
            f"The take was made by {made_with.words}; a part made by {wanted.words} would not join"
            " the rest of it.",
            f"Choose {made_with.words}, or generate the whole piece again.",
        )
