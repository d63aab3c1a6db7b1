"""What the list of jobs is told. No Qt."""

from dataclasses import dataclass
from enum import StrEnum


class JobRowState(StrEnum):
    """How far a job has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNFINISHED = "unfinished"
    """It ended with the program, and can go on from what it left."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One job.

    Attributes:
        job_id: Given back when it shall stop.
        lane_name: Whose sound it makes.
        lane_colour: Name of the lane's colour.
        what: "new take", "section".
        range_text: "0:44 - 1:52".
        state: How far it has come.
        stage_text: "Step 31 of 50, 35 windows", "Waiting. About 22 s", "Failed: ...".
        time_text: "about 40 s", "second", "38 s".
        fraction: Finished part, 0 to 1.
        details: Full text of an error, for the clipboard; may be empty.
    """

    job_id: str
    lane_name: str
    lane_colour: str
    what: str
    range_text: str
    state: JobRowState
    stage_text: str
    time_text: str = ""
    fraction: float = 0.0
    details: str = ""
