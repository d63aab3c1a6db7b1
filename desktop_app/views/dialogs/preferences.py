"""The user's preferences; they apply at once."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.views.dialogs.dialog import FORM_WIDTH_PX, Dialog
from desktop_app.views.theme.theme import MAX_TEXT_SCALE, MIN_TEXT_SCALE, Theme
from desktop_app.views.widgets.button import Button, ButtonKind
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.segments import Segments
from desktop_app.views.widgets.select import Select
from desktop_app.views.widgets.sizing import ScaledWidth
from desktop_app.views.widgets.slider_field import SliderField

THEME_CHOICES = (
    ("system", "As the system"),
    ("dark", "Dark"),
    ("light", "Light"),
    ("high_contrast", "High contrast"),
)

_MOST_MEMORY_GIB = 64


class PreferencesDialog(Dialog):
    """Appearance, text size, audio device and memory.

    Args:
        theme: Colours and type.
        theme_choice: "system" or the name of a theme.
        devices: Id and name of each audio device; none hides the row.
        device: Id of the device in use.
        memory_gib: Most memory of the engine for a piece.
        usual_memory_gib: What it is at first.
        parent: The window that it belongs to.

    Signals:
        theme_requested (str): "system" or the name of a theme.
        text_scale_requested (float): 0.9 to 1.5.
        device_requested (str): Id of an audio device.
        memory_requested (float): GiB, 0 to 64.
    """

    theme_requested = Signal(str)
    text_scale_requested = Signal(float)
    device_requested = Signal(str)
    memory_requested = Signal(float)

    def __init__(
        self,
        theme: Theme,
        *,
        theme_choice: str,
        devices: tuple[tuple[str, str], ...] = (),
        device: str = "",
        memory_gib: float = 3.0,
        usual_memory_gib: float = 3.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, "Preferences", width_px=FORM_WIDTH_PX, parent=parent)
        self.themes = Segments(theme, "Appearance", THEME_CHOICES)
        self.themes.show_choice(theme_choice)
        self.text_size = SliderField(
            theme,
            "Text size",
            minimum=round(MIN_TEXT_SCALE * 100),
            maximum=round(MAX_TEXT_SCALE * 100),
            step=10,
            decimals=0,
            default=100,
        )
        self.text_size.show_value(theme.text_scale * 100)
        self.memory = SliderField(
            theme,
            "Memory (GiB)",
            minimum=0,
            maximum=_MOST_MEMORY_GIB,
            step=1,
            decimals=1,
            default=usual_memory_gib,
        )
        self.memory.show_value(memory_gib)
        self.memory.setToolTip(
            "The most that the engine keeps of one piece, beside the model.\n"
            "With less it takes longer; the sound is the same."
        )
        self.devices = Select(theme, "Audio device", devices)
        self.devices.show_choice(device)
        self._add_row("Appearance", self.themes)
        self.body.addWidget(self.text_size)
        self.body.addWidget(self.memory)
        if devices:
            self._add_row("Audio", self.devices)
        self.body.addStretch()
        close = Button(theme, "Close", kind=ButtonKind.ANSWER, height_px=36)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        self.foot.addStretch()
        self.foot.addWidget(close)
        self.themes.choice_requested.connect(self.theme_requested)
        self.memory.value_requested.connect(self.memory_requested)
        self.devices.choice_requested.connect(self.device_requested)
        self.text_size.value_requested.connect(
            lambda percent: self.text_scale_requested.emit(percent / 100)
        )

    def _add_row(self, label: str, widget: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        words = Label(self.theme, label)
        ScaledWidth(self.theme, words, 72)
        row.addWidget(words)
        row.addWidget(widget)
        self.body.addLayout(row)
