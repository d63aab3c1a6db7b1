"""From prompts to the token ids of a text tower."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer as RawTokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.processors import RobertaProcessing
from torch import Tensor

from engine.checkpoints.errors import CheckpointError

_JSON = "tokenizer.json"
_VOCABULARY = "vocab.json"
_MERGES = "merges.txt"
_REMEDY = (
    f"Put {_JSON}, or {_VOCABULARY} and {_MERGES}, of roberta-base beside it; every AudioLDM"
    " folder of diffusers has them under tokenizer/."
)


class Tokenizer:
    """Splits prompts as the text tower was trained on.

    Reads the byte-level BPE of RoBERTa and, for the bundled model, a WordPiece vocabulary.

    Args:
        raw: The tokenizer; its own settings for padding and length are replaced.
        pad_token_id: Id that fills short rows.
        max_tokens: Longest row, special tokens included; longer prompts are cut.
    """

    def __init__(self, raw: RawTokenizer, *, pad_token_id: int, max_tokens: int) -> None:
        raw.enable_truncation(max_tokens)
        raw.enable_padding(pad_id=pad_token_id, pad_token=raw.id_to_token(pad_token_id) or "<pad>")
        self._raw = raw

    @classmethod
    def from_folder(cls, folder: Path, *, pad_token_id: int, max_tokens: int) -> Tokenizer:
        """Read a tokenizer from its files.

        Args:
            folder: Holds ``tokenizer.json``, or ``vocab.json`` and ``merges.txt``; they may be in
                a folder ``tokenizer`` inside it.
            pad_token_id: Id that fills short rows.
            max_tokens: Longest row, special tokens included.

        Returns:
            The tokenizer.

        Raises:
            CheckpointError: The files are not there, or damaged.
        """
        for place in (folder, folder / "tokenizer"):
            try:
                raw = _read(place)
            except CheckpointError:
                raise
            # The library raises bare exceptions for files it cannot read.
            except Exception as error:
                raise CheckpointError(
                    f"The tokenizer in {place} cannot be read.", "Get its files again."
                ) from error
            if raw is not None:
                return cls(raw, pad_token_id=pad_token_id, max_tokens=max_tokens)
        raise CheckpointError(f"There is no tokenizer in {folder}.", _REMEDY)

    @property
    def vocab_size(self) -> int:
        """Number of different ids, special tokens included."""
        return self._raw.get_vocab_size(with_added_tokens=True)

    def encode_batch(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Tokenise prompts, padded to the longest of them.

        Args:
            prompts: B texts; an empty one becomes the special tokens alone.

        Returns:
            Ids and attention mask, both (B, L) int64; the mask is 1 at tokens, 0 at padding.
        """
        # Lone surrogates can be typed and pasted but not encoded.
        encodable = [prompt.encode("utf-8", "replace").decode("utf-8") for prompt in prompts]
        rows = self._raw.encode_batch(encodable)
        ids = torch.tensor([row.ids for row in rows], dtype=torch.long)
        mask = torch.tensor([row.attention_mask for row in rows], dtype=torch.long)
        return ids, mask

    def save(self, folder: Path) -> None:
        """Write ``tokenizer.json`` into a folder that exists."""
        self._raw.save(str(folder / _JSON))


def _read(folder: Path) -> RawTokenizer | None:
    if (folder / _JSON).is_file():
        return RawTokenizer.from_file(str(folder / _JSON))
    vocabulary, merges = folder / _VOCABULARY, folder / _MERGES
    if not (vocabulary.is_file() and merges.is_file()):
        return None
    raw = RawTokenizer(BPE.from_file(str(vocabulary), str(merges)))
    raw.pre_tokenizer = ByteLevel(add_prefix_space=False)
    raw.decoder = ByteLevelDecoder()
    start, end = (_token(raw, text) for text in ("<s>", "</s>"))
    raw.post_processor = RobertaProcessing(end, start, add_prefix_space=False)
    return raw


def _token(raw: RawTokenizer, text: str) -> tuple[str, int]:
    token_id = raw.token_to_id(text)
    if token_id is None:
        raise CheckpointError(f"The vocabulary has no {text!r}.", _REMEDY)
    return text, token_id
