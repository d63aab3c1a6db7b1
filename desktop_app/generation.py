"""What must be generated for a lane, and how results become takes. Pure functions.

A take's recipe says everything that its sound depends on, and the request for the engine is made
from the recipe alone. So whatever was generated can be generated again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from desktop_app.cohesion import heard_settings, period_of_run
from desktop_app.loops import fits_a_loop, is_loop
from desktop_app.plan_work import work_of
from desktop_app.project.edits.change_time import ChangeTime
from desktop_app.project.ids import LaneId, MediaId, TakeId
from desktop_app.project.lookup import island_span, islands
from desktop_app.project.project import (
    Lane,
    Project,
    Prompt,
    PromptClip,
    PromptSpan,
    Recipe,
    Take,
    TakeMedia,
)
from desktop_app.project.time import (
    SAMPLES_PER_LATENT_FRAME,
    Span,
    latent_frame_floor,
    samples_from_latent_frame,
)
from desktop_app.prompt_spans import merged, respanned
from desktop_app.recipe_request import request_from_recipe
from desktop_app.sound_sources import has_one_source, source_of_run
from engine.api import (
    BaseResult,
    EngineError,
    GenerateRequest,
    GenerationResult,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationPlan:
    """One take that is to be made, or several that differ in their noise alone.

    Attributes:
        lane_id: The lane it will belong to.
        number: Its number within the lane; of several the first one's.
        span: Where its sound will lie; starts on a latent frame.
        recipe: How it is made; the engine's version is filled in when it is done.
        num_candidates: How many are made; their noise takes count up from the recipe's.
        time_change: The edit of the clips that belongs to it and is done when it is there.
    """

    lane_id: LaneId
    number: int
    span: Span
    recipe: Recipe
    num_candidates: int = 1
    time_change: ChangeTime | None = None

    @property
    def work(self) -> int:
        """What new takes cost, in units that do not depend on the model's window."""
        return work_of(self.recipe, self.span) * self.num_candidates

    def request(
        self,
        *,
        job_id: str,
        output_dir: str,
        base: BaseResult | None = None,
        media_path: Callable[[MediaId], Path] = Path,
        wants_previews: bool = True,
    ) -> GenerateRequest:
        """The engine's order.

        Args:
            job_id: Name of the job.
            output_dir: Existing folder for the files.
            base: Files of the take that the recipe is based on; required if it is.
            media_path: Where a file of the media store lies.
            wants_previews: Whether half-done spectrograms are of use.

        Raises:
            EngineError: The recipe names a sampler that does not exist.
        """
        request = request_from_recipe(
            self.recipe, job_id=job_id, output_dir=output_dir, base=base, media_path=media_path
        )
        return replace(
            request,
            num_candidates=self.num_candidates,
            wants_previews=wants_previews,
        )


def combined_prompt(clip: PromptClip, everywhere: Prompt) -> Prompt:
    """The words that the engine hears for a clip: its own, then the Everywhere prompt."""
    if not clip.uses_everywhere:
        everywhere = Prompt()
    return Prompt(
        text=_joined(clip.prompt.text, everywhere.text),
        leave_out=_joined(clip.prompt.leave_out, everywhere.leave_out),
    )


def prompt_spans(clips: Sequence[PromptClip], everywhere: Prompt) -> tuple[PromptSpan, ...]:
    """The clips as a recipe keeps them."""
    return tuple(
        PromptSpan(
            span=clip.span,
            prompt=combined_prompt(clip, everywhere),
            guidance_scale=clip.guidance_scale,
            weight=clip.weight,
            transition=clip.transition,
            transition_duration=clip.transition_duration,
            anchors=clip.anchors,
            anchor_strength=clip.anchor_strength,
            guidance_curve=clip.guidance_curve,
            weight_curve=clip.weight_curve,
        )
        for clip in clips
    )


def plan_island(
    project: Project, lane: Lane, island: tuple[PromptClip, ...], *, number: int | None = None
) -> GenerationPlan:
    """Plan a new take of a run of clips.

    Args:
        project: The project, for its Everywhere prompt.
        lane: The lane of the clips.
        island: Clips that touch or overlap, in order.
        number: Number of the first take and of its noise; the lane's next one if not given.
    """
    number = lane.next_take_number if number is None else number
    whole = island_span(island)
    start = samples_from_latent_frame(latent_frame_floor(whole.start))
    return GenerationPlan(
        lane_id=lane.id,
        number=number,
        span=Span(start, whole.end),
        recipe=Recipe(
            prompts=prompt_spans(island, project.everywhere),
            settings=lane.settings,
            stream=lane.stream,
            noise_take=number,
            engine_version="",
            is_loop=is_loop(island),
            source=source_of_run(island, start),
            period_latent_frames=period_of_run(project, lane.settings, island),
        ),
        num_candidates=lane.num_candidates,
    )


def plans_for_lane(
    project: Project, lane: Lane, *, only_needed: bool = False
) -> tuple[GenerationPlan, ...]:
    """Plan new takes for the runs of clips of a lane.

    Args:
        project: The project, for its Everywhere prompt.
        lane: The lane.
        only_needed: Leave out runs whose sound is there and up to date.
    """
    wanted = [
        island
        for island in islands(lane)
        if not only_needed or needs_generation(project, lane, island)
    ]
    return tuple(
        plan_island(project, lane, island, number=lane.next_take_number + index)
        for index, island in enumerate(wanted)
    )


def going_on_from(take: Take, recipe: Recipe) -> Recipe:
    """The recipe, based on the take and made as the take was.

    Kept frames lie on the way that their own solver took; beside another's, with other steps, the
    joins would be heard.
    """
    return replace(
        recipe,
        settings=take.recipe.settings,
        stream=take.recipe.stream,
        period_latent_frames=take.recipe.period_latent_frames,
        based_on=take.id,
    )


def plan_sections(
    project: Project, lane: Lane, take: Take, sections: Sequence[Span], *, strength: float = 1.0
) -> GenerationPlan:
    """Plan to make parts of a take again, with the prompts that now lie there.

    Args:
        project: The project, for its Everywhere prompt.
        lane: The lane of the take.
        take: The take; everything outside the sections stays as it is, bit for bit.
        sections: Ranges of the timeline; what lies outside the take is cut off.
        strength: 1 replaces the sound, less varies it.

    Raises:
        EngineError: No section meets the take.
    """
    inside = [part for span in sections if (part := span.intersection(take.span)) is not None]
    if not inside:
        raise EngineError(
            f"The selected range does not meet take {take.number}.", "Select a part of its sound."
        )
    return GenerationPlan(
        lane_id=lane.id,
        number=lane.next_take_number,
        span=take.span,
        recipe=replace(
            going_on_from(take, take.recipe),
            # Where clips no longer cover the take, it is made as it was.
            prompts=_prompts_over(project, lane, take) or take.recipe.prompts,
            noise_take=lane.next_take_number,
            engine_version="",
            sections=tuple(inside),
            section_strength=strength,
            kept=(),
        ),
        num_candidates=lane.num_candidates,
    )


def take_from_result(
    plan: GenerationPlan,
    result: GenerationResult,
    media: TakeMedia,
    *,
    take_id: TakeId,
    rank: int = 0,
) -> Take:
    """The take that a finished job has made.

    Args:
        plan: What was to be made.
        result: What the engine answered.
        media: Its files, from :func:`media_from_result`.
        take_id: Name of the take.
        rank: Place among several takes of the job, 0 for the best, which gets the first number.
    """
    return Take(
        id=take_id,
        number=plan.number + rank,
        span=plan.span,
        media=media,
        recipe=replace(
            plan.recipe,
            noise_take=plan.recipe.noise_take + result.candidate,
            engine_version=result.engine_version,
        ),
        score=result.score,
    )


def media_from_result(
    result: GenerationResult, add_file: Callable[[Path, str], MediaId]
) -> TakeMedia:
    """Move the files of a finished job to the media store.

    Args:
        result: What the engine answered.
        add_file: Takes a file and its suffix; returns its name in the store.
    """
    return TakeMedia(
        audio=add_file(Path(result.audio_path), ".wav"),
        mel=add_file(Path(result.mel_path), ".npy"),
        latents=add_file(Path(result.latents_path), ".npy"),
        state=add_file(Path(result.state_path), ".npz"),
        sample_rate=result.sample_rate,
    )


def base_of_take(take: Take, media_path: Callable[[MediaId], Path]) -> BaseResult:
    """The files of a take, for a request that makes parts of it again."""
    return BaseResult(
        latents_path=str(media_path(take.media.latents)),
        mel_path=str(media_path(take.media.mel)),
        audio_path=str(media_path(take.media.audio)),
        state_path=str(media_path(take.media.state)),
    )


def is_stale(project: Project, lane: Lane, take: Take) -> bool:
    """Whether the lane's clips or settings are no longer those that the take was made from.

    Clips that reach beyond the take leave it as good as it was.
    """
    clips = tuple(clip for clip in lane.clips if clip.span.intersects(take.span))
    loops = is_loop(clips)
    if take.recipe.is_loop != loops:
        return True
    made, wanted = (
        heard_settings(each, take.span, loops=loops)
        for each in (take.recipe.settings, lane.settings)
    )
    if made != wanted or take.recipe.period_latent_frames != period_of_run(
        project, lane.settings, clips
    ):
        return True
    if take.recipe.source != source_of_run(clips, take.span.start):
        return True
    return not has_same_words(project, lane, take)


def has_same_words(project: Project, lane: Lane, take: Take) -> bool:
    """Whether the clips over a take still say what it was made from, wherever else they reach."""
    prompts = _prompts_over(project, lane, take)
    return prompts is not None and merged(prompts) == merged(take.recipe.prompts)


def needs_generation(project: Project, lane: Lane, island: tuple[PromptClip, ...]) -> bool:
    """Whether a run of clips lacks sound somewhere, or has stale sound."""
    position = island_span(island).start
    end = island_span(island).end
    takes = {take.id: take for take in lane.takes}
    for block in lane.sound:
        if block.span.end <= position or block.span.start >= end:
            continue
        take = takes.get(block.take_id)
        if block.span.start > position or take is None or is_stale(project, lane, take):
            return True
        position = block.span.end
    return position < end


def reason_not_to_generate(project: Project, lane: Lane) -> str | None:
    """Why the engine would refuse the lane, as a sentence for people, or ``None``."""
    for run in islands(lane):
        if not has_one_source(run):
            return (
                f"Clips that touch on the lane “{lane.name}” start from different sounds."
                " Leave a gap between them."
            )
        if is_loop(run) and not fits_a_loop(island_span(run)):
            return (
                f"The loop on the lane “{lane.name}” is no multiple of 0.32 s long any more."
                " Switch Loop off and on."
            )
    if not lane.clips:
        return f"The lane “{lane.name}” has no clips. Draw one and write a prompt."
    for number, clip in enumerate(lane.clips, start=1):
        if not combined_prompt(clip, project.everywhere).text:
            return f"Clip {number} of the lane “{lane.name}” has no words. Write a prompt."
    return None


def _joined(own: str, everywhere: str) -> str:
    return ", ".join(part for part in (own.strip(), everywhere.strip()) if part)


def _prompts_over(project: Project, lane: Lane, take: Take) -> tuple[PromptSpan, ...] | None:
    """The lane's prompts cut to the take; ``None`` where clips no longer cover it."""
    clips = [clip for clip in lane.clips if clip.span.intersects(take.span)]
    current = prompt_spans(clips, project.everywhere)
    cut = [(prompt, prompt.span.intersection(take.span)) for prompt in current]
    prompts = tuple(respanned(prompt, span) for prompt, span in cut if span is not None)
    is_covered = (
        bool(prompts)
        and prompts[0].span.start - take.span.start < SAMPLES_PER_LATENT_FRAME
        and prompts[-1].span.end == take.span.end
        and all(after.span.start <= before.span.end for before, after in pairwise(prompts))
    )
    if not is_covered:
        return None
    first = Span(take.span.start, prompts[0].span.end)
    return (respanned(prompts[0], first), *prompts[1:])
