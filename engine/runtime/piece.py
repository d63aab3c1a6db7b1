"""What a request comes down to once the model is known: windows, noise, and what stays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.api import EngineError, GenerateRequest, window_stride
from engine.checkpoints.config import ModelConfig
from engine.longform.frame_noise import FrameNoise
from engine.longform.sections import (
    FrozenContext,
    SectionRange,
    frozen_context,
    reaching_hidden_ends,
)
from engine.longform.windows import WindowGrid, circular_window_grid, window_grid
from engine.runtime.loop_checks import check_loop_fits
from engine.runtime.take_state import NoiseRecord, TakeState, noise_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """The work of one job.

    Attributes:
        request: What was asked for.
        config: The model.
        grid: Windows of the whole piece.
        records: Noise of the result, bottom first.
        base: State of the take whose sections are made again, or ``None``.
        sections: What is to be made again; empty for the whole piece.
    """

    request: GenerateRequest
    config: ModelConfig
    grid: WindowGrid
    records: tuple[NoiseRecord, ...]
    base: TakeState | None
    sections: tuple[SectionRange, ...]

    @property
    def num_latent_frames(self) -> int:
        """Frames that are heard."""
        return self.request.num_latent_frames

    @property
    def stride_latent_frames(self) -> int:
        """Nominal distance of the windows; that of the base if there is one."""
        if self.base is not None:
            return self.base.stride_latent_frames
        return self.request.sampling.stride_latent_frames

    def noise(self, device: torch.device) -> FrameNoise:
        """The noise of any frames of the grid, on a device."""

        def drawn(step: int, start: int, end: int) -> Tensor:
            return self._noise(self.records, step, (start, end)).to(device)

        return drawn

    def context(self, device: torch.device) -> FrozenContext | None:
        """What must stay as it is; ``None`` if nothing.

        Raises:
            EngineError: The files of the base do not fit together.
        """
        if self.base is None or self.request.base is None:
            return None
        clean = self._base_latents(Path(self.request.base.latents_path))
        return frozen_context(
            self.grid,
            self.sections,
            clean=clean.to(device),
            noise=self._noise(self.base.records).to(device),
        )

    def _noise(
        self,
        records: tuple[NoiseRecord, ...],
        step: int = 0,
        frames: tuple[int, int] | None = None,
    ) -> Tensor:
        return noise_of(
            records,
            self.grid,
            channels=self.config.vae.latent_channels,
            bins=self.config.latent_bins,
            step=step,
            frames=frames,
        )

    def _base_latents(self, path: Path) -> Tensor:
        wanted = (self.config.vae.latent_channels, self.grid.num_frames, self.config.latent_bins)
        try:
            stored = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise EngineError(
                f"The latents of the take in {path} cannot be read.",
                "Generate the whole piece again.",
            ) from error
        if stored.shape != wanted or stored.dtype != np.float32:
            raise EngineError(
                f"The latents in {path} are {stored.dtype} {stored.shape}, not float32 {wanted}.",
                "Generate the whole piece again.",
            )
        return torch.from_numpy(stored).unsqueeze(0)


def plan_piece(request: GenerateRequest, config: ModelConfig) -> Piece:
    """Lay out the windows and the noise of a request.

    Args:
        request: A request that was checked.
        config: The model it names.

    Raises:
        EngineError: The request does not fit the model, or the base does not fit the request.
    """
    base = None
    if request.base is not None:
        base = TakeState.load(Path(request.base.state_path))
        _require_same_piece(request, config, base)
    stride = request.sampling.stride_latent_frames if base is None else base.stride_latent_frames
    grid = _grid(request, config, stride)
    whole = NoiseRecord(
        seed=request.seed,
        stream=request.stream,
        take=request.take,
        start=grid.first_frame,
        end=grid.end_frame,
    )
    records = (whole,) if base is None else base.records
    sections = _section_ranges(request, grid)
    layers = tuple(
        NoiseRecord(
            seed=request.seed,
            stream=request.stream,
            take=section.take,
            start=place.start,
            end=place.end,
            strength=place.strength,
            feather=place.feather,
        )
        for section, place in zip(request.sections, sections, strict=True)
    )
    return Piece(
        request=request,
        config=config,
        grid=grid,
        records=records + layers,
        base=base,
        sections=sections,
    )


def _grid(request: GenerateRequest, config: ModelConfig, nominal_stride: int) -> WindowGrid:
    window, multiple = config.window_latent_frames, config.unet.time_multiple
    stride = window_stride(nominal_stride, window, multiple)
    # An eighth of the window, as longform.md measured.
    ramp = min(window // 8, stride, window - stride) // 2 * 2
    if ramp < 2:
        raise EngineError(
            f"Windows {nominal_stride} latent frames apart do not fit the model {config.name}.",
            "Choose 192 (draft), 128 (standard) or 64 (fine).",
        )
    check_loop_fits(request, window_latent_frames=window, time_multiple=multiple)
    laid_out = circular_window_grid if request.is_loop else window_grid
    return laid_out(
        request.first_latent_frame,
        request.num_latent_frames,
        window=window,
        stride=stride,
        time_multiple=multiple,
        ramp=ramp,
        fusion=request.sampling.fusion,
    )


def _section_ranges(request: GenerateRequest, grid: WindowGrid) -> tuple[SectionRange, ...]:
    return tuple(
        reaching_hidden_ends(
            SectionRange(
                start=section.start_latent_frame,
                end=section.start_latent_frame + section.num_latent_frames,
                strength=section.strength,
                feather=section.feather_latent_frames,
            ),
            grid,
            first_frame=request.first_latent_frame,
            end_frame=request.end_latent_frame,
        )
        for section in request.sections
    )


def _require_same_piece(request: GenerateRequest, config: ModelConfig, base: TakeState) -> None:
    if base.model != config.name:
        raise EngineError(
            f"The take was made with the model {base.model}, not {config.name}.",
            f"Choose {base.model}, or generate the whole piece again.",
        )
    wanted = (request.first_latent_frame, request.num_latent_frames)
    if (base.first_latent_frame, base.num_latent_frames) != wanted:
        raise EngineError(
            f"The take has {base.num_latent_frames} latent frames from"
            f" {base.first_latent_frame}, the request {wanted[1]} from {wanted[0]}.",
            "Sections need prompts that cover the take exactly; or generate the whole again.",
        )
    if base.is_loop != request.is_loop:
        kinds = ("a loop", "a piece with two ends")
        was, wanted_kind = kinds if base.is_loop else kinds[::-1]
        raise EngineError(
            f"The take is {was} and cannot become {wanted_kind}.", "Generate the whole piece again."
        )
