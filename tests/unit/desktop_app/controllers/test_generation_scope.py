"""What the Generate button would do."""

from dataclasses import replace

from desktop_app.controllers.generation_scope import (
    GenerationScope,
    scope_of_lane,
    scope_of_selection,
)
from desktop_app.generation import plan_island
from desktop_app.project.ids import ClipId, LaneId, MediaId, TakeId
from desktop_app.project.lookup import islands
from desktop_app.project.project import (
    Lane,
    Project,
    Prompt,
    PromptClip,
    SoundBlock,
    Take,
    TakeMedia,
)
from desktop_app.project.time import Samples, Span, samples_from_seconds_rounded
from desktop_app.views.timeline.values import TimelineSelection

NOTHING = TimelineSelection()


def span(start: float, end: float) -> Span:
    return Span(samples_from_seconds_rounded(start), samples_from_seconds_rounded(end))


def clip(name: str, start: float, end: float, text: str = "rain") -> PromptClip:
    return PromptClip(id=ClipId(name), span=span(start, end), prompt=Prompt(text=text))


def lane(name: str, *clips: PromptClip) -> Lane:
    return Lane(id=LaneId(name), name=name, colour="moss", stream=0, clips=clips)


def with_sound(project: Project, wanted: Lane) -> Lane:
    """The lane with a take for each of its runs of clips."""
    takes, sound = [], []
    for index, run in enumerate(islands(wanted), start=1):
        plan = plan_island(project, wanted, run, number=index)
        media = TakeMedia(
            audio=MediaId("a.wav"),
            mel=MediaId("m.npy"),
            latents=MediaId("l.npy"),
            state=MediaId("s.npz"),
            sample_rate=16_000,
        )
        take_id = TakeId(f"{wanted.name} take {index}")
        takes.append(
            Take(id=take_id, number=index, span=plan.span, media=media, recipe=plan.recipe)
        )
        sound.append(SoundBlock(span=plan.span, take_id=take_id))
    return replace(wanted, takes=tuple(takes), sound=tuple(sound), next_take_number=len(takes) + 1)


def test_an_empty_project_asks_for_a_clip() -> None:
    scope = scope_of_selection(Project(lanes=(lane("Rain"),)), NOTHING)

    assert not scope.is_possible
    assert scope.label == "Draw a clip first"


def test_a_clip_without_words_is_the_reason_why_not() -> None:
    scope = scope_of_selection(Project(lanes=(lane("Rain", clip("a", 0, 4, "")),)), NOTHING)

    assert not scope.is_possible
    assert "Rain" in scope.reason


def test_only_what_lacks_sound_is_made_without_a_selection() -> None:
    done, open_ = lane("Done", clip("a", 0, 4)), lane("Open", clip("b", 0, 4), clip("c", 8, 12))
    project = Project(lanes=(done, open_))
    project = replace(project, lanes=(with_sound(project, done), open_))
    scope = scope_of_selection(project, NOTHING)

    assert scope.label == "Generate 2 takes"
    assert [plan.lane_id for plan in scope.plans] == ["Open", "Open"]
    assert [plan.number for plan in scope.plans] == [1, 2]


def test_selected_clips_mean_the_runs_that_they_belong_to() -> None:
    both = lane("Rain", clip("a", 0, 4), clip("b", 4, 8), clip("c", 20, 24))
    project = Project(lanes=(both,))
    scope = scope_of_selection(project, TimelineSelection(clip_ids=frozenset({ClipId("b")})))

    assert [plan.span for plan in scope.plans] == [span(0, 8)]
    assert scope.label == "Generate 1 take"


def test_changed_words_are_an_update() -> None:
    rain = lane("Rain", clip("a", 0, 4))
    project = Project(lanes=(rain,))
    made = with_sound(project, rain)
    snow = replace(made, clips=(clip("a", 0, 4, "snow"),))

    assert scope_of_selection(Project(lanes=(snow,)), NOTHING).label == "Update 1 take"


def test_everything_up_to_date_is_made_again() -> None:
    rain = lane("Rain", clip("a", 0, 4))
    project = Project(lanes=(with_sound(Project(lanes=(rain,)), rain),))

    assert scope_of_selection(project, NOTHING).label == "Generate again: 1 take"


def test_a_range_over_sound_is_a_repair_on_its_lanes_only() -> None:
    lanes = (lane("Rain", clip("a", 0, 10)), lane("Wind", clip("b", 0, 10)))
    project = Project(lanes=lanes)
    project = replace(project, lanes=tuple(with_sound(project, each) for each in lanes))
    selection = TimelineSelection(span=span(2, 4), lane_ids=(LaneId("Wind"),))
    scope = scope_of_selection(project, selection)

    assert scope.label == "Repair 1 range"
    assert [(each.name, part) for each, part in scope.repairs] == [("Wind", span(2, 4))]
    assert scope.plans == ()


def test_a_range_without_sound_is_no_repair() -> None:
    project = Project(lanes=(lane("Rain", clip("a", 0, 10)),))
    selection = TimelineSelection(span=span(2, 4), lane_ids=(LaneId("Rain"),))

    assert scope_of_selection(project, selection).label == "Generate 1 take"


def test_a_whole_lane_is_made_whatever_it_has() -> None:
    rain = lane("Rain", clip("a", 0, 4), clip("b", 8, 12))
    made = with_sound(Project(lanes=(rain,)), rain)

    assert len(scope_of_lane(Project(lanes=(made,)), made).plans) == 2
    assert scope_of_lane(Project(lanes=(lane("Empty"),)), lane("Empty")).plans == ()


def test_the_estimate_says_how_long_it_will_take_only_when_that_is_known() -> None:
    scope = scope_of_selection(Project(lanes=(lane("Rain", clip("a", 0, 4)),)), NOTHING)

    assert scope.estimate(lambda _: None) == "4 s of sound"
    assert scope.estimate(lambda plans: 50.0 * len(plans)) == "4 s of sound | about 50 s"
    assert GenerationScope(label="").duration == Samples(0)


def test_what_is_in_the_queue_is_not_made_twice() -> None:
    project = Project(lanes=(lane("Rain", clip("a", 0, 4), clip("b", 8, 12)),))

    half = scope_of_selection(project, NOTHING, {(LaneId("Rain"), span(0, 4))})
    assert [plan.span for plan in half.plans] == [span(8, 12)]
    all_of_it = {(LaneId("Rain"), span(0, 4)), (LaneId("Rain"), span(8, 12))}
    nothing = scope_of_selection(project, NOTHING, all_of_it)
    assert not nothing.is_possible
    assert nothing.reason == "All of it is in the queue."
