import numpy as np
import pytest

from desktop_app.project.project import LANE_COLOURS
from desktop_app.views.theme.colour_maps import colour_map_table, oklab_from_rgb, rgb_from_oklab
from desktop_app.views.theme.tokens import THEME_NAMES, load_tokens

MAPS = [
    (theme_name, map_name)
    for theme_name in THEME_NAMES
    for map_name in load_tokens(theme_name).colour_maps
]


@pytest.mark.parametrize(("theme_name", "map_name"), MAPS)
def test_lightness_goes_one_way_without_a_bend(theme_name: str, map_name: str) -> None:
    tokens = load_tokens(theme_name)
    table = colour_map_table(tokens.colour_maps[map_name], tokens.colour_map_gamma)
    steps = np.diff(oklab_from_rgb(table)[:, 0])
    direction = np.sign(steps.sum())
    # Half a step of an 8-bit channel is all that rounding may take back.
    assert (steps * direction).min() > -0.002


@pytest.mark.parametrize(("theme_name", "map_name"), MAPS)
def test_the_ends_are_the_first_and_the_last_stop(theme_name: str, map_name: str) -> None:
    stops = load_tokens(theme_name).colour_maps[map_name]
    table = colour_map_table(stops, 1.1)
    ends = ["#" + "".join(f"{part:02X}" for part in table[i]) for i in (0, 255)]
    assert ends == [stops[0], stops[-1]]


@pytest.mark.parametrize("theme_name", ["dark", "light"])
def test_every_lane_colour_has_a_map(theme_name: str) -> None:
    assert set(LANE_COLOURS) <= set(load_tokens(theme_name).colour_maps)


def test_oklab_and_back_is_the_same_colour() -> None:
    grid = np.stack(np.meshgrid(*[np.arange(0, 256, 17, dtype=np.uint8)] * 3), axis=-1)
    assert np.array_equal(rgb_from_oklab(oklab_from_rgb(grid)), grid)


def test_white_has_lightness_one_and_no_colour() -> None:
    white = oklab_from_rgb(np.array([255, 255, 255], dtype=np.uint8))
    assert white == pytest.approx([1.0, 0.0, 0.0], abs=1e-6)


def test_tables_cannot_be_written() -> None:
    assert not colour_map_table(("#000000", "#FFFFFF"), 1.0).flags.writeable
