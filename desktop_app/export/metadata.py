"""What an exported file says about itself."""

import json
from collections.abc import Sequence
from dataclasses import replace

from desktop_app.export.chunks import (
    Chunk,
    Loudness,
    bext_chunk,
    info_chunk,
    loop_chunk,
    marker_chunks,
)
from desktop_app.export.settings import ExportSettings
from desktop_app.project.project import Lane, Project, Prompt, Recipe
from desktop_app.project.storage.schema import plain_data
from desktop_app.project.time import TIMELINE_RATE_HZ, Samples, Span

SOFTWARE = "Longwave"
AI_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC's term for media made by a trained model."""


def frames_rounded(position: Samples, sample_rate: int) -> int:
    """Timeline samples as frames of a file; halves go up."""
    return (2 * position * sample_rate + TIMELINE_RATE_HZ) // (2 * TIMELINE_RATE_HZ)


def head_chunks(
    title: str, settings: ExportSettings, span: Span, loudness: Loudness | None = None
) -> tuple[Chunk, ...]:
    """The chunks before the samples.

    Args:
        title: Of the file.
        settings: Of the export.
        span: The exported part; its start becomes the time reference.
        loudness: If it is known; the size does not depend on it.
    """
    bits, rate = settings.sample_format.num_bits, settings.sample_rate
    history = f"A=PCM,F={rate},W={bits},M=stereo,T={SOFTWARE}"
    bext = bext_chunk(
        description=title,
        originator=SOFTWARE,
        originated_at=settings.originated_at,
        time_reference=frames_rounded(span.start, rate),
        loudness=loudness,
        coding_history=history,
    )
    return (bext,)


def tail_chunks(
    title: str, settings: ExportSettings, span: Span, project: Project, lanes: Sequence[Lane]
) -> tuple[Chunk, ...]:
    """The chunks after the samples: markers, the loop, and texts with the recipe.

    Args:
        title: Of the file.
        settings: Of the export.
        span: The exported part.
        project: For its markers and loop.
        lanes: The lanes that sound in the file.
    """
    chunks: list[Chunk] = []
    if settings.includes_markers:
        chunks += marker_chunks(_markers(project, settings, span))
    loop = _loop_of_sound(lanes)
    if loop is None and settings.includes_loop:
        loop = project.loop
    chunks += _loop(loop, settings, span)
    texts = [
        (b"INAM", title),
        (b"ICMT", comment(settings, span, lanes)),
        (b"ICOP", settings.licence),
        (b"ISFT", SOFTWARE),
    ]
    return (*chunks, info_chunk([(name, text) for name, text in texts if text]))


def comment(settings: ExportSettings, span: Span, lanes: Sequence[Lane]) -> str:
    """What a file tells about how it was made, as JSON; empty if nothing is to be told.

    Args:
        settings: Of the export.
        span: The exported part.
        lanes: The lanes that sound in the file.
    """
    data: dict[str, object] = {}
    if settings.includes_ai_tag:
        data["digital_source_type"] = AI_SOURCE
    if settings.includes_recipe:
        data["lanes"] = [
            _recipe_data(lane, span, has_prompts=settings.includes_prompts) for lane in lanes
        ]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) if data else ""


def _markers(project: Project, settings: ExportSettings, span: Span) -> list[tuple[int, str]]:
    return [
        (frames_rounded(Samples(marker.position - span.start), settings.sample_rate), marker.name)
        for marker in project.markers
        if span.contains(marker.position)
    ]


def _loop_of_sound(lanes: Sequence[Lane]) -> Span | None:
    """Where the sound itself is a loop: one stretch, the same on all lanes."""
    loops = set()
    for lane in lanes:
        made = {take.id: take.span for take in lane.takes if take.recipe.is_loop}
        blocks = [block.span for block in lane.sound]
        if len(blocks) != 1 or made.get(lane.sound[0].take_id) != blocks[0]:
            return None
        loops.add(blocks[0])
    return loops.pop() if len(loops) == 1 else None


def _loop(loop: Span | None, settings: ExportSettings, span: Span) -> list[Chunk]:
    rate = settings.sample_rate
    if loop is None or span.intersection(loop) != loop:
        return []
    first = frames_rounded(Samples(loop.start - span.start), rate)
    last = frames_rounded(Samples(loop.end - span.start), rate) - 1
    return [loop_chunk(rate, first, last)] if first <= last < 2**32 else []


def _recipe_data(lane: Lane, span: Span, *, has_prompts: bool) -> dict[str, object]:
    blocks = [block for block in lane.sound if block.span.intersects(span)]
    played = {block.take_id for block in blocks}
    return {
        "name": lane.name,
        "gain_db": lane.gain_db,
        "pan": lane.pan,
        "sound": [plain_data(block) for block in blocks],
        "takes": [
            {
                "id": take.id,
                "number": take.number,
                "recipe": plain_data(take.recipe if has_prompts else _wordless(take.recipe)),
            }
            for take in lane.takes
            if take.id in played
        ],
    }


def _wordless(recipe: Recipe) -> Recipe:
    return replace(recipe, prompts=tuple(replace(each, prompt=Prompt()) for each in recipe.prompts))
