"""Where lanes and their parts lie, from top to bottom. No Qt."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from desktop_app.project.ids import LaneId
from desktop_app.project.project import Lane
from desktop_app.views.timeline.values import SoundView

DEFAULT_HEIGHT_PX = 172
MIN_HEIGHT_PX = 108
MAX_HEIGHT_PX = 640
FOLDED_HEIGHT_PX = 40
GAP_PX = 4
STRIP_PX = 36
COMB_PX = 14
NEW_LANE_PX = 24
_WAVE_SHARE = 56 / 136


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A horizontal stretch of the view: ``top`` and ``height`` in pixels."""

    top: int
    height: int

    @property
    def bottom(self) -> int:
        """First pixel below."""
        return self.top + self.height

    def contains(self, y: float) -> bool:
        """Whether ``y`` lies inside."""
        return self.top <= y < self.bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRow:
    """A lane's place, counted from the top of the first lane.

    Attributes:
        band: All of it without the gap below.
        strip: The clips.
        comb: The job's comb, or ``None``.
        wave: The waveform, or ``None`` where it is not shown.
        spectrogram: The spectrogram, or ``None``.
    """

    lane_id: LaneId
    index: int
    band: Band
    strip: Band
    comb: Band | None
    wave: Band | None
    spectrogram: Band | None

    @property
    def sound(self) -> Band | None:
        """Waveform and spectrogram together."""
        parts = [part for part in (self.wave, self.spectrogram) if part is not None]
        if not parts:
            return None
        return Band(top=parts[0].top, height=sum(part.height for part in parts))


def lane_rows(
    lanes: Sequence[Lane],
    heights: Mapping[LaneId, int],
    sound_view: SoundView,
    comb_lanes: Collection[LaneId] = (),
) -> tuple[LaneRow, ...]:
    """The places of all lanes.

    Args:
        lanes: From top to bottom.
        heights: Heights of lanes that were resized; others have the default.
        sound_view: What is shown below the clips.
        comb_lanes: Lanes with a running job; its comb takes its place from the sound.
    """
    rows = []
    top = 0
    for index, lane in enumerate(lanes):
        row = _row(lane, index, top, heights, sound_view, has_comb=lane.id in comb_lanes)
        rows.append(row)
        top = row.band.bottom + GAP_PX
    return tuple(rows)


def _row(
    lane: Lane,
    index: int,
    top: int,
    heights: Mapping[LaneId, int],
    sound_view: SoundView,
    *,
    has_comb: bool,
) -> LaneRow:
    strip = Band(top=top, height=STRIP_PX)
    if lane.is_folded:
        band = Band(top=top, height=FOLDED_HEIGHT_PX)
        return LaneRow(
            lane_id=lane.id, index=index, band=band, strip=Band(top=top + 2, height=STRIP_PX),
            comb=None, wave=None, spectrogram=None,
        )  # fmt: skip
    band = Band(top=top, height=clamped_height(heights.get(lane.id, DEFAULT_HEIGHT_PX)))
    comb = Band(top=strip.bottom, height=COMB_PX) if has_comb else None
    sound_top = comb.bottom if comb else strip.bottom
    available = band.bottom - sound_top
    shares = {SoundView.WAVEFORM: 1.0, SoundView.BOTH: _WAVE_SHARE, SoundView.SPECTROGRAM: 0.0}
    wave_px = round(available * shares[sound_view])
    wave = Band(top=sound_top, height=wave_px)
    spectrogram = Band(top=sound_top + wave_px, height=available - wave_px)
    return LaneRow(
        lane_id=lane.id, index=index, band=band, strip=strip, comb=comb,
        wave=wave if wave.height else None,
        spectrogram=spectrogram if spectrogram.height else None,
    )  # fmt: skip


def clamped_height(height_px: float) -> int:
    """A height that an open lane may have."""
    return round(min(max(height_px, MIN_HEIGHT_PX), MAX_HEIGHT_PX))


def content_height(rows: Sequence[LaneRow]) -> int:
    """Height of all lanes and of the row that makes a new one."""
    lanes = rows[-1].band.bottom + GAP_PX if rows else 0
    return lanes + NEW_LANE_PX


def row_at(rows: Sequence[LaneRow], y: float) -> LaneRow | None:
    """The lane at ``y``, its gap below included."""
    for row in rows:
        if row.band.top <= y < row.band.bottom + GAP_PX:
            return row
    return None


def nearest_index(rows: Sequence[LaneRow], y: float) -> int:
    """Index of the lane at ``y``, or of the first or last one beyond them."""
    row = row_at(rows, y)
    if row is not None:
        return row.index
    return 0 if y < 0 or not rows else rows[-1].index


def rows_between(rows: Sequence[LaneRow], y: float, other_y: float) -> tuple[LaneId, ...]:
    """Lanes from one height to the other, from top to bottom."""
    if not rows:
        return ()
    first, last = sorted((nearest_index(rows, y), nearest_index(rows, other_y)))
    return tuple(row.lane_id for row in rows[first : last + 1])
