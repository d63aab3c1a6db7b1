"""Where the ruler's ticks lie and what they are called. No Qt."""

from dataclasses import dataclass

from desktop_app.project.time import TIMELINE_RATE_HZ, Samples
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.values import Grid, TimeUnit

MIN_MAJOR_PX = 56.0

_SECONDS = (
    (0.001, 5), (0.002, 4), (0.005, 5), (0.01, 5), (0.02, 4), (0.05, 5), (0.1, 5), (0.2, 4),
    (0.5, 5), (1, 5), (2, 4), (5, 5), (10, 5), (15, 3), (30, 3), (60, 4), (120, 4), (300, 5),
    (600, 5), (900, 3), (1_800, 3), (3_600, 4), (7_200, 4), (14_400, 4), (28_800, 4),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """The bar grid: beats per minute and beats per bar."""

    bpm: float = 120.0
    beats_per_bar: int = 4

    @property
    def samples_per_beat(self) -> float:
        """Timeline samples of a beat."""
        return 60.0 * TIMELINE_RATE_HZ / self.bpm


@dataclass(frozen=True, slots=True, kw_only=True)
class TickScale:
    """Distances of the ruler's ticks.

    Attributes:
        major: Samples between labelled ticks.
        subdivisions: Small steps in each of them.
        unit: What the labels count.
    """

    major: float
    subdivisions: int
    unit: TimeUnit

    @property
    def minor(self) -> float:
        """Samples between small ticks."""
        return self.major / self.subdivisions


def tick_scale(geometry: TimelineGeometry, unit: TimeUnit, tempo: Tempo) -> TickScale:
    """The finest scale whose labelled ticks are at least ``MIN_MAJOR_PX`` apart."""
    needed = MIN_MAJOR_PX * geometry.samples_per_px
    choices = _bar_choices(tempo) if unit is TimeUnit.BARS else _second_choices()
    for major, subdivisions in choices:
        if major >= needed:
            return TickScale(major=major, subdivisions=subdivisions, unit=unit)
    major, subdivisions = choices[-1]
    return TickScale(major=major, subdivisions=subdivisions, unit=unit)


def _second_choices() -> list[tuple[float, int]]:
    return [(seconds * TIMELINE_RATE_HZ, parts) for seconds, parts in _SECONDS]


def _bar_choices(tempo: Tempo) -> list[tuple[float, int]]:
    beat = tempo.samples_per_beat
    bar = beat * tempo.beats_per_bar
    choices = [(beat / 4, 4), (beat, 4), (bar, tempo.beats_per_bar)]
    return choices + [(bar * 2**power, 4) for power in range(1, 16)]


def tick_label(position: float, scale: TickScale, tempo: Tempo) -> str:
    """What stands at a labelled tick: "1:10", "0:01.25", "1:00:00"; bars as "34" or "34.3"."""
    if scale.unit is TimeUnit.BARS:
        return bar_text(position, tempo, has_beats=scale.major < _bar(tempo) * 0.999)
    seconds = scale.major / TIMELINE_RATE_HZ
    if seconds >= 1:
        return clock_text(position)
    return clock_text(position, decimals=1 if seconds >= 0.1 else 2 if seconds >= 0.01 else 3)


def clock_text(position: float, decimals: int = 0) -> str:
    """A time: "0:44", "1:24.360", "1:02:03"."""
    total = round(position / TIMELINE_RATE_HZ * 10**decimals)
    whole, part = divmod(total, 10**decimals)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    return f"{text}.{part:0{decimals}d}" if decimals else text


def bar_text(position: float, tempo: Tempo, *, has_beats: bool) -> str:
    """A bar, counted from 1, with its beat if asked for: "34.3"."""
    beats = int(position / tempo.samples_per_beat + 1e-6)
    bar, beat = divmod(beats, tempo.beats_per_bar)
    return f"{bar + 1}.{beat + 1}" if has_beats else f"{bar + 1}"


def duration_text(duration: Samples) -> str:
    """A length: "8.5 s" below a minute and a half, then "1:52"."""
    seconds = duration / TIMELINE_RATE_HZ
    return f"{seconds:.1f} s" if seconds < 90 else clock_text(duration)


def grid_interval(grid: Grid, scale: TickScale, tempo: Tempo) -> float:
    """Samples between two positions that snapping reaches, above 0."""
    return {
        Grid.ADAPTIVE: scale.minor,
        Grid.BAR: _bar(tempo),
        Grid.BEAT: tempo.samples_per_beat,
        Grid.SECOND: float(TIMELINE_RATE_HZ),
        Grid.TENTH: TIMELINE_RATE_HZ / 10,
        Grid.FRAME: 1_920.0,
    }[grid]


def _bar(tempo: Tempo) -> float:
    return tempo.samples_per_beat * tempo.beats_per_bar
