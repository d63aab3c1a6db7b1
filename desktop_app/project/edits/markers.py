"""Setting a project's markers: the one place that all edits of markers go through."""

from collections.abc import Iterable
from dataclasses import replace

from desktop_app.project.checks import check_name, check_range
from desktop_app.project.project import Marker, Project
from desktop_app.project.time import MAX_TIMELINE_SAMPLES


def with_markers(project: Project, markers: Iterable[Marker]) -> Project:
    """The project with these markers instead of its own, in order of time.

    Raises:
        EditError: A position lies outside the timeline, or a name is too long.
    """
    ordered = tuple(sorted(markers, key=lambda marker: marker.position))
    for marker in ordered:
        check_range("A marker's position", marker.position, 0, MAX_TIMELINE_SAMPLES)
        check_name("The marker's name", marker.name)
    return replace(project, markers=ordered)


def with_marker(project: Project, marker: Marker) -> Project:
    """The project with the marker of the same name replaced.

    Raises:
        EditError: The marker's position or name is out of range.
    """
    return with_markers(
        project, (marker if other.id == marker.id else other for other in project.markers)
    )
