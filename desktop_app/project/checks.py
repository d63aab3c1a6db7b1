"""What makes the values of a project sound. Edits and the file reader share these checks."""

import math
from collections.abc import Iterable
from itertools import pairwise

from desktop_app.project.errors import EditError
from desktop_app.project.project import (
    LANE_COLOURS,
    MAX_ANCHORS,
    MAX_CANDIDATES,
    MAX_CURVE_POINTS,
    MAX_GAIN_DB,
    MAX_GUIDANCE_SCALE,
    MAX_PERIOD_BARS,
    MAX_PROMPT_CHARACTERS,
    MAX_REFERENCE_SHARE,
    MAX_WEIGHT,
    MIN_GAIN_DB,
    CurvePoint,
    GenerationSettings,
    Lane,
    Project,
    Prompt,
    PromptClip,
)
from desktop_app.project.time import MAX_TIMELINE_SAMPLES, SAMPLES_PER_LATENT_FRAME, Samples

MAX_NAME_CHARACTERS = 255
"""As many as the name of a folder may have, because projects are named after theirs."""
MIN_CLIP_SAMPLES = Samples(SAMPLES_PER_LATENT_FRAME)
"""A shorter clip would be no frame of the engine."""
MIN_CURVE_WEIGHT = 0.01
"""A weight of nothing is no weight: where two clips had it, nobody could say what sounds."""
MAX_LANES = 256
MAX_STEPS = 999
"""The engine's schedule has 1,000 levels, and the steps go between them."""
MAX_STRIDE_LATENT_FRAMES = 248
"""Windows of 256 frames that lay further apart would not overlap."""
MIN_TEMPO_BPM, MAX_TEMPO_BPM = 20.0, 999.0
MAX_BEATS_PER_BAR = 32
SAMPLERS = ("ddim", "dpm-solver++2m", "unipc")


def check_name(what: str, name: str) -> None:
    """Refuse a name that is too long or holds control characters.

    Raises:
        EditError: With ``what`` ("The lane's name") as the subject.
    """
    if len(name) > MAX_NAME_CHARACTERS:
        raise EditError(
            f"{what} has {len(name)} characters; at most {MAX_NAME_CHARACTERS} fit. Shorten it."
        )
    if any(ord(character) < 32 for character in name):
        raise EditError(f"{what} holds a control character or a line break. Remove it.")


def check_prompt(prompt: Prompt) -> None:
    """Refuse words that are too long.

    Raises:
        EditError: The text or what it leaves out is too long.
    """
    for text in (prompt.text, prompt.leave_out):
        if len(text) > MAX_PROMPT_CHARACTERS:
            raise EditError(
                f"The prompt has {len(text)} characters; at most {MAX_PROMPT_CHARACTERS} fit."
                " Shorten it."
            )


def check_range(what: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside ``low`` to ``high``, and NaN.

    Raises:
        EditError: With ``what`` ("The pan") as the subject.
    """
    if not low <= value <= high:
        raise EditError(f"{what} must lie between {low:g} and {high:g}, but is {value:g}.")


def check_clip(clip: PromptClip) -> None:
    """Refuse a clip with values out of range; where it lies is a matter of placement.

    Raises:
        EditError: Names the value.
    """
    check_prompt(clip.prompt)
    check_range("How closely a clip is followed", clip.guidance_scale, 1.0, MAX_GUIDANCE_SCALE)
    check_range("A clip's weight", clip.weight, 0.0, MAX_WEIGHT)
    if clip.weight == 0.0:
        raise EditError("A clip's weight must be above 0. Remove the clip to silence it.")
    if clip.span.duration < MIN_CLIP_SAMPLES:
        raise EditError("A clip cannot be shorter than 40 ms.")
    if clip.source is not None:
        check_name("The name of a sound", clip.source.name)
        check_range("How far a sound is left", clip.source.strength, 0.0, 1.0)
    _check_anchors(clip)
    _check_curve(clip, "guidance", clip.guidance_curve, 1.0, MAX_GUIDANCE_SCALE)
    _check_curve(clip, "weight", clip.weight_curve, MIN_CURVE_WEIGHT, MAX_WEIGHT)
    duration = clip.transition_duration
    if duration is not None:
        check_range("The length of a transition", duration, 0, MAX_TIMELINE_SAMPLES)


def _check_curve(
    clip: PromptClip, what: str, points: tuple[CurvePoint, ...], low: float, high: float
) -> None:
    if len(points) > MAX_CURVE_POINTS:
        raise EditError(
            f"A curve of {what} has {len(points)} points; at most {MAX_CURVE_POINTS} fit."
            " Remove some."
        )
    for point in points:
        check_range(f"A point of a curve of {what}", point.value, low, high)
        if not 0 <= point.position <= clip.span.duration:
            raise EditError(f"A point of a curve of {what} lies outside its clip.")
    for before, after in pairwise(points):
        if after.position <= before.position:
            raise EditError(f"The points of a curve of {what} are not in order of time.")


def _check_anchors(clip: PromptClip) -> None:
    check_range("How much a sound counts", clip.anchor_strength, 0.0, 1.0)
    if len(clip.anchors) > MAX_ANCHORS:
        raise EditError(
            f"A clip can be like at most {MAX_ANCHORS} sounds, but these are {len(clip.anchors)}."
            " Select a shorter range."
        )
    for anchor in clip.anchors:
        check_name("The name of a sound", anchor.name)
        check_range("The start of a sound", anchor.start, 0, MAX_TIMELINE_SAMPLES)
        check_range("The length of a sound", anchor.duration, 1, MAX_TIMELINE_SAMPLES)
        check_range("The weight of a sound", anchor.weight, 1e-6, 1e6)


def check_settings(settings: GenerationSettings) -> None:
    """Refuse settings that the engine would refuse.

    Raises:
        EditError: Names the value.
    """
    if not settings.model or len(settings.model) > 4_096:
        raise EditError("The lane has no model. Choose one.")
    if settings.sampler not in SAMPLERS:
        raise EditError(f"“{settings.sampler}” is no sampler. Choose {' or '.join(SAMPLERS)}.")
    check_range("The number of steps", settings.num_steps, 1, MAX_STEPS)
    stride = settings.stride_latent_frames
    check_range("The distance of the windows", stride, 8, MAX_STRIDE_LATENT_FRAMES)
    if stride % 8:
        raise EditError(f"The distance of the windows must be a multiple of 8, but is {stride}.")
    if not 0 <= settings.seed < 2**63:
        raise EditError(f"The seed must lie between 0 and {2**63 - 1}, but is {settings.seed}.")
    _check_cohesion(settings)


def _check_cohesion(settings: GenerationSettings) -> None:
    check_range("How much of the noise repeats", settings.shared_noise, 0.0, 1.0)
    check_range("The period in bars", settings.period_bars, 0.5, MAX_PERIOD_BARS)
    if not (2 * settings.period_bars).is_integer():
        raise EditError(
            f"A period has whole or half bars, but {settings.period_bars:g} are given."
            " Choose 0.5, 1, 1.5 …"
        )
    check_range(
        "The share of steps like the start", settings.reference_share, 0.0, MAX_REFERENCE_SHARE
    )


def check_lane_values(lane: Lane) -> None:
    """Refuse a lane with a name, colour, level, pan or number of takes out of range.

    Raises:
        EditError: Names the value.
    """
    check_name("The lane's name", lane.name)
    if lane.colour not in LANE_COLOURS:
        raise EditError(f"“{lane.colour}” is no lane colour. Choose {', '.join(LANE_COLOURS)}.")
    check_range("A lane's level in dB", lane.gain_db, MIN_GAIN_DB, MAX_GAIN_DB)
    check_range("A lane's pan", lane.pan, -1.0, 1.0)
    check_range("The number of takes at once", lane.num_candidates, 1, MAX_CANDIDATES)


def check_placement(clips: tuple[PromptClip, ...]) -> None:
    """Refuse clips that do not lie side by side.

    In order of their start, neighbours may touch or overlap; no clip may lie inside another, and
    no sample may belong to three clips. So every overlap is the transition of exactly two clips.

    Args:
        clips: Clips of one lane in order of their start.

    Raises:
        EditError: Names the clip that is in the way.
    """
    for before, after in pairwise(clips):
        if after.span.start <= before.span.start or after.span.end <= before.span.end:
            inner = after if after.span.end <= before.span.end else before
            raise EditError(
                f"{_name_of(inner)} would lie inside another clip. Leave a part of each clip free."
            )
    for first, middle, third in zip(clips, clips[1:], clips[2:], strict=False):
        if third.span.start < first.span.end:
            raise EditError(
                f"Three clips would overlap at {_name_of(middle)}."
                " At most two may sound at the same time on a lane."
            )


def check_project(project: Project) -> None:
    """Refuse a project that no series of edits could have made.

    Raises:
        EditError: Names what is wrong.
    """
    check_name("The project's name", project.name)
    check_prompt(project.everywhere)
    check_tempo(project.tempo_bpm, project.beats_per_bar)
    if len(project.lanes) > MAX_LANES:
        raise EditError(f"The project has {len(project.lanes)} lanes; at most {MAX_LANES} fit.")
    _check_unique("lanes", (lane.id for lane in project.lanes))
    _check_unique("clips", (clip.id for lane in project.lanes for clip in lane.clips))
    _check_unique("takes", (take.id for lane in project.lanes for take in lane.takes))
    _check_unique("markers", (marker.id for marker in project.markers))
    for marker in project.markers:
        check_name("The marker's name", marker.name)
        check_range("A marker's position", marker.position, 0, MAX_TIMELINE_SAMPLES)
    for earlier, later in pairwise(project.markers):
        if later.position < earlier.position:
            raise EditError("The markers are not in order of time.")
    for lane in project.lanes:
        check_lane_values(lane)
        check_settings(lane.settings)
        for clip in lane.clips:
            check_clip(clip)
        check_placement(lane.clips)
        check_sound(lane)
        if not 0 <= lane.stream < project.next_stream:
            raise EditError(f"The noise stream of the lane “{lane.name}” was never given out.")


def check_sound(lane: Lane) -> None:
    """Refuse sound that overlaps or that no take of the lane holds.

    Raises:
        EditError: Names the lane.
    """
    for before, after in pairwise(lane.sound):
        if after.span.start < before.span.end:
            raise EditError(f"The sound of the lane “{lane.name}” overlaps itself.")
    spans = {take.id: take.span for take in lane.takes}
    for block in lane.sound:
        span = spans.get(block.take_id)
        if span is None or span.intersection(block.span) != block.span:
            raise EditError(f"The lane “{lane.name}” plays a take that it does not have.")
    for take in lane.takes:
        if take.score is not None:
            check_range("The match of a take", take.score, -1.0, 1.0)
    numbers = [take.number for take in lane.takes]
    if min([lane.next_take_number, *numbers]) < 1:
        raise EditError(f"The takes of the lane “{lane.name}” are not numbered from 1.")
    if len(set(numbers)) < len(numbers) or max(numbers, default=0) >= lane.next_take_number:
        raise EditError(f"The takes of the lane “{lane.name}” are not numbered in order.")


def check_tempo(tempo_bpm: float, beats_per_bar: int) -> None:
    """Refuse a tempo or metre out of range.

    Raises:
        EditError: Names the value.
    """
    if not math.isfinite(tempo_bpm):
        raise EditError("The tempo is not a number.")
    check_range("The tempo", tempo_bpm, MIN_TEMPO_BPM, MAX_TEMPO_BPM)
    check_range("The number of beats in a bar", beats_per_bar, 1, MAX_BEATS_PER_BAR)


def _check_unique(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for id_ in ids:
        if id_ in seen:
            raise EditError(f"Two {what} have the same name “{id_}”.")
        seen.add(id_)


def _name_of(clip: PromptClip) -> str:
    text = " ".join(clip.prompt.text.split())
    if not text:
        return "An empty clip"
    return f"“{text}”" if len(text) <= 40 else f"“{text[:39]}…”"
