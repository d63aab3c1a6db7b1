"""Where a clip lies and how the sound comes and goes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.project.project import Lane, PromptClip, TransitionKind
from desktop_app.project.time import (
    TIMELINE_RATE_HZ,
    Samples,
    Span,
    samples_from_seconds_rounded,
)
from desktop_app.views.prompts.section import Section, stacked_field
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.number_field import NumberField
from desktop_app.views.widgets.select import Select
from desktop_app.views.widgets.sizing import ScaledWidth
from desktop_app.views.widgets.switch import Switch
from desktop_app.views.widgets.time_field import TimeField

_KINDS = (
    (TransitionKind.AUTO.value, "Auto"),
    (TransitionKind.MORPH.value, "Morph"),
    (TransitionKind.BLEND.value, "Blend"),
    (TransitionKind.CUT.value, "Cut"),
)
_KIND_TIP = (
    "Morph: like prompts become each other. Blend: unlike prompts are mixed. Cut: 40 ms."
    " Auto chooses by how alike the prompts are."
)


class TimeSection(Section):
    """Start, end, length, and the transitions at both ends.

    A transition belongs to the clip that begins there, so the fade out is that of the next clip.

    Args:
        theme: Colours and type.

    Signals:
        clip_change_requested (frozenset[ClipId], dict): New "span", or new "transition" or
            "transition_duration" of a clip.
        loop_requested (bool): The run of the clips shall be a loop, or none any more.
    """

    clip_change_requested = Signal(object, object)
    loop_requested = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Time", parent=parent)
        self._clip: PromptClip | None = None
        self.start = TimeField(theme, "Start")
        self.end = TimeField(theme, "End")
        self.length = TimeField(theme, "Length", is_duration=True)
        self.fade_in = _Fade(theme, "Fade in")
        self.fade_out = _Fade(theme, "Fade out")
        self._error = Label(theme, "", kind="small", colour="error")
        self._error.setWordWrap(True)
        self._error.hide()
        times = QHBoxLayout()
        times.setSpacing(8)
        for name, field in (("Start", self.start), ("End", self.end), ("Length", self.length)):
            times.addLayout(stacked_field(theme, name, field))
            field.error_changed.connect(self._show_error)
        fades = QHBoxLayout()
        fades.setSpacing(8)
        for name, fade in (("Fade in", self.fade_in), ("Fade out", self.fade_out)):
            fades.addLayout(stacked_field(theme, name, fade.kind, fade.seconds))
            fade.seconds.error_changed.connect(self._show_error)
        self.add(times)
        self.add(self._error)
        self.add(fades)
        self.loop = Switch(theme, "Loop: the end joins the start")
        self._loop_note = Label(theme, "", kind="small", colour="text3")
        self._loop_note.setWordWrap(True)
        self.add(self.loop)
        self.add(self._loop_note)
        self.loop.toggle_requested.connect(self.loop_requested)
        self.start.time_requested.connect(self._on_start)
        self.end.time_requested.connect(self._on_end)
        self.length.time_requested.connect(self._on_length)
        for fade in (self.fade_in, self.fade_out):
            fade.kind.choice_requested.connect(
                lambda kind, fade=fade: self._request_fade(fade, transition=TransitionKind(kind))
            )
            fade.seconds.value_requested.connect(
                lambda seconds, fade=fade: self._request_fade(
                    fade, transition_duration=samples_from_seconds_rounded(seconds)
                )
            )

    def show_clips(self, clips: tuple[PromptClip, ...], lane: Lane | None) -> None:
        """Show where clips lie; times can be changed of one clip only."""
        self._clip = clips[0] if len(clips) == 1 else None
        for field, times in (
            (self.start, {clip.span.start for clip in clips}),
            (self.end, {clip.span.end for clip in clips}),
            (self.length, {clip.span.duration for clip in clips}),
        ):
            field.show_time(times.pop() if len(times) == 1 else None)
            field.setEnabled(self._clip is not None)
        before, after = _neighbours(self._clip, lane)
        self.fade_in.show_clip(self._clip, before)
        self.fade_out.show_clip(after, self._clip)

    def show_loop(self, note: str, *, is_on: bool | None) -> None:
        """Show whether the run of the clips is a loop, and which bars it fits or would fit."""
        self.loop.show_on(is_on=is_on)
        self._loop_note.show_text(note)
        self._loop_note.setVisible(bool(note))

    def show_tempo(self, tempo_bpm: float, beats_per_bar: int) -> None:
        """Read bars in this tempo."""
        for field in (self.start, self.end, self.length):
            field.show_tempo(tempo_bpm, beats_per_bar)

    def _on_start(self, start: Samples) -> None:
        # Moving the start trims, as dragging the left edge does.
        if self._clip is not None:
            self._request_span(start, self._clip.span.end, self.start)

    def _on_end(self, end: Samples) -> None:
        if self._clip is not None:
            self._request_span(self._clip.span.start, end, self.end)

    def _on_length(self, length: Samples) -> None:
        if self._clip is not None:
            start = self._clip.span.start
            self._request_span(start, Samples(start + length), self.length)

    def _request_span(self, start: Samples, end: Samples, field: TimeField) -> None:
        if self._clip is None:
            return
        try:
            span = Span(start, end)
        except ValueError:
            field.show_error("The end must come after the start.")
            return
        self.clip_change_requested.emit(frozenset({self._clip.id}), {"span": span})

    def _request_fade(self, fade: "_Fade", **fields: object) -> None:
        if fade.clip is not None:
            self.clip_change_requested.emit(frozenset({fade.clip.id}), fields)

    def _show_error(self, sentence: str) -> None:
        self._error.show_text(sentence)
        self._error.setVisible(bool(sentence))


class _Fade:
    def __init__(self, theme: Theme, name: str) -> None:
        self.clip: PromptClip | None = None
        self.kind = Select(theme, name, _KINDS)
        self.kind.setToolTip(_KIND_TIP)
        self.seconds = NumberField(
            theme,
            f"{name}, length",
            minimum=0.04,
            maximum=60,
            decimals=2,
            step=0.5,
            suffix="s",
            trims_zeros=True,
        )
        ScaledWidth(theme, self.seconds, 58)

    def show_clip(self, clip: PromptClip | None, before: PromptClip | None) -> None:
        """Show the transition from ``before`` to ``clip``; none when one is missing."""
        self.clip = clip if before is not None else None
        has_fade = self.clip is not None and clip is not None and before is not None
        self.kind.setEnabled(has_fade)
        self.kind.setPlaceholderText("none")
        self.seconds.setPlaceholderText("auto" if has_fade else "\u2013")
        self.seconds.setEnabled(has_fade)
        if clip is None or before is None:
            self.kind.show_choice(None)
            self.seconds.show_text("")
            return
        self.kind.show_choice(clip.transition.value)
        overlap = before.span.intersection(clip.span)
        self.seconds.setEnabled(overlap is None)
        self.seconds.setToolTip("The overlap is the transition" if overlap else "")
        duration = overlap.duration if overlap else clip.transition_duration
        if duration is None:
            self.seconds.show_text("")
        else:
            self.seconds.show_value(duration / TIMELINE_RATE_HZ)


def _neighbours(
    clip: PromptClip | None, lane: Lane | None
) -> tuple[PromptClip | None, PromptClip | None]:
    """The clips before and after ``clip`` that touch or overlap it."""
    if clip is None or lane is None or clip.id not in {other.id for other in lane.clips}:
        return None, None
    index = [other.id for other in lane.clips].index(clip.id)
    before = lane.clips[index - 1] if index > 0 else None
    after = lane.clips[index + 1] if index + 1 < len(lane.clips) else None
    if before is not None and before.span.end < clip.span.start:
        before = None
    if after is not None and after.span.start > clip.span.end:
        after = None
    return before, after
