"""Copied clips and how they are put back."""

from dataclasses import replace
from itertools import count

import pytest

from desktop_app.controllers.clip_copies import copies_of, paste
from desktop_app.project.errors import EditError
from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import Lane, Project, Prompt, PromptClip
from desktop_app.project.time import Samples
from tests.unit.desktop_app.controllers.jobs import span


def clip(name: str, start: float, end: float) -> PromptClip:
    return PromptClip(id=ClipId(name), span=span(start, end), prompt=Prompt(text=name), weight=1.5)


def lane(name: str, *clips: PromptClip) -> Lane:
    return Lane(id=LaneId(name), name=name, colour="moss", stream=0, clips=clips)


PROJECT = Project(lanes=(lane("Rain", clip("a", 2, 4)), lane("Wind", clip("b", 3, 6))))


def names() -> str:
    return f"new {next(_NUMBERS)}"


_NUMBERS = count()


def test_nothing_is_copied_without_clips() -> None:
    assert copies_of(PROJECT, frozenset()) is None
    assert copies_of(PROJECT, frozenset({ClipId("gone")})) is None


def test_clips_keep_their_distances_and_their_values() -> None:
    copies = copies_of(PROJECT, frozenset({ClipId("a"), ClipId("b")}))
    assert copies is not None
    edit, new_ids = paste(PROJECT, copies, LaneId("Rain"), span(10, 11).start, names)
    after = edit.apply(PROJECT)

    assert edit.label == "Paste 2 clips"
    assert [each.span for each in after.lanes[0].clips] == [span(2, 4), span(10, 12)]
    assert [each.span for each in after.lanes[1].clips] == [span(3, 6), span(11, 14)]
    pasted = after.lanes[0].clips[1]
    assert replace(pasted, id=ClipId("a"), span=span(2, 4)) == clip("a", 2, 4)
    assert {pasted.id, after.lanes[1].clips[1].id} == new_ids


def test_lanes_that_are_lacking_are_added() -> None:
    copies = copies_of(PROJECT, frozenset({ClipId("a"), ClipId("b")}))
    assert copies is not None
    edit, _ = paste(PROJECT, copies, LaneId("Wind"), span(10, 11).start, names)
    after = edit.apply(PROJECT)

    assert len(after.lanes) == 3
    assert [each.prompt.text for each in after.lanes[2].clips] == ["b"]
    edit, _ = paste(Project(), copies, None, Samples(0), names)
    assert len(edit.apply(Project()).lanes) == 2


def test_a_paste_that_does_not_fit_is_refused_in_words() -> None:
    copies = copies_of(PROJECT, frozenset({ClipId("a")}))
    assert copies is not None
    edit, _ = paste(PROJECT, copies, LaneId("Rain"), span(2, 3).start, names)

    with pytest.raises(EditError):
        edit.apply(PROJECT)
