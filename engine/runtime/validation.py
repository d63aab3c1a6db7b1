"""What can be wrong with a request before anything is loaded. No torch."""

import math
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from engine.api import (
    LATENT_FRAMES_PER_SECOND,
    EngineError,
    GenerateRequest,
    Region,
    Sampler,
    Section,
    TransitionKind,
)

MAX_SECONDS = 12 * 3600
FURTHEST_LATENT_FRAME = 1 << 40
"""Noise is keyed by the frame's number, which must keep well within the 48 bits it has there."""
MAX_PROMPT_CHARACTERS = 4_000
MAX_GUIDANCE_SCALE = 100.0
MAX_WEIGHT = 1_000.0
MAX_NUM_STEPS = 999
MAX_CANDIDATES = 64
STRIDE_MULTIPLE = 8
WRITING_REMEDY = "Check the folder's permissions and the free space, or choose another folder."
_BYTES_PER_LATENT_FRAME = 4 * (8 * 16 + 4 * 64 + 640)
"""Latents, mel and audio of 40 ms in float32."""


def check_request(request: GenerateRequest) -> None:
    """Refuse a request that cannot give a result.

    Raises:
        EngineError: Something is wrong; the message names it and the remedy.
    """
    _check_regions(request.regions)
    _check_length(request.num_latent_frames)
    _check_sampling(request)
    _check_noise(request)
    _check_sections(request)
    _check_candidates(request)
    check_output_dir(Path(request.output_dir), request.num_latent_frames * request.num_candidates)


def check_output_dir(folder: Path, num_latent_frames: int) -> None:
    """Refuse a folder that cannot take the files of a piece.

    Raises:
        EngineError: It is missing, not writable, or on a full disk.
    """
    if not folder.is_dir():
        raise EngineError(f"The output folder {folder} does not exist.", "Choose another folder.")
    with file_errors(f"write to {folder}", WRITING_REMEDY), tempfile.TemporaryFile(dir=folder):
        pass
    require_free_space(folder, num_latent_frames)


def require_free_space(folder: Path, num_latent_frames: int, scratch_bytes: int = 0) -> None:
    """Refuse a disk that will be full before the piece is finished.

    Args:
        folder: Where the files of the piece will lie.
        num_latent_frames: Length of the piece.
        scratch_bytes: What else is needed there for a while.

    Raises:
        EngineError: There is less space.
    """
    with file_errors(f"see how much space {folder} has", WRITING_REMEDY):
        free = shutil.disk_usage(folder).free
    needed = num_latent_frames * _BYTES_PER_LATENT_FRAME + scratch_bytes
    if free < needed:
        raise EngineError(
            f"{folder} has {free / 1e6:.0f} MB left, but {needed / 1e6:.0f} MB are needed.",
            "Free some space, or choose another folder.",
        )


@contextmanager
def file_errors(action: str, remedy: str) -> Iterator[None]:
    """Turn failures of files into messages for people.

    Args:
        action: What is being done, such as "write to /home/me/sounds".
        remedy: What to do about it.
    """
    try:
        yield
    except OSError as error:
        raise EngineError(f"Cannot {action}: {error.strerror or error}.", remedy) from error


def _check_regions(regions: tuple[Region, ...]) -> None:
    if not regions:
        raise EngineError("There is no prompt.", "Add at least one prompt clip.")
    for number, region in enumerate(regions, start=1):
        _check_region(number, region)
    for before, after in pairwise(regions):
        if after.start_latent_frame < before.start_latent_frame:
            raise EngineError(
                f"The prompts are not in order of time: “{_short(after.prompt)}” starts before"
                f" “{_short(before.prompt)}”.",
                "Sort them by their start.",
            )
    end = regions[0].end_latent_frame
    for region in regions[1:]:
        if region.start_latent_frame > end:
            raise EngineError(
                f"No prompt covers {_seconds(end)} to {_seconds(region.start_latent_frame)}.",
                "Close the gap, or generate the parts one by one.",
            )
        end = max(end, region.end_latent_frame)


def _check_region(number: int, region: Region) -> None:
    where = f"Prompt {number} (at {_seconds(region.start_latent_frame)})"
    if not region.prompt.strip():
        raise EngineError(f"{where} has no words.", "Write what should be heard.")
    for text in (region.prompt, region.negative_prompt):
        if len(text) > MAX_PROMPT_CHARACTERS:
            raise EngineError(
                f"{where} has {len(text)} characters; {MAX_PROMPT_CHARACTERS} are allowed.",
                "Say it in fewer words.",
            )
    if region.num_latent_frames < 1:
        raise EngineError(
            f"{where} is {_seconds(region.num_latent_frames)} long.",
            "Make it at least 0.04 s long.",
        )
    if max(abs(region.start_latent_frame), region.num_latent_frames) > FURTHEST_LATENT_FRAME:
        raise EngineError(
            f"Prompt {number} has {region.num_latent_frames} latent frames from"
            f" {region.start_latent_frame}; {FURTHEST_LATENT_FRAME} is the limit of both.",
            "Move it nearer to the beginning.",
        )
    if not 0.0 <= region.guidance_scale <= MAX_GUIDANCE_SCALE:
        raise EngineError(
            f"{where} has a guidance of {region.guidance_scale:g}.",
            f"Choose 1 to 20; at most {MAX_GUIDANCE_SCALE:g}.",
        )
    if not (0.0 < region.weight <= MAX_WEIGHT and math.isfinite(region.weight)):
        raise EngineError(
            f"{where} has a weight of {region.weight:g}.", "Choose a number above 0, such as 1."
        )
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


def _check_length(num_latent_frames: int) -> None:
    if num_latent_frames > MAX_SECONDS * LATENT_FRAMES_PER_SECOND:
        seconds = num_latent_frames / LATENT_FRAMES_PER_SECOND
        raise EngineError(
            f"The piece is {seconds / 3600:.1f} hours ({seconds:.2f} s) long;"
            f" {MAX_SECONDS // 3600} hours are the limit.",
            "Shorten it, or generate it in parts.",
        )


def _check_sampling(request: GenerateRequest) -> None:
    sampling = request.sampling
    if not isinstance(sampling.sampler, Sampler):
        raise EngineError(
            f"There is no sampler “{sampling.sampler}”.",
            f"Choose one of: {', '.join(sampler.value for sampler in Sampler)}.",
        )
    if not 1 <= sampling.num_steps <= MAX_NUM_STEPS:
        raise EngineError(
            f"{sampling.num_steps} sampling steps are not possible.",
            f"Choose 1 to {MAX_NUM_STEPS}; 25 are usual.",
        )
    stride = sampling.stride_latent_frames
    if stride < STRIDE_MULTIPLE or stride % STRIDE_MULTIPLE:
        raise EngineError(
            f"The windows' distance of {stride} latent frames is not possible.",
            "Choose 192 (draft), 128 (standard) or 64 (fine).",
        )


def _check_noise(request: GenerateRequest) -> None:
    last_take = (1 << 31) - request.num_candidates + 1
    for name, value, limit in (
        ("seed", request.seed, 1 << 63),
        ("noise stream", request.stream, 1 << 31),
        ("noise take", request.take, last_take),
        *(("noise take", section.take, last_take) for section in request.sections),
    ):
        if not 0 <= value < limit:
            raise EngineError(f"The {name} {value} is out of range.", f"Choose 0 to {limit - 1}.")


def _check_candidates(request: GenerateRequest) -> None:
    if not 1 <= request.num_candidates <= MAX_CANDIDATES:
        raise EngineError(
            f"{request.num_candidates} versions cannot be made.", f"Choose 1 to {MAX_CANDIDATES}."
        )


def _check_sections(request: GenerateRequest) -> None:
    base = request.base
    if not request.sections:
        if base is not None:
            raise EngineError(
                "A finished take was given, but no section of it.",
                "Name the sections that should be made again.",
            )
        return
    if base is None:
        raise EngineError(
            "Sections can only be made again in a finished take.", "Generate the whole first."
        )
    for path in (base.latents_path, base.mel_path, base.audio_path, base.state_path):
        if not Path(path).is_file():
            raise EngineError(
                f"The file {path} of the take is missing.", "Generate the whole piece again."
            )
    for section in request.sections:
        _check_section(request, section)


def _check_section(request: GenerateRequest, section: Section) -> None:
    start = section.start_latent_frame
    end = start + section.num_latent_frames
    where = f"The section {_seconds(start)} to {_seconds(end)}"
    if section.num_latent_frames < 1:
        raise EngineError(f"{where} is empty.", "Select a longer range.")
    if start < request.first_latent_frame or end > request.end_latent_frame:
        raise EngineError(
            f"{where} is not inside the take, {_seconds(request.first_latent_frame)} to"
            f" {_seconds(request.end_latent_frame)}.",
            "Select a range of the take.",
        )
    if not 0.0 < section.strength <= 1.0:
        raise EngineError(
            f"{where} has a strength of {section.strength:g}.", "Choose above 0, at most 1."
        )
    if section.feather_latent_frames < 0:
        raise EngineError(
            f"{where} has a feather of {section.feather_latent_frames} latent frames.",
            "Choose 0 or more; 32 is usual.",
        )


def _seconds(latent_frames: int) -> str:
    return f"{latent_frames / LATENT_FRAMES_PER_SECOND:.2f} s"


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"
