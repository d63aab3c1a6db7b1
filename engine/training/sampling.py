"""Samples straight from a noise predictor in training, many at a time.

The application's own path goes through requests, windows and files; here a batch of clips of one
length is drawn at once, to look at a network while it trains and to compare samplers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.diffusion.ddim import DDIMSampler
from engine.diffusion.schedule import NoiseSchedule, trailing_timesteps


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingRecipe:
    """How to draw samples.

    Attributes:
        num_steps: Steps of DDIM.
        eta: Share of fresh noise, 0 to 1.
        guidance_scale: How closely the prompt is followed; 1 saves half of the work.
        guided_from: Timesteps at and above this one are not guided: at the noisy end guidance
            overshoots the level ("Applying guidance in a limited interval", Kynkäänniemi et al.,
            2024). 1000 guides all of them.
        x0_clip: Largest magnitude of the clean estimate.
        is_trailing: Whether the steps begin at the last timestep instead of one step before it.
    """

    num_steps: int
    eta: float = 1.0
    guidance_scale: float = 1.5
    guided_from: int = 1000
    x0_clip: float | None = 4.0
    is_trailing: bool = False


@torch.no_grad()
def draw_samples(
    velocity_of: Callable[[Tensor, Tensor, Tensor], Tensor],
    conditioning: Tensor,
    unconditional: Tensor,
    schedule: NoiseSchedule,
    recipe: SamplingRecipe,
    *,
    shape: Sequence[int],
    seed: int,
) -> Tensor:
    """Draw one sample for each row of ``conditioning``.

    Args:
        velocity_of: Network in bfloat16 that predicts velocity.
        conditioning: (B, E) unit vectors.
        unconditional: (1, E), of the empty prompt.
        schedule: Noise levels of the network.
        recipe: How to draw.
        shape: (C, T, F) of a sample.
        seed: Of the noise.

    Returns:
        (B, C, T, F) float32 clean latents, scaled as the network knows them.
    """
    device, count = conditioning.device, len(conditioning)
    generator = torch.Generator(device).manual_seed(seed)
    sampler = DDIMSampler(schedule, recipe.num_steps, x0_clip=recipe.x0_clip, eta=recipe.eta)
    if recipe.is_trailing:
        sampler.timesteps = trailing_timesteps(recipe.num_steps)
    latents = torch.randn((count, *shape), generator=generator, device=device)
    for index, timestep in enumerate(sampler.timesteps):
        is_guided = recipe.guidance_scale != 1.0 and timestep < recipe.guided_from
        rows = [conditioning, unconditional.expand(count, -1)] if is_guided else [conditioning]
        prompts = torch.cat(rows).bfloat16()
        noisy = torch.cat([latents] * len(rows)).to(
            dtype=torch.bfloat16, memory_format=torch.channels_last
        )
        times = torch.full((len(prompts),), float(timestep), device=device)
        velocity = velocity_of(noisy, times, prompts).float()
        if is_guided:
            told, untold = velocity.chunk(2)
            velocity = untold + recipe.guidance_scale * (told - untold)
        alpha, sigma = schedule.alpha(timestep), schedule.sigma(timestep)
        noise_pred = sigma * latents + alpha * velocity
        fresh = torch.randn(latents.shape, generator=generator, device=device)
        latents, _ = sampler.step(index, latents, noise_pred, None, fresh)
    return latents
