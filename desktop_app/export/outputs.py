"""One lane on its way in, and one file on its way out."""

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import soxr
from numpy.typing import NDArray

from desktop_app.audio.meters import peak_db
from desktop_app.export.chunks import Loudness
from desktop_app.export.flac import FlacWriter
from desktop_app.export.metadata import comment, head_chunks, tail_chunks
from desktop_app.export.plan import ExportPlan, FileKind, PlannedFile
from desktop_app.export.samples import encoded, num_clipped
from desktop_app.export.wav import WavWriter
from desktop_app.project.time import TIMELINE_RATE_HZ


class LaneStream:
    """Brings one lane to the export's rate; the result does not depend on the blocks."""

    def __init__(self, sample_rate: int) -> None:
        self._resampler = (
            None
            if sample_rate == TIMELINE_RATE_HZ
            else soxr.ResampleStream(
                TIMELINE_RATE_HZ, sample_rate, 2, dtype="float32", quality="VHQ"
            )
        )

    def resampled(self, samples: NDArray[np.float32], *, is_last: bool) -> NDArray[np.float32]:
        """The next samples at the export's rate: (N, 2) at 48 kHz to (M, 2)."""
        if self._resampler is None:
            return samples
        part: NDArray[np.float32] = self._resampler.resample_chunk(
            np.ascontiguousarray(samples), last=is_last
        )
        return part


class Output:
    """Writes one planned file under a temporary name, which a ``with`` block removes again.

    Args:
        file: What is written.
        plan: The plan it belongs to.
        part: The temporary name.
        seed: Of the dither.
    """

    def __init__(
        self, file: PlannedFile, plan: ExportPlan, part: Path, *, seed: tuple[int, int]
    ) -> None:
        self.file = file
        self.part = part
        self.num_clipped = 0
        self._plan = plan
        self._lanes = [lane for lane in plan.project.lanes if lane.id in file.lane_ids]
        self._peak = np.zeros(1, np.float32)
        self._num_frames = 0
        self._dither = np.random.Generator(np.random.PCG64(seed))
        try:
            self._writer = self._opened()
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()
        self.part.unlink(missing_ok=True)

    @property
    def peak_db(self) -> float:
        """Highest sample so far, dBFS."""
        return peak_db(self._peak)

    def covers(self, file: PlannedFile) -> bool:
        """Whether this is the file itself, or a stem within that session."""
        if file.kind is FileKind.SESSION:
            return self.file.kind is FileKind.STEM
        return self.file is file

    def write(self, samples: NDArray[np.float32]) -> None:
        """Append (N, 2) samples; what goes beyond the planned length is left out."""
        samples = samples[: self.file.num_frames - self._num_frames]
        self._num_frames += len(samples)
        self._peak = np.maximum(self._peak, np.abs(samples).max(initial=0.0))
        self.num_clipped += num_clipped(samples, self._plan.settings.sample_format)
        self._writer.write(encoded(samples, self._plan.settings.sample_format, self._dither))

    def finish(self, loudness: Loudness | None) -> None:
        """Fill up to the planned length and write what the file says about itself."""
        lacking = self.file.num_frames - self._num_frames
        if lacking > 0:
            self.write(np.zeros((lacking, 2), np.float32))
        if isinstance(self._writer, WavWriter):
            plan, title = self._plan, self.file.title
            self._writer.finish(
                tail=tail_chunks(title, plan.settings, plan.span, plan.project, self._lanes),
                head=head_chunks(title, plan.settings, plan.span, loudness),
            )
        else:
            self._writer.finish()
        # Windows renames no file that is open.
        self._writer.close()

    def _opened(self) -> WavWriter | FlacWriter:
        settings, title = self._plan.settings, self.file.title
        if settings.sample_format.is_flac:
            return FlacWriter(
                self.part,
                sample_format=settings.sample_format,
                sample_rate=settings.sample_rate,
                title=title,
                comment=comment(settings, self._plan.span, self._lanes),
                licence=settings.licence,
            )
        return WavWriter(
            self.part,
            sample_format=settings.sample_format,
            sample_rate=settings.sample_rate,
            head=head_chunks(title, settings, self._plan.span),
        )
