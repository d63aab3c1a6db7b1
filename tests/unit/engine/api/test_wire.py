import io

import numpy as np

from engine.api import AudioReady, EngineError
from engine.api.wire import (
    CancelJob,
    EventReported,
    JobReturned,
    RunJob,
    WireMessage,
    read_message,
    write_message,
)
from tests.support.engine import request_named


def through_a_pipe(*messages: WireMessage) -> list[WireMessage | None]:
    stream = io.BytesIO()
    for message in messages:
        write_message(stream, message)
    stream.seek(0)
    return [read_message(stream) for _ in range(len(messages) + 1)]


def test_messages_arrive_in_order_and_the_end_is_none() -> None:
    messages = (
        RunJob(request=request_named("a")),
        CancelJob(job_id="a"),
        JobReturned(job_id="a", is_cancelled=True),
    )

    assert through_a_pipe(*messages) == [*messages, None]


def test_an_error_keeps_all_its_parts() -> None:
    error = EngineError("The prompt is empty.", "Write one.", "a long story")

    (got, _) = through_a_pipe(JobReturned(job_id="a", error=error))

    assert isinstance(got, JobReturned)
    assert got.error is not None
    assert str(got.error) == "The prompt is empty. Write one."
    assert got.error.reason == "The prompt is empty."
    assert got.error.remedy == "Write one."
    assert got.error.details == "a long story"


def test_arrays_that_were_read_only_stay_so() -> None:
    samples = np.arange(5, dtype=np.float32)
    samples.flags.writeable = False

    (got, _) = through_a_pipe(
        EventReported(
            event=AudioReady(job_id="a", first_sample=0, samples=samples, sample_rate=16_000)
        )
    )

    assert isinstance(got, EventReported)
    assert isinstance(got.event, AudioReady)
    np.testing.assert_array_equal(got.event.samples, samples)
    assert not got.event.samples.flags.writeable


def test_a_message_that_was_cut_off_counts_as_the_end() -> None:
    stream = io.BytesIO()
    write_message(stream, CancelJob(job_id="a"))
    whole = stream.getvalue()

    for length in (3, 8, len(whole) - 1):
        assert read_message(io.BytesIO(whole[:length])) is None
