"""The sampling of a piece in either order: what it tells, what it stores, and how it goes on."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.api import CancelledError
from engine.diffusion.noise import position_keyed_noise
from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.multidiffusion import JointDenoiser, PredictNoise
from engine.longform.sampling import initial_state, sampling_states
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, circular_window_grid, window_grid
from engine.runtime.files.sampler_checkpoint import CHECKPOINT_FILE, SamplerCheckpoint
from engine.runtime.sampling.order import SamplingWork, is_wavefront
from engine.runtime.sampling.run import SamplingProgress, SamplingRun
from tests.support.stored_models import small_model
from tests.support.tiny_model import tiny_config

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
CPU = torch.device("cpu")
NUM_STEPS = 4


def grid(num_frames: int = 200) -> WindowGrid:
    return window_grid(-16, num_frames, window=64, stride=32, time_multiple=8, ramp=8)


def noise(step: int, start: int, end: int) -> Tensor:
    return position_keyed_noise(5, 0, 0, start, end - start, channels=2, bins=3, step=step)


def network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
    mixed = x + 0.3 * x.roll(5, 2) - 0.2 * x.flip(2)
    return torch.tanh(mixed) * (timesteps / 1e3).view(-1, 1, 1, 1)


def work_with(
    g: WindowGrid, predict_noise: PredictNoise = network, *, is_stepwise: bool = False
) -> SamplingWork:
    vector = torch.ones(1)
    span = PromptSpan(
        start=-16, end=900, conditioning=vector, unconditional=vector, guidance_scale=1.0
    )
    return SamplingWork(
        denoiser=JointDenoiser(
            predict_noise=predict_noise,
            grid=g,
            prompts=window_prompts(g, PromptTimeline([span])),
            max_batch_items=3,
        ),
        sampler=make_sampler("ddim", SCHEDULE, NUM_STEPS, eta=1.0),
        noise=noise,
        windows=tuple(range(g.num_windows)) if is_stepwise else None,
    )


def expected(g: WindowGrid) -> Tensor:
    work = work_with(g)
    *_, final = sampling_states(
        initial_state(noise, g), denoiser=work.denoiser, sampler=work.sampler, noise=noise
    )
    return final.latents


class Ticking:
    """Every look at the clock is 100 s later: always time to store, and storing costs nothing."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 100.0
        return self.seconds


class KeptCheckpoint(SamplerCheckpoint):
    """Stores every time."""

    def __init__(self, folder: Path, fingerprint: str = "run") -> None:
        super().__init__(folder, fingerprint, Ticking())
        self._spent = -1e12


@dataclass
class Watcher:
    finished: list[tuple[int, Tensor]] = field(default_factory=list)
    steps: list[SamplingProgress] = field(default_factory=list)
    resumed: list[float] = field(default_factory=list)

    def run(
        self, work: SamplingWork, folder: Path, *, checkpoint: SamplerCheckpoint | None = None
    ) -> Tensor:
        return SamplingRun(
            work,
            folder / "latents.npy",
            checkpoint,
            device=CPU,
            on_resumed=self.resumed.append,
            on_finished=lambda first, latents: self.finished.append((first, latents)),
            on_step=self.steps.append,
        ).run()

    @property
    def joined(self) -> Tensor:
        for (first, latents), (following, _) in zip(self.finished, self.finished[1:], strict=False):
            assert first + latents.shape[2] == following
        return torch.cat([latents for _, latents in self.finished], dim=2)


def test_only_whole_pieces_of_some_windows_are_sampled_from_left_to_right() -> None:
    circle = circular_window_grid(0, 128, window=64, stride=32, time_multiple=8, ramp=8)

    assert is_wavefront(grid(), is_whole=True)
    assert not is_wavefront(grid(40), is_whole=True)
    assert not is_wavefront(grid(), is_whole=False)
    assert not is_wavefront(circle, is_whole=True)


@pytest.mark.parametrize("is_stepwise", [False, True])
@pytest.mark.parametrize("num_frames", [40, 200])
def test_both_orders_give_and_store_the_same_latents(
    tmp_path: Path, num_frames: int, is_stepwise: bool
) -> None:
    g, watcher = grid(num_frames), Watcher()

    latents = watcher.run(work_with(g, is_stepwise=is_stepwise), tmp_path)

    assert torch.equal(latents, expected(g))
    assert torch.equal(watcher.joined, latents)
    assert watcher.finished[0][0] == g.first_frame
    np.testing.assert_array_equal(np.load(tmp_path / "latents.npy"), latents[0].numpy())
    assert {path.name for path in tmp_path.iterdir()} == {"latents.npy"}


@pytest.mark.parametrize(
    ("dtype", "max_batch_items", "tolerance"),
    [
        pytest.param(torch.float32, 1, 0.0, id="bit for bit, one item a call"),
        pytest.param(torch.float64, 3, 1e-11, id="batches of other items round differently"),
    ],
)
@torch.inference_mode()
def test_a_real_network_gives_the_same_in_both_orders(
    tmp_path: Path, dtype: torch.dtype, max_batch_items: int, tolerance: float
) -> None:
    unet = small_model(tiny_config()).unet.to(dtype)
    g = window_grid(0, 100, window=16, stride=8, time_multiple=2, ramp=2)
    axes = torch.eye(20)
    spans = [
        PromptSpan(
            start=0, end=60, conditioning=axes[0], unconditional=axes[2], guidance_scale=2.0
        ),
        PromptSpan(
            start=55, end=120, conditioning=axes[1], unconditional=axes[2], guidance_scale=2.0
        ),
    ]

    def predict_noise(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        predicted: Tensor = unet(x, timesteps, conditioning.to(dtype))
        return predicted

    def drawn(step: int, start: int, end: int) -> Tensor:
        return position_keyed_noise(5, 0, 0, start, end - start, step=step).to(dtype)

    def latents(windows: tuple[int, ...] | None) -> Tensor:
        seen = Watcher()
        seen.run(
            SamplingWork(
                denoiser=JointDenoiser(
                    predict_noise=predict_noise,
                    grid=g,
                    prompts=window_prompts(g, PromptTimeline(spans)),
                    max_batch_items=max_batch_items,
                ),
                sampler=make_sampler("dpm-solver++2m", SCHEDULE, NUM_STEPS),
                noise=drawn,
                windows=windows,
            ),
            tmp_path,
        )
        return seen.joined

    stepwise = latents(tuple(range(g.num_windows)))
    error = (latents(None) - stepwise).abs().max()

    assert error <= tolerance * stepwise.std()


def test_a_wavefront_tells_of_frames_long_before_the_end(tmp_path: Path) -> None:
    g, watcher = grid(800), Watcher()

    watcher.run(work_with(g), tmp_path)

    first = next(p for p in watcher.steps if p.end_finished > g.first_frame)
    assert first.items_done < 0.25 * first.items_total
    assert watcher.steps[-1].items_done == first.items_total == g.num_windows * NUM_STEPS
    steps = [progress.step for progress in watcher.steps]
    assert steps == sorted(steps)
    assert steps[-1] == NUM_STEPS


@pytest.mark.parametrize("is_stepwise", [False, True])
def test_estimates_reach_from_what_is_final_to_what_has_begun(
    tmp_path: Path, is_stepwise: bool
) -> None:
    g = grid()
    seen: list[tuple[int, int]] = []

    def on_step(progress: SamplingProgress) -> None:
        known = progress.estimate()
        assert known is not None
        first, latents = known
        assert first <= progress.end_finished
        assert latents.shape[1] == 2
        seen.append((first, first + latents.shape[2]))

    SamplingRun(
        work_with(g, is_stepwise=is_stepwise),
        tmp_path / "latents.npy",
        None,
        device=CPU,
        on_step=on_step,
    ).run()

    assert seen[0] == (g.first_frame, g.end_frame if is_stepwise else g.support(1)[0])
    assert max(end for _, end in seen) == g.end_frame


@pytest.mark.parametrize("is_stepwise", [False, True])
def test_a_run_broken_off_anywhere_goes_on_to_the_same_bits(
    tmp_path: Path, is_stepwise: bool
) -> None:
    g = grid()
    calls_of_all = -(-g.num_windows * NUM_STEPS // 3)

    for number in range(0, calls_of_all, 3):
        calls: list[int] = []

        def breaking(
            x: Tensor,
            timesteps: Tensor,
            conditioning: Tensor,
            calls: list[int] = calls,
            number: int = number,
        ) -> Tensor:
            if len(calls) == number:
                raise KeyboardInterrupt
            calls.append(len(x))
            return network(x, timesteps, conditioning)

        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(KeyboardInterrupt):
            Watcher().run(
                work_with(g, breaking, is_stepwise=is_stepwise),
                folder,
                checkpoint=KeptCheckpoint(folder),
            )
        rest: list[int] = []

        def counted(
            x: Tensor, timesteps: Tensor, conditioning: Tensor, rest: list[int] = rest
        ) -> Tensor:
            rest.append(len(x))
            return network(x, timesteps, conditioning)

        watcher = Watcher()
        latents = watcher.run(
            work_with(g, counted, is_stepwise=is_stepwise),
            folder,
            checkpoint=KeptCheckpoint(folder),
        )

        assert torch.equal(latents, expected(g))
        assert torch.equal(watcher.joined, latents)
        most_again = 3 * g.num_windows if is_stepwise else 3 * NUM_STEPS
        assert sum(rest) <= g.num_windows * NUM_STEPS - sum(calls) + most_again


def test_a_finished_run_is_not_done_again(tmp_path: Path) -> None:
    def none(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        raise AssertionError("nothing is left to do")

    g = grid()
    first = Watcher().run(work_with(g), tmp_path, checkpoint=KeptCheckpoint(tmp_path))
    watcher = Watcher()

    again = watcher.run(work_with(g, none), tmp_path, checkpoint=KeptCheckpoint(tmp_path))

    assert torch.equal(again, first)
    assert torch.equal(watcher.joined, first)
    assert watcher.resumed == [1.0]


@pytest.mark.parametrize("kind", ["latents cut", "latents changed", "latents gone", "foreign"])
def test_what_does_not_fit_together_is_made_anew(tmp_path: Path, kind: str) -> None:
    g = grid()
    Watcher().run(work_with(g), tmp_path, checkpoint=KeptCheckpoint(tmp_path))
    path = tmp_path / "latents.npy"
    match kind:
        case "latents cut":
            path.write_bytes(path.read_bytes()[:-400])
        case "latents changed":
            stored = np.load(path)
            stored[1, 5, 2] += 1e-3
            np.save(path, stored)
        case "latents gone":
            path.unlink()
        case "foreign":
            shutil.copy(tmp_path / CHECKPOINT_FILE, tmp_path / "other.npz")
            Watcher().run(
                work_with(g, is_stepwise=True), tmp_path, checkpoint=KeptCheckpoint(tmp_path)
            )
            shutil.move(tmp_path / "other.npz", tmp_path / CHECKPOINT_FILE)
            path.write_bytes(b"\x93NUMPY of something else")
    watcher = Watcher()

    latents = watcher.run(work_with(g), tmp_path, checkpoint=KeptCheckpoint(tmp_path))

    assert torch.equal(latents, expected(g))
    assert len(watcher.steps) > NUM_STEPS


def test_the_state_of_one_order_is_none_of_the_other(tmp_path: Path) -> None:
    g = grid()
    Watcher().run(work_with(g, is_stepwise=True), tmp_path, checkpoint=KeptCheckpoint(tmp_path))

    watcher = Watcher()
    latents = watcher.run(work_with(g), tmp_path, checkpoint=KeptCheckpoint(tmp_path))

    assert torch.equal(latents, expected(g))
    assert watcher.steps[0].items_done == 1
    assert watcher.resumed == []


def test_a_cancelled_run_stores_what_it_has(tmp_path: Path) -> None:
    g, calls = grid(), [9]

    def cancel() -> None:
        calls[0] -= 1
        if calls[0] < 0:
            raise CancelledError

    work = work_with(g)
    cancelled = replace(work, denoiser=replace(work.denoiser, check_cancelled=cancel))
    never_due = SamplerCheckpoint(tmp_path, "run", Ticking())
    never_due._spent = 1e12
    with pytest.raises(CancelledError):
        Watcher().run(cancelled, tmp_path, checkpoint=never_due)

    watcher = Watcher()
    latents = watcher.run(work, tmp_path, checkpoint=KeptCheckpoint(tmp_path))

    first = watcher.steps[0]
    assert first.items_done > 9
    assert 0.3 < watcher.resumed[0] < first.items_done / first.items_total
    assert torch.equal(latents, expected(g))


@pytest.mark.parametrize("is_stepwise", [False, True])
def test_a_value_that_is_no_number_is_blamed_on_its_step_and_window(
    tmp_path: Path, is_stepwise: bool
) -> None:
    work = work_with(grid(), is_stepwise=is_stepwise)
    bad_timestep, seen = work.sampler.timesteps[2], [0]

    def breaking(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        predicted = network(x, timesteps, conditioning)
        for row in range(len(x)):
            seen[0] += int(timesteps[row]) == bad_timestep
            if seen[0] == 4 and int(timesteps[row]) == bad_timestep:
                predicted[row] = float("inf")
        return predicted

    with pytest.raises(
        FloatingPointError, match=r"step 3 of the sampler is not finite in window 4$"
    ):
        Watcher().run(work_with(grid(), breaking, is_stepwise=is_stepwise), tmp_path)
