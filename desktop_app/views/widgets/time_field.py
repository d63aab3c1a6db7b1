"""A field for a position or a length on the timeline."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.project.time import Samples
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.field import Field
from desktop_app.views.widgets.number_field import VARIOUS
from desktop_app.views.widgets.time_text import clock_text, duration_text, samples_from_text


class TimeField(Field):
    """Shows a time and asks for another: "1:52", "112s", "34.3.2", "+5".

    Args:
        theme: Colours and type.
        name: Its name for screen readers.
        is_duration: Whether it shows a length ("68.0 s") instead of a position.

    Signals:
        time_requested (Samples): The user wants this time.
    """

    time_requested = Signal(object)

    def __init__(
        self, theme: Theme, name: str, *, is_duration: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, name, parent=parent)
        self._is_duration = is_duration
        self._time: Samples | None = Samples(0)
        self._tempo_bpm = 120.0
        self._beats_per_bar = 4

    def show_time(self, time: Samples | None) -> None:
        """Show a time, or "various" for ``None``."""
        self._time = time
        self.setPlaceholderText(VARIOUS if time is None else "")
        self.show_text("" if time is None else self._time_text(time))

    def show_tempo(self, tempo_bpm: float, beats_per_bar: int) -> None:
        """Read bars ("34.3.2") in this tempo."""
        self._tempo_bpm = tempo_bpm
        self._beats_per_bar = beats_per_bar

    @override
    def _requested(self, text: str) -> None:
        try:
            time = samples_from_text(
                text,
                current=self._time or Samples(0),
                tempo_bpm=self._tempo_bpm,
                beats_per_bar=self._beats_per_bar,
            )
        except ValueError as error:
            self.show_error(str(error))
            return
        if self._is_duration and time == 0:
            self.show_error("A length is more than zero.")
            return
        self._shown = self._time_text(time)
        self.setText(self._shown)
        if time != self._time:
            self._time = time
            self.time_requested.emit(time)

    def _time_text(self, time: Samples) -> str:
        return duration_text(time) if self._is_duration else clock_text(time)
