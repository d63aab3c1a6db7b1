"""What can be wrong with the prompts of a request: words, curves, sounds. No torch."""

from itertools import pairwise
from pathlib import Path

from engine.api import (
    LATENT_FRAMES_PER_SECOND,
    Anchor,
    Cohesion,
    Curve,
    EngineError,
    GenerateRequest,
    Region,
    RootPrompt,
    TransitionKind,
)
from engine.runtime.files.audio_file import audio_seconds

FURTHEST_LATENT_FRAME = 1 << 40
"""Noise is keyed by the frame's number, which must keep well within the 48 bits it has there."""
MAX_PROMPT_CHARACTERS = 4_000
MAX_GUIDANCE_SCALE = 100.0
MAX_WEIGHT = 1_000.0
MAX_REFERENCE_SHARE = 0.5
_GUIDANCE_REMEDY = f"Choose 1 to 20; at most {MAX_GUIDANCE_SCALE:g}."
_WEIGHT_REMEDY = "Choose a number above 0, such as 1."


def check_prompts(request: GenerateRequest) -> None:
    """Refuse prompts that cannot be followed.

    Raises:
        EngineError: Something is wrong; the message names it and the remedy.
    """
    if not request.regions:
        raise EngineError("There is no prompt.", "Add at least one prompt clip.")
    for number, region in enumerate(request.regions, start=1):
        _check_place(number, region)
        where = f"Prompt {number} (at {shown_seconds(region.start_latent_frame)})"
        _check_words(where, region)
        _check_strengths(where, region)
        _check_transition(where, region)
        _check_anchors(where, region)
    _check_order(request.regions)
    if request.root is not None:
        _check_root(request.root)
    _check_cohesion(request.cohesion)


def shown_seconds(latent_frames: int) -> str:
    """A number of latent frames in seconds, for messages."""
    return f"{latent_frames / LATENT_FRAMES_PER_SECOND:.2f} s"


def _check_order(regions: tuple[Region, ...]) -> None:
    for before, after in pairwise(regions):
        if after.start_latent_frame < before.start_latent_frame:
            raise EngineError(
                f"The prompts are not in order of time: “{_short(after.prompt)}” starts before"
                f" “{_short(before.prompt)}”.",
                "Sort them by their start.",
            )
    end = regions[0].end_latent_frame
    for region in regions[1:]:
        start = region.start_latent_frame
        if start > end:
            raise EngineError(
                f"No prompt covers {shown_seconds(end)} to {shown_seconds(start)}.",
                "Close the gap, or generate the parts one by one.",
            )
        end = max(end, region.end_latent_frame)


def _check_place(number: int, region: Region) -> None:
    if max(abs(region.start_latent_frame), region.num_latent_frames) > FURTHEST_LATENT_FRAME:
        raise EngineError(
            f"Prompt {number} has {region.num_latent_frames} latent frames from"
            f" {region.start_latent_frame}; {FURTHEST_LATENT_FRAME} is the limit of both.",
            "Move it nearer to the beginning.",
        )
    if region.num_latent_frames < 1:
        raise EngineError(
            f"Prompt {number} (at {shown_seconds(region.start_latent_frame)}) is"
            f" {shown_seconds(region.num_latent_frames)} long.",
            "Make it at least 0.04 s long.",
        )


def _check_words(where: str, region: Region) -> None:
    if not region.prompt.strip():
        raise EngineError(f"{where} has no words.", "Write what should be heard.")
    for text in (region.prompt, region.negative_prompt):
        _check_length(where, text)


def _check_length(where: str, text: str) -> None:
    if len(text) > MAX_PROMPT_CHARACTERS:
        raise EngineError(
            f"{where} has {len(text)} characters; {MAX_PROMPT_CHARACTERS} are allowed.",
            "Say it in fewer words.",
        )


def _check_strengths(where: str, region: Region) -> None:
    if not 0.0 <= region.guidance_scale <= MAX_GUIDANCE_SCALE:
        raise EngineError(f"{where} has a guidance of {region.guidance_scale:g}.", _GUIDANCE_REMEDY)
    if not 0.0 < region.weight <= MAX_WEIGHT:
        raise EngineError(f"{where} has a weight of {region.weight:g}.", _WEIGHT_REMEDY)
    if (curve := region.guidance_curve) is not None:
        _check_points(f"{where} has a guidance curve", curve)
        for frame, value in zip(curve.latent_frames, curve.values, strict=True):
            if not 0.0 <= value <= MAX_GUIDANCE_SCALE:
                raise EngineError(
                    f"{where} has a guidance of {value:g} at {shown_seconds(frame)}.",
                    _GUIDANCE_REMEDY,
                )
    if (curve := region.weight_curve) is not None:
        _check_points(f"{where} has a weight curve", curve)
        for frame, value in zip(curve.latent_frames, curve.values, strict=True):
            if not 0.0 < value <= MAX_WEIGHT:
                raise EngineError(
                    f"{where} has a weight of {value:g} at {shown_seconds(frame)}.",
                    _WEIGHT_REMEDY,
                )


def _check_points(what: str, curve: Curve) -> None:
    if not curve.latent_frames or len(curve.latent_frames) != len(curve.values):
        raise EngineError(
            f"{what} with {len(curve.latent_frames)} places and {len(curve.values)} values.",
            "Give every point a place and a value, or leave the curve out.",
        )
    for frame in curve.latent_frames:
        if abs(frame) > FURTHEST_LATENT_FRAME:
            raise EngineError(
                f"{what} with a point at frame {frame}; {FURTHEST_LATENT_FRAME} is the limit.",
                "Move it nearer to the beginning.",
            )
    for before, after in pairwise(curve.latent_frames):
        if after <= before:
            raise EngineError(
                f"{what} that goes from {shown_seconds(before)} to {shown_seconds(after)}.",
                "Sort its points by time, one at each place.",
            )


def _check_transition(where: str, region: Region) -> None:
    if not isinstance(region.transition, TransitionKind):
        raise EngineError(
            f"{where} has an unknown transition “{region.transition}”.",
            f"Choose one of: {', '.join(kind.value for kind in TransitionKind)}.",
        )
    if region.transition_latent_frames is not None and region.transition_latent_frames < 1:
        raise EngineError(
            f"{where} has a transition of {region.transition_latent_frames} latent frames.",
            "Make it at least 1 (0.04 s).",
        )


def _check_anchors(where: str, region: Region) -> None:
    if not 0.0 <= region.anchor_strength <= 1.0:
        raise EngineError(
            f"{where} follows its sounds with a strength of {region.anchor_strength:g}.",
            "Choose 0 (not at all) to 1 (the words do not count); 0.3 is usual.",
        )
    if region.anchor_strength > 0.0:
        for anchor in region.anchors:
            _check_anchor(where, anchor)


def _check_anchor(where: str, anchor: Anchor) -> None:
    if not 0.0 < anchor.weight <= MAX_WEIGHT:
        raise EngineError(
            f"{where} follows a sound with a weight of {anchor.weight:g}.", _WEIGHT_REMEDY
        )
    length = audio_seconds(Path(anchor.audio_path))
    start, duration = anchor.start_seconds, anchor.duration_seconds
    end = length if duration is None else start + duration
    # Half a hundredth of a second may be the rounding of whoever measured the file.
    if not (0.0 <= start < end <= length + 0.005):
        raise EngineError(
            f"{where} follows {start:g} s to {end:g} s of {anchor.audio_path}, which is"
            f" {length:.2f} s long.",
            "Choose a stretch of the file.",
        )


def _check_root(root: RootPrompt) -> None:
    if not root.prompt.strip():
        raise EngineError(
            "The prompt for the whole piece has no words.", "Write some, or leave it out."
        )
    _check_length("The prompt for the whole piece", root.prompt)
    if not 0.0 < root.share < 1.0:
        raise EngineError(
            f"The prompt for the whole piece has a share of {root.share:g}.",
            "Choose a number between 0 and 1, such as 0.25.",
        )


def _check_cohesion(cohesion: Cohesion) -> None:
    if not 0.0 <= cohesion.shared_noise <= 1.0:
        raise EngineError(
            f"The share of repeating noise is {cohesion.shared_noise:g}.",
            "Choose 0 (none) to 1 (nothing else); at most 0.1 is usual.",
        )
    if not 1 <= cohesion.period_latent_frames <= FURTHEST_LATENT_FRAME:
        raise EngineError(
            f"Noise cannot repeat after {cohesion.period_latent_frames} latent frames.",
            "Choose at least 1 (0.04 s); a bar gives a rhythm.",
        )
    if not 0.0 <= cohesion.reference_share <= MAX_REFERENCE_SHARE:
        raise EngineError(
            f"The share of steps that follow one window is {cohesion.reference_share:g}.",
            f"Choose 0 (none) to {MAX_REFERENCE_SHARE:g}.",
        )


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"
