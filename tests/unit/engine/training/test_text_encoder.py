"""The pieces of the text encoder's distillation."""

import random
from pathlib import Path

import torch

from engine.training.text_encoder import (
    distil,
    needed_tokens,
    wordnet_texts,
    wordpiece_tokenizer,
)

_VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##s", "rain", "dog", "größe"]


def test_tokens_are_word_pieces_between_the_special_ones() -> None:
    tokens = wordpiece_tokenizer(_VOCABULARY).encode("Rains a").tokens
    assert tokens == ["[CLS]", "rain", "##s", "a", "[SEP]"]


def test_tokens_that_nobody_needs_are_left_out() -> None:
    kept = needed_tokens(_VOCABULARY, ["the rain", "größe"])
    assert [_VOCABULARY[index] for index in kept] == [*_VOCABULARY[:8]]


def test_texts_of_wordnet_are_glosses_examples_and_sounds(tmp_path: Path) -> None:
    line = '00001740 03 n 02 bark 0 dog_bark 0 000 | the sound of a dog; "I heard a bark"\n'
    for part in ("noun", "verb", "adj", "adv"):
        (tmp_path / f"data.{part}").write_text("  1 a header\n" + line * (part == "noun"))
    texts = wordnet_texts(tmp_path, random.Random(0))  # noqa: S311 - a choice of words
    assert texts[:2] == ["the sound of a dog", "bark, dog bark: the sound of a dog"]
    assert texts[2] in ("the sound of bark", "the sound of dog bark")
    assert texts[3] == "I heard a bark"


def test_the_student_comes_to_point_where_the_teacher_does() -> None:
    generator = torch.Generator().manual_seed(0)
    wanted = torch.randn(8, 4, generator=generator)
    own = torch.nn.Parameter(torch.randn(8, 4, generator=generator))
    names = [str(index) for index in range(8)]

    def rows(table: torch.Tensor, texts: list[str]) -> torch.Tensor:
        return table[[int(text) for text in texts]]

    distil(
        [{"params": [own], "lr": 0.1}],
        lambda texts: rows(own, list(texts)),
        lambda texts: rows(wanted, list(texts)),
        names,
        minutes=0.02,
    )
    similarity = torch.nn.functional.cosine_similarity(own.detach(), wanted, dim=-1)
    assert float(similarity.min()) > 0.9
