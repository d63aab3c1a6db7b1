"""How far a job is, and how long it will take. No torch."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.api import EventSink, JobProgress, Stage

_QUIET_SECONDS = 3.0
_QUIET_FRACTION = 0.1
_SMALLEST_INTERVAL_SECONDS = 0.1
_MEMORY = 0.95
"""Share of what was measured before that still counts after the next call."""


class Extra(StrEnum):
    """Work that has a pace of its own, but is no stage."""

    PINNED_DECODING = "pinned decoding"
    """Of spectrograms whose statistics are known: early ones, and parts of a take."""


Work = Stage | Extra


@dataclass(slots=True)
class Pace:
    """Seconds per unit of each kind of work, learned from what was done.

    Kept from job to job, so that the second job knows what decoding costs before it gets there.

    Attributes:
        seconds_per_unit: First guesses.
    """

    seconds_per_unit: dict[Work, float]
    _measured: dict[Work, tuple[float, float]] = field(default_factory=dict)

    def learn(self, work: Work, units: float, seconds: float) -> None:
        """Take note that so many units took so long."""
        known_units, known_seconds = self._measured.get(work, (0.0, 0.0))
        # Older work fades, so that the pace follows a machine that gets busy, but slowly: network
        # calls are short, and a hiccup in one of them must not multiply what is left.
        self._measured[work] = (
            _MEMORY * known_units + units,
            _MEMORY * known_seconds + seconds,
        )

    def seconds(self, work: Work, units: float) -> float:
        """How long so many units will take."""
        known_units, known_seconds = self._measured.get(work, (0.0, 0.0))
        if known_units > 0.0:
            return units * known_seconds / known_units
        return units * self.seconds_per_unit.get(work, 0.0)


class JobClock:
    """Turns finished work into ``JobProgress`` events.

    The fraction is ``elapsed / (elapsed + what is left at the learned pace)``, and never falls.

    Args:
        job_id: Name of the job.
        work: Units of each kind of work.
        pace: What is known about the speed.
        emit: Receives the events.
        now: A clock in seconds.
    """

    def __init__(
        self,
        job_id: str,
        work: Mapping[Work, float],
        pace: Pace,
        emit: EventSink,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._job_id = job_id
        self._left = dict(work)
        self._pace = pace
        self._emit = emit
        self._now = now
        self._started_at = now()
        self._last_work_at = self._started_at
        self._last_event_at = float("-inf")
        self._last_stage: Stage | None = None
        self._last_total = 1
        self._fraction = 0.0

    def pause(self) -> None:
        """Let the time since the last work not count as work of any kind."""
        self._last_work_at = self._now()

    def skip(self, work: Work, share: float) -> None:
        """Take note that a share of what is left of some work, 0 to 1, need not be done."""
        self._left[work] = (1.0 - share) * self._left.get(work, 0.0)

    def worked(self, work: Work, units: float) -> None:
        """Take note of finished work since the last call."""
        now = self._now()
        self._pace.learn(work, units, now - self._last_work_at)
        self._last_work_at = now
        self._left[work] = max(0.0, self._left.get(work, 0.0) - units)

    def finish(self) -> None:
        """Take note that the job is done, and report it."""
        self._left.clear()
        self._fraction = 1.0
        self.report(self._last_stage or Stage.SAMPLING, self._last_total, self._last_total)

    def report(self, stage: Stage, done: int, total: int) -> None:
        """Emit where the job is; too frequent reports within a stage are left out."""
        now = self._now()
        is_soon = now - self._last_event_at < _SMALLEST_INTERVAL_SECONDS
        if done < total and stage is self._last_stage and is_soon:
            return
        self._last_event_at, self._last_stage, self._last_total = now, stage, total
        elapsed = now - self._started_at
        left = sum(self._pace.seconds(work, units) for work, units in self._left.items())
        if elapsed + left > 0.0:
            self._fraction = max(self._fraction, min(1.0, elapsed / (elapsed + left)))
        is_trusted = elapsed >= _QUIET_SECONDS and self._fraction >= _QUIET_FRACTION
        self._emit(
            JobProgress(
                job_id=self._job_id,
                stage=stage,
                done=done,
                total=total,
                fraction=self._fraction,
                remaining_seconds=left if is_trusted else None,
            )
        )
