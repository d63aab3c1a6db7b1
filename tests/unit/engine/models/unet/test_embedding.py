import math

import pytest
import torch

from engine.models.unet.embedding import sinusoidal_embedding


def test_has_cosines_then_sines_at_falling_frequencies() -> None:
    embedding = sinusoidal_embedding(torch.tensor([3, 999], dtype=torch.float64), 8)

    frequencies = [10000 ** (-i / 4) for i in range(4)]
    expected = [
        [math.cos(t * f) for f in frequencies] + [math.sin(t * f) for f in frequencies]
        for t in (3, 999)
    ]
    torch.testing.assert_close(embedding, torch.tensor(expected, dtype=torch.float64))


def test_integers_and_floats_are_the_same_time() -> None:
    integers = sinusoidal_embedding(torch.tensor([0, 981]), 128)

    assert integers.dtype == torch.float32
    assert torch.equal(integers, sinusoidal_embedding(torch.tensor([0.0, 981.0]), 128))


def test_refuses_an_odd_width() -> None:
    with pytest.raises(ValueError, match="must be even, got 7"):
        sinusoidal_embedding(torch.tensor([0]), 7)
