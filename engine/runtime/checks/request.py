"""What can be wrong with a request before anything is loaded. No torch."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.api import (
    LATENT_FRAMES_PER_SECOND,
    STANDARD_MEMORY_BUDGET_BYTES,
    EngineError,
    GenerateRequest,
    Sampler,
    Section,
)
from engine.runtime.checks.base import check_base
from engine.runtime.checks.loop import check_loop
from engine.runtime.checks.prompts import check_prompts, shown_seconds
from engine.runtime.checks.source import check_source

MAX_SECONDS = 12 * 3600
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
    check_prompts(request)
    _check_length(request.num_latent_frames)
    check_loop(request)
    _check_sampling(request)
    _check_noise(request)
    check_base(request)
    check_source(request)
    for section in request.sections:
        _check_section(request, section)
    _check_candidates(request)
    _check_eta(request)
    _check_memory(request)
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


def _check_eta(request: GenerateRequest) -> None:
    """Refuse a share of fresh noise that makes no sense."""
    sampling = request.sampling
    if sampling.eta is None:
        return
    if not 0.0 <= sampling.eta <= 1.0:
        raise EngineError(f"An eta of {sampling.eta:g} is not possible.", "Choose 0 to 1.")
    if sampling.eta and sampling.sampler is not Sampler.DDIM:
        raise EngineError(
            f"An eta of {sampling.eta:g} does not go with the sampler “{sampling.sampler}”.",
            "Choose the sampler “ddim”, or an eta of 0.",
        )


def _check_memory(request: GenerateRequest) -> None:
    if request.memory_budget_bytes < 0:
        raise EngineError(
            f"A memory budget of {request.memory_budget_bytes} bytes is not possible.",
            f"Choose 0 or more; {STANDARD_MEMORY_BUDGET_BYTES} ("
            f"{STANDARD_MEMORY_BUDGET_BYTES >> 30} GiB) is usual.",
        )


def _check_candidates(request: GenerateRequest) -> None:
    if not 1 <= request.num_candidates <= MAX_CANDIDATES:
        raise EngineError(
            f"{request.num_candidates} versions cannot be made.", f"Choose 1 to {MAX_CANDIDATES}."
        )


def _check_section(request: GenerateRequest, section: Section) -> None:
    start = section.start_latent_frame
    end = start + section.num_latent_frames
    where = f"The section {shown_seconds(start)} to {shown_seconds(end)}"
    if section.num_latent_frames < 1:
        raise EngineError(f"{where} is empty.", "Select a longer range.")
    # A section of a loop may go on beyond its end, but not around it.
    limit = request.end_latent_frame
    if request.is_loop and start < limit:
        limit = start + request.num_latent_frames
    if start < request.first_latent_frame or end > limit:
        raise EngineError(
            f"{where} is not inside the take, {shown_seconds(request.first_latent_frame)} to"
            f" {shown_seconds(request.end_latent_frame)}.",
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
