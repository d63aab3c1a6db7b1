"""From a request to prompts over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.api import Anchor, Curve, GenerateRequest, Region, RootPrompt, TransitionKind
from engine.runtime.sampling.prompting import prompt_spans, prompt_timeline
from tests.support.engine import request_named

RAIN, SEA, BAND, NOTHING = (torch.eye(6)[i] for i in range(4))
TEXTS = {"rain": RAIN, "sea": SEA, "one band": BAND, "": NOTHING}
BELL = Anchor(audio_path="bell.wav")
DRUM = Anchor(audio_path="drum.wav", start_seconds=2.0, duration_seconds=5.0)
SOUNDS = {BELL: torch.eye(6)[4], DRUM: torch.eye(6)[5]}


def request(*regions: Region, root: RootPrompt | None = None) -> GenerateRequest:
    return replace(request_named(), regions=regions, root=root)


def region(prompt: str = "rain", start: int = 0, num: int = 250, **changes: object) -> Region:
    plain = Region(start_latent_frame=start, num_latent_frames=num, prompt=prompt, guidance_scale=3)
    return replace(plain, **changes)  # type: ignore[arg-type]  # by name


class Ears:
    """Knows the sounds, and remembers what it was asked."""

    def __init__(self) -> None:
        self.texts: list[list[str]] = []
        self.heard: list[Anchor] = []

    def embed_texts(self, texts: Sequence[str]) -> dict[str, Tensor]:
        self.texts.append(list(texts))
        return {text: TEXTS[text] for text in texts}

    def embed_audio(self, anchor: Anchor) -> Tensor:
        self.heard.append(anchor)
        return SOUNDS[replace(anchor, weight=1.0)]


def vectors(asked: GenerateRequest, ears: Ears | None = None) -> list[Tensor]:
    ears = ears or Ears()
    spans = prompt_spans(asked, embed_texts=ears.embed_texts, embed_audio=ears.embed_audio)
    return [span.conditioning for span in spans]


def between(a: Tensor, b: Tensor, share: float) -> Tensor:
    """The turn from one vector to another by a share of their angle, written out."""
    angle = math.acos(float(a @ b))
    rest = b - a * float(a @ b)
    turned: Tensor = math.cos(share * angle) * a + math.sin(share * angle) * rest / rest.norm()
    return turned


def test_a_region_becomes_a_span_with_all_it_says() -> None:
    curve = Curve(latent_frames=(0, 50), values=(1.0, 5.0))
    said = region(
        "sea",
        start=10,
        num=40,
        negative_prompt="rain",
        guidance_curve=curve,
        weight=2.0,
        weight_curve=curve,
        transition=TransitionKind.BLEND,
        transition_latent_frames=7,
    )

    (span,) = prompt_spans(
        request(said), embed_texts=Ears().embed_texts, embed_audio=Ears().embed_audio
    )

    assert (span.start, span.end, span.guidance_scale, span.weight) == (10, 50, 3, 2.0)
    assert (span.guidance_curve, span.weight_curve) == (curve, curve)
    assert (span.transition, span.transition_latent_frames) == (TransitionKind.BLEND, 7)
    assert torch.equal(span.conditioning, SEA)
    assert torch.equal(span.unconditional, RAIN)


def test_all_texts_are_embedded_at_once() -> None:
    ears = Ears()

    vectors(request(region("rain"), region("sea"), root=RootPrompt(prompt="one band")), ears)

    assert len(ears.texts) == 1
    assert set(ears.texts[0]) == {"rain", "sea", "", "one band"}


def test_every_region_moves_towards_the_root() -> None:
    root = RootPrompt(prompt="one band", share=0.2)

    rain, sea = vectors(request(region("rain"), region("sea"), root=root))

    torch.testing.assert_close(rain, between(RAIN, BAND, 0.2), rtol=0, atol=1e-6)
    torch.testing.assert_close(sea, between(SEA, BAND, 0.2), rtol=0, atol=1e-6)


def test_anchors_come_after_the_root_and_are_averaged_by_weight() -> None:
    anchors = (replace(BELL, weight=1.0), replace(DRUM, weight=3.0))
    asked = region(anchors=anchors, anchor_strength=0.6)

    (got,) = vectors(request(asked, root=RootPrompt(prompt="one band", share=0.3)))

    sound = between(SOUNDS[BELL], SOUNDS[DRUM], 0.75)
    expected = between(between(RAIN, BAND, 0.3), sound, 0.6)
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-6)


def test_one_anchor_at_full_strength_takes_the_place_of_the_words() -> None:
    (got,) = vectors(request(region(anchors=(replace(BELL, weight=0.2),), anchor_strength=1.0)))

    torch.testing.assert_close(got, SOUNDS[BELL], rtol=0, atol=1e-6)


def test_a_sound_is_heard_once_and_only_where_it_counts() -> None:
    ears = Ears()
    silent = region(anchors=(DRUM,), anchor_strength=0.0)

    _, _, alone = vectors(
        request(
            region("rain", anchors=(BELL,)),
            region("sea", anchors=(replace(BELL, weight=2.0),)),
            silent,
        ),
        ears,
    )

    assert ears.heard == [BELL]
    assert torch.equal(alone, RAIN)


def test_the_transition_is_chosen_by_the_vectors_that_are_used() -> None:
    def timeline(share: float | None) -> bool:
        root = None if share is None else RootPrompt(prompt="one band", share=share)
        regions = (region("rain", 0, 500), region("sea", 500, 500))
        ears = Ears()
        return prompt_timeline(
            request(*regions, root=root),
            embed_texts=ears.embed_texts,
            embed_audio=ears.embed_audio,
        ).morphs(0, 1)

    assert not timeline(None)
    # Both words lie 90 degrees from the root; half-way there they are 60 apart, later less.
    assert not timeline(0.5)
    assert timeline(0.7)


@pytest.mark.parametrize("is_loop", [False, True])
def test_in_a_loop_the_last_prompt_fades_into_the_first(*, is_loop: bool) -> None:
    asked = request(region("rain", 0, 128), region("sea", 128, 128))
    ears = Ears()

    timeline = prompt_timeline(
        replace(asked, is_loop=is_loop),
        embed_texts=ears.embed_texts,
        embed_audio=ears.embed_audio,
    )

    rain = np.zeros(2)
    for index, share in timeline.shares(255, 2).items():
        if torch.equal(timeline.spans[index].conditioning, RAIN):
            rain += share
    assert rain.sum() == pytest.approx(1.0 if is_loop else 0.0, abs=1e-9)
