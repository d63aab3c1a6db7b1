"""The envelope of all lanes together, for the overview. No Qt."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from desktop_app.audio.peaks import PeakColumns
from desktop_app.project.ids import TakeId
from desktop_app.project.project import MIN_GAIN_DB, Lane, Project
from desktop_app.project.time import TIMELINE_RATE_HZ, Samples
from desktop_app.views.timeline.values import TakePicture


def mix_columns(
    project: Project, pictures: Mapping[TakeId, TakePicture], num_columns: int, total: Samples
) -> PeakColumns:
    """An estimate of the mix's extremes and energy, as if the lanes had nothing in common.

    Args:
        project: Lanes with what they play, their levels and mutes.
        pictures: Overviews of the takes; takes without one are left out.
        num_columns: Columns from the start to ``total``.
        total: What the columns cover, above 0.

    Returns:
        Columns; NaN where nothing plays.
    """
    power = np.zeros((2, num_columns))
    is_covered = np.zeros(num_columns, dtype=bool)
    per_column = total / num_columns
    for lane in project.lanes:
        if not lane.is_muted and lane.gain_db > MIN_GAIN_DB:
            _add_lane(lane, pictures, per_column, power, is_covered)
    extreme, rms = np.sqrt(power).astype(np.float32)
    extreme[~is_covered] = np.nan
    rms[~is_covered] = np.nan
    return PeakColumns(-extreme, extreme, rms)


def _add_lane(
    lane: Lane,
    pictures: Mapping[TakeId, TakePicture],
    per_column: float,
    power: NDArray[np.float64],
    is_covered: NDArray[np.bool_],
) -> None:
    gain = 10 ** (lane.gain_db / 10)
    takes = {take.id: take for take in lane.takes}
    for block in lane.sound:
        take, picture = takes.get(block.take_id), pictures.get(block.take_id)
        first = int(block.span.start / per_column)
        last = min(int(np.ceil(block.span.end / per_column)), power.shape[1])
        if take is None or picture is None or last <= first:
            continue
        ratio = picture.peaks.sample_rate / TIMELINE_RATE_HZ
        origin = (first * per_column - take.span.start) * ratio
        columns = picture.peaks.columns(origin, per_column * ratio, last - first)
        extreme = np.maximum(np.abs(columns.minimum), np.abs(columns.maximum))
        is_covered[first:last] |= ~np.isnan(extreme)
        power[0, first:last] += gain * np.square(np.nan_to_num(extreme))
        power[1, first:last] += gain * np.square(np.nan_to_num(columns.rms))
