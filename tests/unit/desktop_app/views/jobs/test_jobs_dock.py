from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.views.jobs.jobs_dock import JobsDock
from desktop_app.views.jobs.values import JobRow, JobRowState
from desktop_app.views.theme.theme import Theme


def row(job_id: str, state: JobRowState = JobRowState.WAITING) -> JobRow:
    return JobRow(
        job_id=job_id,
        lane_name="Drone",
        lane_colour="iris",
        what="new take",
        range_text="0:00 to 3:00",
        state=state,
        stage_text="Step 3 of 25",
        details="trace" if state is JobRowState.FAILED else "",
    )


@pytest.fixture
def dock(qtbot: QtBot, theme: Theme) -> JobsDock:
    widget = JobsDock(theme)
    qtbot.addWidget(widget)
    return widget


def test_rows_keep_their_widgets_when_jobs_progress(dock: JobsDock) -> None:
    dock.show_jobs((row("1"), row("2")))
    first = dock.entries[0]
    dock.show_jobs((row("1", JobRowState.RUNNING), row("2"), row("3")))
    assert dock.entries[0] is first
    assert len(dock.entries) == 3


def test_rows_follow_the_order_of_the_queue(dock: JobsDock) -> None:
    dock.show_jobs((row("1"), row("2"), row("3")))
    one, two, _ = dock.entries
    dock.show_jobs((row("2"), row("1")))
    assert dock.entries == (two, one)
    assert dock._column.indexOf(two) < dock._column.indexOf(one)


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        (JobRowState.WAITING, "cancel"),
        (JobRowState.RUNNING, "cancel"),
        (JobRowState.FAILED, "details retry"),
        (JobRowState.UNFINISHED, "retry"),
        (JobRowState.DONE, ""),
        (JobRowState.CANCELLED, ""),
    ],
)
def test_each_state_offers_what_can_be_done(
    dock: JobsDock, state: JobRowState, buttons: str
) -> None:
    dock.show_jobs((row("1", state),))
    entry = dock.entries[0]
    offered = {
        "cancel": entry._cancel.isVisibleTo(entry),
        "details": entry._details.isVisibleTo(entry),
        "retry": entry._retry.isVisibleTo(entry),
    }
    assert " ".join(sorted(name for name, is_there in offered.items() if is_there)) == buttons
    assert not entry.grab().isNull()


def test_buttons_name_their_job(dock: JobsDock, qtbot: QtBot) -> None:
    dock.show_jobs((row("1"), row("2", JobRowState.FAILED)))
    with qtbot.waitSignal(dock.cancel_requested) as cancelled:
        dock.entries[0]._cancel.click()
    with qtbot.waitSignal(dock.retry_requested) as retried:
        dock.entries[1]._retry.click()
    with qtbot.waitSignal(dock.details_requested) as detailed:
        dock.entries[1]._details.click()
    assert (cancelled.args, retried.args, detailed.args) == (["1"], ["2"], ["2"])


def test_a_row_is_read_out_whole(dock: JobsDock) -> None:
    dock.show_jobs((replace(row("1"), time_text="about 40 s"),))
    assert dock.entries[0].accessibleName() == (
        "Drone, new take, 0:00 to 3:00. Step 3 of 25 about 40 s"
    )
