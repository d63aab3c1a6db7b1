"""The head that both towers end in."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class Projection(nn.Module):
    """Two linear layers into the shared embedding space (CLAP, Wu et al., 2023, section 2.2).

    Args:
        in_features: Width of the tower.
        projection_dim: Width of the embedding.
    """

    def __init__(self, in_features: int, projection_dim: int) -> None:
        super().__init__()
        self.linear1 = nn.Linear(in_features, projection_dim)
        self.linear2 = nn.Linear(projection_dim, projection_dim)

    def forward(self, pooled: Tensor) -> Tensor:
        """Project to the unit sphere.

        Args:
            pooled: (B, in_features) output of a tower.

        Returns:
            (B, projection_dim) embeddings of length one.
        """
        embedding: Tensor = self.linear2(F.relu(self.linear1(pooled)))
        return F.normalize(embedding, dim=-1)
