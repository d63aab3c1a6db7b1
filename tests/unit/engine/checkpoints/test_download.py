"""Downloads from a server on this computer."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.api.cancellation import CancellationToken, CancelledError
from engine.checkpoints import download
from engine.checkpoints.download import download_model, fetch_file
from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.registry import ModelEntry, RemoteFile

CONTENT = bytes(range(251)) * 40
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class _Behaviour(NamedTuple):
    """What kind of server this is."""

    honours_ranges: bool = True
    breaks_off_after: int | None = None
    bytes_per_connection: int | None = None
    redirect_to: str | None = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, behaviour: _Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behaviour = behaviour
        self.ranges: list[str | None] = []

    def url(self, name: str = "file") -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        behaviour = self.server.behaviour
        wish = self.headers.get("Range")
        self.server.ranges.append(wish)
        if behaviour.redirect_to is not None:
            self.send_response(302)
            self.send_header("Location", behaviour.redirect_to)
            self.end_headers()
            return
        if self.path == "/missing":
            self.send_error(404)
            return
        start = int(wish.removeprefix("bytes=").rstrip("-")) if wish else 0
        if not behaviour.honours_ranges:
            start = 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        end = behaviour.breaks_off_after or len(CONTENT)
        if behaviour.bytes_per_connection is not None:
            end = start + behaviour.bytes_per_connection
        self.wfile.write(CONTENT[start:end])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet; the name of the parameter is the base class's."""


@contextmanager
def _serving(behaviour: _Behaviour) -> Iterator[_Server]:
    server = _Server(behaviour)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server() -> Iterator[_Server]:
    with _serving(_Behaviour()) as running:
        yield running


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "_BLOCK_BYTES", 1000)


class _Progress:
    def __init__(self) -> None:
        self.calls: list[tuple[int, int | None]] = []

    def __call__(self, done: int, total: int | None) -> None:
        self.calls.append((done, total))


def _file(url: str, *, sha256: str | None = SHA256, size: int | None = None) -> RemoteFile:
    return RemoteFile(path="file", url=url, size_bytes=size, sha256=sha256)


def _fetch(file: RemoteFile, target: Path) -> _Progress:
    progress = _Progress()
    fetch_file(file, target, progress=progress, token=CancellationToken())
    return progress


def test_a_file_gets_its_name_when_it_is_whole(server: _Server, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file"

    progress = _fetch(_file(server.url()), target)

    assert target.read_bytes() == CONTENT
    assert [path.name for path in target.parent.iterdir()] == ["file"]
    assert progress.calls[0] == (1000, len(CONTENT))
    assert progress.calls[-1] == (len(CONTENT), len(CONTENT))


def test_an_interrupted_file_is_continued(server: _Server, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:4321])

    progress = _fetch(_file(server.url()), tmp_path / "file")

    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.ranges == ["bytes=4321-"]
    assert progress.calls[0] == (5321, len(CONTENT))


def test_a_server_that_cannot_continue_sends_it_all_again(tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(b"x" * 4321)

    with _serving(_Behaviour(honours_ranges=False)) as server:
        _fetch(_file(server.url()), tmp_path / "file")

    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("size", [None, len(CONTENT)])
def test_a_part_that_is_already_whole_only_needs_its_name(
    server: _Server, tmp_path: Path, size: int | None
) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT)

    _fetch(_file(server.url(), size=size), tmp_path / "file")

    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.ranges == ([] if size else [f"bytes={len(CONTENT)}-", None])


def test_a_part_that_is_too_long_is_fetched_again(server: _Server, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT + b"more")

    _fetch(_file(server.url(), size=len(CONTENT)), tmp_path / "file")

    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_wrong_checksum_deletes_the_file(server: _Server, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="its checksum differs"):
        _fetch(_file(server.url(), sha256="0" * 64), tmp_path / "file")

    assert list(tmp_path.iterdir()) == []


def test_a_wrong_size_deletes_the_file(server: _Server, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=f"has {len(CONTENT)} bytes instead of 20000"):
        _fetch(_file(server.url(), size=20000), tmp_path / "file")

    assert list(tmp_path.iterdir()) == []


def test_a_broken_connection_keeps_what_came_and_the_next_try_ends_it(tmp_path: Path) -> None:
    with (
        _serving(_Behaviour(breaks_off_after=5000)) as server,
        pytest.raises(CheckpointError, match=r"connection to .* failed") as caught,
    ):
        _fetch(_file(server.url()), tmp_path / "file")
    assert "will be continued" in caught.value.remedy
    assert (tmp_path / "file.part").read_bytes() == CONTENT[:5000]

    with _serving(_Behaviour()) as server:
        _fetch(_file(server.url()), tmp_path / "file")
        assert server.ranges == ["bytes=5000-"]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_connection_that_keeps_breaking_off_is_made_again(tmp_path: Path) -> None:
    with _serving(_Behaviour(bytes_per_connection=4000)) as server:
        _fetch(_file(server.url()), tmp_path / "file")

    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=4000-", "bytes=8000-"]


def test_cancelling_keeps_what_came(server: _Server, tmp_path: Path) -> None:
    token = CancellationToken()

    def cancel_at_3000(done: int, total: int | None) -> None:
        del total
        if done >= 3000:
            token.cancel()

    with pytest.raises(CancelledError):
        fetch_file(_file(server.url()), tmp_path / "file", progress=cancel_at_3000, token=token)

    assert (tmp_path / "file.part").read_bytes() == CONTENT[:3000]
    assert not (tmp_path / "file").exists()


def test_the_servers_refusal_is_reported(server: _Server, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="answered 404"):
        _fetch(_file(server.url("missing")), tmp_path / "file")


def test_a_server_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with _serving(_Behaviour()) as server:
        url = server.url()

    with pytest.raises(CheckpointError, match=r"connection to .* failed"):
        _fetch(_file(url), tmp_path / "file")


def test_a_full_disk_is_foreseen(
    server: _Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class _Usage(NamedTuple):
        free: int = 10

    monkeypatch.setattr("engine.checkpoints.download.shutil.disk_usage", lambda _: _Usage())

    with pytest.raises(CheckpointError, match="GB are free"):
        _fetch(_file(server.url()), tmp_path / "file")


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://host/file", "data:,x", "file"])
def test_only_web_addresses_are_fetched(url: str, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="not an address of the web"):
        _fetch(_file(url), tmp_path / "file")


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/file"])
def test_a_redirection_leaves_the_web_no_more_than_an_address_does(
    tmp_path: Path, target: str
) -> None:
    with _serving(_Behaviour(redirect_to=target)) as server, pytest.raises(CheckpointError):
        _fetch(_file(server.url()), tmp_path / "file")

    assert not (tmp_path / "file").exists()


def test_a_redirection_within_the_web_is_followed(server: _Server, tmp_path: Path) -> None:
    with _serving(_Behaviour(redirect_to=server.url())) as first:
        _fetch(_file(first.url()), tmp_path / "file")

    assert (tmp_path / "file").read_bytes() == CONTENT


def _entry(server: _Server, **sizes: int | None) -> ModelEntry:
    return ModelEntry(
        name="model",
        title="Model",
        description="",
        licence="CC0-1.0",
        licence_notice="",
        homepage="",
        approximate_bytes=12345,
        bundled_folder=None,
        entry_point="a.ckpt",
        files=tuple(
            RemoteFile(path=f"{name}.ckpt", url=server.url(name), size_bytes=size, sha256=SHA256)
            for name, size in sizes.items()
        ),
    )


def test_a_model_is_fetched_file_by_file_and_only_what_is_missing(
    server: _Server, tmp_path: Path
) -> None:
    entry = _entry(server, a=len(CONTENT), b=len(CONTENT))
    progress = _Progress()
    assert not entry.is_installed(tmp_path)

    found = download_model(entry, tmp_path, progress=progress, token=CancellationToken())

    assert found == tmp_path / "model" / "a.ckpt"
    assert entry.is_installed(tmp_path)
    assert progress.calls[-1] == (2 * len(CONTENT), 2 * len(CONTENT))
    assert [done for done, _ in progress.calls] == sorted(done for done, _ in progress.calls)

    (tmp_path / "model" / "b.ckpt").unlink()
    server.ranges.clear()
    download_model(entry, tmp_path, progress=progress, token=CancellationToken())
    assert server.ranges == [None]


def test_an_unknown_size_is_estimated(server: _Server, tmp_path: Path) -> None:
    progress = _Progress()

    download_model(_entry(server, a=None), tmp_path, progress=progress, token=CancellationToken())

    assert {total for _, total in progress.calls} == {12345}
