from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from engine.api import (
    BaseResult,
    EngineError,
    GenerateRequest,
    Region,
    Sampler,
    Section,
    TransitionKind,
)
from engine.runtime.checks.request import check_output_dir, check_request
from tests.support.engine import request_named

Change = Callable[[GenerateRequest], GenerateRequest]


def with_region(**changes: object) -> Change:
    return lambda r: replace(r, regions=(replace(r.regions[0], **changes),))  # type: ignore[arg-type]  # by name


def with_regions(*spans: tuple[int, int]) -> Change:
    regions = tuple(
        Region(start_latent_frame=a, num_latent_frames=n, prompt="rain", guidance_scale=3.0)
        for a, n in spans
    )
    return lambda r: replace(r, regions=regions)


def with_sampling(**changes: object) -> Change:
    return lambda r: replace(r, sampling=replace(r.sampling, **changes))  # type: ignore[arg-type]  # by name


def with_section(**changes: object) -> Change:
    """A section inside the piece, with files that exist, and then the changes."""
    here = __file__
    base = BaseResult(latents_path=here, mel_path=here, audio_path=here, state_path=here)
    good = Section(start_latent_frame=10, num_latent_frames=20, take=1)
    section = replace(good, **changes)  # type: ignore[arg-type]  # by name
    return lambda r: replace(r, sections=(section,), base=base)


BAD: dict[str, tuple[Change, str]] = {
    "no regions": (lambda r: replace(r, regions=()), "There is no prompt"),
    "empty prompt": (with_region(prompt=""), r"Prompt 1 \(at 0.00 s\) has no words"),
    "blank prompt": (with_region(prompt=" \n"), "has no words"),
    "endless prompt": (with_region(prompt="x" * 5000), "has 5000 characters"),
    "endless negative": (with_region(negative_prompt="x" * 5000), "has 5000 characters"),
    "zero length": (with_region(num_latent_frames=0), "is 0.00 s long"),
    "negative length": (with_region(num_latent_frames=-25), "is -1.00 s long"),
    "a day": (with_region(num_latent_frames=25 * 86_400), r"24.0 hours \(86400.00 s\) long; 12"),
    "a frame too long": (with_region(num_latent_frames=25 * 43_200 + 1), r"\(43200.04 s\) long"),
    "a year": (with_region(num_latent_frames=25 * 86_400 * 365), "8760.0 hours"),
    "out of the noise": (with_region(start_latent_frame=1 << 60), f"frames from {1 << 60}"),
    "before all noise": (with_region(start_latent_frame=-(1 << 60)), f"frames from -{1 << 60}"),
    "negative memory": (lambda r: replace(r, memory_budget_bytes=-1), "memory budget of -1 bytes"),
    "a gap": (with_regions((0, 50), (75, 50)), r"No prompt covers 2.00 s to 3.00 s"),
    "a gap behind a long region": (with_regions((0, 90), (10, 20), (95, 5)), "3.60 s to 3.80 s"),
    "wrong order": (with_regions((50, 50), (0, 60)), "not in order of time"),
    "guidance below zero": (with_region(guidance_scale=-1.0), "guidance of -1"),
    "guidance is no number": (with_region(guidance_scale=float("nan")), "guidance of nan"),
    "guidance without end": (with_region(guidance_scale=float("inf")), "guidance of inf"),
    "zero weight": (with_region(weight=0.0), "weight of 0"),
    "weight is no number": (with_region(weight=float("nan")), "weight of nan"),
    "endless weight": (with_region(weight=float("inf")), "weight of inf"),
    "transition": (with_region(transition="jump"), "unknown transition “jump”.*morph"),
    "no transition time": (with_region(transition_latent_frames=0), "transition of 0"),
    "sampler": (with_sampling(sampler="euler"), "no sampler “euler”.*ddim"),
    "no steps": (with_sampling(num_steps=0), "0 sampling steps"),
    "too many steps": (with_sampling(num_steps=1000), "1000 sampling steps"),
    "no stride": (with_sampling(stride_latent_frames=0), "distance of 0"),
    "odd stride": (with_sampling(stride_latent_frames=100), "distance of 100"),
    "negative seed": (lambda r: replace(r, seed=-1), "seed -1"),
    "huge seed": (lambda r: replace(r, seed=1 << 63), "out of range"),
    "stream": (lambda r: replace(r, stream=1 << 31), "noise stream"),
    "take": (lambda r: replace(r, take=-5), "noise take -5"),
    "section without base": (
        lambda r: replace(with_section()(r), base=None),
        "only be made again in a finished take",
    ),
    "empty section": (with_section(num_latent_frames=0), "0.40 s to 0.40 s is empty"),
    "section before": (with_section(start_latent_frame=-5), "not inside the take"),
    "section behind": (with_section(start_latent_frame=240), "not inside the take"),
    "no strength": (with_section(strength=0.0), "strength of 0"),
    "too much strength": (with_section(strength=1.5), "strength of 1.5"),
    "feather": (with_section(feather_latent_frames=-1), "feather of -1"),
    "section take": (with_section(take=-1), "noise take -1"),
}

GOOD: dict[str, Change] = {
    "as it is": lambda r: r,
    "no guidance": with_region(guidance_scale=1.0),
    "touching": with_regions((0, 50), (50, 50)),
    "overlapping": with_regions((0, 60), (50, 50)),
    "before the start": with_regions((-100, 150)),
    "one frame": with_regions((7, 1)),
    "twelve hours": with_regions((0, 25 * 43_200)),
    "a transition": with_region(transition=TransitionKind.CUT, transition_latent_frames=1),
    "the other sampler": with_sampling(sampler=Sampler.DPM_SOLVER_2M),
    "a section": with_section(),
}


@pytest.mark.parametrize("name", BAD)
def test_a_request_that_cannot_work_is_refused_with_a_remedy(name: str, tmp_path: Path) -> None:
    change, message = BAD[name]

    with pytest.raises(EngineError, match=message) as caught:
        check_request(change(request_named(output_dir=str(tmp_path))))

    assert caught.value.remedy


@pytest.mark.parametrize("name", GOOD)
def test_a_good_request_passes(name: str, tmp_path: Path) -> None:
    check_request(GOOD[name](request_named(output_dir=str(tmp_path))))


def test_a_missing_file_of_the_base_is_named(tmp_path: Path) -> None:
    request = with_section()(request_named(output_dir=str(tmp_path)))
    missing = replace(cast("BaseResult", request.base), mel_path=str(tmp_path / "gone.npy"))

    with pytest.raises(EngineError, match=r"gone\.npy of the take is missing"):
        check_request(replace(request, base=missing))


def test_a_missing_output_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"output folder .*nowhere does not exist"):
        check_request(request_named(output_dir=str(tmp_path / "nowhere")))


def test_an_output_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("engine.runtime.checks.request.tempfile.TemporaryFile", refuse)

    with pytest.raises(EngineError, match=r"Cannot write to .*Permission denied") as caught:
        check_output_dir(tmp_path, 100)

    assert "permissions" in caught.value.remedy


def test_a_disk_without_enough_space_is_refused_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "engine.runtime.checks.request.shutil.disk_usage",
        lambda _: type("Usage", (), {"free": 1_000_000})(),
    )

    check_output_dir(tmp_path, 200)
    with pytest.raises(EngineError, match="has 1 MB left, but 102 MB are needed"):
        check_output_dir(tmp_path, 25_000)
