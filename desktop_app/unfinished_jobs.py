"""Jobs that were begun and not finished, as they lie on the disk.

Each job has a folder that the engine writes to. Beside the engine's files lies a note of what was
to be made, so that the job can go on after the engine, or the whole program, has died.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from desktop_app.generation import GenerationPlan
from desktop_app.project.errors import EditError
from desktop_app.project.lookup import lane_by_id, take_in_lane
from desktop_app.project.project import Project, Take
from desktop_app.project.storage.atomic import write_atomic
from desktop_app.project.storage.errors import told_to_people
from desktop_app.project.storage.schema import SchemaError, plain_data, value_from_data

_NOTE = "job.json"
_MAX_NOTE_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedJob:
    """A job that somebody may want to go on with.

    Attributes:
        job_id: Its name, and that of its folder.
        folder: What the engine has written so far.
        plan: What was to be made.
        base: The take that was to be made again in part, or made longer, or ``None``.
    """

    job_id: str
    folder: Path
    plan: GenerationPlan
    base: Take | None


def note_job(folder: Path, plan: GenerationPlan) -> None:
    """Write down what is made in a job's folder.

    Raises:
        StorageError: It cannot be written.
    """
    text = json.dumps(plain_data(plan), ensure_ascii=False, allow_nan=False)
    with told_to_people("written", folder):
        write_atomic(folder / _NOTE, text.encode(errors="replace"))


def unfinished_jobs(jobs_dir: Path, project: Project) -> tuple[UnfinishedJob, ...]:
    """The jobs of a project that were not finished; folders that are of no use are removed.

    Args:
        jobs_dir: The folder with the jobs' folders. No job may be running in it.
        project: The project; jobs of lanes or takes that it does not have any more are dropped.
    """
    found = []
    for folder in sorted(jobs_dir.glob("*")):
        job = _read_job(folder, project)
        if job is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            found.append(job)
    return tuple(sorted(found, key=lambda job: job.plan.number))


def _read_job(folder: Path, project: Project) -> UnfinishedJob | None:
    note = folder / _NOTE
    try:
        if note.stat().st_size > _MAX_NOTE_BYTES:
            return None
        plan = value_from_data(GenerationPlan, json.loads(note.read_bytes().decode()))
        lane = lane_by_id(project, plan.lane_id)
        based_on = plan.recipe.based_on
        base = None if based_on is None else take_in_lane(lane, based_on)
    except (OSError, ValueError, RecursionError, SchemaError, EditError):
        # Whatever is wrong with it, the job can only be started anew.
        return None
    return UnfinishedJob(job_id=folder.name, folder=folder, plan=plan, base=base)
