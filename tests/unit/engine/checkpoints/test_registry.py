import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.plain import from_plain
from engine.checkpoints.registry import (
    RemoteFile,
    default_models_dir,
    find_model,
    known_models,
    resolve_model,
)


def test_the_bundled_model_comes_first_and_names_are_unique() -> None:
    names = [entry.name for entry in known_models()]

    assert names[0] == "starter"
    assert {"audioldm-m-full", "audioldm-s-full-v2", "audioldm-l-full"} <= set(names)
    assert len(set(names)) == len(names)


def test_every_download_is_non_commercial_pinned_and_says_so() -> None:
    for entry in known_models():
        if entry.bundled_folder is not None:
            continue
        assert entry.licence == "CC-BY-NC-SA-4.0"
        assert "non-commercial" in entry.licence_notice
        assert entry.approximate_bytes > 10**9
        for file in entry.files:
            assert file.url.startswith("https://")
            # Zenodo records never change; Hugging Face addresses name a commit.
            assert "zenodo.org/records/" in file.url or "/main/" not in file.url


def test_the_large_files_of_the_recommended_models_have_checksums() -> None:
    for name in ("audioldm-m-full", "audioldm-s-full-v2"):
        entry = find_model(name)
        assert entry is not None
        assert all(
            file.sha256 is not None for file in entry.files if file.path.endswith((".ckpt", "rs"))
        )


def test_a_downloaded_model_is_found_by_name(tmp_path: Path) -> None:
    entry = find_model("audioldm-m-full")
    assert entry is not None
    for file in entry.files:
        path = tmp_path / entry.name / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    found = resolve_model("audioldm-m-full", models_dir=tmp_path)

    assert found == tmp_path / "audioldm-m-full" / "audioldm-m-full.ckpt"
    path.unlink()
    with pytest.raises(CheckpointError, match="audioldm-m-full is not on this computer") as caught:
        resolve_model("audioldm-m-full", models_dir=tmp_path)
    assert "longwave models get audioldm-m-full" in caught.value.remedy
    assert "CC-BY-NC-SA-4.0" in caught.value.remedy


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    assert resolve_model(tmp_path) == tmp_path


def test_neither_a_name_nor_a_path_lists_the_names(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no model 'audioldm-xl'") as caught:
        resolve_model("audioldm-xl", models_dir=tmp_path)
    assert "audioldm-s-full-v2" in caught.value.remedy


def test_the_bundled_model_lies_in_the_resources() -> None:
    assert resolve_model("starter").name == "starter_model"


def test_downloads_are_kept_in_the_users_own_data() -> None:
    assert default_models_dir().parts[-2:] == ("Longwave", "models")


@pytest.mark.parametrize("path", ["", "..", "../x", "/x", "a/../../x", "c:x", "a\\b"])
def test_a_file_outside_the_models_folder_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not inside"):
        RemoteFile(path=path, url="https://x", size_bytes=None, sha256=None)


def test_a_malformed_checksum_is_refused_when_the_list_is_read() -> None:
    data = json.loads('{"path": "x", "url": "https://x", "size_bytes": 1, "sha256": "abc"}')

    with pytest.raises(CheckpointError, match="not a checksum"):
        from_plain(RemoteFile, data, "list")


def test_models_can_be_listed_and_fetched_without_loading_torch() -> None:
    """The window's process shows and downloads models; only the engine's child runs them."""
    program = "import engine.checkpoints.download, sys; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
