"""Set the tempo and the metre of the bar grid."""

from dataclasses import dataclass, replace

from desktop_app.project.checks import check_tempo
from desktop_app.project.project import Project


@dataclass(frozen=True, slots=True)
class SetTempo:
    """Set the bar grid; no sound changes.

    Attributes:
        bpm: Beats per minute, 20 to 999.
        beats_per_bar: 1 to 32.
    """

    bpm: float
    beats_per_bar: int

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Change tempo"

    def apply(self, project: Project) -> Project:
        """Return the project with the tempo, or raise :class:`EditError`."""
        check_tempo(self.bpm, self.beats_per_bar)
        return replace(project, tempo_bpm=self.bpm, beats_per_bar=self.beats_per_bar)
