import json
from pathlib import Path

import pytest

from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.tokenizer import Tokenizer
from tests.support.stored_models import write_roberta_files

STARTER = Path(__file__).parents[4] / "resources" / "starter_model"


def _tokenizer(folder: Path, max_tokens: int = 64) -> Tokenizer:
    write_roberta_files(folder)
    return Tokenizer.from_folder(folder, pad_token_id=1, max_tokens=max_tokens)


def test_prompts_are_wrapped_and_padded_to_the_longest(tmp_path: Path) -> None:
    ids, mask = _tokenizer(tmp_path).encode_batch(["rain", "", "rainrain"])

    rain = ids[0, 1].item()
    assert ids.tolist() == [[0, rain, 2, 1], [0, 2, 1, 1], [0, rain, rain, 2]]
    assert mask.tolist() == [[1, 1, 1, 0], [1, 1, 0, 0], [1, 1, 1, 1]]


def test_a_long_prompt_is_cut_and_still_ends_with_the_end_token(tmp_path: Path) -> None:
    ids, _ = _tokenizer(tmp_path, max_tokens=10).encode_batch(["rain" * 50])

    assert ids.shape == (1, 10)
    assert (ids[0, 0].item(), ids[0, -1].item()) == (0, 2)


def test_a_lone_surrogate_is_no_reason_to_fail(tmp_path: Path) -> None:
    tokenizer = _tokenizer(tmp_path)

    broken, question = (tokenizer.encode_batch([text])[0] for text in ("a\ud800b", "a?b"))

    assert broken.tolist() == question.tolist()


def test_both_kinds_of_files_give_the_same_ids(tmp_path: Path) -> None:
    first = _tokenizer(tmp_path)
    (tmp_path / "json").mkdir()
    first.save(tmp_path / "json")
    second = Tokenizer.from_folder(tmp_path / "json", pad_token_id=1, max_tokens=64)
    prompts = ["rain in the rain", "Grüße, 雨!"]

    assert second.vocab_size == first.vocab_size
    for got, expected in zip(
        second.encode_batch(prompts), first.encode_batch(prompts), strict=True
    ):
        assert got.tolist() == expected.tolist()


def test_files_in_a_folder_named_tokenizer_are_found(tmp_path: Path) -> None:
    write_roberta_files(tmp_path / "tokenizer")

    assert Tokenizer.from_folder(tmp_path, pad_token_id=1, max_tokens=8).vocab_size == 263


def test_the_bundled_vocabulary_is_word_pieces_without_case() -> None:
    tokenizer = Tokenizer.from_folder(STARTER, pad_token_id=0, max_tokens=512)

    ids, mask = tokenizer.encode_batch(["A dog barks", "a DOG barks", "rain"])

    assert tokenizer.vocab_size == 25025
    assert ids[0].tolist() == ids[1].tolist()
    assert ids[2].tolist()[3:] == [0] * (ids.shape[1] - 3)
    assert mask[2].sum() == 3


def test_a_missing_tokenizer_is_reported_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no tokenizer in") as caught:
        Tokenizer.from_folder(tmp_path, pad_token_id=1, max_tokens=8)
    assert "vocab.json and merges.txt" in caught.value.remedy


def test_damaged_files_are_reported(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")

    with pytest.raises(CheckpointError, match="cannot be read"):
        Tokenizer.from_folder(tmp_path, pad_token_id=1, max_tokens=8)


def test_a_vocabulary_without_the_special_tokens_is_reported(tmp_path: Path) -> None:
    write_roberta_files(tmp_path)
    vocabulary = json.loads((tmp_path / "vocab.json").read_text(encoding="utf-8"))
    del vocabulary["</s>"]
    (tmp_path / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")

    with pytest.raises(CheckpointError, match="has no '</s>'"):
        Tokenizer.from_folder(tmp_path, pad_token_id=1, max_tokens=8)
