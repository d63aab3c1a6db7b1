"""Connects the inspector to the document and the selection."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QObject

from desktop_app.audio.peaks import Peaks
from desktop_app.controllers.cohesion_words import cohesion_facts
from desktop_app.controllers.costs import PresetsOf
from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.loops import LoopFit, fits_a_loop, is_loop, loop_fit
from desktop_app.project.edits.base import Edit
from desktop_app.project.edits.change_clips import ChangeClips
from desktop_app.project.edits.change_everywhere import ChangeEverywhere
from desktop_app.project.edits.change_lane import ChangeLane
from desktop_app.project.edits.change_lane_settings import ChangeLaneSettings
from desktop_app.project.edits.change_take import ChangeTake
from desktop_app.project.edits.clear_curves import ClearCurves
from desktop_app.project.edits.make_loop import MakeLoop
from desktop_app.project.edits.remove_take import RemoveTake
from desktop_app.project.edits.rename_project import RenameProject
from desktop_app.project.edits.set_tempo import SetTempo
from desktop_app.project.edits.together import Together
from desktop_app.project.edits.trim_clip import TrimClip
from desktop_app.project.edits.use_take import UseTake
from desktop_app.project.ids import ClipId, LaneId, TakeId
from desktop_app.project.lookup import island_span, islands
from desktop_app.project.project import Lane, Project, Prompt, PromptClip, Take
from desktop_app.project.time import seconds_from_samples
from desktop_app.views.prompts.inspector import Inspector
from desktop_app.views.prompts.values import TakeRow
from desktop_app.views.timeline.values import TakePicture
from desktop_app.views.widgets.time_text import range_text

_MINIATURE_COLUMNS = 96


class InspectorController(QObject):
    """Shows what is selected in the inspector and turns its wishes into edits.

    Args:
        view: The inspector.
        document: The open project.
        edits: Runs the edits.
        selection: What is selected.
        picture_of: The loaded picture of a take, or ``None``.
        presets_of: The presets of a model, by its name or path.
    """

    def __init__(
        self,
        view: Inspector,
        document: Document,
        edits: EditRunner,
        selection: Selection,
        picture_of: Callable[[TakeId], TakePicture | None],
        presets_of: PresetsOf,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._document = document
        self._edits = edits
        self._selection = selection
        self._picture_of = picture_of
        self._presets_of = presets_of
        self._miniatures: dict[TakeId, tuple[float, ...]] = {}
        self._connect_view()
        document.changed.connect(self._on_document_changed)
        selection.changed.connect(self.show_all)
        self.show_all()

    def show_all(self) -> None:
        """Show the present selection."""
        clips, lane = self._selection.clips, self._selection.lane
        lanes_of_clips = {
            lane.id
            for lane in self._document.project.lanes
            for clip in lane.clips
            if clip.id in self._selection.value.clip_ids
        }
        self._view.show_clips(clips, lane if len(lanes_of_clips) <= 1 else None)
        self._show_loop(clips)
        if lane is not None:
            self._view.show_presets(self._presets_of(lane.settings.model))
            self._show_cohesion(lane)
        self._view.show_lane(lane)
        self._view.show_project(self._document.project)
        self.show_takes()

    def forget(self) -> None:
        """Drop the miniatures of another project's takes."""
        self._miniatures.clear()

    def show_takes(self) -> None:
        """Show the takes of the lane that is meant."""
        lane = self._selection.lane
        used = {block.take_id for block in lane.sound} if lane else set()
        takes = lane.takes if lane else ()
        self._view.show_takes(
            lane, tuple(self._take_row(take, is_used=take.id in used) for take in takes)
        )

    def _take_row(self, take: Take, *, is_used: bool) -> TakeRow:
        words = "; ".join(prompt.prompt.text for prompt in take.recipe.prompts)
        made = _how_made(take, self._selection.lane)
        return TakeRow(
            take_id=take.id,
            number=take.number,
            title=take.name or f"Take {take.number}",
            note=f"{made}. {words}",
            is_used=is_used,
            is_favourite=take.is_favourite,
            match=take.score,
            miniature=self._miniature(take.id),
        )

    def _miniature(self, take_id: TakeId) -> tuple[float, ...]:
        """The waveform in little; made once, since a drag shows all takes with every frame."""
        if take_id not in self._miniatures:
            picture = self._picture_of(take_id)
            if picture is None:
                return ()
            self._miniatures[take_id] = _miniature(picture.peaks)
        return self._miniatures[take_id]

    def _connect_view(self) -> None:
        view, run = self._view, self._edits.run
        view.gesture_started.connect(self._edits.begin)
        view.gesture_ended.connect(self._edits.end)
        view.clip_change_requested.connect(self.change_clips)
        view.loop_requested.connect(self.change_loop)
        view.lane_change_requested.connect(lambda lane, changes: run(ChangeLane(lane, **changes)))
        view.lane_settings_requested.connect(
            lambda lane, settings: run(ChangeLaneSettings(lane, settings))
        )
        view.everywhere_requested.connect(self._change_everywhere)
        view.tempo_requested.connect(lambda bpm, beats: run(SetTempo(bpm, beats)))
        view.name_requested.connect(self._rename)
        view.take_use_requested.connect(lambda lane, take: run(UseTake(lane, take)))
        view.take_change_requested.connect(self._change_take)
        view.take_remove_requested.connect(lambda lane, take: run(RemoveTake(lane, take)))

    def change_clips(self, clip_ids: frozenset[ClipId], changes: Mapping[str, Any]) -> None:
        """Change clips: fields of ``ChangeClips``, a new "span", a kind to "clear_curve"."""
        special = ("span", "clear_curve")
        others = {name: value for name, value in changes.items() if name not in special}
        edits: list[Edit] = [ChangeClips(clip_ids, **others)] if others else []
        if "span" in changes:
            edits += [TrimClip(clip_id, changes["span"]) for clip_id in clip_ids]
        if "clear_curve" in changes:
            edits.append(ClearCurves(clip_ids, changes["clear_curve"]))
        if edits:
            self._edits.run(edits[0] if len(edits) == 1 else Together("Change clip", tuple(edits)))

    def change_loop(self, clip_ids: frozenset[ClipId], is_on: bool) -> None:  # noqa: FBT001 - slot
        """Make the runs of these clips loops of whole bars, or ordinary runs again."""
        edits: list[Edit] = []
        for lane, run in self._runs(clip_ids):
            frames = self._fit(lane, run).length.num_latent_frames if is_on else None
            edits.append(MakeLoop(run[0].id, frames))
        if edits:
            label = edits[0].label
            self._edits.run(edits[0] if len(edits) == 1 else Together(label, tuple(edits)))
        self.show_all()

    def _show_loop(self, clips: tuple[PromptClip, ...]) -> None:
        runs = self._runs(frozenset(clip.id for clip in clips))
        states = {is_loop(run) for _, run in runs}
        note = ""
        if len(runs) == 1:
            lane, run = runs[0]
            note = self._fit(lane, run).words
            if not is_loop(run):
                note = f"Would be {note}"
            elif not fits_a_loop(island_span(run)):
                note = f"Its length fits no loop any more. Nearest: {note}"
        is_on = states.pop() if len(states) == 1 else None if states else False
        self._view.clip_page.time.show_loop(note, is_on=is_on)

    def _show_cohesion(self, lane: Lane) -> None:
        project, chosen = self._document.project, self._selection.value.clip_ids
        runs = tuple(islands(lane))
        mine = tuple(run for run in runs if any(clip.id in chosen for clip in run))
        self._view.show_cohesion(
            cohesion_facts(project, lane, mine), cohesion_facts(project, lane, runs)
        )

    def _fit(self, lane: Lane, run: tuple[PromptClip, ...]) -> LoopFit:
        project = self._document.project
        return loop_fit(
            island_span(run), project.tempo_bpm, project.beats_per_bar, lane.settings.model
        )

    def _runs(self, clip_ids: frozenset[ClipId]) -> list[tuple[Lane, tuple[PromptClip, ...]]]:
        return [
            (lane, run)
            for lane in self._document.project.lanes
            for run in islands(lane)
            if any(clip.id in clip_ids for clip in run)
        ]

    def _rename(self, name: str) -> None:
        path = self._document.path
        if path is not None and name != path.name:
            # The name would go back to the folder's with the next save.
            self._edits.refused.emit("A saved project is named after its folder. Use Save as.")
            self._view.show_project(self._document.project)
            return
        self._edits.run(RenameProject(name))

    def _change_everywhere(self, text: str) -> None:
        everywhere = self._document.project.everywhere
        self._edits.run(ChangeEverywhere(Prompt(text=text, leave_out=everywhere.leave_out)))

    def _change_take(self, lane: LaneId, take: TakeId, changes: Mapping[str, Any]) -> None:
        self._edits.run(ChangeTake(lane, take, **changes))

    def _on_document_changed(self, before: Project, after: Project) -> None:
        if before is not after:
            self.show_all()


def _how_made(take: Take, lane: Lane | None) -> str:
    """What tells a take from others: its length and seed, or what it was made from."""
    recipe = take.recipe
    numbers = {} if lane is None else {each.id: each.number for each in lane.takes}
    base = numbers.get(recipe.based_on) if recipe.based_on is not None else None
    origin = "an earlier take" if base is None else f"take {base}"
    if recipe.sections:
        ranges = ", ".join(range_text(part.start, part.end) for part in recipe.sections)
        return f"Repair of {origin}, {ranges}"
    if recipe.based_on is not None:
        return f"Longer than {origin}"
    kind = "Loop, " if recipe.is_loop else ""
    return f"{kind}{seconds_from_samples(take.span.duration):.0f} s, seed {recipe.settings.seed}"


def _miniature(peaks: Peaks) -> tuple[float, ...]:
    step = max(1.0, peaks.num_samples / _MINIATURE_COLUMNS)
    _, maximum, _ = peaks.columns(0, step, _MINIATURE_COLUMNS)
    return tuple(float(value) for value in np.nan_to_num(np.abs(maximum)))
