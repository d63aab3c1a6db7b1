"""From a request to the work of its job: windows, noise, and what of another take stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.api import EngineError, Fusion, GenerateRequest, window_stride
from engine.checkpoints.config import ModelConfig
from engine.longform.noise_layers import NoiseLayer, whole_layer
from engine.longform.placement import PlacedSpan, uncovered
from engine.longform.sections import (
    CroppedGrid,
    SectionRange,
    cropped_grid,
    reaching_hidden_ends,
)
from engine.longform.windows import WindowGrid, circular_window_grid, window_grid
from engine.runtime.checks.base import check_base_fits
from engine.runtime.checks.loop import check_loop_fits
from engine.runtime.kept.plan import KeptPlan, plan_kept, plan_kept_loop
from engine.runtime.piece import Piece
from engine.runtime.take.phase_addresses import first_run, placed_runs
from engine.runtime.take.solver import check_solver_fits
from engine.runtime.take.state import TakeState


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
        sampling = request.sampling
        grid = _grid(request, config, sampling.stride_latent_frames, sampling.fusion, first)
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
    grid = _grid(request, config, base.stride_latent_frames, base.fusion, base.origin_latent_frame)
    sections = _section_ranges(request, grid)
    plan = plan_kept_loop if base.is_loop else plan_kept
    kept = plan(request, base, grid, [(s.start, s.end) for s in sections])
    piece = Piece(
        request=request,
        config=config,
        grid=grid,
        layers=kept.noise_layers + _layers_over(request, base, grid, kept.spans, sections),
        addresses=placed_runs(base.addresses, kept.heard, kept.unheard),
        base=base,
        kept=kept,
        # A circle is worked on as a whole: its windows cannot be pushed together in a row.
        crop=_crop(grid, kept) if kept.made and not base.is_loop else None,
        stored_noise=base.stored_noise,
        level=base.level,
    )
    if piece.makes_something and piece.keeps_something:
        check_solver_fits(piece.wanted_solver, base.solver)
    return piece


def _grid(
    request: GenerateRequest,
    config: ModelConfig,
    nominal_stride: int,
    fusion: Fusion,
    origin: int,
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
            fusion=fusion,
        )
    return window_grid(
        request.first_latent_frame,
        request.num_latent_frames,
        window=window,
        stride=stride,
        time_multiple=multiple,
        ramp=ramp,
        fusion=fusion,
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
