"""From a recipe to the order for the engine. Pure functions."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from desktop_app.project.curves import on_frames
from desktop_app.project.ids import MediaId
from desktop_app.project.project import (
    CurvePoint,
    KeptPart,
    PromptSpan,
    Recipe,
    SoundAnchor,
    SoundSource,
)
from desktop_app.project.time import (
    TIMELINE_RATE_HZ,
    Samples,
    Span,
    latent_frame_ceil,
    latent_frame_floor,
    latent_frame_rounded,
)
from engine.api import (
    Anchor,
    AudioSource,
    BaseResult,
    Cohesion,
    Curve,
    EngineError,
    GenerateRequest,
    KeptSpan,
    Region,
    Sampler,
    SamplingSettings,
    Section,
    SourceNoise,
    TransitionKind,
)

FEATHER_LATENT_FRAMES = 32


def request_from_recipe(
    recipe: Recipe,
    *,
    job_id: str,
    output_dir: str,
    base: BaseResult | None = None,
    media_path: Callable[[MediaId], Path] = Path,
) -> GenerateRequest:
    """The engine's order for one take.

    Args:
        recipe: How it is made.
        job_id: Name of the job.
        output_dir: Existing folder for the files.
        base: Files of the take that the recipe is based on; required if it is.
        media_path: Where a file of the media store lies.

    Raises:
        EngineError: The recipe names a sampler that does not exist.
    """
    settings = recipe.settings
    return GenerateRequest(
        job_id=job_id,
        model=settings.model,
        regions=_regions(recipe.prompts, media_path),
        sampling=SamplingSettings(
            sampler=_sampler(settings.sampler),
            num_steps=settings.num_steps,
            stride_latent_frames=settings.stride_latent_frames,
        ),
        cohesion=_cohesion(recipe),
        seed=settings.seed,
        stream=recipe.stream,
        take=recipe.noise_take,
        output_dir=output_dir,
        sections=tuple(
            _section(span, recipe.noise_take, recipe.section_strength) for span in recipe.sections
        ),
        base=None if base is None else replace(base, kept=_kept(recipe.kept)),
        is_loop=recipe.is_loop,
        # The take that it is based on holds all of the sound already.
        source=None if base is not None else _source(recipe.source, media_path),
    )


def grid_frames(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Spans as latent frames [start, end): borders rounded, the outer ends outwards."""
    last = len(spans) - 1
    frames: list[tuple[int, int]] = []
    for index, span in enumerate(spans):
        start = latent_frame_floor(span.start) if index == 0 else latent_frame_rounded(span.start)
        end = latent_frame_ceil(span.end) if index == last else latent_frame_rounded(span.end)
        frames.append((start, max(start + 1, end)))
    return frames


def _sampler(name: str) -> Sampler:
    try:
        return Sampler(name)
    except ValueError:
        known = ", ".join(sampler.value for sampler in Sampler)
        raise EngineError(f"There is no sampler “{name}”.", f"Choose one of: {known}.") from None


def _cohesion(recipe: Recipe) -> Cohesion:
    settings = recipe.settings
    cohesion = Cohesion(
        shared_noise=settings.shared_noise, reference_share=settings.reference_share
    )
    if recipe.period_latent_frames is None:
        return cohesion
    return replace(cohesion, period_latent_frames=recipe.period_latent_frames)


def _regions(
    prompts: tuple[PromptSpan, ...], media_path: Callable[[MediaId], Path]
) -> tuple[Region, ...]:
    """Prompts on the latent grid."""
    places = grid_frames([prompt.span for prompt in prompts])
    return tuple(
        Region(
            start_latent_frame=start,
            num_latent_frames=end - start,
            prompt=prompt.prompt.text,
            negative_prompt=prompt.prompt.leave_out,
            guidance_scale=prompt.guidance_scale,
            weight=prompt.weight,
            transition=TransitionKind(prompt.transition.value),
            transition_latent_frames=_transition_latent_frames(prompt.transition_duration),
            anchors=tuple(_anchor(anchor, media_path) for anchor in prompt.anchors),
            anchor_strength=prompt.anchor_strength,
            guidance_curve=_curve(prompt.guidance_curve, prompt.span.start),
            weight_curve=_curve(prompt.weight_curve, prompt.span.start),
        )
        for prompt, (start, end) in zip(prompts, places, strict=True)
    )


def _curve(points: Sequence[CurvePoint], start: Samples) -> Curve | None:
    if not points:
        return None
    places = [latent_frame_rounded(Samples(start + point.position)) for point in points]
    placed = on_frames(places, [point.value for point in points])
    return Curve(
        latent_frames=tuple(place for place, _ in placed),
        values=tuple(value for _, value in placed),
    )


def _anchor(anchor: SoundAnchor, media_path: Callable[[MediaId], Path]) -> Anchor:
    return Anchor(
        audio_path=str(media_path(anchor.media)),
        start_seconds=anchor.start / TIMELINE_RATE_HZ,
        duration_seconds=anchor.duration / TIMELINE_RATE_HZ,
        weight=anchor.weight,
    )


def _source(
    source: SoundSource | None, media_path: Callable[[MediaId], Path]
) -> AudioSource | None:
    if source is None:
        return None
    return AudioSource(
        path=str(media_path(source.media)),
        start_seconds=source.start / TIMELINE_RATE_HZ,
        strength=source.strength,
        noise=SourceNoise(source.noise.value),
    )


def _kept(parts: Sequence[KeptPart]) -> tuple[KeptSpan, ...]:
    return tuple(
        KeptSpan(
            start_latent_frame=latent_frame_floor(part.span.start),
            num_latent_frames=latent_frame_ceil(part.span.end)
            - latent_frame_floor(part.span.start),
            target_latent_frame=latent_frame_floor(part.target),
        )
        for part in parts
    )


def _transition_latent_frames(duration: Samples | None) -> int | None:
    return None if duration is None else max(1, latent_frame_rounded(duration))


def _section(span: Span, take: int, strength: float) -> Section:
    start, end = latent_frame_floor(span.start), latent_frame_ceil(span.end)
    return Section(
        start_latent_frame=start,
        num_latent_frames=end - start,
        take=take,
        strength=strength,
        feather_latent_frames=min(FEATHER_LATENT_FRAMES, max(1, (end - start) // 3)),
    )
