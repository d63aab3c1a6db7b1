"""What a take must remember so that parts of it can be kept and made again: ``state.npz``.

Version 4 holds arrays only:

    piece       (9,) int64: version, first frame, length, stride, attention reach (-1: all), origin
                of the grid, whether it is a loop, first stored frame, first frame after those
    model       name
    fusion      name, as in ``Fusion``; version 2 has none and means the ramp
    sampler     name, as in ``Sampler``; empty, as in versions before 4, if it is unknown
    steps_eta   (2,) float64: number of steps, and share of fresh noise of DDIM
    layers      (L, 13) int64, one row for each noise layer, bottom first
    weights     (L, 2) float64: strength, and power of the noise that repeats
    stored_N    (C, T, F) float32, noise that no number gives
    addresses   (R, 3) int64: first mel frame, first one after, address
    statistics  (N, 2, G) float64
    level       (3,) float64, see ``ForeignLevel``
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import EngineError, Fusion, Sampler
from engine.longform.noise_layers import NoiseLayer
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.runtime.take.foreign_level import OWN_LEVEL, ForeignLevel
from engine.runtime.take.phase_addresses import AddressRun, first_run
from engine.runtime.take.solver import TakeSolver

_VERSION = 4
_VERSION_WITHOUT_SOLVER = 3
_VERSION_WITHOUT_FUSION = 2
_UNLIMITED = -1
_NOT_STORED = -1

Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TakeState:
    """Noise and statistics of a finished take. Frames are latent and absolute.

    Attributes:
        model: Name of the model.
        first_latent_frame: Start of the piece.
        num_latent_frames: Length of the piece, hidden frames not included.
        stride_latent_frames: Nominal distance of the windows, as in the request.
        fusion: How overlapping windows are joined.
        origin_latent_frame: A point of the window grid.
        is_loop: Whether the end goes over into the start.
        stored_start: First frame of the file of latents, hidden ones included.
        stored_end: First frame after those.
        layers: Noise, bottom first.
        stored_noise: (C, T, F) float32 arrays that layers refer to by number.
        addresses: Which phases the vocoder started from in each mel frame.
        attention_reach: Latent frames that the decoder's attention saw, or ``None`` for all.
        statistics: Normalisation statistics of the decoder, pinned by its first decode.
        level: Of imported sound that the take began with.
        solver: What the take was made with; ``None`` if that is unknown.
    """

    model: str
    first_latent_frame: int
    num_latent_frames: int
    stride_latent_frames: int
    fusion: Fusion = Fusion.RAMP
    origin_latent_frame: int
    is_loop: bool = False
    stored_start: int
    stored_end: int
    layers: tuple[NoiseLayer, ...]
    stored_noise: tuple[Tensor, ...] = ()
    addresses: tuple[AddressRun, ...]
    attention_reach: int | None
    statistics: DecoderStatistics
    level: ForeignLevel = OWN_LEVEL
    solver: TakeSolver | None = None

    @property
    def end_latent_frame(self) -> int:
        """First frame after the piece."""
        return self.first_latent_frame + self.num_latent_frames

    def save(self, path: Path) -> None:
        """Write the state; equal states give equal bytes. The file appears complete or not at all.

        Args:
            path: Replaced if it exists.
        """
        piece = [
            _VERSION,
            self.first_latent_frame,
            self.num_latent_frames,
            self.stride_latent_frames,
            _UNLIMITED if self.attention_reach is None else self.attention_reach,
            self.origin_latent_frame,
            int(self.is_loop),
            self.stored_start,
            self.stored_end,
        ]
        stored = {
            f"stored_{number}": noise.cpu().numpy()
            for number, noise in enumerate(self.stored_noise)
        }
        addresses = [[run.start, run.end, run.address] for run in self.addresses]
        unfinished = path.with_name(path.name + ".unfinished")
        try:
            with unfinished.open("wb") as file:
                np.savez(
                    file,
                    allow_pickle=False,
                    piece=np.asarray(piece, np.int64),
                    model=np.asarray(self.model),
                    fusion=np.asarray(self.fusion.value),
                    layers=_numbers([_row(layer) for layer in self.layers], 13),
                    weights=np.asarray(
                        [[layer.strength, layer.shared] for layer in self.layers], np.float64
                    ),
                    addresses=_numbers(addresses, 3),
                    statistics=self.statistics.values.double().cpu().numpy(),
                    level=self.level.numbers(),
                    **_solver_arrays(self.solver),
                    **stored,
                )
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> TakeState:
        """Read a state of this version or an earlier one.

        Raises:
            EngineError: The file is damaged or of a newer version.
        """
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                arrays = dict(file)
            return _state_of_any_version(arrays)
        except (OSError, ValueError, KeyError, IndexError, BadZipFile) as error:
            raise EngineError(
                f"The state of the take in {path} cannot be read.",
                "Generate the whole piece again.",
                str(error),
            ) from error


def _solver_arrays(solver: TakeSolver | None) -> Arrays:
    if solver is None:
        return {"sampler": np.asarray(""), "steps_eta": np.zeros(2)}
    return {
        "sampler": np.asarray(solver.sampler.value),
        "steps_eta": np.asarray([solver.num_steps, solver.eta], np.float64),
    }


def _solver(arrays: Arrays) -> TakeSolver | None:
    name, (num_steps, eta) = str(arrays["sampler"]), map(float, arrays["steps_eta"])
    if not name:
        return None
    return TakeSolver(sampler=Sampler(name), num_steps=int(num_steps), eta=eta)


def _numbers(rows: list[list[int]], width: int) -> NDArray[np.int64]:
    return np.asarray(rows, np.int64).reshape(-1, width)


def _row(layer: NoiseLayer) -> list[int]:
    return [
        layer.seed,
        layer.stream,
        layer.take,
        layer.start,
        layer.end,
        layer.fade_in_frames,
        layer.fade_out_frames,
        layer.visible_start,
        layer.visible_end,
        layer.shift,
        layer.period,
        layer.shared_take,
        _NOT_STORED if layer.stored is None else layer.stored,
    ]


def _state_of_any_version(arrays: Arrays) -> TakeState:
    version = int(arrays["piece"][0])
    if version == 1:
        return _state_of_version_1(arrays)
    if version in (_VERSION_WITHOUT_FUSION, _VERSION_WITHOUT_SOLVER, _VERSION):
        return _state_of(arrays)
    raise ValueError(f"version {version}")


def _state_of(arrays: Arrays) -> TakeState:
    version, first, num, stride, reach, origin, is_loop, start, end = map(int, arrays["piece"])
    has_fusion = version != _VERSION_WITHOUT_FUSION
    stored = tuple(
        torch.from_numpy(np.asarray(arrays[f"stored_{number}"], np.float32))
        for number in range(sum(name.startswith("stored_") for name in arrays))
    )
    layers = tuple(
        _layer([int(value) for value in row], float(strength), float(shared))
        for row, (strength, shared) in zip(arrays["layers"], arrays["weights"], strict=True)
    )
    if any(layer.stored is not None and layer.stored >= len(stored) for layer in layers):
        raise ValueError("a stored noise is missing")
    return TakeState(
        model=str(arrays["model"]),
        first_latent_frame=first,
        num_latent_frames=num,
        stride_latent_frames=stride,
        fusion=Fusion(str(arrays["fusion"])) if has_fusion else Fusion.RAMP,
        origin_latent_frame=origin,
        is_loop=bool(is_loop),
        stored_start=start,
        stored_end=end,
        layers=layers,
        stored_noise=stored,
        addresses=tuple(
            AddressRun(start=int(a), end=int(b), address=int(address))
            for a, b, address in arrays["addresses"]
        ),
        attention_reach=None if reach == _UNLIMITED else reach,
        statistics=_statistics(arrays),
        level=ForeignLevel.of_numbers(arrays["level"]),
        solver=_solver(arrays) if version == _VERSION else None,
    )


def _layer(row: list[int], strength: float, shared: float) -> NoiseLayer:
    seed, stream, take, start, end, fade_in, fade_out, *rest = row
    visible_start, visible_end, shift, period, shared_take, stored = rest
    return NoiseLayer(
        seed=seed,
        stream=stream,
        take=take,
        start=start,
        end=end,
        strength=strength,
        fade_in_frames=fade_in,
        fade_out_frames=fade_out,
        visible_start=visible_start,
        visible_end=visible_end,
        shift=shift,
        shared=shared,
        period=period,
        shared_take=shared_take,
        stored=None if stored == _NOT_STORED else stored,
    )


def _state_of_version_1(arrays: Arrays) -> TakeState:
    """A take of the first release: one record of noise for the whole grid, and sections on it."""
    _, first, num, stride, reach = map(int, arrays["piece"])
    rows = [[int(value) for value in row] for row in arrays["noise"]]
    strengths = [float(value) for value in arrays["strengths"]]
    start, end = rows[0][3:5]
    layers = tuple(
        _layer_of_version_1(row, strength, (start, end))
        for row, strength in zip(rows, strengths, strict=True)
    )
    return TakeState(
        model=str(arrays["model"]),
        first_latent_frame=first,
        num_latent_frames=num,
        stride_latent_frames=stride,
        origin_latent_frame=first,
        stored_start=start,
        stored_end=end,
        layers=layers,
        addresses=(first_run(first, num),),
        attention_reach=None if reach == _UNLIMITED else reach,
        statistics=_statistics(arrays),
    )


def _layer_of_version_1(row: list[int], strength: float, grid: tuple[int, int]) -> NoiseLayer:
    seed, stream, take, start, end, feather = row
    feather = min(feather, (end - start) // 3)
    return NoiseLayer(
        seed=seed,
        stream=stream,
        take=take,
        start=start,
        end=end,
        strength=strength,
        # An end of the grid had no feather: nothing is beyond it.
        fade_in_frames=feather if start > grid[0] else 0,
        fade_out_frames=feather if end < grid[1] else 0,
        visible_start=start,
        visible_end=end,
    )


def _statistics(arrays: Arrays) -> DecoderStatistics:
    return DecoderStatistics(values=torch.from_numpy(np.asarray(arrays["statistics"], np.float64)))
