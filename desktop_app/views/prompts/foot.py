"""The fixed foot of the inspector with the one amber button."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.prompts.section import MARGIN_PX
from desktop_app.views.prompts.values import JobCard
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button, ButtonKind
from desktop_app.views.widgets.facts import Facts
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.line import HairLine
from desktop_app.views.widgets.painting import antialiased_painter, draw_box
from desktop_app.views.widgets.progress_bar import ProgressBar


class Foot(QWidget):
    """Estimate and button, or the job that makes this lane and how to stop it.

    Args:
        theme: Colours and type.

    Signals:
        generate_requested (): The amber button was pressed.
        extend_requested (): What is there shall be made longer.
        cancel_requested (str): The job with this id shall stop.
    """

    generate_requested = Signal()
    extend_requested = Signal()
    cancel_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._job_id = ""
        self._reason_words = ""
        self._estimate = Facts(theme)
        self.reason = Label(theme, "", kind="small")
        self.reason.setWordWrap(True)
        self.generate = Button(
            theme,
            "Generate",
            kind=ButtonKind.MAIN,
            icon="generate",
            key_text="Ctrl \u21b5",
            height_px=theme.metric("primary_button"),
        )
        self.generate.setToolTip("Generate (Ctrl+Return)")
        self.extend = Button(theme, "Extend", icon="add", height_px=32)
        self.extend.setToolTip("Make only what the clips lack (Ctrl+Shift+Return)")
        self._can_extend = False
        self.card = _Card(theme)
        self.cancel = Button(theme, "Cancel", icon="cancel", height_px=40)
        self.cancel.setToolTip("Stop this job; nothing of the project changes (Shift+Esc)")
        rows = QVBoxLayout()
        rows.setContentsMargins(MARGIN_PX, 12, MARGIN_PX, 12)
        rows.setSpacing(8)
        for widget in (
            self.card,
            self.reason,
            self._estimate,
            self.extend,
            self.generate,
            self.cancel,
        ):
            rows.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(HairLine(theme))
        column.addLayout(rows)
        self.generate.clicked.connect(self.generate_requested)
        self.extend.clicked.connect(self.extend_requested)
        self.cancel.clicked.connect(lambda: self.cancel_requested.emit(self._job_id))
        theme.changed.connect(self.update)
        self.show_job(None)

    def show_generate(self, label: str, *, enabled: bool, estimate: str, reason: str) -> None:
        """Show what the button would do.

        Args:
            label: Its words: "Generate", "Generate 2 islands", "Draw a clip first".
            enabled: Whether it can be done now.
            estimate: "1:08 of sound | about 48 s"; a stroke parts facts.
            reason: Why it cannot be done; takes the place of the estimate.
        """
        self.generate.show_text(label)
        self.generate.setEnabled(enabled)
        facts = tuple(fact.strip() for fact in estimate.split("|"))
        self._estimate.show_facts(tuple(fact for fact in facts if fact))
        self._reason_words = reason
        self.reason.show_text(reason)
        self._show_facts()

    def show_extension(self, label: str) -> None:
        """Show the button that makes takes longer, or hide it for no words."""
        self._can_extend = bool(label)
        self.extend.show_text(label or "Extend")
        self.extend.setVisible(self._can_extend and not self._job_id)

    def show_job(self, job: JobCard | None) -> None:
        """Show the job that makes this lane, or the button when there is none."""
        self._job_id = job.job_id if job else ""
        self.card.setVisible(job is not None)
        self.cancel.setVisible(job is not None)
        self.generate.setVisible(job is None)
        self.extend.setVisible(job is None and self._can_extend)
        self._show_facts()
        if job is not None:
            self.card.show_job(job)

    def _show_facts(self) -> None:
        """A reason may need two lines; an estimate takes one, so that the button stays."""
        has_button = not self._job_id
        self.reason.setVisible(has_button and bool(self._reason_words))
        self._estimate.setVisible(has_button and not self._reason_words)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        painter.fillRect(self.rect(), self._theme.colour("panel"))
        painter.end()


class _Card(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title = Label(theme, "", colour="text", weight=600)
        self._time = Label(theme, "", colour="engine_text", weight=600)
        self._bar = ProgressBar(theme, "Progress of this lane", colour="engine")
        self._note = Label(theme, "", kind="small")
        self._note.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._time)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        heading = Label(theme, "This lane is being made", kind="small", weight=600)
        heading.setAlignment(Qt.AlignmentFlag.AlignLeft)
        column.addWidget(heading)
        column.addLayout(head)
        column.addWidget(self._bar)
        column.addWidget(self._note)
        theme.changed.connect(self.update)

    def show_job(self, job: JobCard) -> None:
        self._title.show_text(job.title)
        self._time.show_text(job.time_text)
        self._bar.show_fraction(job.fraction)
        self._note.show_text(job.note)
        self._note.setVisible(bool(job.note))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        draw_box(
            painter,
            QRectF(self.rect()),
            self._theme.radius("card"),
            fill=self._theme.colour("raised"),
            outline=self._theme.colour("line"),
        )
        painter.end()
