"""A slider with a field for its number."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.number_field import NumberField
from desktop_app.views.widgets.sizing import ScaledWidth
from desktop_app.views.widgets.slider import Slider

_LABEL_PX = 72


class SliderField(QWidget):
    """Label, slider and number in a row: shows a value and asks for another.

    Args:
        theme: Colours and type.
        name: The label, also for screen readers.
        minimum: Smallest value.
        maximum: Largest value of the slider.
        step: What an arrow key adds.
        decimals: Digits after the point in the field.
        default: What Ctrl+click on the slider asks for.
        centre: Where the filled part begins; the left end when not given.
        field_maximum: Largest value that can be typed; that of the slider when not given.

    Signals:
        value_requested (float): The user wants this value.
        drag_started (): The knob was taken.
        drag_ended (): The knob was let go.
    """

    value_requested = Signal(float)
    drag_started = Signal()
    drag_ended = Signal()

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        minimum: float,
        maximum: float,
        step: float,
        decimals: int,
        default: float,
        centre: float | None = None,
        field_maximum: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._default = default
        label = Label(theme, name)
        ScaledWidth(theme, label, _LABEL_PX)
        self.slider = Slider(
            theme,
            name,
            minimum=minimum,
            maximum=maximum,
            step=step,
            default=default,
            centre=centre,
        )
        self.field = NumberField(
            theme,
            name,
            minimum=minimum,
            maximum=maximum if field_maximum is None else field_maximum,
            decimals=decimals,
            step=step,
        )
        ScaledWidth(theme, self.field, 56)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label)
        layout.addWidget(self.slider)
        layout.addWidget(self.field)
        self.slider.value_requested.connect(self._on_slider)
        self.slider.drag_started.connect(self.drag_started)
        self.slider.drag_ended.connect(self.drag_ended)
        self.slider.typing_requested.connect(self._on_typing_requested)
        self.field.value_requested.connect(self._on_field)

    def show_value(self, value: float | None) -> None:
        """Show a value, or "various" for ``None``."""
        self.field.show_value(value)
        self.slider.show_value(self._default if value is None else value)

    def _on_slider(self, value: float) -> None:
        self.field.show_value(value)
        self.value_requested.emit(value)

    def _on_field(self, value: float) -> None:
        self.slider.show_value(value)
        self.value_requested.emit(value)

    def _on_typing_requested(self) -> None:
        self.field.setFocus(Qt.FocusReason.TabFocusReason)
