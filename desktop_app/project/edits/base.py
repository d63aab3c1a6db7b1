"""What every edit is, and the parts that several edits share."""

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum
from typing import Final, Protocol

from desktop_app.project.errors import EditError, UnknownIdError
from desktop_app.project.lookup import lane_index
from desktop_app.project.project import Lane, Project

__all__ = ["UNCHANGED", "Edit", "EditError", "Unchanged", "UnknownIdError", "counted", "with_lane"]


class Unchanged(Enum):
    """The type of :data:`UNCHANGED`."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED
"""Default of the values that an edit leaves as they are; ``None`` may be a value of its own."""


class Edit(Protocol):
    """One undoable change: a pure function from project to project."""

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        ...

    def apply(self, project: Project) -> Project:
        """Return the changed project.

        Raises:
            EditError: The edit cannot be done; the message is a sentence for people.
        """
        ...


def with_lane(project: Project, lane: Lane) -> Project:
    """The project with the lane of the same name replaced.

    Raises:
        UnknownIdError: No lane has this name.
    """
    index = lane_index(project, lane.id)
    return replace(project, lanes=(*project.lanes[:index], lane, *project.lanes[index + 1 :]))


def counted(verb: str, noun: str, items: Iterable[object]) -> str:
    """A label such as "Move clip" or "Move 3 clips"."""
    number = sum(1 for _ in items)
    return f"{verb} {noun}" if number == 1 else f"{verb} {number} {noun}s"
