"""A network that predicts velocity answers in noise."""

import torch
from torch import Tensor

from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.models.unet.config import UNetConfig
from engine.models.unet.unet import UNet
from engine.models.unet.velocity import VelocityUNet

_CONFIG = UNetConfig(
    in_channels=2,
    out_channels=2,
    block_channels=(8, 16),
    layers_per_block=1,
    attention_levels=(False, True),
    attention_head_width=8,
    attention_heads=None,
    norm_groups=4,
    conditioning_dim=6,
)
_SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))


def _networks() -> tuple[UNet, VelocityUNet]:
    torch.manual_seed(0)
    plain = UNet(_CONFIG).eval()
    velocity = VelocityUNet(_CONFIG, _SCHEDULE.alphas_cumprod).eval()
    velocity.load_state_dict(plain.state_dict())
    return plain, velocity


def _inputs() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    latents = torch.randn(2, 2, 8, 4, generator=generator)
    return latents, torch.tensor([20, 900]), torch.randn(2, 6, generator=generator)


def test_clean_latents_from_the_noise_are_those_from_the_velocity() -> None:
    plain, wrapped = _networks()
    latents, timesteps, prompts = _inputs()
    with torch.no_grad():
        velocity = plain(latents, timesteps, prompts)
        noise = wrapped(latents, timesteps, prompts)
    for row, timestep in enumerate(timesteps.tolist()):
        alpha, sigma = _SCHEDULE.alpha(timestep), _SCHEDULE.sigma(timestep)
        from_noise = (latents[row] - sigma * noise[row]) / alpha
        from_velocity = alpha * latents[row] - sigma * velocity[row]
        torch.testing.assert_close(from_noise, from_velocity, atol=2e-5, rtol=1e-4)


def test_half_precision_weights_still_answer_in_single_precision() -> None:
    _, wrapped = _networks()
    latents, timesteps, prompts = _inputs()
    wrapped = wrapped.to(torch.bfloat16)
    with torch.no_grad():
        noise = wrapped(latents.bfloat16(), timesteps, prompts.bfloat16())
    assert noise.dtype == torch.float32


def test_the_schedule_is_not_part_of_the_file() -> None:
    plain, wrapped = _networks()
    assert wrapped.state_dict().keys() == plain.state_dict().keys()
