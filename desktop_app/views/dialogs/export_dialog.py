"""The export dialog: presets, choices, what will happen."""

from dataclasses import replace

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.dialogs.dialog import Dialog
from desktop_app.views.dialogs.export_form import ExportForm
from desktop_app.views.dialogs.export_preview import ExportPreview
from desktop_app.views.dialogs.export_values import (
    PRESETS,
    ExportCheck,
    ExportChoices,
    ExportRow,
    Preset,
    button_text,
)
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button, ButtonKind
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.line import HairLine
from desktop_app.views.widgets.painting import antialiased_painter, draw_box, draw_focus_ring
from desktop_app.views.widgets.switch import Tick

_WIDTH_PX, _HEIGHT_PX, _PRESETS_PX, _PREVIEW_PX = 960, 704, 192, 390


class ExportDialog(Dialog):
    """Shows a plan for the choices and asks for it to be carried out.

    The dialog plans nothing: every ``choices_changed`` is to be answered with ``show_plan``.

    Args:
        theme: Colours and type.
        parent: The window that it belongs to.

    Signals:
        choices_changed (ExportChoices): The plan for these is wanted.
        folder_requested (): The user wants another folder; answer with ``show_choices``.
        export_requested (ExportChoices): The files shall be written.
        cancel_requested (): Writing shall stop and leave nothing behind.
    """

    choices_changed = Signal(object)
    folder_requested = Signal()
    export_requested = Signal(object)
    cancel_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Export", width_px=_WIDTH_PX, parent=parent)
        self._rows: tuple[ExportRow, ...] = ()
        self._is_writing = False
        self.setFixedHeight(_HEIGHT_PX)
        self.form = ExportForm(theme)
        self.preview = ExportPreview(theme)
        self.presets = {preset.name: _PresetButton(theme, preset) for preset in PRESETS}
        self.reveal = Tick(theme, "Show the folder afterwards")
        self.cancel = Button(theme, "Cancel", height_px=40)
        self.export = Button(theme, "Export", kind=ButtonKind.ANSWER, icon="export", height_px=40)
        self._lay_out_export()
        self._connect()
        self.show_choices(ExportChoices())

    @property
    def choices(self) -> ExportChoices:
        """The choices shown."""
        return self.form.choices

    def show_choices(self, choices: ExportChoices) -> None:
        """Show choices; no signal follows."""
        self.form.show_choices(choices)
        self.reveal.show_on(is_on=choices.reveals_folder)
        for button in self.presets.values():
            button.setChecked(button.preset.fits(choices))

    def show_ranges(self, ranges: tuple[tuple[str, str], ...]) -> None:
        """Offer ranges: value ("all", "selection", "loop") and words of each."""
        self.form.show_ranges(ranges)

    def show_plan(
        self, total: str, rows: tuple[ExportRow, ...], checks: tuple[ExportCheck, ...] = ()
    ) -> None:
        """Show every file: ``total`` is "259 MB of 412 GB free"."""
        self._rows = rows
        title = "1 file" if len(rows) == 1 else f"{len(rows)} files"
        self.preview.show_plan(title, total, rows)
        self.preview.show_checks(checks)
        self.preview.show_problem("")
        self._show_button()

    def show_problem(self, sentence: str) -> None:
        """Say why it cannot be done; empty when it can."""
        self.preview.show_problem(sentence)
        self.export.setEnabled(not sentence and bool(self._rows))

    def show_loudness(self, values: tuple[tuple[str, str], ...]) -> None:
        """Show measured values of the mix: number and unit of each."""
        self.preview.show_loudness(values)

    def show_writing(self, fractions: tuple[float, ...]) -> None:
        """Show how much of each file is written."""
        self._is_writing = True
        self.preview.show_progress(fractions)
        self.form.setEnabled(False)
        for button in self.presets.values():
            button.setEnabled(False)
        self.export.setVisible(False)

    def show_stopped(self) -> None:
        """Show that nothing is being written any more."""
        self._is_writing = False
        self.preview.show_progress(())
        self.form.setEnabled(True)
        for button in self.presets.values():
            button.setEnabled(True)
        self.export.setVisible(True)

    @override
    def reject(self) -> None:
        if self._is_writing:
            self.cancel_requested.emit()
            return
        super().reject()

    def _show_button(self) -> None:
        self.export.show_text(button_text(self._rows))
        self.export.setEnabled(bool(self._rows))
        # Enter never destroys: without a default button it does nothing.
        self.export.setDefault(not any(row.replaces for row in self._rows))

    def _lay_out_export(self) -> None:
        theme = self.theme
        presets = QVBoxLayout()
        presets.setContentsMargins(8, 16, 8, 16)
        presets.setSpacing(2)
        heading = Label(theme, "Presets", kind="small", weight=600)
        heading.setContentsMargins(12, 0, 0, 6)
        presets.addWidget(heading)
        for button in self.presets.values():
            presets.addWidget(button)
        presets.addStretch()
        left = QWidget()
        left.setFixedWidth(_PRESETS_PX)
        left.setLayout(presets)
        columns = QHBoxLayout()
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(left)
        columns.addWidget(HairLine(theme, is_vertical=True))
        columns.addWidget(self.form, 1)
        columns.addWidget(HairLine(theme, is_vertical=True))
        self.preview.setFixedWidth(_PREVIEW_PX)
        columns.addWidget(self.preview)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(HairLine(theme))
        self.body.addLayout(columns, 1)
        self.foot.addWidget(self.reveal)
        self.foot.addStretch()
        for answer in (self.cancel, self.export):
            answer.setAutoDefault(False)
            self.foot.addWidget(answer)

    def _connect(self) -> None:
        self.form.choices_requested.connect(self._on_choices)
        self.form.folder_requested.connect(self.folder_requested)
        self.reveal.toggle_requested.connect(
            lambda is_on: self._on_choices(replace(self.choices, reveals_folder=is_on))
        )
        self.cancel.clicked.connect(self.reject)
        self.export.clicked.connect(lambda: self.export_requested.emit(self.choices))
        for button in self.presets.values():
            button.clicked.connect(
                lambda _=False, preset=button.preset: self._on_choices(
                    preset.applied_to(self.choices)
                )
            )

    def _on_choices(self, choices: ExportChoices) -> None:
        self.show_choices(choices)
        self.choices_changed.emit(choices)


class _PresetButton(QAbstractButton):
    def __init__(self, theme: Theme, preset: Preset) -> None:
        super().__init__()
        self._theme = theme
        self.preset = preset
        self.setCheckable(True)
        self.setText(preset.name)
        self.setAccessibleName(f"{preset.name}, {preset.note}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(round(44 * max(1.0, theme.text_scale)))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        radius = theme.radius("field")
        if self.isChecked():
            draw_box(painter, rect, radius, fill=theme.mixed("focus", "panel", 0.18))
            painter.fillRect(QRectF(0, 4, 2, rect.height() - 8), theme.colour("focus"))
        elif self.underMouse():
            draw_box(painter, rect, radius, fill=theme.colour("hover"))
        half = rect.height() / 2
        painter.setPen(theme.colour("text" if self.isEnabled() else "disabled"))
        painter.setFont(theme.font("strong"))
        painter.drawText(
            QRectF(12, 4, rect.width() - 16, half - 3), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        painter.setPen(theme.colour("text2" if self.isEnabled() else "disabled"))
        painter.setFont(theme.font("small"))
        note = QRectF(12, half + 1, rect.width() - 16, half - 5)
        painter.drawText(note, Qt.AlignmentFlag.AlignVCenter, self.preset.note)
        if self.hasFocus():
            draw_focus_ring(painter, rect, radius, theme)
        painter.end()
