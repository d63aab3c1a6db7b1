"""How a finished take comes to its lane."""

from dataclasses import replace

from desktop_app.controllers.keeping import keep_edit, kept_words, plays_after
from desktop_app.controllers.running_job import RunningJob
from desktop_app.extension import plan_extension
from desktop_app.generation import plan_sections
from desktop_app.project.ids import MediaId
from desktop_app.project.project import Project, SoundBlock, SoundSource
from tests.unit.desktop_app.controllers.jobs import plan_of, rain, span, take_of


def test_a_new_take_plays_over_its_whole_span() -> None:
    lane = rain()
    plan = plan_of(lane)
    take = take_of(plan, "new")
    after = keep_edit(lane, plan, [take]).apply(Project(lanes=(lane,)))

    assert after.lanes[0].sound == (SoundBlock(span=span(0, 4), take_id=take.id),)


def test_a_repair_of_a_comp_leaves_the_other_takes_alone() -> None:
    lane = rain(20.0)
    first, second = take_of(plan_of(lane), "first"), take_of(plan_of(lane), "second")
    second = replace(second, number=2)
    comp = (
        SoundBlock(span=span(0, 10), take_id=first.id),
        SoundBlock(span=span(10, 20), take_id=second.id),
    )
    lane = replace(lane, takes=(first, second), sound=comp, next_take_number=3)
    project = Project(lanes=(lane,))
    plan = plan_sections(project, lane, first, [span(8, 12)])
    repaired = take_of(plan, "repaired")
    after = keep_edit(lane, plan, [repaired]).apply(project).lanes[0]

    assert plays_after(lane, plan)
    assert after.sound == (
        SoundBlock(span=span(0, 10), take_id=repaired.id),
        SoundBlock(span=span(10, 20), take_id=second.id),
    )


def test_a_repair_of_a_take_that_plays_no_more_is_only_added() -> None:
    lane = rain(20.0)
    first, second = take_of(plan_of(lane), "first"), take_of(plan_of(lane), "second")
    lane = replace(
        lane,
        takes=(first, replace(second, number=2)),
        sound=(SoundBlock(span=span(0, 20), take_id=second.id),),
        next_take_number=3,
    )
    project = Project(lanes=(lane,))
    plan = plan_sections(project, lane, first, [span(8, 12)])
    after = keep_edit(lane, plan, [take_of(plan, "repaired")]).apply(project).lanes[0]

    assert not plays_after(lane, plan)
    assert after.sound == lane.sound
    assert [take.id for take in after.takes] == ["first", "second", "repaired"]


def test_of_several_takes_the_first_plays_and_all_are_kept() -> None:
    lane = rain()
    plan = replace(plan_of(lane), num_candidates=3)
    takes = [replace(take_of(plan, f"t{n}"), number=n) for n in (1, 2, 3)]
    edit = keep_edit(lane, plan, takes)
    [after] = edit.apply(Project(lanes=(lane,))).lanes

    assert edit.label == "Keep 3 takes"
    assert [take.id for take in after.takes] == ["t1", "t2", "t3"]
    assert after.sound == (SoundBlock(span=span(0, 4), take_id=takes[0].id),)
    assert after.next_take_number == 4


def test_words_say_what_was_made_and_what_was_left_alone() -> None:
    lane = rain(20.0)
    take = take_of(plan_of(lane), "first")
    whole = RunningJob.waiting("job", plan_of(lane), "/nowhere")
    assert kept_words(whole, 1, 12.0, None) == "20 s made in 12 s"
    assert kept_words(whole, 3, 130.0, None) == "3 takes made in 2 min"

    repair = plan_sections(Project(lanes=(lane,)), lane, take, [span(8, 12)])
    repaired = RunningJob.waiting("job", repair, "/nowhere", take)
    assert kept_words(repaired, 1, 3.0, 0) == "4 s made again in 3 s, 0 samples changed outside"
    assert kept_words(repaired, 2, 3.0, 1) == "2 takes made again in 3 s, 1 sample changed outside"

    longer = rain(26.0)
    extension = plan_extension(Project(lanes=(longer,)), longer, longer.clips, take, number=2)
    extended = RunningJob.waiting("job", extension, "/nowhere", take)
    assert kept_words(extended, 1, 3.0, None) == "6 s added in 3 s"

    source = SoundSource(media=MediaId("a.wav"))
    imported = replace(plan_of(lane), recipe=replace(plan_of(lane).recipe, source=source))
    job = RunningJob.waiting("job", imported, "/nowhere")
    assert kept_words(job, 1, 1.0, None) == "20 s imported in 1 s"
