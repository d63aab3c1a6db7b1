"""How much of a selected range is made again."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.views.prompts.section import LABEL_PX, Section
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.sizing import ScaledWidth
from desktop_app.views.widgets.slider_field import SliderField

_LEAST_AMOUNT = 0.05


class RepairSection(Section):
    """The selected range, and how far its sound is left.

    Args:
        theme: Colours and type.

    Signals:
        amount_requested (float): How far the sound shall be left, above 0 to 1.
    """

    amount_requested = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Repair", parent=parent)
        self._range = Label(theme, "", colour="text", weight=500, elides=True)
        self.amount = SliderField(
            theme, "Amount", minimum=_LEAST_AMOUNT, maximum=1.0, step=0.05, decimals=2, default=1.0
        )
        self.amount.setToolTip("Little varies what is there; 1 replaces it (strength of SDEdit)")
        ends = QHBoxLayout()
        ends.setSpacing(8)
        room = Label(theme, "")
        ScaledWidth(theme, room, LABEL_PX)
        ends.addWidget(room)
        ends.addWidget(Label(theme, "Touch up", kind="small", colour="text3"))
        ends.addStretch()
        replaces = Label(theme, "Replace", kind="small", colour="text3")
        replaces.setAlignment(Qt.AlignmentFlag.AlignRight)
        ends.addWidget(replaces)
        self.add_labelled("Range", self._range)
        self.add(self.amount)
        self.add(ends)
        self.amount.value_requested.connect(self.amount_requested)
        self.show_repair("", 1.0)

    def show_repair(self, words: str, amount: float) -> None:
        """Show the range in words and how far its sound will be left; hidden for no words."""
        self.setVisible(bool(words))
        self._range.show_text(words)
        self.amount.show_value(amount)
