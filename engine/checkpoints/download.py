"""Fetching models: resumable, cancellable, and verified before anything gets its name."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.api.cancellation import CancellationToken
from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.registry import ModelEntry, RemoteFile

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are there and the bytes there will be, ``None`` if not known."""

_SCHEMES = ("http", "https")
_BLOCK_BYTES = 1 << 20
_TIMEOUT_SECONDS = 30.0
_PARTIAL_SUFFIX = ".part"
_HTTP_PARTIAL_CONTENT = 206
_HTTP_RANGE_NOT_SATISFIABLE = 416
_CONNECTION_ERRORS = (
    urllib.error.URLError,
    TimeoutError,
    ConnectionError,
    http.client.HTTPException,
)
_TRY_AGAIN = "Try again later; what was fetched is kept and will be continued."


def download_model(
    entry: ModelEntry, models_dir: Path, *, progress: Progress, token: CancellationToken
) -> Path:
    """Fetch the files of a model that are not there yet.

    Args:
        entry: The model; the user has seen its licence.
        models_dir: Where models are kept; made if it does not exist.
        progress: Called after each block, with sums over all files; the second is approximate
            where the exact size of a file is not known.
        token: Checked between blocks; what was fetched until then is kept.

    Returns:
        What the loader opens.

    Raises:
        CancelledError: The token was set.
        CheckpointError: A file cannot be fetched, has another checksum, or does not fit the disk.
    """
    folder = models_dir / entry.name
    missing = [file for file in entry.files if not (folder / file.path).is_file()]
    total = entry_size(entry.files) or entry.approximate_bytes
    done = sum((folder / file.path).stat().st_size for file in entry.files if file not in missing)
    for file in missing:
        before = done

        def report(file_done: int, _: int | None, before: int = before) -> None:
            progress(before + file_done, max(total, before + file_done))

        fetch_file(file, folder / file.path, progress=report, token=token)
        done += (folder / file.path).stat().st_size
    return entry.location(models_dir)


def entry_size(files: tuple[RemoteFile, ...]) -> int | None:
    """Sum of the sizes in bytes, or ``None`` if one is not known."""
    sizes = [file.size_bytes for file in files if file.size_bytes is not None]
    return sum(sizes) if len(sizes) == len(files) else None


def fetch_file(
    file: RemoteFile, target: Path, *, progress: Progress, token: CancellationToken
) -> None:
    """Fetch one file.

    It grows under the name ``<target>.part``, is continued from there after an interruption, and
    gets its name when size and checksum are right. A connection that breaks off is made again as
    long as each one brings the file forward.

    Args:
        file: What to fetch.
        target: Where to put it; folders are made.
        progress: Called after each block.
        token: Checked between blocks.

    Raises:
        CancelledError: The token was set.
        CheckpointError: The address is not http or https, the server fails, the disk is full, or
            the content is not the expected one; in the last case it is deleted.
    """
    if urllib.parse.urlsplit(file.url).scheme not in _SCHEMES:
        raise CheckpointError(
            f"{file.url} is not an address of the web.", "Only http and https are fetched."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + _PARTIAL_SUFFIX)
    try:
        _fetch_persistently(file, partial, progress, token)
    except urllib.error.HTTPError as error:
        raise CheckpointError(
            f"The server answered {error.code} for {file.url}.", _TRY_AGAIN
        ) from error
    except _CONNECTION_ERRORS as error:
        raise CheckpointError(f"The connection to {file.url} failed.", _TRY_AGAIN) from error
    except OSError as error:
        raise CheckpointError(
            f"{partial} cannot be written: {error.strerror}.", "Free some space and try again."
        ) from error
    _verify(file, partial, token)
    partial.replace(target)


def _fetch_persistently(
    file: RemoteFile, partial: Path, progress: Progress, token: CancellationToken
) -> None:
    while True:
        before = _size(partial)
        try:
            return _fetch_rest(file, partial, progress, token)
        except urllib.error.HTTPError:
            raise
        except _CONNECTION_ERRORS:
            if _size(partial) <= before:
                raise


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@dataclass(frozen=True, slots=True)
class _Reply:
    """Where the content of a reply starts in the file, and where the file ends."""

    start: int
    end: int | None


def _fetch_rest(
    file: RemoteFile, partial: Path, progress: Progress, token: CancellationToken
) -> None:
    start = _size(partial)
    if start and start == file.size_bytes:
        return
    if file.size_bytes is not None and start > file.size_bytes:
        partial.unlink()
        start = 0
    try:
        reply = _open(file.url, start)
    except urllib.error.HTTPError as error:
        if error.code != _HTTP_RANGE_NOT_SATISFIABLE or start == 0:
            raise
        # The part is as long as the file or longer, and only the server knew the length.
        partial.unlink()
        reply = _open(file.url, 0)
    with reply:
        place = _place(reply, start)
        _require_space(partial, place)
        with partial.open("r+b" if place.start else "wb") as output:
            output.seek(place.start)
            _copy(reply, output.write, place, progress, token)
    if place.end is not None and partial.stat().st_size < place.end:
        raise ConnectionError("the connection broke off")


def _open(url: str, start: int) -> http.client.HTTPResponse:
    headers = {"User-Agent": "Longwave", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    # The scheme was checked by the caller, and redirects meet no handler for any other.
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    reply: http.client.HTTPResponse = _web_opener().open(request, timeout=_TIMEOUT_SECONDS)
    return reply


def _web_opener() -> urllib.request.OpenerDirector:
    """Opens http and https, and nothing else: no files, no FTP, no data in the address."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _place(reply: http.client.HTTPResponse, wanted_start: int) -> _Reply:
    """What part of the file a server sends; some ignore the wish to continue."""
    length = reply.headers.get("Content-Length")
    num_bytes = int(length) if length is not None and length.isdigit() else None
    content_range = reply.headers.get("Content-Range", "")
    continues = reply.status == _HTTP_PARTIAL_CONTENT and content_range.startswith(
        f"bytes {wanted_start}-"
    )
    if reply.status == _HTTP_PARTIAL_CONTENT and not continues:
        raise CheckpointError(f"The server sent {content_range!r} unasked.", _TRY_AGAIN)
    start = wanted_start if continues else 0
    return _Reply(start, None if num_bytes is None else start + num_bytes)


def _require_space(partial: Path, place: _Reply) -> None:
    if place.end is None:
        return
    free = shutil.disk_usage(partial.parent).free
    needed = place.end - place.start
    if needed > free:
        raise CheckpointError(
            f"{needed / 1e9:.1f} GB are needed in {partial.parent}, {free / 1e9:.1f} GB are free.",
            "Free some space, or choose another models folder.",
        )


def _copy(
    reply: http.client.HTTPResponse,
    write: Callable[[bytes], int],
    place: _Reply,
    progress: Progress,
    token: CancellationToken,
) -> None:
    done = place.start
    while True:
        token.raise_if_cancelled()
        block = reply.read(_BLOCK_BYTES)
        if not block:
            return
        write(block)
        done += len(block)
        progress(done, place.end)


def _verify(file: RemoteFile, partial: Path, token: CancellationToken) -> None:
    size = partial.stat().st_size
    if file.size_bytes is not None and size != file.size_bytes:
        partial.unlink()
        raise CheckpointError(
            f"{file.url} has {size} bytes instead of {file.size_bytes}.", "Try again later."
        )
    if file.sha256 is None:
        return
    digest = hashlib.sha256()
    with partial.open("rb") as content:
        while block := content.read(_BLOCK_BYTES):
            token.raise_if_cancelled()
            digest.update(block)
    if digest.hexdigest() != file.sha256:
        partial.unlink()
        raise CheckpointError(
            f"{file.url} is not the file that was published: its checksum differs.",
            "It was deleted. Try again; if it happens twice, do not use this source.",
        )
