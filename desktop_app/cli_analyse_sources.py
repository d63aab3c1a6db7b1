"""What ``longwave analyse`` is pointed at: a sound file, or the takes of a project."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from desktop_app.project.ids import MediaId, TakeId
from desktop_app.project.project import Lane, Take
from desktop_app.project.storage.errors import StorageError, told_to_people
from desktop_app.project.storage.folder import PROJECT_SUFFIX, open_project
from desktop_app.project.storage.media import MediaStore
from desktop_app.project.time import (
    Samples,
    latent_frame_ceil,
    latent_frame_floor,
    seconds_from_samples,
)
from engine.analysis import DEFAULT_HALO_SECONDS, Piece, SeamLayout, TakeArrays, seam_layout
from engine.api import LATENT_FRAMES_PER_SECOND, EngineError
from engine.checkpoints.registry import resolve_model

NOMINAL_WINDOW = 256
"""The window that the strides of projects are counted for, in latent frames."""

STANDARD_STRIDE = 128
_TIME_MULTIPLE = 8
_BLOCK_SAMPLES = 1 << 20
_MEL_FRAMES_PER_SECOND = 100
_DECODER_REACH_SECONDS = 0.82  # 66 mel frames, and the grid on which chunks begin


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What the analysis must know about a model.

    Attributes:
        window: Latent frames of its window.
        halo_seconds: How far an edit may reach beyond its range.
    """

    window: int = NOMINAL_WINDOW
    halo_seconds: float = DEFAULT_HALO_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EditSubject:
    """An edit that can be compared with what it was made from.

    Attributes:
        edited: The take.
        base: The take it is based on.
        sections: Ranges that were made again, in seconds from the start of both.
        halo_seconds: How far beyond them the sound may change.
    """

    edited: TakeArrays
    base: TakeArrays
    sections: tuple[tuple[float, float], ...]
    halo_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """One piece of sound to be analysed.

    Attributes:
        name: For people.
        piece: The sound, and its latents and mel if they are there.
        layout: Its windows.
        edit: What it was edited from, or ``None``.
        notes: What could not be found, as sentences.
    """

    name: str
    piece: Piece
    layout: SeamLayout
    edit: EditSubject | None = None
    notes: tuple[str, ...] = ()


def is_project(path: Path) -> bool:
    """Whether a path means a project rather than a sound file."""
    return path.is_dir() or path.suffix == PROJECT_SUFFIX


def model_facts(name_or_path: str) -> ModelFacts | None:
    """Window and reach of a model; ``None`` if it is not on this computer or not in our layout."""
    try:
        config = json.loads((resolve_model(name_or_path) / "config.json").read_text())
        window = int(config["window_latent_frames"])
        vocoder = config["vocoder"]
        if vocoder.get("kind") != "griffinlim":
            return ModelFacts(window=window)
        # Every iteration carries a change by the windows that overlap.
        reach = -(-vocoder["win_length"] // vocoder["hop_length"])
        frames = (vocoder["num_iterations"] + 1) * reach
    except (EngineError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    halo = _DECODER_REACH_SECONDS + frames / _MEL_FRAMES_PER_SECOND
    return ModelFacts(window=window, halo_seconds=halo)


def layout_of(window: int, nominal_stride: int) -> SeamLayout:
    """The windows of a model, with a stride that is counted for a window of 256 frames.

    Raises:
        StorageError: They do not fit together.
    """
    stride = nominal_stride * window // NOMINAL_WINDOW // _TIME_MULTIPLE * _TIME_MULTIPLE
    return exact_layout(window, stride)


def exact_layout(window: int, stride: int) -> SeamLayout:
    """Windows of this length, this far apart.

    Raises:
        StorageError: They do not fit together.
    """
    try:
        return seam_layout(window=window, stride=stride)
    except ValueError as error:
        raise StorageError(
            f"Windows of {window} latent frames cannot lie {stride} apart: {error}.",
            "Choose other values for --window and --stride.",
        ) from error


def read_sound(path: Path) -> tuple[NDArray[np.float32], int]:
    """Read a sound file, mixed down to one channel.

    Returns:
        (N,) samples and their rate in Hz.

    Raises:
        StorageError: It is not there, or not a sound file.
    """
    if not path.is_file():
        raise StorageError(f"There is no file “{path}”.", "Give a sound file or a project.")
    try:
        with told_to_people("read", path), soundfile.SoundFile(path) as sound:
            mono = np.zeros(sound.frames, np.float32)
            first = 0
            for block in sound.blocks(_BLOCK_SAMPLES, dtype="float32", always_2d=True):
                mono[first : first + len(block)] = block.mean(1)
                first += len(block)
            return mono[:first], int(sound.samplerate)
    except soundfile.SoundFileError as error:
        raise StorageError(
            f"“{path.name}” is not a sound file that can be read.", "Give a WAV or FLAC file."
        ) from error


def sound_file_subject(path: Path, layout: SeamLayout) -> Subject:
    """A sound file about which only the windows are known.

    Raises:
        StorageError: It cannot be read.
    """
    samples, rate = read_sound(path)
    return Subject(name=path.name, piece=Piece(samples=samples, sample_rate=rate), layout=layout)


def project_subjects(
    path: Path, *, lane_name: str | None, has_all_takes: bool, window: int | None
) -> Iterator[Subject | str]:
    """The takes of a project, one after the other.

    Args:
        path: The project's folder or file.
        lane_name: Only this lane; ``None`` for all.
        has_all_takes: Also takes that do not play.
        window: Latent frames of a window; ``None`` asks the model of each take.

    Yields:
        A subject, or a sentence why a take was left out.

    Raises:
        StorageError: There is no such project or lane, or nothing in it has sound.
    """
    opened = open_project(path)
    store = MediaStore(opened.folder)
    lanes = [lane for lane in opened.project.lanes if lane_name in {None, lane.name}]
    if lane_name is not None and not lanes:
        names = ", ".join(f"“{lane.name}”" for lane in opened.project.lanes) or "none"
        raise StorageError(f"There is no lane “{lane_name}”.", f"The project has: {names}.")
    num_takes = 0
    for lane in lanes:
        playing = {block.take_id for block in lane.sound}
        for take in lane.takes:
            if has_all_takes or take.id in playing:
                num_takes += 1
                yield _take_subject(lane, take, store, window)
    if not num_takes:
        raise StorageError("Nothing has been generated in this project.", "Generate it first.")


def _take_subject(lane: Lane, take: Take, store: MediaStore, window: int | None) -> Subject | str:
    name = f"{lane.name}, take {take.number}"
    if not store.contains(take.media.audio):
        return f"{name}: its sound file is missing. Generate it again."
    notes: list[str] = []
    facts = model_facts(take.recipe.settings.model)
    if facts is None:
        facts = ModelFacts()
        notes.append(
            f"The windows of the model {take.recipe.settings.model} are not known;"
            f" {window or facts.window} latent frames are assumed."
        )
    takes = {other.id: other for other in lane.takes}
    arrays = _arrays(take, store, notes)
    return Subject(
        name=name,
        piece=Piece(
            samples=arrays.samples,
            sample_rate=arrays.sample_rate,
            latents=arrays.latents,
            mel=arrays.mel,
            border_seconds=_borders(take),
        ),
        layout=layout_of(window or facts.window, _stride(take, takes)),
        edit=_edit(take, arrays, takes, store, facts, notes),
        notes=tuple(notes),
    )


def _borders(take: Take) -> tuple[float, ...]:
    """Where prompts begin or end within a take, in seconds from its start."""
    ends = {end for prompt in take.recipe.prompts for end in (prompt.span.start, prompt.span.end)}
    return tuple(
        seconds_from_samples(Samples(end - take.span.start))
        for end in sorted(ends)
        if take.span.start < end < take.span.end
    )


def _stride(take: Take, takes: dict[TakeId, Take]) -> int:
    """Sections keep the windows of the take in which they were made."""
    seen = {take.id}
    while take.recipe.based_on is not None:
        base = takes.get(take.recipe.based_on)
        if base is None or base.id in seen:
            break
        seen.add(base.id)
        take = base
    return take.recipe.settings.stride_latent_frames


def _edit(
    take: Take,
    arrays: TakeArrays,
    takes: dict[TakeId, Take],
    store: MediaStore,
    facts: ModelFacts,
    notes: list[str],
) -> EditSubject | None:
    if take.recipe.based_on is None:
        return None
    if not take.recipe.sections:
        notes.append("Its time is another than that of the take it is based on; not compared.")
        return None
    base = takes.get(take.recipe.based_on)
    if base is None or not store.contains(base.media.audio):
        notes.append("The take it is based on is not here; the edit cannot be compared.")
        return None
    origin = latent_frame_floor(take.span.start)
    sections = tuple(
        (
            (latent_frame_floor(span.start) - origin) / LATENT_FRAMES_PER_SECOND,
            (latent_frame_ceil(span.end) - origin) / LATENT_FRAMES_PER_SECOND,
        )
        for span in take.recipe.sections
    )
    return EditSubject(
        edited=arrays,
        base=_arrays(base, store, notes),
        sections=sections,
        halo_seconds=facts.halo_seconds,
    )


def _arrays(take: Take, store: MediaStore, notes: list[str]) -> TakeArrays:
    samples, rate = read_sound(store.path(take.media.audio))
    return TakeArrays(
        samples=samples,
        sample_rate=rate,
        latents=_stored(take.media.latents, 3, f"latents of take {take.number}", store, notes),
        mel=_stored(take.media.mel, 2, f"spectrogram of take {take.number}", store, notes),
    )


def _stored(
    media: MediaId, num_dimensions: int, what: str, store: MediaStore, notes: list[str]
) -> NDArray[np.float32] | None:
    """An array of the store, or ``None`` and a note."""
    try:
        values = np.load(store.path(media), allow_pickle=False)
    except FileNotFoundError:
        notes.append(f"Missing: {what}; what needs them was left out.")
        return None
    except (OSError, ValueError, EOFError):
        values = None
    is_array = isinstance(values, np.ndarray) and values.ndim == num_dimensions
    if not is_array or not np.isfinite(values).all():
        notes.append(f"Damaged: {what}; what needs them was left out.")
        return None
    return np.asarray(values, np.float32)
