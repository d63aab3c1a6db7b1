"""What a take must remember so that sections of it can be made again: ``state.npz``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import EngineError
from engine.diffusion.noise import position_keyed_noise
from engine.longform.sections import SectionRange, feathered_noise
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.windows import WindowGrid

_VERSION = 1
_UNLIMITED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseRecord:
    """Noise laid over a range; outside it, what lay there before stays.

    Attributes:
        seed: The user's integer.
        stream: Number of the lane's stream.
        take: Number of the noise take.
        start: First latent frame, absolute.
        end: First latent frame after the range.
        strength: 1 replaces the noise below, less mixes with it.
        feather: Latent frames of the cross-fade inside each end.
    """

    seed: int
    stream: int
    take: int
    start: int
    end: int
    strength: float = 1.0
    feather: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TakeState:
    """Noise and statistics of a finished take.

    Attributes:
        model: Name of the model.
        first_latent_frame: Start of the piece, absolute.
        num_latent_frames: Length of the piece, hidden tail not included.
        stride_latent_frames: Nominal distance of the windows, as in the request.
        records: Noise, bottom first; the first one covers everything.
        attention_reach: Latent frames that the decoder's attention saw, or ``None`` for all.
        statistics: Normalisation statistics of the decoder, pinned by its first decode.
        is_loop: Whether the end goes over into the start.
    """

    model: str
    first_latent_frame: int
    num_latent_frames: int
    stride_latent_frames: int
    records: tuple[NoiseRecord, ...]
    attention_reach: int | None
    statistics: DecoderStatistics
    is_loop: bool = False

    def save(self, path: Path) -> None:
        """Write the state; equal states give equal bytes."""
        numbers = [[r.seed, r.stream, r.take, r.start, r.end, r.feather] for r in self.records]
        piece = [
            _VERSION,
            self.first_latent_frame,
            self.num_latent_frames,
            self.stride_latent_frames,
            _UNLIMITED if self.attention_reach is None else self.attention_reach,
        ]
        with path.open("wb") as file:
            np.savez(
                file,
                piece=np.asarray(piece, np.int64),
                model=np.asarray(self.model),
                noise=np.asarray(numbers, np.int64).reshape(-1, 6),
                strengths=np.asarray([r.strength for r in self.records], np.float64),
                statistics=self.statistics.values.double().cpu().numpy(),
                is_loop=np.asarray(self.is_loop),
            )

    @classmethod
    def load(cls, path: Path) -> TakeState:
        """Read a state.

        Raises:
            EngineError: The file is damaged or of a newer version.
        """
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                arrays = dict(file)
            return _state_of(arrays)
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise EngineError(
                f"The state of the take in {path} cannot be read.",
                "Generate the whole piece again.",
                str(error),
            ) from error


def noise_of(
    records: tuple[NoiseRecord, ...],
    grid: WindowGrid,
    *,
    bins: int,
    channels: int,
    step: int = 0,
    frames: tuple[int, int] | None = None,
) -> Tensor:
    """Build the noise of a piece, or of some of its frames.

    Args:
        records: Noise, bottom first.
        grid: Windows of the piece.
        bins: Latent frequency bins F.
        channels: Latent channels C.
        step: Number of the sampler step that adds the noise; 0 for the initial noise.
        frames: Absolute frames [start, end) within the grid; all of it by default.

    Returns:
        (1, C, end - start, F) float32 on the CPU.
    """
    if not records:
        raise ValueError("a take has at least one noise record")

    def drawn(record: NoiseRecord, start: int, end: int) -> Tensor:
        return position_keyed_noise(
            record.seed,
            record.stream,
            record.take,
            start,
            end - start,
            channels=channels,
            bins=bins,
            step=step,
        )

    first, last = (grid.first_frame, grid.end_frame) if frames is None else frames
    noise = drawn(records[0], first, last)
    for record in records[1:]:
        angles = _angles(record, grid)
        # A second made again in an hour needs a second of new noise, at every step.
        for place in grid.places(record.start, record.end):
            start = max(grid.first_frame + place.start, first)
            end = min(grid.first_frame + place.stop, last)
            if start < end:
                part = slice(start - first, end - first)
                turned = angles[start - grid.first_frame : end - grid.first_frame]
                noise[:, :, part] = feathered_noise(
                    noise[:, :, part], drawn(record, start, end), turned
                )
    return noise


def _angles(record: NoiseRecord, grid: WindowGrid) -> Tensor:
    section = SectionRange(
        start=record.start, end=record.end, strength=record.strength, feather=record.feather
    )
    return section.mixing_angles(grid)


def _state_of(arrays: dict[str, NDArray[np.generic]]) -> TakeState:
    version, first, num, stride, reach = (int(value) for value in arrays["piece"])
    if version != _VERSION:
        raise ValueError(f"version {version}")
    records = tuple(
        NoiseRecord(
            seed=int(seed),
            stream=int(stream),
            take=int(take),
            start=int(start),
            end=int(end),
            feather=int(feather),
            strength=float(strength),
        )
        for (seed, stream, take, start, end, feather), strength in zip(
            arrays["noise"], arrays["strengths"], strict=True
        )
    )
    return TakeState(
        model=str(arrays["model"]),
        first_latent_frame=first,
        num_latent_frames=num,
        stride_latent_frames=stride,
        records=records,
        attention_reach=None if reach == _UNLIMITED else reach,
        statistics=DecoderStatistics(
            values=torch.from_numpy(np.asarray(arrays["statistics"], np.float64))
        ),
        # Takes of before there were loops do not say.
        is_loop=bool(arrays.get("is_loop", False)),
    )
