"""What a request means for the sampler: solver, windows, what is frozen and what is borrowed."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from engine.api import GenerateRequest, num_reference_steps
from engine.checkpoints.config import ModelConfig
from engine.diffusion.samplers import Sampler as Solver
from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule
from engine.longform.circular_noise import CircularNoise
from engine.longform.frame_adjustment import FrameAdjustment
from engine.longform.frame_noise import FrameNoise
from engine.longform.multidiffusion import JointDenoiser, PredictNoise
from engine.longform.reference_swap import ReferenceSwap, reference_trajectory
from engine.longform.start import start_from_noise, start_from_sound
from engine.longform.window_prompts import WindowPrompts
from engine.runtime.device import most_batch_items
from engine.runtime.piece import Piece
from engine.runtime.sampling.order import SamplingWork
from engine.runtime.take.solver import TakeSolver


def solver_of(request: GenerateRequest, config: ModelConfig) -> Solver:
    """The solver that a request asks for."""
    solver = TakeSolver.of_settings(request.sampling, ddim_eta=config.ddim_eta)
    return make_sampler(
        solver.sampler,
        NoiseSchedule(config.schedule),
        solver.num_steps,
        x0_clip=config.x0_clip,
        eta=solver.eta,
    )


def denoiser_of(
    piece: Piece,
    prompts: WindowPrompts,
    predict_noise: PredictNoise,
    device: torch.device,
    check_cancelled: Callable[[], None],
) -> JointDenoiser:
    """The network over the windows of a piece's work grid.

    Args:
        piece: What was asked for.
        prompts: Of the windows.
        predict_noise: The network.
        device: Where it is.
        check_cancelled: Called before every network call; raises to stop.
    """
    config, grid = piece.config, piece.work_grid
    return JointDenoiser(
        predict_noise=predict_noise,
        grid=grid,
        prompts=prompts,
        max_batch_items=most_batch_items(device, config.unet, grid.window, config.latent_bins),
        guidance_interval=config.guidance_interval,
        check_cancelled=check_cancelled,
    )


def sampling_work(
    piece: Piece, denoiser: JointDenoiser, device: torch.device, *, clean: Tensor | None = None
) -> SamplingWork:
    """Everything that the sampling of a piece needs.

    Args:
        piece: What was asked for.
        denoiser: The network over its windows.
        device: Where the sampler runs.
        clean: (1, C, T, F) scaled latents of the sound to begin with, or ``None`` for noise.

    Raises:
        EngineError: Files of the base cannot be read.
    """
    solver, noise = solver_of(piece.request, piece.config), piece.noise(device)
    context = piece.context(device)
    if context is not None:
        return SamplingWork(
            denoiser=denoiser,
            sampler=solver,
            noise=noise,
            adjustment=context.adjustment(solver, denoiser.grid, noise),
            windows=context.windows,
        )
    start = start_from_noise(solver, noise)
    if clean is not None and piece.request.source is not None:
        start = start_from_sound(
            solver,
            noise,
            clean=clean.to(device),
            first_frame=piece.grid.first_frame,
            strength=piece.request.source.strength,
        )
    return SamplingWork(
        denoiser=denoiser,
        sampler=start.sampler,
        noise=start.noise,
        adjustment=_borrowing(piece, denoiser, start.sampler, start.noise),
    )


def reference_steps(piece: Piece, num_steps: int) -> int:
    """Steps in which frames are borrowed from a reference window; parts of a take are made without.

    Args:
        piece: What was asked for.
        num_steps: All steps that are taken.
    """
    if piece.base is not None or piece.work_grid.num_windows == 1:
        return 0
    return num_reference_steps(piece.request.cohesion.reference_share, num_steps)


def _borrowing(
    piece: Piece, denoiser: JointDenoiser, solver: Solver, noise: FrameNoise
) -> FrameAdjustment | None:
    """The reference-guided swap, if it is asked for; parts of a take are made without it."""
    grid, num_steps = denoiser.grid, reference_steps(piece, len(solver.timesteps))
    if num_steps == 0:
        return None
    trajectory = reference_trajectory(
        denoiser,
        solver,
        CircularNoise(noise=noise, grid=grid) if grid.is_circular else noise,
        # The first one, so that what is heard first does not wait for the middle's prompts.
        window=0,
        num_steps=num_steps,
    )
    return ReferenceSwap(grid=grid, trajectory=trajectory)
