"""The dialog about the sound of one take."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.views.dialogs.dialog import Dialog
from desktop_app.views.report.numbers_table import NumbersTable
from desktop_app.views.report.values import ReportCurves, ReportPicture, ReportRow
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button, ButtonKind
from desktop_app.views.widgets.label import Label

_WIDTH_PX = 960
_PLOTS_PX, _TABLE_PX = 320, 160
_HINT = "The wheel zooms, dragging moves. Faint lines: windows of the model meet."


class ReportDialog(Dialog):
    """Opens at once; spectrogram, curves and numbers come as they are known.

    Args:
        theme: Colours and type.
        title: Name of the take.
        parent: The window that it belongs to.
    """

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, title, width_px=_WIDTH_PX, parent=parent)
        self._reading = Label(theme, "Reading the take\u2026", kind="small")
        self._holder = QWidget()
        self._holder.setFixedHeight(_PLOTS_PX)
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.table = NumbersTable(theme)
        self.table.setFixedHeight(_TABLE_PX)
        self.whole = Button(theme, "Whole take", height_px=36)
        self.whole.setAutoDefault(False)
        self.whole.setEnabled(False)
        close = Button(theme, "Close", kind=ButtonKind.ANSWER, height_px=36)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        for widget in (self._reading, self._holder, self.table):
            self.body.addWidget(widget)
        self.foot.addWidget(self.whole)
        self.foot.addStretch()
        self.foot.addWidget(close)

    @property
    def reading(self) -> str:
        """What is told of the point under the pointer."""
        return self._reading.text()

    def show_picture(self, picture: ReportPicture) -> None:
        """Show the spectrogram."""
        # pyqtgraph takes as long to load as all of our window, so it is not loaded at the start.
        from desktop_app.views.report.plots import ReportPlots  # noqa: PLC0415

        self.plots = ReportPlots(self.theme, picture)
        self.plots.reading_changed.connect(self._show_reading)
        self._column.addWidget(self.plots)
        self.whole.clicked.connect(self.plots.show_all)
        self.whole.setEnabled(True)
        self._show_reading("")

    def show_numbers(self, curves: ReportCurves, rows: tuple[ReportRow, ...]) -> None:
        """Show what was measured, after the spectrogram."""
        self.plots.show_curves(curves)
        self.table.show_rows(rows)

    def show_problem(self, sentence: str) -> None:
        """Say why something cannot be shown."""
        self._reading.show_text(sentence, "error")

    def _show_reading(self, text: str) -> None:
        self._reading.show_text(text or _HINT, "text" if text else "text2")
