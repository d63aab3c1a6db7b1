"""The quick layers compute the same as the plain ones, forward and backward."""

import copy

import pytest
import torch
from torch import nn

from engine.models.unet.unet import UNet
from engine.training.fast_layers import ChannelsLastGroupNorm, PlainSelfAttention, with_fast_layers
from engine.training.half_copy import HalfCopy
from engine.training.sizes import TINY


def _noisy_unet() -> UNet:
    torch.manual_seed(0)
    unet = UNet(TINY.unet)
    with torch.no_grad():
        for parameter in unet.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return unet


@pytest.mark.parametrize("level", [0.0, 40.0])
def test_group_norm_agrees_with_torchs_in_float64(level: float) -> None:
    generator = torch.Generator().manual_seed(0)
    plain = nn.GroupNorm(4, 12, eps=1e-5, dtype=torch.float64)
    with torch.no_grad():
        plain.weight.normal_(generator=generator)
        plain.bias.normal_(generator=generator)
    quick = copy.deepcopy(plain)
    quick.__class__ = ChannelsLastGroupNorm
    data = torch.randn(3, 12, 5, 7, generator=generator, dtype=torch.float64) + level
    wanted = torch.randn(3, 12, 5, 7, generator=generator, dtype=torch.float64)
    results = []
    for norm in (plain, quick):
        x = data.clone().to(memory_format=torch.channels_last).requires_grad_()
        y = norm(x)
        torch.autograd.backward((y * wanted).sum())
        results.append((y.detach(), x.grad, norm.weight.grad, norm.bias.grad))
    for theirs, ours in zip(*results, strict=True):
        # Sums over positions pass through float32.
        torch.testing.assert_close(ours, theirs, atol=2e-5, rtol=2e-5)


def test_a_unet_with_quick_layers_is_the_same_function_with_the_same_gradients() -> None:
    plain = _noisy_unet()
    quick = with_fast_layers(copy.deepcopy(plain)).to(memory_format=torch.channels_last)
    assert any(isinstance(module, PlainSelfAttention) for module in quick.modules())
    assert list(quick.state_dict()) == list(plain.state_dict())
    arguments = (torch.randn(2, 8, 16, 16), torch.tensor([3.0, 700.0]), torch.randn(2, 512))
    outputs = [network(*arguments) for network in (plain, quick)]
    torch.testing.assert_close(outputs[1], outputs[0], atol=1e-4, rtol=1e-4)
    for output in outputs:
        torch.autograd.backward(output.square().mean())
    for theirs, ours in zip(plain.parameters(), quick.parameters(), strict=True):
        assert theirs.grad is not None
        assert ours.grad is not None
        assert float((ours.grad - theirs.grad).norm()) < 1e-3 * float(theirs.grad.norm()) + 1e-7


def test_a_half_copy_hands_its_gradients_to_the_float32_network() -> None:
    unet = _noisy_unet()
    half = HalfCopy(unet)
    with torch.no_grad():
        unet.conv_in.weight.mul_(2)
    half.take_weights()
    torch.testing.assert_close(half.network.conv_in.weight, unet.conv_in.weight.bfloat16())
    arguments = (torch.randn(2, 8, 16, 16), torch.tensor([3.0, 700.0]), torch.randn(2, 512))
    torch.autograd.backward(unet(*arguments).square().mean())
    true = [p.grad.clone() for p in unet.parameters() if p.grad is not None]
    half_arguments = (arguments[0].bfloat16(), arguments[1], arguments[2].bfloat16())
    torch.autograd.backward(half.network(*half_arguments).float().square().mean())
    half.give_gradients()
    assert all(p.grad is None for p in half.network.parameters())
    given = [p.grad for p in unet.parameters() if p.grad is not None]
    direction = nn.functional.cosine_similarity(
        torch.cat([g.flatten() for g in given]), torch.cat([g.flatten() for g in true]), dim=0
    )
    assert float(direction) > 0.99
