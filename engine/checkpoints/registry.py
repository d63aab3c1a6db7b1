"""Names of models, where they are on this computer, and where they can be got."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath

from platformdirs import user_data_dir

from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.json_files import read_json
from engine.checkpoints.plain import from_plain

APP_NAME = "Longwave"
_REGISTRY_FILE = "models.json"
_REGISTRY_FORMAT = "longwave-models"
_REGISTRY_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """One file of a model on the net.

    Attributes:
        path: Place in the model's folder, with forward slashes.
        url: Address of a fixed revision.
        size_bytes: Exact size, or ``None`` if it is not known.
        sha256: Checksum in lower-case hexadecimal, or ``None`` if it is not known.
    """

    path: str
    url: str
    size_bytes: int | None
    sha256: str | None

    def __post_init__(self) -> None:
        """Refuse places outside the model's folder."""
        place = PurePosixPath(self.path)
        is_inside = place.parts and not place.is_absolute() and ".." not in place.parts
        if not is_inside or re.search(r"[\\:]", self.path):
            raise ValueError(f"path {self.path!r} is not inside the model's folder")
        if self.sha256 is not None and not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise ValueError(f"sha256 {self.sha256!r} is not a checksum")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """A model that the application knows by name.

    Attributes:
        name: Name in requests, projects and commands.
        title: Name for people.
        description: What it is good at, for people.
        licence: SPDX name of the licence of the weights.
        licence_notice: What the licence means for the user; shown before a download.
        homepage: Page of the people who made it.
        approximate_bytes: Size of the download, for people.
        bundled_folder: Folder in the application's resources, or ``None`` for a download.
        entry_point: What the loader opens, inside the model's folder; ``"."`` for the folder.
        files: What has to be downloaded; empty for a bundled model.
    """

    name: str
    title: str
    description: str
    licence: str
    licence_notice: str
    homepage: str
    approximate_bytes: int
    bundled_folder: str | None
    entry_point: str
    files: tuple[RemoteFile, ...]

    @property
    def is_verifiable(self) -> bool:
        """Whether a checksum is known for every file."""
        return all(file.sha256 is not None for file in self.files)

    def location(self, models_dir: Path) -> Path:
        """What the loader opens, whether it is there or not."""
        if self.bundled_folder is not None:
            return _resource(self.bundled_folder)
        return models_dir / self.name / self.entry_point

    def is_installed(self, models_dir: Path) -> bool:
        """Whether all files are on this computer."""
        if self.bundled_folder is not None:
            return self.location(models_dir).is_dir()
        return all((models_dir / self.name / file.path).is_file() for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Registry:
    format: str
    version: int
    models: tuple[ModelEntry, ...]


def default_models_dir() -> Path:
    """Where downloaded models are kept."""
    return Path(user_data_dir(APP_NAME, appauthor=False)) / "models"


def known_models() -> tuple[ModelEntry, ...]:
    """All models the application knows by name, the bundled one first."""
    path = _resource(_REGISTRY_FILE)
    registry = from_plain(_Registry, read_json(path), path.name)
    if (registry.format, registry.version) != (_REGISTRY_FORMAT, _REGISTRY_VERSION):
        raise CheckpointError(f"{path} is of another version.", "Install the application again.")
    return registry.models


def find_model(name: str) -> ModelEntry | None:
    """The model of that name, or ``None``."""
    return next((entry for entry in known_models() if entry.name == name), None)


def resolve_model(name_or_path: str | Path, *, models_dir: Path | None = None) -> Path:
    """Where the loader finds a model.

    Args:
        name_or_path: A known name, or the path of a model folder or checkpoint.
        models_dir: Where downloads are kept; by default the user's data folder.

    Returns:
        An existing path for :func:`engine.checkpoints.load.load_checkpoint`.

    Raises:
        CheckpointError: The name is not known, or the model is not on this computer.
    """
    entry = find_model(str(name_or_path))
    if entry is not None:
        folder = default_models_dir() if models_dir is None else models_dir
        if entry.is_installed(folder):
            return entry.location(folder)
        remedy = (
            "Install the application again."
            if entry.bundled_folder is not None
            else f"Get it with “longwave models get {entry.name}” (licence: {entry.licence})."
        )
        raise CheckpointError(f"The model {entry.name} is not on this computer.", remedy)
    path = Path(name_or_path).expanduser()
    if path.exists():
        return path
    names = ", ".join(model.name for model in known_models())
    raise CheckpointError(
        f"There is no model {str(name_or_path)!r}.", f"Give a path, or one of {names}."
    )


def _resource(name: str) -> Path:
    return Path(str(resources.files("resources") / name))
