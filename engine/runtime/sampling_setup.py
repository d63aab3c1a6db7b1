"""What a request means for the sampler: solver, windows, what is frozen and what is borrowed."""

from __future__ import annotations

from collections.abc import Callable

import torch

from engine.api import GenerateRequest, Sampler
from engine.checkpoints.config import ModelConfig
from engine.diffusion.samplers import Sampler as Solver
from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule
from engine.longform.circular_noise import CircularNoise
from engine.longform.frame_adjustment import FrameAdjustment
from engine.longform.frame_noise import FrameNoise
from engine.longform.multidiffusion import JointDenoiser, PredictNoise
from engine.longform.reference_swap import (
    ReferenceSwap,
    num_reference_steps,
    reference_trajectory,
)
from engine.longform.window_prompts import WindowPrompts
from engine.runtime.device import most_batch_items
from engine.runtime.piece import Piece
from engine.runtime.sampling_order import SamplingWork


def solver_of(request: GenerateRequest, config: ModelConfig) -> Solver:
    """The solver that a request asks for."""
    sampling = request.sampling
    eta = config.ddim_eta if sampling.eta is None else sampling.eta
    return make_sampler(
        sampling.sampler,
        NoiseSchedule(config.schedule),
        sampling.num_steps,
        x0_clip=config.x0_clip,
        eta=eta if sampling.sampler == Sampler.DDIM else 0.0,
    )


def sampling_work(
    piece: Piece,
    prompts: WindowPrompts,
    *,
    predict_noise: PredictNoise,
    device: torch.device,
    check_cancelled: Callable[[], None],
) -> SamplingWork:
    """Everything that the sampling of a piece needs.

    Args:
        piece: What was asked for.
        prompts: Of the windows of the piece's work grid.
        predict_noise: The network.
        device: Where the sampler runs.
        check_cancelled: Called before every network call; raises to stop.

    Raises:
        EngineError: Files of the base cannot be read.
    """
    config, grid = piece.config, piece.work_grid
    solver = solver_of(piece.request, config)
    denoiser = JointDenoiser(
        predict_noise=predict_noise,
        grid=grid,
        prompts=prompts,
        max_batch_items=most_batch_items(device, config.unet, grid.window, config.latent_bins),
        guidance_interval=config.guidance_interval,
        check_cancelled=check_cancelled,
    )
    noise = piece.noise(device)
    context = piece.context(device)
    if context is not None:
        return SamplingWork(
            denoiser=denoiser,
            sampler=solver,
            noise=noise,
            adjustment=context.adjustment(solver, grid),
            windows=context.windows,
        )
    return SamplingWork(
        denoiser=denoiser,
        sampler=solver,
        noise=noise,
        adjustment=_borrowing(piece, denoiser, solver, noise),
    )


def _borrowing(
    piece: Piece, denoiser: JointDenoiser, solver: Solver, noise: FrameNoise
) -> FrameAdjustment | None:
    """The reference-guided swap, if it is asked for; parts of a take are made without it."""
    grid = denoiser.grid
    num_steps = num_reference_steps(piece.request.cohesion.reference_share, len(solver.timesteps))
    if num_steps == 0 or grid.num_windows == 1:
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
