"""Small projects for tests. One unit of time is a latent frame (40 ms), so numbers stay short."""

from dataclasses import replace

from desktop_app.project.edits import Edit
from desktop_app.project.ids import ClipId, LaneId, MediaId, TakeId
from desktop_app.project.project import (
    GenerationSettings,
    Lane,
    Project,
    Prompt,
    PromptClip,
    PromptSpan,
    Recipe,
    Take,
    TakeMedia,
    TransitionKind,
)
from desktop_app.project.time import SAMPLES_PER_LATENT_FRAME, Samples, Span

LANE = LaneId("lane0")


def frames(number: float) -> Samples:
    return Samples(round(number * SAMPLES_PER_LATENT_FRAME))


def span(start: float, end: float) -> Span:
    return Span(frames(start), frames(end))


def clip(name: str, start: float, end: float, text: str | None = None) -> PromptClip:
    prompt = Prompt(text=f"sound {name}" if text is None else text)
    return PromptClip(id=ClipId(name), span=span(start, end), prompt=prompt)


def project_with(*lanes: tuple[PromptClip, ...]) -> Project:
    """A project whose lanes "lane0", "lane1" … hold these clips."""
    made = tuple(
        Lane(id=LaneId(f"lane{n}"), name=f"Lane {n + 1}", colour="iris", stream=n, clips=clips)
        for n, clips in enumerate(lanes)
    )
    return Project(name="Test", lanes=made, next_stream=len(made))


def clips_at(project: Project, lane: int = 0) -> dict[str, tuple[float, float]]:
    """Name, start and end of the clips of a lane, in order, in latent frames."""
    unit = SAMPLES_PER_LATENT_FRAME
    return {
        str(clip.id): (clip.span.start / unit, clip.span.end / unit)
        for clip in project.lanes[lane].clips
    }


def media_ids(name: str = "a") -> TakeMedia:
    digest = (name * 64)[:64].encode().hex()[:64]
    return TakeMedia(
        audio=MediaId(f"{digest}.wav"),
        mel=MediaId(f"{digest}.npy"),
        latents=MediaId(f"{digest[::-1]}.npy"),
        state=MediaId(f"{digest}.npz"),
        sample_rate=16_000,
    )


def take(name: str, number: int, start: float, end: float) -> Take:
    where = span(start, end)
    said = PromptSpan(
        span=where,
        prompt=Prompt(text="rain", leave_out="wind"),
        guidance_scale=3.0,
        weight=1.0,
        transition=TransitionKind.AUTO,
        transition_duration=None,
    )
    recipe = Recipe(
        prompts=(said,),
        settings=GenerationSettings(),
        stream=0,
        noise_take=number,
        engine_version="0.1.0",
    )
    return Take(id=TakeId(name), number=number, span=where, media=media_ids(name[0]), recipe=recipe)


def sound_of(project: Project, lane: int = 0) -> list[tuple[str, float, float]]:
    """Take, start and end of what plays on a lane, in latent frames."""
    unit = SAMPLES_PER_LATENT_FRAME
    return [
        (str(block.take_id), block.span.start / unit, block.span.end / unit)
        for block in project.lanes[lane].sound
    ]


def done(project: Project, *edits: Edit) -> Project:
    """The project after all these edits."""
    for edit in edits:
        project = edit.apply(project)
    return project


def with_settings(project: Project, settings: GenerationSettings) -> Project:
    lanes = tuple(replace(lane, settings=settings) for lane in project.lanes)
    return replace(project, lanes=lanes)
