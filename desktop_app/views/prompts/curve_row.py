"""What stands in place of a slider where clips follow a curve."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.project.project import CurvePoint
from desktop_app.views.prompts.section import LABEL_PX
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.sizing import ScaledWidth


class CurveRow(QWidget):
    """Says that a curve rules, and takes it away.

    Args:
        theme: Colours and type.
        name: What follows the curve: "Weight".

    Signals:
        clear_requested (): The number shall hold again.
    """

    clear_requested = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        label = Label(theme, name)
        ScaledWidth(theme, label, LABEL_PX)
        self._words = Label(theme, "", colour="text", elides=True)
        self.clear = Button(theme, "Clear curve")
        self.clear.setAccessibleName(f"Clear the curve of {name.lower()}")
        self.clear.setToolTip(f"Let one {name.lower()} hold for the whole clip again")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label)
        layout.addWidget(self._words, 1)
        layout.addWidget(self.clear)
        self.clear.clicked.connect(self.clear_requested)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def show_curves(self, curves: Sequence[Sequence[CurvePoint]]) -> None:
        """Show the curves of one clip or of several."""
        drawn = [points for points in curves if points]
        if len(curves) > 1:
            self._words.show_text("Curves" if len(drawn) == len(curves) else "Some curves")
            return
        values = [point.value for points in drawn for point in points]
        if values:
            low, high = min(values), max(values)
            same = f"Curve at {low:g}"
            self._words.show_text(same if low == high else f"Curve, {low:g} \u2013 {high:g}")
