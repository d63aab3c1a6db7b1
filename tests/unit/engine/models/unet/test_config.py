import dataclasses
from typing import Any

import pytest

from tests.support.networks import published_unet, small_unet


@pytest.mark.parametrize(
    ("size", "heads"), [("s", [8, 12, 20]), ("m", [12, 18, 30]), ("l", [8, 12, 20])]
)
def test_the_heads_of_the_training_follow_from_their_width(size: str, heads: list[int]) -> None:
    config = published_unet(size)

    assert [config.num_heads(channels) for channels in config.block_channels[1:]] == heads


def test_a_fixed_number_of_heads_holds_at_every_level() -> None:
    config = published_unet("s", attention_heads=8)

    assert [config.num_heads(channels) for channels in config.block_channels] == [8] * 4


def test_four_levels_need_a_multiple_of_eight_frames() -> None:
    assert published_unet("s").time_multiple == 8
    assert published_unet("s").time_embedding_width == 512


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"attention_levels": (True, True)}, "2 entries for 3 levels"),
        ({"attention_heads": 8}, "exactly one of"),
        ({"attention_head_width": None}, "exactly one of"),
        ({"norm_groups": 12}, "cannot be split into 12 norm_groups"),
        ({"attention_head_width": 24}, "32 channels cannot be split evenly"),
        ({"attention_head_width": None, "attention_heads": 5}, "cannot be split evenly"),
    ],
)
def test_refuses_what_cannot_work(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(small_unet(), **change)
