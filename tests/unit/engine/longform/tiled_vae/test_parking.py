import errno
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.longform.tiled_vae.parking import Storage


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Files beyond 1 MB are refused, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_tensor_in_a_file_keeps_what_is_written(tmp_path: Path) -> None:
    storage = Storage(torch.device("cpu"), torch.float32, tmp_path)

    tensor = storage.empty((1, 2, 300, 4))
    tensor.copy_(torch.arange(2_400.0).view(1, 2, 300, 4))

    assert torch.equal(tensor.flatten(), torch.arange(2_400.0))
    storage.close()


def test_a_range_of_frames_is_one_piece_of_memory(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        storage = Storage(torch.device("cpu"), torch.bfloat16, folder)
        frames = storage.empty((1, 8, 300, 4))[:, :, 100:200]

        assert frames.shape == (1, 8, 100, 4)
        assert frames.is_contiguous(memory_format=torch.channels_last)
        storage.close()


def test_a_file_has_no_name_so_that_its_space_is_free_with_the_tensor(tmp_path: Path) -> None:
    storage = Storage(torch.device("cpu"), torch.float32, tmp_path)

    tensor = storage.empty((1, 8, 1_024, 16))

    assert list(tmp_path.rglob("*.bin")) == []
    assert tensor.fill_(1.0).sum() == tensor.numel()
    storage.close()


def test_where_a_mapped_file_keeps_its_name_the_space_is_taken_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    storage = Storage(torch.device("cpu"), torch.float32, tmp_path)

    storage.empty((1, 8, 1_024, 16))

    (file,) = tmp_path.rglob("*.bin")
    assert file.stat().st_blocks * 512 >= 4 * 8 * 1_024 * 16
    storage.close()


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_an_error_and_not_the_end_of_the_process(tmp_path: Path) -> None:
    storage = Storage(torch.device("cpu"), torch.float32, tmp_path)

    with pytest.raises(OSError, match="large") as caught:
        storage.empty((1, 8, 4_096, 16))

    assert caught.value.errno in (errno.EFBIG, errno.ENOSPC)
    storage.close()
