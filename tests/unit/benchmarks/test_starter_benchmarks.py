"""The benchmark's own arithmetic: distances, retrieval, and prompts in other words."""

import numpy as np
import pytest

from engine.training.foundry import captions
from engine.training.foundry.kinds import CORE, KINDS
from tests.benchmarks.frechet import frechet_distance, spread
from tests.benchmarks.retrieval import blind_prompts, free_prompts, recalls, words

_FORMS = (
    *captions.PLAIN_FORMS,
    *captions.DISTANT_FORMS,
    *captions.ECHO_FORMS,
    *captions.MIXTURE_FORMS,
    *captions.QUIET_FORMS,
    *captions.SEQUENCE_FORMS,
)


def test_free_prompts_use_no_word_of_any_caption() -> None:
    said = set().union(*(words(text) for text in _FORMS))
    said = said.union(*(words(phrase) for kind in KINDS for phrase in kind.phrases))
    for prompts in free_prompts().values():
        for prompt in prompts:
            assert not words(prompt) & said, prompt


def test_there_are_sixty_free_prompts_for_trained_kinds() -> None:
    names = {kind.name for kind in CORE}
    assert sum(len(prompts) for name, prompts in free_prompts().items() if name in names) >= 60


def test_blind_prompts_ask_three_times_for_each_trained_kind_and_are_no_phrase() -> None:
    phrases = {phrase for kind in KINDS for phrase in kind.phrases}
    prompts = blind_prompts()
    assert set(prompts) == {kind.name for kind in CORE}
    for texts in prompts.values():
        assert len(set(texts) - phrases) == 3


def test_the_distance_of_two_gaussians_is_that_of_their_means_and_widths() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((4000, 3)), rng.standard_normal((4000, 3))
    assert frechet_distance(first, first) == pytest.approx(0.0, abs=1e-3)
    assert frechet_distance(first, 3 + second) == pytest.approx(27.0, rel=0.05)
    # Widths 1 and 2 in three dimensions: 3 * (2 - 1) ** 2.
    assert frechet_distance(first, 2 * second) == pytest.approx(3.0, rel=0.1)


def test_the_spread_is_the_mean_distance_of_pairs() -> None:
    clips = [np.full((2, 1), value) for value in (0.0, 1.0, 3.0)]
    assert spread(clips) == pytest.approx((1 + 2 + 3) / 3)


def test_recalls_forgive_prompts_of_the_same_kind() -> None:
    similarity = np.array([[0.5, 0.9, 0.1], [0.2, 0.8, 0.1], [0.6, 0.1, 0.4]])
    found = recalls(similarity, ["rain", "rain", "dog"])
    assert found["text_to_audio_r1"] == pytest.approx(2 / 3)
    assert found["text_to_audio_strict_r1"] == pytest.approx(1 / 3)
    assert found["text_to_audio_r5"] == 1.0
