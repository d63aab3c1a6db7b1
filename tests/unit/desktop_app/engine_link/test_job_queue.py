import pytest

from desktop_app.engine_link.job_queue import JobQueue, QueuedJob
from engine.api import CancellationToken
from tests.support.engine import request_named


def job_named(name: str) -> QueuedJob:
    return QueuedJob(request=request_named(name), token=CancellationToken())


def queue_of(*names: str) -> JobQueue:
    jobs = JobQueue()
    for name in names:
        jobs.add(job_named(name))
    return jobs


def test_jobs_are_taken_in_order() -> None:
    jobs = queue_of("a", "b")

    first = jobs.take_next()

    assert first is not None
    assert first.job_id == "a"
    assert jobs.running == "a"
    assert jobs.waiting == ("b",)


def test_an_empty_queue_gives_nothing() -> None:
    assert JobQueue().take_next() is None


def test_a_finished_job_makes_room_for_its_name() -> None:
    jobs = queue_of("a")
    jobs.take_next()
    jobs.finish()

    jobs.add(job_named("a"))

    assert jobs.running is None
    assert jobs.waiting == ("a",)


@pytest.mark.parametrize("is_running", [False, True])
def test_a_name_is_in_the_queue_only_once(is_running: bool) -> None:
    jobs = queue_of("a")
    if is_running:
        jobs.take_next()

    with pytest.raises(ValueError, match="'a' is already in the queue"):
        jobs.add(job_named("a"))


def test_a_paused_queue_gives_nothing_until_it_goes_on() -> None:
    jobs = queue_of("a")
    jobs.set_paused(is_paused=True)
    assert jobs.is_paused
    assert jobs.take_next() is None

    jobs.set_paused(is_paused=False)

    assert jobs.take_next() is not None


def test_a_waiting_job_that_is_cancelled_leaves_the_queue() -> None:
    jobs = queue_of("a", "b", "c")

    assert jobs.cancel("b")

    assert jobs.waiting == ("a", "c")


def test_a_running_job_that_is_cancelled_stays_until_it_has_ended() -> None:
    jobs = queue_of("a", "b")
    running = jobs.take_next()
    assert running is not None

    assert not jobs.cancel("a")

    assert running.token.is_cancelled
    assert jobs.running == "a"


def test_cancelling_an_unknown_job_does_nothing() -> None:
    jobs = queue_of("a")

    assert not jobs.cancel("z")

    assert jobs.waiting == ("a",)


@pytest.mark.parametrize(
    ("name", "index", "expected"),
    [
        ("c", 0, ("c", "a", "b")),
        ("a", 1, ("b", "a", "c")),
        ("a", 99, ("b", "c", "a")),
        ("b", -1, ("b", "a", "c")),
        ("z", 0, ("a", "b", "c")),
    ],
)
def test_a_waiting_job_can_be_moved(name: str, index: int, expected: tuple[str, ...]) -> None:
    jobs = queue_of("a", "b", "c")

    jobs.move(name, index)

    assert jobs.waiting == expected


def test_closing_cancels_everything_and_lets_nothing_in() -> None:
    jobs = JobQueue()
    running, waiting = job_named("a"), job_named("b")
    jobs.add(running)
    jobs.add(waiting)
    jobs.take_next()

    jobs.close()

    assert running.token.is_cancelled
    assert waiting.token.is_cancelled
    assert jobs.take_next() is None
    with pytest.raises(ValueError, match="closed"):
        jobs.add(job_named("c"))


def test_closing_an_idle_queue_is_fine() -> None:
    jobs = JobQueue()

    jobs.close()

    assert jobs.waiting == ()
