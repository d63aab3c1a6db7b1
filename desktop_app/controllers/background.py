"""Work that must not hold up the window, done one piece after the other in a thread."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal


class Background(QObject):
    """Runs functions in one thread and hands their results back to this object's thread.

    Results arrive in the order in which the work was given. What is given with the same key as
    work that has not begun yet takes its place, so a slow machine skips what is out of date.
    """

    _done = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        # One at a time: results stay in order, and playback needs the other core.
        self._pool.setMaxThreadCount(1)
        self._newest: dict[str, int] = {}
        self._number = 0
        self._is_closed = False
        self._done.connect(self._on_done)

    def run(
        self, work: Callable[[], object], then: Callable[[Any], None], *, key: str = ""
    ) -> None:
        """Do ``work`` in the thread, then call ``then`` with its result in this one.

        Args:
            work: Its exceptions are handed to ``then`` as results.
            then: Not called any more after :meth:`close`.
            key: Work that has not begun is dropped for later work of the same key; empty is none.
        """
        self._number += 1
        number = self._number
        if key:
            self._newest[key] = number

        def is_wanted() -> bool:
            return not self._is_closed and (not key or self._newest.get(key) == number)

        self._pool.start(_Work(work, then, is_wanted, self._done.emit))

    def finish(self) -> None:
        """Wait until all work is done; its results arrive later."""
        self._pool.waitForDone()

    def close(self) -> None:
        """Drop what has not begun, and wait for the rest."""
        self._is_closed = True
        self._pool.clear()
        self._pool.waitForDone()

    def _on_done(self, then: Callable[[object], None], result: object) -> None:
        if not self._is_closed:
            then(result)


class _Work(QRunnable):
    def __init__(
        self,
        work: Callable[[], object],
        then: Callable[[object], None],
        is_wanted: Callable[[], bool],
        report: Callable[[object, object], None],
    ) -> None:
        super().__init__()
        self._work = work
        self._then = then
        self._is_wanted = is_wanted
        self._report = report

    def run(self) -> None:
        """Do it and report the result; runs in the thread."""
        if not self._is_wanted():
            return
        try:
            result = self._work()
        except Exception as error:  # noqa: BLE001 - handed on to whoever asked for the work
            result = error
        self._report(self._then, result)
