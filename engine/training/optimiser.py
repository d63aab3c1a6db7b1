"""Muon: momentum whose update is orthogonalised, for the matrices of a network.

"Muon: An optimizer for hidden layers in neural networks" (Jordan et al., 2024), with the update
scaled to the size of Adam's as in "Muon is scalable for LLM training" (Liu et al., 2025, section
2.2), so that one learning rate serves both kinds of parameter. Convolutions are seen as matrices
(out, in * height * width). Vectors, and layers that touch the data, take AdamW.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

_QUINTIC = (3.4445, -4.7750, 2.0315)
_ADAM_MATCH = 0.2


def orthogonalised(matrix: Tensor, num_iterations: int = 5) -> Tensor:
    """The nearest semi-orthogonal matrix, roughly: singular values end within 0.7 .. 1.2.

    Args:
        matrix: (R, C) of any scale.
        num_iterations: Newton-Schulz steps of the quintic polynomial.

    Returns:
        (R, C) in the dtype of ``matrix``; computed in bfloat16.
    """
    a, b, c = _QUINTIC
    x = matrix.to(torch.bfloat16)
    is_tall = x.shape[0] > x.shape[1]
    if is_tall:
        x = x.T
    x = x / (x.norm() + 1e-7)
    for _ in range(num_iterations):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    orthogonal: Tensor = (x.T if is_tall else x).to(matrix.dtype)
    return orthogonal


class MuonWithAdam:
    """Muon for inner matrices and AdamW for the rest, behind one learning rate.

    Args:
        network: Whose parameters are optimised.
        adam_names: Parameters whose name contains one of these take AdamW in any case.
        momentum: Of Muon.
        weight_decay: Decoupled; on matrices only.
        num_iterations: Of the orthogonalisation; fewer are cheaper and rougher.
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        adam_names: Iterable[str] = ("conv_in.", "conv_out."),
        momentum: float = 0.95,
        weight_decay: float = 1e-3,
        num_iterations: int = 5,
    ) -> None:
        names = tuple(adam_names)
        named = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
        self._matrices = [
            p for name, p in named if p.ndim >= 2 and not any(part in name for part in names)
        ]
        inner = {id(p) for p in self._matrices}
        others = [p for _, p in named if id(p) not in inner]
        self._adam = torch.optim.AdamW(others, lr=1e-3, betas=(0.9, 0.99), weight_decay=0.0)
        self._momenta = [torch.zeros_like(p) for p in self._matrices]
        self._momentum = momentum
        self._weight_decay = weight_decay
        self._num_iterations = num_iterations

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Apply the gradients that ``backward`` left, then forget them."""
        for group in self._adam.param_groups:
            group["lr"] = learning_rate
        self._adam.step()
        self._adam.zero_grad()
        for parameter, momentum in zip(self._matrices, self._momenta, strict=True):
            if parameter.grad is None:
                continue
            momentum.lerp_(parameter.grad, 1 - self._momentum)
            ahead = parameter.grad.lerp(momentum, self._momentum).flatten(1)
            update = orthogonalised(ahead, self._num_iterations).view_as(parameter)
            scale = _ADAM_MATCH * max(ahead.shape) ** 0.5
            parameter.mul_(1 - learning_rate * self._weight_decay)
            parameter.add_(update, alpha=-learning_rate * scale)
            parameter.grad = None

    def state_dict(self) -> dict[str, object]:
        """Everything needed to go on after a stop; plain tensors and numbers."""
        return {"adam": self._adam.state_dict(), "momenta": self._momenta}

    def load_state_dict(self, state: dict[str, object]) -> None:
        """Take up the state of an earlier run."""
        adam, momenta = state["adam"], state["momenta"]
        if not isinstance(adam, dict) or not isinstance(momenta, list):
            raise TypeError("not an optimiser state of this class")
        self._adam.load_state_dict(adam)
        for own, saved in zip(self._momenta, momenta, strict=True):
            own.copy_(saved)
