import pytest
import torch

from engine.models.hifigan.blocks import DilatedResidualBlock


@pytest.fixture
def block() -> DilatedResidualBlock:
    torch.manual_seed(0)
    return DilatedResidualBlock(4, 3, (1, 3)).double()


def test_zero_weights_leave_only_the_skip_connection(block: DilatedResidualBlock) -> None:
    for parameter in block.parameters():
        torch.nn.init.zeros_(parameter)
    x = torch.randn(2, 4, 1, 37, dtype=torch.float64)

    torch.testing.assert_close(block(x), x, rtol=0, atol=0)


@pytest.mark.parametrize("start", [6, 20, 51])
@torch.inference_mode()
def test_a_chunk_with_its_context_matches_the_whole_signal(
    block: DilatedResidualBlock, start: int
) -> None:
    """The chunked vocoder is exact only because of this."""
    x = torch.randn(1, 4, 1, 64, dtype=torch.float64)
    halo = block.context_steps
    chunk = x[..., start - halo : start + 7 + halo]

    got = block(chunk)[..., halo : halo + 7]

    torch.testing.assert_close(got, block(x)[..., start : start + 7], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("kernel_size", "context"), [(3, 12), (7, 36), (11, 60)])
def test_the_published_blocks_have_the_documented_context(kernel_size: int, context: int) -> None:
    assert DilatedResidualBlock(1, kernel_size, (1, 3, 5)).context_steps == context


def test_refuses_an_even_kernel() -> None:
    with pytest.raises(ValueError, match="must be odd to keep the length, got 4"):
        DilatedResidualBlock(4, 4, (1,))
