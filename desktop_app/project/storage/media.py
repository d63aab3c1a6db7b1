"""The project's media: immutable files named after the hash of their content."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from desktop_app.project.ids import MediaId
from desktop_app.project.project import Project, PromptClip, PromptSpan
from desktop_app.project.storage.atomic import part_path, sync_folder
from desktop_app.project.storage.errors import StorageError, told_to_people
from desktop_app.project.storage.schema import is_media_id

_BLOCK_BYTES = 1 << 20
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


def media_ids(*projects: Project) -> frozenset[MediaId]:
    """All media that the takes and clips of these projects, or states of one, refer to."""
    lanes = [lane for project in projects for lane in project.lanes]
    made = (
        media
        for lane in lanes
        for take in lane.takes
        for media in (take.media.audio, take.media.mel, take.media.latents, take.media.state)
    )
    sources = (
        *(take.recipe.source for lane in lanes for take in lane.takes),
        *(clip.source for lane in lanes for clip in lane.clips),
    )
    prompts: list[PromptSpan | PromptClip] = [
        *(prompt for lane in lanes for take in lane.takes for prompt in take.recipe.prompts),
        *(clip for lane in lanes for clip in lane.clips),
    ]
    return frozenset(
        (
            *made,
            *(source.media for source in sources if source is not None),
            *(anchor.media for prompt in prompts for anchor in prompt.anchors),
        )
    )


class MediaStore:
    """The folder ``media/`` of a project. Files are only ever added, whole, and never changed.

    Args:
        folder: The project's folder; ``media/`` is made in it when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._media_dir = folder / "media"

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self._folder

    @property
    def media_dir(self) -> Path:
        """Folder of the media files; it need not exist."""
        return self._media_dir

    @property
    def cache_dir(self) -> Path:
        """Folder for what can be made again; it may be deleted and need not exist."""
        return self._folder / "cache"

    def add_file(self, path: Path, suffix: str | None = None) -> MediaId:
        """Copy a file into the store, flushed to the disk, unless its content is there already.

        Args:
            path: Any finished file; it stays where it is.
            suffix: ".wav", ".npy" …; ``None`` is the file's own.

        Raises:
            StorageError: It cannot be read or written; nothing half-made is left.
            ValueError: The suffix is not a dot and up to eight small letters or digits.
        """
        suffix = path.suffix.lower() if suffix is None else suffix
        if not _SUFFIX.fullmatch(suffix):
            raise ValueError(f"suffix must look like .wav, got {suffix!r}")
        with told_to_people("added", path):
            self._media_dir.mkdir(parents=True, exist_ok=True)
            part = part_path(self._media_dir / f"new{suffix}")
            try:
                media_id = MediaId(f"{_copy_hashed(path, part)}{suffix}")
                self._settle(part, media_id)
            finally:
                part.unlink(missing_ok=True)
        return media_id

    def path(self, media_id: MediaId) -> Path:
        """Where a media file lies, whether it is there or not.

        Raises:
            ValueError: The name is no media name, so it could lie anywhere.
        """
        if not is_media_id(media_id):
            raise ValueError(f"not the name of a media file: {media_id!r}")
        return self._media_dir / media_id

    def contains(self, media_id: MediaId) -> bool:
        """Whether the file is there."""
        return self.path(media_id).is_file()

    def missing(self, project: Project) -> frozenset[MediaId]:
        """Media that the project refers to and the store does not have."""
        return frozenset(media for media in media_ids(project) if not self.contains(media))

    def size_bytes(self, wanted: Iterable[MediaId]) -> int:
        """Disk space of these files; those that are missing count nothing."""
        return sum(self.path(media).stat().st_size for media in wanted if self.contains(media))

    def copy_into(self, other: "MediaStore", wanted: Iterable[MediaId]) -> None:
        """Give another store the files it does not have yet; those missing here are left out.

        On the same disk no space is used: both stores share the files, which never change.

        Raises:
            StorageError: The other store cannot be written, or the disk is too full.
        """
        lacking = [media for media in wanted if self.contains(media) and not other.contains(media)]
        if not lacking or other.media_dir == self._media_dir:
            return
        with told_to_people("copied", other.media_dir):
            other.media_dir.mkdir(parents=True, exist_ok=True)
            unshared = [media for media in lacking if not self._share(media, other)]
            needed = self.size_bytes(unshared)
            if needed > shutil.disk_usage(other.media_dir).free:
                raise StorageError(
                    f"The takes need {needed / 1e6:.0f} MB, but the disk has not so much left.",
                    "Free some space, or choose another disk.",
                )
            for media in unshared:
                other.add_file(self.path(media))
            sync_folder(other.media_dir)

    def _share(self, media_id: MediaId, other: "MediaStore") -> bool:
        try:
            other.path(media_id).hardlink_to(self.path(media_id))
        except OSError:  # another disk, or a file system without links
            return False
        return True

    def _settle(self, part: Path, media_id: MediaId) -> None:
        target = self.path(media_id)
        if target.is_file() and target.stat().st_size == part.stat().st_size:
            return
        part.replace(target)
        sync_folder(self._media_dir)


def _copy_hashed(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("xb") as written:
        while block := read.read(_BLOCK_BYTES):
            digest.update(block)
            written.write(block)
        written.flush()
        os.fsync(written.fileno())
    return digest.hexdigest()
