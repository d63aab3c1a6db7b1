import torch

from engine.models.unet.resnet import Downsample, ResBlock, Upsample


def _zeroed(module: torch.nn.Module) -> None:
    for parameter in module.parameters():
        torch.nn.init.zeros_(parameter)


def test_zero_weights_leave_only_the_skip_connection() -> None:
    block = ResBlock(8, 8, 6, 4).double()
    _zeroed(block)
    x = torch.randn(2, 8, 5, 3, dtype=torch.float64)

    torch.testing.assert_close(block(x, torch.randn(2, 6, dtype=torch.float64)), x, rtol=0, atol=0)


def test_a_change_of_width_goes_through_the_shortcut() -> None:
    block = ResBlock(8, 4, 6, 4).double()
    _zeroed(block)
    assert block.conv_shortcut is not None
    torch.nn.init.dirac_(block.conv_shortcut.weight)
    x = torch.randn(2, 8, 5, 3, dtype=torch.float64)

    torch.testing.assert_close(block(x, torch.zeros(2, 6, dtype=torch.float64)), x[:, :4])


def test_upsampling_repeats_and_downsampling_halves() -> None:
    upsample, downsample = Upsample(1).double(), Downsample(1).double()
    for module in (upsample.conv, downsample.conv):
        torch.nn.init.dirac_(module.weight)
        assert module.bias is not None
        torch.nn.init.zeros_(module.bias)
    x = torch.arange(4, dtype=torch.float64).view(1, 1, 2, 2)

    doubled = upsample(x)

    assert doubled[0, 0].tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]]
    torch.testing.assert_close(downsample(doubled), x)
