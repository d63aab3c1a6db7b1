"""Jobs for tests of what shows and keeps them."""

from desktop_app.controllers.running_job import RunningJob
from desktop_app.generation import GenerationPlan, plan_island
from desktop_app.project.ids import ClipId, LaneId, MediaId, TakeId
from desktop_app.project.project import Lane, Project, Prompt, PromptClip, Take, TakeMedia
from desktop_app.project.time import Span, samples_from_seconds_rounded


def span(start: float, end: float) -> Span:
    return Span(samples_from_seconds_rounded(start), samples_from_seconds_rounded(end))


def rain(end: float = 4.0) -> Lane:
    clip = PromptClip(id=ClipId("clip"), span=span(0, end), prompt=Prompt(text="rain"))
    return Lane(id=LaneId("lane"), name="Rain", colour="moss", stream=0, clips=(clip,))


def plan_of(lane: Lane) -> GenerationPlan:
    return plan_island(Project(lanes=(lane,)), lane, lane.clips)


def waiting_job(lane: Lane, job_id: str = "job") -> RunningJob:
    return RunningJob.waiting(job_id, plan_of(lane), "/nowhere")


def take_of(plan: GenerationPlan, name: str) -> Take:
    media = TakeMedia(
        audio=MediaId("a.wav"),
        mel=MediaId("m.npy"),
        latents=MediaId("l.npy"),
        state=MediaId("s.npz"),
        sample_rate=16_000,
    )
    return Take(
        id=TakeId(name), number=plan.number, span=plan.span, media=media, recipe=plan.recipe
    )
