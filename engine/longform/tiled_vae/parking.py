"""Which tensors are kept between sweeps, and where.

Keeping more saves work and costs memory; the result is the same. The plans, from the most memory
to the least, keep everything, then everything but the doubled tensors, then compute the highest
resolution again for every sweep, then the next one too. A plan too large for the budget is kept in
files.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from engine.longform.tiled_vae.activations import (
    Activation,
    Attended,
    Hidden,
    ResidualOutput,
    Upsampled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkingPlan:
    """Indices of the activations that are parked, and what that takes.

    Attributes:
        parked: Indices into the chain.
        peak_values: Most numbers parked at any time.
        all_values: Numbers parked from the beginning to the end.
    """

    parked: frozenset[int]
    peak_values: int
    all_values: int

    @property
    def disk_values(self) -> int:
        """Most numbers in files at any time; Windows keeps a mapped file until the end."""
        return self.all_values if os.name == "nt" else self.peak_values


def parking_plans(activations: Sequence[Activation]) -> tuple[ParkingPlan, ...]:
    """All plans, from the least work to the least memory.

    Args:
        activations: The chain.

    Returns:
        One plan that keeps everything, and one for each resolution of the decoder.
    """
    boundaries = {
        index - 1 for index, found in enumerate(activations) if isinstance(found, Upsampled)
    }
    scales = sorted({activation.scale for activation in activations}, reverse=True)
    choices = [frozenset(range(len(activations)))]
    for limit in scales:
        parked = {
            index
            for index, found in enumerate(activations)
            if found.scale <= limit and not isinstance(found, Upsampled)
        }
        choices.append(frozenset(parked | boundaries))
    return tuple(plan_of(activations, chosen) for chosen in choices)


def plan_of(activations: Sequence[Activation], parked: frozenset[int]) -> ParkingPlan:
    """What parking these activations takes."""
    return ParkingPlan(
        parked=parked,
        peak_values=_peak_values(activations, parked),
        all_values=_all_values(activations, parked),
    )


def chosen_plan(
    plans: Sequence[ParkingPlan],
    *,
    budget_values: int,
    scratch_dir: Path | None,
    plan_in_files: int = 1,
) -> tuple[ParkingPlan, Path | None]:
    """The plan with the least work that fits.

    Args:
        plans: From the least work to the least memory.
        budget_values: Most numbers parked in memory.
        scratch_dir: Existing folder for what does not fit, or ``None`` to exceed the budget.
        plan_in_files: Number of the plan that is taken in files, where work counts and memory does
            not; the last one if there are fewer.

    Returns:
        The plan, and the folder that it needs; ``None`` if everything stays in memory.
    """
    fitting = [plan for plan in plans if plan.peak_values <= budget_values]
    if fitting:
        return fitting[0], None
    if scratch_dir is None:
        return plans[-1], None
    return plans[min(plan_in_files, len(plans) - 1)], scratch_dir


def overwritten(
    activations: Sequence[Activation], parked: frozenset[int], index: int
) -> Activation | None:
    """The parked activation whose memory can be taken over, tile by tile.

    That needs equal sizes, and that of the old values only the very frames being written are read.
    """
    held = {id(activations[i]) for i in parked}
    match activations[index]:
        case ResidualOutput() as output if output.can_overwrite_its_source:
            is_local = id(output.hidden) in held
            return output.source if is_local and id(output.source) in held else None
        case Attended(reach=None) as attended:
            return attended.source if id(attended.source) in held else None
        case _:
            return None


def _peak_values(activations: Sequence[Activation], parked: frozenset[int]) -> int:
    live: dict[int, int] = {}
    peak = 0
    for index, activation in enumerate(activations):
        size = activation.channels * activation.num_frames * activation.bins
        keys_and_values = 0
        if isinstance(activation, Attended) and activation.reach is None:
            keys_and_values = 2 * size
        if index in parked and overwritten(activations, parked, index) is None:
            live[index] = size
        peak = max(peak, sum(live.values()) + keys_and_values)
        if index in parked and not isinstance(activation, Hidden):
            live = {index: size}
    return peak


def _all_values(activations: Sequence[Activation], parked: frozenset[int]) -> int:
    total = 0
    for index, activation in enumerate(activations):
        size = activation.channels * activation.num_frames * activation.bins
        if isinstance(activation, Attended) and activation.reach is None:
            total += 2 * size
        if index in parked and overwritten(activations, parked, index) is None:
            total += size
    return total


class Storage:
    """Gives out tensors in memory, or in files that are removed at the end.

    Args:
        device: Where tensors in memory live.
        dtype: Of all tensors.
        scratch_dir: Folder for the files, or ``None`` to stay in memory.
    """

    def __init__(self, device: torch.device, dtype: torch.dtype, scratch_dir: Path | None) -> None:
        self._device = device
        self._dtype = dtype
        self._folder = (
            None
            if scratch_dir is None
            # A mapped file cannot be removed on every system; what remains is in a scratch folder.
            else TemporaryDirectory(dir=scratch_dir, ignore_cleanup_errors=True)
        )
        self._num_files = 0

    @property
    def is_in_files(self) -> bool:
        """Whether tensors are given out in files."""
        return self._folder is not None

    def empty(self, shape: tuple[int, ...]) -> Tensor:
        """A tensor with undefined values; one of four axes lies channels-last in memory.

        Raises:
            OSError: The disk has no room for it.
        """
        flat = self._flat(torch.Size(shape).numel())
        if len(shape) != 4:
            return flat.view(shape)
        batch, channels, num_frames, bins = shape
        # A range of frames is then one piece of memory, as the convolutions like it.
        return flat.view(batch, num_frames, bins, channels).permute(0, 3, 1, 2)

    def _flat(self, size: int) -> Tensor:
        if self._folder is None:
            return torch.empty(size, device=self._device, dtype=self._dtype)
        self._num_files += 1
        path = Path(self._folder.name) / f"parked-{self._num_files}.bin"
        _reserve(path, size * self._dtype.itemsize)
        flat = torch.from_file(str(path), shared=True, size=size, dtype=self._dtype)
        # Without a name its blocks are free as soon as the tensor is forgotten. Windows refuses.
        with suppress(OSError):
            path.unlink()
        return flat

    def close(self) -> None:
        """Remove the files."""
        if self._folder is not None:
            self._folder.cleanup()


def _reserve(path: Path, num_bytes: int) -> None:
    """Make a file whose blocks are on the disk, where the system can do that.

    A mapped file without blocks would end the whole process when the disk is full.
    """
    with path.open("xb") as file:
        if hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(file.fileno(), 0, num_bytes)
            except OSError as error:
                # Some file systems cannot; then the risk of a full disk remains.
                if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):
                    raise
        file.truncate(num_bytes)
