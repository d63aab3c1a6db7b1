"""Questions and errors."""

from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop_app.views.dialogs.dialog import QUESTION_WIDTH_PX, Dialog
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button, ButtonKind
from desktop_app.views.widgets.label import Label

_DETAILS_HEIGHT_PX = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One of the answers to a question.

    Attributes:
        id: What ``ask`` returns.
        words: What the button says.
        is_suggested: Whether Enter means this one; never for what destroys.
    """

    id: str
    words: str
    is_suggested: bool = False


class Question(Dialog):
    """A sentence or two, and answers; Esc is no answer.

    Args:
        theme: Colours and type.
        title: What it is about.
        text: What happened, what still works, what to do.
        answers: The buttons, from left to right.
        details: Full text behind a button, for reports; may be empty.
        parent: The window that it belongs to.
    """

    def __init__(
        self,
        theme: Theme,
        title: str,
        text: str,
        *,
        answers: tuple[Answer, ...],
        details: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, title, width_px=QUESTION_WIDTH_PX, parent=parent)
        self._answer = ""
        words = Label(theme, text)
        words.setWordWrap(True)
        self.body.addWidget(words)
        self.details = QPlainTextEdit(details)
        self.details.setAccessibleName("Details")
        self.details.setReadOnly(True)
        self.details.setFixedHeight(_DETAILS_HEIGHT_PX)
        self.details.setVisible(False)
        self.body.addWidget(self.details)
        self._buttons: dict[str, Button] = {}
        if details:
            self._add_details_buttons()
        self.foot.addStretch()
        for answer in answers:
            self._add_answer(answer)

    def ask(self) -> str:
        """Show it and wait; the id of the answer, empty when there was none."""
        self._answer = ""
        self.exec()
        return self._answer

    def button(self, answer_id: str) -> Button:
        """The button of an answer.

        Raises:
            KeyError: There is no such answer.
        """
        return self._buttons[answer_id]

    def _add_answer(self, answer: Answer) -> None:
        kind = ButtonKind.ANSWER if answer.is_suggested else ButtonKind.PLAIN
        button = Button(self.theme, answer.words, kind=kind, height_px=36)
        button.setAutoDefault(False)
        button.setDefault(answer.is_suggested)
        button.clicked.connect(lambda: self._finish(answer.id))
        self._buttons[answer.id] = button
        self.foot.addWidget(button)

    def _add_details_buttons(self) -> None:
        show = Button(self.theme, "Details", kind=ButtonKind.QUIET)
        copy = Button(self.theme, "Copy", kind=ButtonKind.QUIET)
        for button in (show, copy):
            button.setAutoDefault(False)
            self.foot.addWidget(button)
        copy.setToolTip("Copy the details")
        show.clicked.connect(self._toggle_details)
        copy.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.details.toPlainText())
        )

    def _toggle_details(self) -> None:
        self.details.setVisible(self.details.isHidden())
        self.adjustSize()

    def _finish(self, answer_id: str) -> None:
        self._answer = answer_id
        self.accept()


_GOES_ON = ", and can go on when the saved project is opened again."


def unsaved_question(
    theme: Theme, name: str, num_unfinished_jobs: int, parent: QWidget | None = None
) -> Question:
    """Asks before a project is left: "save", "discard", "cancel", or no answer."""
    jobs = {0: "", 1: f" One unfinished job stops{_GOES_ON}"}.get(
        num_unfinished_jobs, f" {num_unfinished_jobs} unfinished jobs stop{_GOES_ON}"
    )
    return Question(
        theme,
        "Save the changes?",
        f"\u201c{name}\u201d has changes that are lost otherwise.{jobs}",
        answers=(
            Answer(id="discard", words="Don\u2019t save"),
            Answer(id="cancel", words="Cancel"),
            Answer(id="save", words="Save", is_suggested=True),
        ),
        parent=parent,
    )


def error_message(
    theme: Theme, title: str, text: str, details: str = "", parent: QWidget | None = None
) -> Question:
    """Says what went wrong, with the full text behind a button."""
    answers = (Answer(id="close", words="Close", is_suggested=True),)
    return Question(theme, title, text, answers=answers, details=details, parent=parent)
