"""Prompts that cannot be followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.api import Anchor, Cohesion, Curve, EngineError, GenerateRequest, RootPrompt
from engine.runtime.checks.prompts import check_prompts
from engine.runtime.checks.request import check_request
from tests.support.engine import request_named

Change = Callable[[GenerateRequest, Path], GenerateRequest]
SOUND = "two-seconds.wav"


def curve(*points: tuple[int, float]) -> Curve:
    return Curve(
        latent_frames=tuple(frame for frame, _ in points), values=tuple(v for _, v in points)
    )


def with_region(**changes: object) -> Change:
    return lambda r, _: replace(
        r,
        regions=(replace(r.regions[0], **changes),),  # type: ignore[arg-type]  # by name
    )


def with_anchor(file: str = SOUND, strength: float = 0.3, **changes: object) -> Change:
    def change(request: GenerateRequest, folder: Path) -> GenerateRequest:
        anchor = Anchor(audio_path=str(folder / file), **changes)  # type: ignore[arg-type]  # by name
        region = replace(request.regions[0], anchors=(anchor,), anchor_strength=strength)
        return replace(request, regions=(region,))

    return change


def with_root(prompt: str = "one band", share: float = 0.25) -> Change:
    return lambda r, _: replace(r, root=RootPrompt(prompt=prompt, share=share))


def with_cohesion(**changes: object) -> Change:
    return lambda r, _: replace(r, cohesion=replace(Cohesion(), **changes))  # type: ignore[arg-type]  # by name


NAN, INF = float("nan"), float("inf")
BAD: dict[str, tuple[Change, str]] = {
    "guidance at a point": (
        with_region(guidance_curve=curve((0, 3.0), (50, -1.0))),
        r"Prompt 1 \(at 0.00 s\) has a guidance of -1 at 2.00 s",
    ),
    "guidance too high": (with_region(guidance_curve=curve((0, 101.0))), "guidance of 101 at"),
    "guidance is no number": (with_region(guidance_curve=curve((0, NAN))), "guidance of nan at"),
    "weight at a point": (
        with_region(weight_curve=curve((25, 0.0), (50, 1.0))),
        "weight of 0 at 1.00 s",
    ),
    "endless weight": (with_region(weight_curve=curve((0, INF))), "weight of inf at"),
    "no points": (with_region(weight_curve=curve()), "weight curve with 0 places and 0 values"),
    "a value is missing": (
        with_region(guidance_curve=Curve(latent_frames=(0, 1), values=(2.0,))),
        "guidance curve with 2 places and 1 values",
    ),
    "points in disorder": (
        with_region(guidance_curve=curve((50, 2.0), (25, 3.0))),
        "guidance curve that goes from 2.00 s to 1.00 s",
    ),
    "two values at one place": (
        with_region(weight_curve=curve((50, 2.0), (50, 3.0))),
        "goes from 2.00 s to 2.00 s",
    ),
    "a point out of reach": (
        with_region(weight_curve=curve((0, 1.0), (1 << 41, 2.0))),
        f"point at frame {1 << 41}",
    ),
    "no such sound": (with_anchor("gone.wav"), r"gone\.wav is missing"),
    "no sound": (with_anchor("text.wav"), r"Cannot read .*text\.wav as sound"),
    "sound before its start": (with_anchor(start_seconds=-1.0), r"-1 s to 2 s of .*2\.00 s long"),
    "sound behind its end": (with_anchor(start_seconds=2.0), "2 s to 2 s of"),
    "sound too long": (with_anchor(start_seconds=1.5, duration_seconds=1.0), "1.5 s to 2.5 s of"),
    "sound of no length": (with_anchor(duration_seconds=0.0), "0 s to 0 s of"),
    "sound without end": (with_anchor(duration_seconds=INF), "0 s to inf s of"),
    "sound at no place": (with_anchor(start_seconds=NAN), "nan s to 2 s of"),
    "sound without weight": (with_anchor(weight=0.0), "sound with a weight of 0"),
    "too much of a sound": (with_anchor(strength=1.1), "strength of 1.1"),
    "less than nothing of a sound": (with_anchor(strength=-0.1), "strength of -0.1"),
    "root without words": (with_root("  "), "whole piece has no words"),
    "endless root": (with_root("x" * 5000), "whole piece has 5000 characters"),
    "root of nothing": (with_root(share=0.0), "share of 0"),
    "nothing but the root": (with_root(share=1.0), "share of 1"),
    "noise": (with_cohesion(shared_noise=1.5), "repeating noise is 1.5"),
    "noise is no number": (with_cohesion(shared_noise=NAN), "repeating noise is nan"),
    "period": (with_cohesion(period_latent_frames=0), "repeat after 0 latent frames"),
    "reference": (with_cohesion(reference_share=0.6), "one window is 0.6"),
}

GOOD: dict[str, Change] = {
    "curves": with_region(
        guidance_curve=curve((-10, 1.0), (300, 8.0)), weight_curve=curve((0, 0.1), (1, 900.0))
    ),
    "one point": with_region(guidance_curve=curve((5, 2.0))),
    "a whole sound": with_anchor(),
    "a stretch up to the end": with_anchor(start_seconds=1.5, duration_seconds=0.5),
    "a sound that does not count may be missing": with_anchor("gone.wav", strength=0.0),
    "nothing but the sound": with_anchor(strength=1.0),
    "a root": with_root(),
    "cohesion": with_cohesion(shared_noise=1.0, period_latent_frames=1, reference_share=0.5),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / SOUND, np.zeros(32_000, np.float32), 16_000)
    (tmp_path / "text.wav").write_text("no sound")
    return tmp_path


@pytest.mark.parametrize("name", BAD)
def test_a_prompt_that_cannot_be_followed_is_refused_with_a_remedy(name: str, folder: Path) -> None:
    change, message = BAD[name]

    with pytest.raises(EngineError, match=message) as caught:
        check_request(change(request_named(output_dir=str(folder)), folder))

    assert caught.value.remedy


@pytest.mark.parametrize("name", GOOD)
def test_a_good_prompt_passes(name: str, folder: Path) -> None:
    check_prompts(GOOD[name](request_named(), folder))
