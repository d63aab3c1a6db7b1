from engine.api import EngineEvent, JobProgress, Stage
from engine.runtime.progress import Extra, JobClock, Pace, Work


class FakeTime:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Bench:
    """A job of 100 units of sampling and 10 of decoding, guessed at 1 s and 2 s each."""

    def __init__(self) -> None:
        self.time = FakeTime()
        self.events: list[EngineEvent] = []
        self.pace = Pace({Stage.SAMPLING: 1.0, Stage.DECODING: 2.0})
        self.clock = JobClock(
            "job",
            {Stage.SAMPLING: 100.0, Stage.DECODING: 10.0},
            self.pace,
            self.events.append,
            self.time,
        )

    def work(self, stage: Stage, units: float, seconds: float) -> JobProgress:
        self.time.seconds += seconds
        self.clock.worked(stage, units)
        self.clock.report(stage, 0, 10)
        event = self.events[-1]
        assert isinstance(event, JobProgress)
        return event


def test_the_fraction_is_elapsed_time_over_all_time() -> None:
    event = Bench().work(Stage.SAMPLING, 10, seconds=20)

    # 20 s are gone, 90 units at 2 s and 10 at the guessed 2 s are left.
    assert event.fraction == 20 / (20 + 180 + 20)
    assert event.remaining_seconds is None


def test_the_remaining_time_appears_when_it_can_be_trusted() -> None:
    bench = Bench()
    assert bench.work(Stage.SAMPLING, 1, seconds=1).remaining_seconds is None
    assert bench.work(Stage.SAMPLING, 14, seconds=1.5).remaining_seconds is None

    assert bench.work(Stage.SAMPLING, 10, seconds=1).remaining_seconds is not None


def test_the_fraction_never_falls_when_the_machine_gets_busy() -> None:
    bench = Bench()
    before = bench.work(Stage.SAMPLING, 50, seconds=10).fraction

    after = bench.work(Stage.SAMPLING, 1, seconds=500).fraction

    assert after >= before


def test_the_fraction_is_one_at_the_end() -> None:
    bench = Bench()
    bench.work(Stage.SAMPLING, 100, seconds=10)

    assert bench.work(Stage.DECODING, 10, seconds=10).fraction == 1.0


def test_the_pace_of_one_job_is_known_to_the_next() -> None:
    bench = Bench()
    bench.work(Stage.DECODING, 10, seconds=50)

    assert bench.pace.seconds(Stage.DECODING, 2) == 10.0
    assert bench.pace.seconds(Stage.SAMPLING, 2) == 2.0
    assert bench.pace.seconds(Stage.VOCODING, 2) == 0.0


def test_newer_measurements_count_more() -> None:
    pace = Pace({})
    pace.learn(Stage.SAMPLING, 10, 10)

    pace.learn(Stage.SAMPLING, 10, 40)

    mean = 3 * (10 + 40) / (10 + 10)
    assert mean < pace.seconds(Stage.SAMPLING, 3) < 1.1 * mean


def test_time_spent_elsewhere_is_no_work() -> None:
    bench = Bench()
    bench.time.seconds += 1000
    bench.clock.pause()

    bench.work(Stage.SAMPLING, 10, seconds=5)

    assert bench.pace.seconds(Stage.SAMPLING, 10) == 5


def test_reports_in_quick_succession_are_left_out_but_never_the_last() -> None:
    bench = Bench()
    bench.clock.report(Stage.SAMPLING, 1, 10)
    bench.clock.report(Stage.SAMPLING, 2, 10)
    bench.clock.report(Stage.SAMPLING, 10, 10)

    done = [event.done for event in bench.events if isinstance(event, JobProgress)]
    assert done == [1, 10]


def test_a_job_without_work_is_not_divided_by_zero() -> None:
    events: list[EngineEvent] = []
    clock = JobClock("job", {}, Pace({}), events.append, FakeTime())

    clock.report(Stage.SAMPLING, 0, 1)

    assert isinstance(events[0], JobProgress)
    assert events[0].fraction == 0.0


def test_the_first_report_of_a_stage_is_never_left_out() -> None:
    bench = Bench()
    bench.clock.report(Stage.SAMPLING, 1, 10)

    bench.clock.report(Stage.DECODING, 0, 10)

    stages = [event.stage for event in bench.events if isinstance(event, JobProgress)]
    assert stages == [Stage.SAMPLING, Stage.DECODING]


def test_work_that_was_done_before_is_not_waited_for() -> None:
    bench = Bench()
    bench.clock.skip(Stage.SAMPLING, 0.75)

    event = bench.work(Stage.SAMPLING, 10, seconds=10)

    # 10 s are gone, 15 units at 1 s and 10 at the guessed 2 s are left.
    assert event.fraction == 10 / (10 + 15 + 20)


def test_the_end_is_reported_even_where_less_was_to_be_done_than_foreseen() -> None:
    bench = Bench()
    bench.work(Stage.SAMPLING, 10, seconds=10)

    bench.clock.finish()

    event = bench.events[-1]
    assert isinstance(event, JobProgress)
    assert (event.stage, event.done, event.total) == (Stage.SAMPLING, 10, 10)
    assert (event.fraction, event.remaining_seconds) == (1.0, 0.0)


def test_work_beside_a_stage_has_a_pace_of_its_own_and_is_waited_for() -> None:
    time, events = FakeTime(), list[EngineEvent]()
    work: dict[Work, float] = {Stage.SAMPLING: 100.0, Extra.PINNED_DECODING: 50.0}
    clock = JobClock("job", work, Pace({}), events.append, time)
    done: tuple[tuple[Work, int], ...] = ((Stage.SAMPLING, 20), (Extra.PINNED_DECODING, 10))
    for kind, units in done:
        time.seconds += 10
        clock.worked(kind, units)

    clock.report(Stage.SAMPLING, 1, 5)

    event = events[-1]
    assert isinstance(event, JobProgress)
    # 20 s are gone; 80 units at 0.5 s and 40 at 1 s are left.
    assert event.fraction == 20 / (20 + 40 + 40)
