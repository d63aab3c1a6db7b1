"""Training in bfloat16 with the truth in float32."""

from __future__ import annotations

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

from engine.training.fast_layers import with_fast_layers

Network = TypeVar("Network", bound=nn.Module)


class HalfCopy(Generic[Network]):
    """A bfloat16, channels-last copy of a network that computes gradients for it.

    Beside autocast it saves the casts of every weight on every step, and on a processor with AMX
    the convolutions run in the layout that they are quickest in (measured on one core: a step of
    the starter's UNet in 1.0 s instead of 1.3 s).

    Args:
        network: Holds the float32 weights; an optimiser changes them.
    """

    def __init__(self, network: Network) -> None:
        self._master = network
        half = copy.deepcopy(network).to(dtype=torch.bfloat16)
        self.network = half.to(memory_format=torch.channels_last)
        if next(network.parameters()).device.type == "cpu":
            with_fast_layers(self.network)

    @torch.no_grad()
    def take_weights(self) -> None:
        """Round the present float32 weights into the copy."""
        torch._foreach_copy_(list(self.network.parameters()), list(self._master.parameters()))

    @torch.no_grad()
    def give_gradients(self) -> None:
        """Move the copy's gradients to the float32 network, and forget them."""
        for own, true in zip(self.network.parameters(), self._master.parameters(), strict=True):
            if own.grad is not None:
                true.grad = own.grad.float()
                own.grad = None
