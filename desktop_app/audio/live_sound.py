"""Sound that is still being made: it grows, parts are replaced, and it can be heard meanwhile."""

import math
import threading
import weakref
from tempfile import SpooledTemporaryFile

import numpy as np
import soxr
from numpy.typing import NDArray

from desktop_app.audio.peaks import BASE_BIN_SAMPLES, Peaks
from desktop_app.audio.ranges import Ranges
from desktop_app.project.time import (
    TIMELINE_RATE_HZ,
    Samples,
    Span,
    latent_frame_ceil,
    samples_from_latent_frame,
)

_BYTES_IN_MEMORY = 64 * 2**20
"""More than so much, a quarter of an hour, goes to the disk."""
_SAMPLE_BYTES = 4
_MARGIN_SAMPLES = 256
"""What the resampling filter hears beside a block, at the engine's rate."""


class LiveSound:
    """What a job has made so far of a stretch of a lane. May be read from any thread.

    Final sound takes the place of early sound, never the other way round.

    Args:
        span: The stretch; sound outside the latent frames that it meets is dropped.
        sample_rate: Rate of the parts in Hz.
        folder: Where sound goes that is too long for the memory; the system's if not given.
    """

    def __init__(self, span: Span, sample_rate: int, folder: str | None = None) -> None:
        self.span = span
        self.sample_rate = sample_rate
        self.peaks = Peaks(sample_rate)
        length = samples_from_latent_frame(latent_frame_ceil(span.duration))
        self._num_samples = length * sample_rate // TIMELINE_RATE_HZ
        self._file = SpooledTemporaryFile(_BYTES_IN_MEMORY, dir=folder)  # noqa: SIM115 - kept open
        weakref.finalize(self, self._file.close)
        self._lock = threading.Lock()
        self._ready = Ranges()
        self._final = Ranges()
        self._is_closed = False

    @property
    def ready_until(self) -> Samples:
        """Where the sound ends that is there without a gap from the start on."""
        return self._position(self._ready.run_end(0))

    @property
    def num_final(self) -> int:
        """How many of its own samples are there from the start on, without a gap, and stay."""
        return self._final.run_end(0)

    def put(self, first: int, samples: NDArray[np.float32], *, is_final: bool) -> None:
        """Take over a part.

        Args:
            first: Place of its first sample from the start of the stretch, at the sound's rate; may
                be negative.
            samples: (N,) mono float32.
            is_final: Whether it stays.

        Raises:
            OSError: The disk is full; what was there before is as it was.
        """
        samples = samples[max(0, -first) : max(0, self._num_samples - first)]
        first = max(0, first)
        parts = [(first, first + len(samples))]
        if not is_final:
            parts = self._final.missing(*parts[0])
        for start, end in parts:
            if end > start:
                self._write(start, samples[start - first : end - first])
                self._ready.add(start, end)
                if is_final:
                    self._final.add(start, end)

    def ready_parts(self, span: Span) -> tuple[Span, ...]:
        """Stretches of the timeline that meet ``span`` and where there is sound; not cut to it."""
        with self._lock:
            ready = () if self._is_closed else tuple(self._ready)
        parts = (Span(self._position(start), self._position(end)) for start, end in ready)
        return tuple(part for part in parts if part.intersects(span))

    def samples(self, span: Span) -> NDArray[np.float32]:
        """Sound at the timeline's rate.

        Args:
            span: The part that is wanted, on the timeline.

        Returns:
            (span.duration,) float32; zeros where there is no sound.
        """
        # Blocks begin where samples of both rates coincide, so they fit together without a seam.
        unit = math.gcd(self.sample_rate, TIMELINE_RATE_HZ)
        own_step, step = self.sample_rate // unit, TIMELINE_RATE_HZ // unit
        wanted, margin = span.start - self.span.start, math.ceil(_MARGIN_SAMPLES / own_step)
        first = wanted // step - margin
        last = math.ceil((wanted + span.duration) / step) + margin
        skipped = wanted - first * step
        read = self._read(first * own_step, last * own_step)
        if own_step != step:
            read = soxr.resample(read, self.sample_rate, TIMELINE_RATE_HZ, quality="HQ")
        return np.asarray(read[skipped : skipped + span.duration], np.float32)

    def close(self) -> None:
        """Forget the sound; silence is read from now on."""
        with self._lock:
            self._is_closed = True
            self._file.close()

    def _position(self, sample: int) -> Samples:
        position = self.span.start + sample * TIMELINE_RATE_HZ // self.sample_rate
        return Samples(min(self.span.end, position))

    def _write(self, first: int, samples: NDArray[np.float32]) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._file.seek(first * _SAMPLE_BYTES)
            self._file.write(samples.astype(np.float32).tobytes())
        if first > self.peaks.num_samples:
            self.peaks.append(np.zeros(first - self.peaks.num_samples, np.float32))
        known = self.peaks.num_samples - first
        if known > 0:
            start = first // BASE_BIN_SAMPLES * BASE_BIN_SAMPLES
            end = min(first + len(samples), self.peaks.num_samples)
            end = min(math.ceil(end / BASE_BIN_SAMPLES) * BASE_BIN_SAMPLES, self.peaks.num_samples)
            self.peaks.overwrite(start, self._read(start, end))
        self.peaks.append(samples[max(0, known) :])

    def _read(self, first: int, end: int) -> NDArray[np.float32]:
        """(end - first,) samples at the sound's own rate; zeros outside it."""
        out = np.zeros(end - first, np.float32)
        start = max(0, first)
        with self._lock:
            if self._is_closed or end <= start:
                return out
            self._file.seek(start * _SAMPLE_BYTES)
            data = np.frombuffer(self._file.read((end - start) * _SAMPLE_BYTES), np.float32)
        out[start - first : start - first + len(data)] = data
        return out
