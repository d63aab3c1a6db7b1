"""Kept stretches that cannot be kept are refused, with the value and the remedy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.api import AudioSource, BaseResult, EngineError, GenerateRequest, KeptSpan
from engine.runtime.checks.base import check_base, check_base_fits
from tests.support.engine import request_named


def built_on(*kept: KeptSpan, join: int = 48, is_loop: bool = False) -> GenerateRequest:
    """A piece of 250 frames from 0, built on files that exist."""
    here = __file__
    base = BaseResult(
        latents_path=here,
        mel_path=here,
        audio_path=here,
        state_path=here,
        kept=kept,
        join_latent_frames=join,
    )
    return replace(request_named(), base=base, is_loop=is_loop)


def kept(start: int, num: int, target: int) -> KeptSpan:
    return KeptSpan(start_latent_frame=start, num_latent_frames=num, target_latent_frame=target)


BAD = {
    "empty": (built_on(kept(0, 0, 0)), "0.00 s to 0.00 s is empty"),
    "before": (built_on(kept(10, 20, -5)), "-0.20 s to 0.60 s, beyond the piece, 0.00 s to 10.00"),
    "behind": (built_on(kept(10, 20, 231)), "to 10.04 s, beyond the piece"),
    "overlapping": (built_on(kept(0, 20, 0), kept(20, 20, 19)), "begin at 0.76 s, before the"),
    "unsorted": (built_on(kept(0, 20, 100), kept(20, 20, 0)), "begin at 0.00 s, before the"),
    "negative join": (built_on(join=-1), "Joins of -1 latent frames"),
    "endless join": (built_on(join=5000), "Joins of 5000 latent frames"),
    "two beginnings": (
        replace(built_on(), source=AudioSource(path=__file__)),
        "imported sound and with a finished take",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_the_request_alone_shows_is_refused(name: str) -> None:
    request, message = BAD[name]

    with pytest.raises(EngineError, match=message) as caught:
        check_base(request)

    assert caught.value.remedy


@pytest.mark.parametrize(
    "request_", [built_on(), built_on(kept(50, 20, 0), kept(0, 20, 20)), built_on(kept(0, 1, 249))]
)
def test_what_can_be_kept_passes(request_: GenerateRequest) -> None:
    check_base(request_)
    fits(request_)


def fits(request: GenerateRequest, *, model: str = "tiny", is_loop: bool = False) -> None:
    check_base_fits(
        request,
        wanted_model="tiny",
        model=model,
        is_loop=is_loop,
        heard=(-10, 300),
        stored=(-10, 320),
    )


def test_a_stretch_may_reach_into_the_hidden_tail_but_not_beyond() -> None:
    fits(built_on(kept(290, 30, 0)))

    with pytest.raises(EngineError, match=r"11\.60 s to 12\.84 s is not inside the take"):
        fits(built_on(kept(290, 31, 0)))


def test_another_model_is_refused() -> None:
    with pytest.raises(EngineError, match="made with the model large, not tiny"):
        fits(built_on(), model="large")


@pytest.mark.parametrize(("was", "wanted"), [(True, True), (True, False), (False, True)])
def test_loops_are_made_as_a_whole(was: bool, wanted: bool) -> None:
    with pytest.raises(EngineError, match="loop"):
        fits(built_on(is_loop=wanted), is_loop=was)


def test_a_take_of_another_time_has_nothing_to_keep() -> None:
    base = built_on().base
    later = replace(
        request_named(),
        base=base,
        regions=(replace(request_named().regions[0], start_latent_frame=300),),
    )

    with pytest.raises(EngineError, match="no time in common"):
        fits(later)
