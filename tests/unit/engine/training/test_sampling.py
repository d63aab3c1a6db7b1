"""Samples drawn in a batch follow the schedule and the guidance."""

import pytest
import torch
from torch import Tensor

from engine.diffusion.schedule import NoiseSchedule
from engine.training.noise_predictor import STARTER_SCHEDULE
from engine.training.sampling import SamplingRecipe, draw_samples

_SCHEDULE = NoiseSchedule(STARTER_SCHEDULE)
_PROMPTS = torch.tensor([[1.0, 0.0], [2.0, 0.0]])


class _Oracle:
    """Knows that the clean latents are the first number of the prompt, everywhere."""

    def __init__(self) -> None:
        self.batches: list[tuple[float, int]] = []

    def __call__(self, noisy: Tensor, timesteps: Tensor, prompts: Tensor) -> Tensor:
        self.batches.append((float(timesteps[0]), len(noisy)))
        power = _SCHEDULE.alphas_cumprod[timesteps.long()].view(-1, 1, 1, 1).float()
        clean = prompts.float()[:, :1, None, None].expand_as(noisy)
        noise = (noisy.float() - power.sqrt() * clean) / (1 - power).sqrt()
        return power.sqrt() * noise - (1 - power).sqrt() * clean


@pytest.mark.parametrize("is_trailing", [True, False])
@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_a_network_that_knows_the_truth_leads_there(*, eta: float, is_trailing: bool) -> None:
    recipe = SamplingRecipe(
        num_steps=12, eta=eta, guidance_scale=1.0, x0_clip=None, is_trailing=is_trailing
    )
    drawn = draw_samples(
        _Oracle(), _PROMPTS, torch.zeros(1, 2), _SCHEDULE, recipe, shape=(2, 4, 4), seed=0
    )
    torch.testing.assert_close(drawn.mean(dim=(1, 2, 3)), _PROMPTS[:, 0], atol=0.05, rtol=0)


def test_guidance_is_left_out_at_the_noisy_end() -> None:
    oracle = _Oracle()
    recipe = SamplingRecipe(num_steps=10, guidance_scale=2.0, guided_from=500)
    draw_samples(oracle, _PROMPTS, torch.zeros(1, 2), _SCHEDULE, recipe, shape=(2, 4, 4), seed=0)
    assert all((count == 4) == (timestep < 500) for timestep, count in oracle.batches)
    assert {count for _, count in oracle.batches} == {2, 4}
