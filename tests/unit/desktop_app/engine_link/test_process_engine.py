import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.engine_link import process_engine
from desktop_app.engine_link.process_engine import ProcessEngine, engine_command
from engine.api import CancellationToken, CancelledError, EngineError, JobFinished, JobStarted
from tests.support.engine import PATIENCE_SECONDS, EventLog, finished, request_named, started
from tests.support.engine import with_prompt as prompted

FAKE_CHILD = (sys.executable, "-m", "tests.support.fake_engine_process")


@pytest.fixture
def engine() -> Iterator[ProcessEngine]:
    threads_before = set(threading.enumerate())
    engine = ProcessEngine(FAKE_CHILD, cancel_patience_seconds=0.3)
    yield engine
    pid = engine.pid
    engine.close()
    assert set(threading.enumerate()) <= threads_before, "a thread was left behind"
    if pid is not None:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def run(engine: ProcessEngine, prompt: str, job_id: str = "job") -> EventLog:
    log = EventLog()
    engine.generate(prompted(request_named(job_id), prompt), CancellationToken(), log)
    return log


def cancel_when_started(engine: ProcessEngine, prompt: str) -> None:
    token = CancellationToken()

    def cancel(event: object) -> None:
        if isinstance(event, JobStarted):
            token.cancel()

    engine.generate(prompted(request_named(), prompt), token, cancel)


def test_no_child_is_started_before_the_first_job(engine: ProcessEngine) -> None:
    assert engine.pid is None


def test_events_arrive_as_they_were_emitted(engine: ProcessEngine) -> None:
    assert run(engine, "rain", "a").events == [started("a"), finished("a")]


def test_the_child_stays_for_the_next_job(engine: ProcessEngine) -> None:
    engine.start()
    pid = engine.pid

    run(engine, "rain", "a")
    run(engine, "rain", "b")

    assert engine.pid == pid is not None


def test_what_libraries_print_does_not_get_between_the_messages(engine: ProcessEngine) -> None:
    assert run(engine, "print").events == [started("job"), finished("job")]


def test_an_error_of_the_engine_arrives_as_it_was_raised(engine: ProcessEngine) -> None:
    with pytest.raises(EngineError) as caught:
        run(engine, "fail")

    assert caught.value.reason == "The prompt is empty."
    assert caught.value.remedy == "Write one."


def test_a_bug_in_the_engine_fails_the_job_and_keeps_the_child(engine: ProcessEngine) -> None:
    with pytest.raises(EngineError, match="unexpected error: ZeroDivisionError") as caught:
        run(engine, "bug")

    assert "Traceback" in caught.value.details
    pid = engine.pid
    run(engine, "rain")
    assert engine.pid == pid


def test_cancelling_ends_the_job_and_keeps_the_child(engine: ProcessEngine) -> None:
    engine.start()
    pid = engine.pid

    with pytest.raises(CancelledError):
        cancel_when_started(engine, "wait")

    run(engine, "rain")
    assert engine.pid == pid


def test_a_job_cancelled_beforehand_never_reaches_the_child(engine: ProcessEngine) -> None:
    token = CancellationToken()
    token.cancel()

    with pytest.raises(CancelledError):
        engine.generate(request_named(), token, EventLog())

    assert engine.pid is None


def test_a_child_that_does_not_listen_is_killed(engine: ProcessEngine) -> None:
    with pytest.raises(CancelledError):
        cancel_when_started(engine, "hang")

    assert engine.pid is None


def test_a_child_that_dies_costs_one_job(engine: ProcessEngine) -> None:
    engine.start()
    first = engine.pid

    with pytest.raises(EngineError, match=r"The engine stopped unexpectedly \(signal 9\)"):
        run(engine, "die")

    assert run(engine, "rain").events[-1] == finished("job")
    assert engine.pid != first


def test_a_child_that_died_between_two_jobs_is_replaced(engine: ProcessEngine) -> None:
    run(engine, "rain")
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    child = engine._child
    assert child is not None
    child._process.wait()

    assert run(engine, "rain").events[-1] == finished("job")


def test_closing_ends_a_running_job(engine: ProcessEngine) -> None:
    log = EventLog()
    failures: list[EngineError] = []

    def work() -> None:
        try:
            engine.generate(prompted(request_named(), "hang"), CancellationToken(), log)
        except EngineError as error:
            failures.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    assert log.wait_for(lambda event: isinstance(event, JobStarted))

    engine.close()
    worker.join(PATIENCE_SECONDS)

    assert len(failures) == 1


def test_a_closed_engine_refuses_jobs(engine: ProcessEngine) -> None:
    engine.close()

    with pytest.raises(EngineError, match="closed"):
        run(engine, "rain")


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "no-such-python"
    engine = ProcessEngine([str(missing)])

    with pytest.raises(EngineError, match="no-such-python"):
        engine.start()


def test_a_child_that_cannot_even_start_tells_why() -> None:
    engine = ProcessEngine([sys.executable, "-c", "raise SystemExit('no engine here')"])

    with pytest.raises(EngineError, match=r"stopped unexpectedly \(code 1\)") as caught:
        engine.generate(request_named(), CancellationToken(), EventLog())

    assert "no engine here" in caught.value.details
    engine.close()


def test_killing_the_application_ends_the_child() -> None:
    """The child must not outlive a ``kill -9``, not even in the middle of a job."""
    code = (
        "import sys\n"
        "from desktop_app.engine_link.process_engine import ProcessEngine\n"
        "from engine.api import CancellationToken\n"
        "from tests.support.engine import request_named, with_prompt\n"
        f"engine = ProcessEngine({FAKE_CHILD!r})\n"
        "engine.start()\n"
        "engine.generate(with_prompt(request_named(), 'hang'), CancellationToken(),\n"
        "    lambda event: print(engine.pid, flush=True))\n"
    )
    application = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert application.stdout is not None
    child = int(application.stdout.readline())

    application.kill()
    application.wait()

    application.stdout.close()
    assert has_ended(child)


def has_ended(pid: int) -> bool:
    """Wait until a process that is not ours has ended."""
    waiting = threading.Event()
    for _ in range(int(PATIENCE_SECONDS / 0.02)):
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        waiting.wait(0.02)
    return False


def test_the_real_child_is_run_by_this_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine_command() == (sys.executable, "-m", "engine.runtime.process", "auto")

    monkeypatch.setattr(sys, "frozen", True, raising=False)

    assert engine_command("cpu") == (sys.executable, process_engine.FROZEN_SWITCH, "cpu")


def test_the_application_needs_no_torch_to_talk_to_the_engine() -> None:
    code = (
        "import sys, desktop_app.engine_link.engine_thread;"
        "import desktop_app.engine_link.process_engine; print('torch' in sys.modules)"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"


def test_a_result_is_the_last_thing_a_job_reports(engine: ProcessEngine) -> None:
    assert isinstance(run(engine, "rain").events[-1], JobFinished)
