"""A field for a number."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.field import Field
from desktop_app.views.widgets.time_text import MINUS

_STEPS = {int(Qt.Key.Key_Up): 1, int(Qt.Key.Key_Down): -1}
VARIOUS = "various"
"""Stands where several things have different values."""


class NumberField(Field):
    """Shows a number and asks for another.

    Args:
        theme: Colours and type.
        name: Its name for screen readers.
        minimum: Smallest number it asks for.
        maximum: Largest number it asks for.
        decimals: Digits after the point; 0 for whole numbers.
        step: What the arrow keys and the wheel add.
        suffix: A unit, inside at the right.
        trims_zeros: Whether "4" stands for "4.00".

    Signals:
        value_requested (float): The user wants this number.
    """

    value_requested = Signal(float)

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        minimum: float,
        maximum: float,
        decimals: int = 0,
        step: float = 1.0,
        suffix: str = "",
        trims_zeros: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, name, suffix=suffix, parent=parent)
        self._minimum = minimum
        self._maximum = maximum
        self._decimals = decimals
        self._step = step
        self._trims_zeros = trims_zeros
        self._value: float | None = minimum
        self.setAlignment(Qt.AlignmentFlag.AlignLeft if suffix else Qt.AlignmentFlag.AlignRight)

    @property
    def value(self) -> float | None:
        """The number shown; ``None`` for "various"."""
        return self._value

    def show_value(self, value: float | None) -> None:
        """Show a number, or "various" for ``None``."""
        self._value = value
        self.setPlaceholderText(VARIOUS if value is None else "")
        self.show_text("" if value is None else self._number_text(value))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _STEPS and self._value is not None:
            self._request(self._value + _STEPS[event.key()] * self._step)
            return
        super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus() or self._value is None or event.angleDelta().y() == 0:
            event.ignore()
            return
        self._request(self._value + (1 if event.angleDelta().y() > 0 else -1) * self._step)

    @override
    def _requested(self, text: str) -> None:
        try:
            value = float(text.strip().replace(",", ".").replace(MINUS, "-"))
        except ValueError:
            self.show_error("Write a number.")
            return
        if not self._minimum <= value <= self._maximum:
            low, high = self._number_text(self._minimum), self._number_text(self._maximum)
            self.show_error(f"Between {low} and {high}.")
            return
        self._request(value)

    def _request(self, value: float) -> None:
        rounded = round(min(max(value, self._minimum), self._maximum), self._decimals)
        self._shown = self._number_text(rounded)
        self.setText(self._shown)
        if rounded != self._value:
            self._value = rounded
            self.value_requested.emit(rounded)

    def _number_text(self, value: float) -> str:
        text = f"{value:.{self._decimals}f}"
        if self._trims_zeros and "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace("-", MINUS)
