"""The inspector's page for the selected clips."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.project.ids import ClipId
from desktop_app.project.project import MAX_PROMPT_CHARACTERS, Lane, Project, PromptClip
from desktop_app.views.prompts.anchor_section import AnchorSection
from desktop_app.views.prompts.lane_title import LaneTitle
from desktop_app.views.prompts.repair_section import RepairSection
from desktop_app.views.prompts.section import MARGIN_PX, Section
from desktop_app.views.prompts.source_section import SourceSection
from desktop_app.views.prompts.strength_section import StrengthSection
from desktop_app.views.prompts.time_section import TimeSection
from desktop_app.views.prompts.values import MAX_TOKENS, num_tokens_estimated
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.field import Field
from desktop_app.views.widgets.gesture import KEEP
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.switch import Switch
from desktop_app.views.widgets.text_area import TextArea

_Value = TypeVar("_Value")


class ClipPage(QWidget):
    """Prompt, time and strength of one clip, or what several have in common.

    Args:
        theme: Colours and type.

    Signals:
        clip_change_requested (frozenset[ClipId], dict): New values by field name: "text",
            "leave_out", "uses_everywhere", "span", "transition", "transition_duration", "weight",
            "guidance_scale", "source", "anchors", "anchor_strength", "clear_curve".
        loop_requested (frozenset[ClipId], bool): The clips' run shall be a loop, or none any more.
        gesture_started (str): Several requests follow that are one step; its name.
        gesture_ended (bool): They are over; whether they shall stay.
    """

    clip_change_requested = Signal(object, object)
    loop_requested = Signal(object, bool)
    gesture_started = Signal(str)
    gesture_ended = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clips: tuple[PromptClip, ...] = ()
        self._everywhere = ""
        self._build(theme)
        self._lay_out(theme)
        self._connect()
        self.show_clips((), None)

    def show_clips(self, clips: tuple[PromptClip, ...], lane: Lane | None) -> None:
        """Show clips; ``lane`` is theirs, or ``None`` when they lie on several lanes."""
        if self._ids(clips) != self._ids(self._clips):
            # What is being written belongs to the clips from before.
            self.commit_pending()
        self._clips = clips
        has_clips = bool(clips)
        self._show_hint()
        for widget in (self._words, self.time, self.strength):
            widget.setVisible(has_clips)
        self._show_title(lane)
        self.source.show_clips(clips)
        self.anchors.show_clips(clips)
        if not has_clips:
            return
        self.prompt.show_text(common(clips, lambda clip: clip.prompt.text))
        self._show_token_count()
        leave_out = common(clips, lambda clip: clip.prompt.leave_out)
        self.leave_out.show_text(leave_out or "")
        self.everywhere.show_on(is_on=common(clips, lambda clip: clip.uses_everywhere))
        self.time.show_clips(clips, lane)
        self.strength.show_clips(clips, lane)

    def show_repair(self, words: str, amount: float) -> None:
        """Show the range that would be made again, and how far its sound will be left."""
        self.repair.show_repair(words, amount)
        self._show_hint()

    def show_project(self, project: Project) -> None:
        """Show what the Everywhere switch adds, and read bars in the project's tempo."""
        words = project.everywhere.text.strip()
        if words != self._everywhere or not self.everywhere.text():
            self._everywhere = words
            self.everywhere.show_text(
                f"Adds \u201c{words}\u201d" if words else "Adds the words of Everywhere"
            )
        self.time.show_tempo(project.tempo_bpm, project.beats_per_bar)

    def commit_pending(self) -> None:
        """Ask for whatever is typed and not yet asked for."""
        self.prompt.commit()
        self.leave_out.commit()

    def _build(self, theme: Theme) -> None:
        self.title = LaneTitle(theme)
        self._hint = Label(
            theme, "Select a clip, or drag across a lane to draw one.", colour="text3"
        )
        self._hint.setWordWrap(True)
        self._words = QWidget()
        self.prompt = TextArea(
            theme,
            "Prompt",
            placeholder="What should sound here?",
            max_characters=MAX_PROMPT_CHARACTERS,
        )
        self.leave_out = Field(theme, "Leave out", prefix="Leave out")
        self.leave_out.setMaxLength(MAX_PROMPT_CHARACTERS)
        self.leave_out.setToolTip("What should not be heard (the engine's negative prompt)")
        self.everywhere = Switch(theme, "Adds the words of Everywhere")
        self.time = TimeSection(theme)
        self.strength = StrengthSection(theme)
        self.repair = RepairSection(theme)
        self.source = SourceSection(theme)
        self.anchors = AnchorSection(theme)

    def _lay_out(self, theme: Theme) -> None:
        words = QVBoxLayout(self._words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(8)
        for widget in (self.prompt, self.leave_out, self.everywhere):
            words.addWidget(widget)
        head = Section(theme)
        head.add(self.title)
        head.add(self._hint)
        head.add(self._words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (head, self.repair, self.time, self.source, self.anchors, self.strength):
            column.addWidget(part)
        column.addStretch()
        self.setMinimumWidth(4 * MARGIN_PX)

    def _connect(self) -> None:
        self.prompt.gesture_started.connect(lambda: self.gesture_started.emit("Change prompt"))
        self.prompt.gesture_ended.connect(self.gesture_ended)
        self.prompt.text_requested.connect(self._on_text)
        self.leave_out.text_requested.connect(lambda text: self._request({"leave_out": text}))
        self.everywhere.toggle_requested.connect(
            lambda is_on: self._request({"uses_everywhere": is_on})
        )
        self.time.clip_change_requested.connect(self._on_time)
        self.time.loop_requested.connect(self._on_loop)
        self.strength.change_requested.connect(self._request)
        self.source.strength_requested.connect(
            lambda strength: self._change_source(strength=strength)
        )
        self.source.noise_requested.connect(lambda noise: self._change_source(noise=noise))
        self.source.remove_requested.connect(lambda: self._request({"source": None}))
        self.anchors.change_requested.connect(self._request)
        for section in (self.source, self.anchors):
            section.gesture_started.connect(self.gesture_started)
            section.gesture_ended.connect(lambda: self.gesture_ended.emit(KEEP))
        self.strength.gesture_started.connect(self.gesture_started)
        self.strength.gesture_ended.connect(lambda: self.gesture_ended.emit(KEEP))

    def _on_time(self, clip_ids: frozenset[ClipId], fields: dict[str, object]) -> None:
        self.prompt.commit()
        self.clip_change_requested.emit(clip_ids, fields)

    def _change_source(self, **values: Any) -> None:  # noqa: ANN401 - by field of SoundSource
        if len(self._clips) == 1 and (source := self._clips[0].source) is not None:
            self._request({"source": replace(source, **values)})

    def _on_loop(self, is_on: bool) -> None:  # noqa: FBT001 - a slot for a signal of one boolean
        self.prompt.commit()
        self.loop_requested.emit(self._ids(self._clips), is_on)

    def _on_text(self, text: str) -> None:
        self._show_token_count()
        self._request({"text": text})

    def _request(self, fields: dict[str, object]) -> None:
        if "text" not in fields:
            # Within a gesture each request replaces the one before: the text would be lost.
            self.prompt.commit()
        if self._clips:
            self.clip_change_requested.emit(self._ids(self._clips), fields)

    def _show_hint(self) -> None:
        self._hint.setVisible(not self._clips and self.repair.isHidden())

    def _show_title(self, lane: Lane | None) -> None:
        if not self._clips:
            name = lane.name if lane else "No clip selected"
            self.title.show_title(name, "no clip selected" if lane else "", _colour(lane))
            return
        if len(self._clips) > 1:
            name = lane.name if lane else "Several lanes"
            self.title.show_title(name, f"{len(self._clips)} clips", _colour(lane))
            return
        if lane is None:
            self.title.show_title("Clip", "", None)
            return
        ids = [clip.id for clip in lane.clips]
        number = ids.index(self._clips[0].id) + 1 if self._clips[0].id in ids else 0
        note = f"Clip {number} of {len(ids)}" if number else ""
        self.title.show_title(lane.name, note, lane.colour)

    def _show_token_count(self) -> None:
        count = num_tokens_estimated(self.prompt.text)
        note = f"about {count} of {MAX_TOKENS} tokens"
        if count > MAX_TOKENS:
            note += ", the end is not read"
        self.prompt.show_note(note, "error" if count > MAX_TOKENS else "text3")

    @staticmethod
    def _ids(clips: tuple[PromptClip, ...]) -> frozenset[ClipId]:
        return frozenset(clip.id for clip in clips)


def common(clips: tuple[PromptClip, ...], value: Callable[[PromptClip], _Value]) -> _Value | None:
    """The value that all clips share, or ``None`` when they differ."""
    values = {value(clip) for clip in clips}
    return values.pop() if len(values) == 1 else None


def _colour(lane: Lane | None) -> str | None:
    return lane.colour if lane else None
