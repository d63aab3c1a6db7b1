"""What a request comes down to once the model is known: windows, noise, and what stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from engine.api import EngineError, GenerateRequest, window_stride
from engine.checkpoints.config import ModelConfig
from engine.longform.frame_noise import FrameNoise
from engine.longform.noise_layers import LayeredNoise, NoiseLayer, whole_layer
from engine.longform.placement import PlacedSpan, uncovered
from engine.longform.sections import (
    CroppedGrid,
    CroppedNoise,
    FrozenContext,
    SectionRange,
    cropped_grid,
    frozen_context,
    reaching_hidden_ends,
)
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.time import mel_frames_of_latent
from engine.longform.windows import WindowGrid, circular_window_grid, window_grid
from engine.runtime.base_checks import check_base_fits
from engine.runtime.kept_material import KeptLatents
from engine.runtime.kept_plan import KeptPlan, plan_kept, plan_kept_loop
from engine.runtime.loop_checks import check_loop_fits
from engine.runtime.phase_addresses import AddressRun, addresses_of, first_run, placed_runs
from engine.runtime.splicing import KeptSound
from engine.runtime.take_state import TakeState


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """The work of one job.

    Attributes:
        request: What was asked for.
        config: The model.
        grid: Windows of the whole piece.
        layers: Noise of the result, bottom first.
        addresses: Phases of the result that the vocoder starts from.
        base: State of the take that is kept in parts, or ``None``.
        kept: What stays of it and what is made; ``None`` if everything is made.
        crop: The windows that are evaluated, if those are not all.
    """

    request: GenerateRequest
    config: ModelConfig
    grid: WindowGrid
    layers: tuple[NoiseLayer, ...]
    addresses: tuple[AddressRun, ...]
    base: TakeState | None = None
    kept: KeptPlan | None = None
    crop: CroppedGrid | None = None

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

    @property
    def origin_latent_frame(self) -> int:
        """A point of the window grid; that of the base if there is one."""
        if self.base is not None:
            return self.base.origin_latent_frame
        return self.request.first_latent_frame

    @property
    def makes_something(self) -> bool:
        """Whether any latents must be sampled; not where a take is only shortened."""
        return self.kept is None or bool(self.kept.made)

    @property
    def work_grid(self) -> WindowGrid:
        """The windows that are evaluated; its frames are those of the sampler."""
        return self.grid if self.crop is None else self.crop

    @property
    def windows(self) -> tuple[int, ...]:
        """Numbers in :attr:`grid` of the windows that are evaluated."""
        return tuple(range(self.grid.num_windows)) if self.crop is None else self.crop.windows

    @property
    def stored_range(self) -> tuple[int, int]:
        """Absolute frames [start, end) of the file of latents."""
        if self.kept is None:
            return self.grid.first_frame, self.grid.end_frame
        return self.kept.stored_range

    @property
    def stored_noise(self) -> tuple[torch.Tensor, ...]:
        """Arrays that the layers refer to."""
        return () if self.base is None else self.base.stored_noise

    def noise(self, device: torch.device) -> FrameNoise:
        """Noise by the frames of :attr:`work_grid`."""
        layered = LayeredNoise(
            layers=self.layers,
            stored=self.stored_noise,
            channels=self.config.vae.latent_channels,
            bins=self.config.latent_bins,
            device=device,
        )
        return layered if self.crop is None else CroppedNoise(noise=layered, crop=self.crop)

    def context(self, device: torch.device) -> FrozenContext | None:
        """What must stay as it is, by the frames of :attr:`work_grid`; ``None`` if nothing.

        Raises:
            EngineError: The latents of the base cannot be read.
        """
        if self.kept is None or self.base is None:
            return None
        if self.crop is None:
            return self._loop_context(self.kept, device)
        clean = self.kept_latents().cropped(self.kept.spans, self.crop)
        hidden = uncovered(self.kept.spans, self.grid.first_frame, self.grid.end_frame)
        free = [
            SectionRange(start=first, end=first + num)
            for start, end in (*self.kept.made, *hidden)
            for first, _, num in self.crop.overlaps(start, end)
        ]
        noise = self.noise(device)(0, self.crop.first_frame, self.crop.end_frame)
        return frozen_context(self.crop, free, clean=clean.to(device), noise=noise)

    def _loop_context(self, kept: KeptPlan, device: torch.device) -> FrozenContext:
        frames = (self.grid.first_frame, self.grid.end_frame)
        stored = np.array(self.kept_latents().read(*frames), np.float32)
        clean = torch.from_numpy(stored).unsqueeze(0).to(device)
        free = [SectionRange(start=start, end=end) for start, end in kept.made]
        return frozen_context(self.grid, free, clean=clean, noise=self.noise(device)(0, *frames))

    def work_parts(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        """Where absolute frames ``[start, end)`` lie in the work grid.

        Returns:
            (frames from the start of the work grid, first absolute frame, number of frames) of
            each part.
        """
        if self.crop is None:
            return ((start - self.grid.first_frame, start, end - start),)
        return self.crop.overlaps(start, end)

    def heard_parts(self) -> tuple[tuple[int, int, int], ...]:
        """Where the frames of :attr:`work_grid` are heard.

        Returns:
            (first frame in the work grid, first frame from the start of the piece, number of
            frames) of each part.
        """
        first, end = self.request.first_latent_frame, self.request.end_latent_frame
        return tuple(
            (self.work_grid.first_frame + begin, absolute - first, num)
            for begin, absolute, num in self.work_parts(first, end)
        )

    def kept_sound(self) -> KeptSound | None:
        """What is kept of the spectrogram and the sound of the base; ``None`` without one."""
        if self.kept is None or self.base is None or self.request.base is None:
            return None
        return KeptSound(
            base=self.request.base,
            old=(self.base.first_latent_frame, self.base.end_latent_frame),
            new=(self.request.first_latent_frame, self.request.end_latent_frame),
            heard=self.kept.heard,
            decoded=self.kept.decoded,
            statistics=self.base.statistics,
        )

    def mel_addresses(self) -> torch.Tensor:
        """(T,) int64 addresses of the piece's mel frames, for the vocoder."""
        start = mel_frames_of_latent(self.request.first_latent_frame)
        end = mel_frames_of_latent(self.request.end_latent_frame)
        return torch.from_numpy(addresses_of(self.addresses, start, end))

    def state(self, statistics: DecoderStatistics, attention_reach: int | None) -> TakeState:
        """What the result must remember.

        Args:
            statistics: Normalisation statistics of the decoder, to be pinned.
            attention_reach: Latent frames that the decoder's attention saw, or ``None`` for all.
        """
        start, end = self.stored_range
        return TakeState(
            model=self.config.name,
            first_latent_frame=self.request.first_latent_frame,
            num_latent_frames=self.request.num_latent_frames,
            stride_latent_frames=self.stride_latent_frames,
            origin_latent_frame=self.origin_latent_frame,
            is_loop=self.request.is_loop,
            stored_start=start,
            stored_end=end,
            layers=self.layers,
            stored_noise=self.stored_noise,
            addresses=self.addresses,
            attention_reach=attention_reach,
            statistics=statistics,
        )

    def kept_latents(self) -> KeptLatents:
        """The latents of the base.

        Raises:
            EngineError: They cannot be read, or do not fit.
        """
        if self.base is None or self.request.base is None:
            raise ValueError("a piece without a base keeps nothing")
        return KeptLatents.open(
            Path(self.request.base.latents_path),
            first_frame=self.base.stored_start,
            shape=(
                self.config.vae.latent_channels,
                self.base.stored_end - self.base.stored_start,
                self.config.latent_bins,
            ),
        )


def plan_piece(request: GenerateRequest, config: ModelConfig) -> Piece:
    """Lay out the windows and the noise of a request.

    Args:
        request: A request that was checked.
        config: The model it names.

    Raises:
        EngineError: The request does not fit the model, or the base does not fit the request.
    """
    if request.base is None:
        first = request.first_latent_frame
        grid = _grid(request, config, request.sampling.stride_latent_frames, first)
        return Piece(
            request=request,
            config=config,
            grid=grid,
            layers=(_new_layer(request, grid.first_frame, grid.end_frame),),
            addresses=(first_run(first, request.num_latent_frames),),
        )
    base = TakeState.load(Path(request.base.state_path))
    check_base_fits(
        request,
        wanted_model=config.name,
        model=base.model,
        is_loop=base.is_loop,
        heard=(base.first_latent_frame, base.end_latent_frame),
        stored=(base.stored_start, base.stored_end),
    )
    grid = _grid(request, config, base.stride_latent_frames, base.origin_latent_frame)
    sections = _section_ranges(request, grid)
    plan = plan_kept_loop if base.is_loop else plan_kept
    kept = plan(request, base, grid, [(s.start, s.end) for s in sections])
    return Piece(
        request=request,
        config=config,
        grid=grid,
        layers=kept.noise_layers + _layers_over(request, base, grid, kept.spans, sections),
        addresses=placed_runs(base.addresses, kept.heard, kept.unheard),
        base=base,
        kept=kept,
        # A circle is worked on as a whole: its windows cannot be pushed together in a row.
        crop=_crop(grid, kept) if kept.made and not base.is_loop else None,
    )


def _grid(
    request: GenerateRequest, config: ModelConfig, nominal_stride: int, origin: int
) -> WindowGrid:
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
    if request.is_loop:
        return circular_window_grid(
            request.first_latent_frame,
            request.num_latent_frames,
            window=window,
            stride=stride,
            time_multiple=multiple,
            ramp=ramp,
            fusion=request.sampling.fusion,
        )
    return window_grid(
        request.first_latent_frame,
        request.num_latent_frames,
        window=window,
        stride=stride,
        time_multiple=multiple,
        ramp=ramp,
        fusion=request.sampling.fusion,
        origin_frame=origin,
    )


def _crop(grid: WindowGrid, kept: KeptPlan) -> CroppedGrid:
    """The windows that count in what is made, and in hidden frames that those read unstored."""
    crop = cropped_grid(grid, kept.made)
    hidden = [
        (start, end)
        for start, end in uncovered(kept.spans, grid.first_frame, grid.end_frame)
        if crop.overlaps(start, end)
    ]
    return cropped_grid(grid, [*kept.made, *hidden])


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


def _layers_over(
    request: GenerateRequest,
    base: TakeState,
    grid: WindowGrid,
    spans: tuple[PlacedSpan, ...],
    sections: tuple[SectionRange, ...],
) -> tuple[NoiseLayer, ...]:
    """Noise of what is new: between the stretches, and in the sections."""
    shared_take = _shared_take(request, base)
    holes = uncovered(spans, grid.first_frame, grid.end_frame)
    new = [_new_layer(request, *hole, shared_take=shared_take) for hole in holes]
    for number, place in enumerate(sections):
        noise = _new_layer(
            request,
            place.start,
            place.end,
            take=request.sections[number].take,
            shared_take=shared_take,
        )
        new += _around(place.layer(noise, grid), grid)
    return tuple(new)


def _around(layer: NoiseLayer, grid: WindowGrid) -> list[NoiseLayer]:
    """A layer, in two parts where it passes the end of a circle."""
    if not grid.is_circular or layer.end <= grid.end_frame:
        return [layer]
    beyond = replace(layer, visible_start=grid.end_frame, shift=-grid.num_frames)
    return [replace(layer, visible_end=grid.end_frame), beyond]


def _new_layer(
    request: GenerateRequest,
    start: int,
    end: int,
    *,
    take: int | None = None,
    shared_take: int | None = None,
) -> NoiseLayer:
    return whole_layer(
        seed=request.seed,
        stream=request.stream,
        take=request.take if take is None else take,
        start=start,
        end=end,
        shared=request.cohesion.shared_noise,
        period=request.cohesion.period_latent_frames,
        shared_take=request.take if shared_take is None else shared_take,
    )


def _shared_take(request: GenerateRequest, base: TakeState) -> int:
    """What repeats along the base repeats in new parts of it too, whatever their own take is."""
    for layer in base.layers:
        address = (layer.seed, layer.stream, layer.period)
        wanted = (request.seed, request.stream, request.cohesion.period_latent_frames)
        if layer.shared and address == wanted:
            return layer.shared_take
    return request.take
