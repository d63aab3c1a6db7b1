"""`longwave models`: the list, and a download from a server on this computer."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from desktop_app import cli, cli_models
from engine.api import CancellationToken
from engine.checkpoints import download
from engine.checkpoints.registry import ModelEntry, RemoteFile

CONTENT = bytes(range(251)) * 40


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        wish = self.headers.get("Range")
        start = int(wish.removeprefix("bytes=").rstrip("-")) if wish else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start:])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet; the name of the parameter is the base class's."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/file"
    server.shutdown()
    thread.join()
    server.server_close()


def _entry(address: str, *, sha256: str | None) -> ModelEntry:
    return ModelEntry(
        name="small",
        title="Small model",
        description="",
        licence="CC-BY-NC-SA-4.0",
        licence_notice="For non-commercial purposes only.",
        homepage="https://example.org",
        approximate_bytes=len(CONTENT),
        bundled_folder=None,
        entry_point=".",
        files=(
            RemoteFile(path="weights.bin", url=address, size_bytes=len(CONTENT), sha256=sha256),
        ),
    )


@pytest.fixture
def models_dir(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder, and one known model that can be fetched."""
    entry = _entry(address, sha256=hashlib.sha256(CONTENT).hexdigest())
    _offer(entry, monkeypatch)
    monkeypatch.setattr(cli_models, "default_models_dir", lambda: tmp_path / "models")
    monkeypatch.setattr(download, "_BLOCK_BYTES", 1000)
    return tmp_path / "models"


def _offer(entry: ModelEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_models, "known_models", lambda: (entry,))
    monkeypatch.setattr(
        cli_models, "find_model", lambda name: entry if name == entry.name else None
    )


def test_a_model_is_fetched_once_its_licence_is_accepted(
    models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["models", "get", "small", "--accept-licence"]) == 0

    shown = capsys.readouterr()
    assert (models_dir / "small" / "weights.bin").read_bytes() == CONTENT
    assert shown.out.strip() == str(models_dir / "small")
    assert "CC-BY-NC-SA-4.0. For non-commercial purposes only." in shown.err
    assert "No checksum" not in shown.err

    assert cli.main(["models"]) == 0
    assert "small  ready" in capsys.readouterr().out
    assert cli.main(["models", "get", "small"]) == 0
    assert "here already" in capsys.readouterr().err


def test_without_an_answer_nothing_is_fetched(
    models_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())

    assert cli.main(["models", "get", "small"]) == 1

    errors = capsys.readouterr().err
    assert "For non-commercial purposes only." in errors
    assert "--accept-licence" in errors
    assert not models_dir.exists()


class _Person(io.StringIO):
    """Sits at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1), ("", 1)])
def test_a_person_at_a_terminal_is_asked(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    monkeypatch.setattr("sys.stdin", _Person(answer))

    assert cli.main(["models", "get", "small"]) == code

    assert models_dir.exists() == (code == 0)


def test_a_stopped_download_is_continued(
    models_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = download.fetch_file

    def stopped_at_3000(
        file: RemoteFile, target: Path, *, progress: download.Progress, token: CancellationToken
    ) -> None:
        def show(done: int, total: int | None) -> None:
            progress(done, total)
            if done >= 3000:
                token.cancel()

        fetch(file, target, progress=show, token=token)

    with monkeypatch.context() as patch:
        patch.setattr(download, "fetch_file", stopped_at_3000)
        assert cli.main(["models", "get", "small", "--accept-licence"]) == 130
    assert "the same command continues" in capsys.readouterr().err
    assert (models_dir / "small" / "weights.bin.part").read_bytes() == CONTENT[:3000]
    cli.main(["models"])
    assert "small  begun" in capsys.readouterr().out

    assert cli.main(["models", "get", "small", "--accept-licence"]) == 0
    assert (models_dir / "small" / "weights.bin").read_bytes() == CONTENT


def test_a_file_without_a_known_checksum_is_named(
    models_dir: Path,
    address: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _offer(_entry(address, sha256=None), monkeypatch)

    assert cli.main(["models", "get", "small", "--accept-licence"]) == 0

    assert "No checksum is known for weights.bin" in capsys.readouterr().err
    assert models_dir.is_dir()


def test_a_file_that_was_changed_is_not_kept(
    models_dir: Path,
    address: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _offer(_entry(address, sha256="0" * 64), monkeypatch)

    assert cli.main(["models", "get", "small", "--accept-licence"]) == 1

    assert "its checksum differs" in capsys.readouterr().err
    assert list((models_dir / "small").iterdir()) == []


def test_an_unknown_model_and_a_folder_that_cannot_be_made_are_one_sentence(
    models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["models", "get", "large"]) == 1
    assert "no model “large”. Choose one of: small" in capsys.readouterr().err

    models_dir.write_text("a file where the folder should be")
    assert cli.main(["models", "get", "small", "--accept-licence"]) == 1
    assert f"Cannot write to {models_dir / 'small'}" in capsys.readouterr().err


def test_a_name_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["models", "get"])

    assert caught.value.code == 2
    assert "NAME" in capsys.readouterr().err
