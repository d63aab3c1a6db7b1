import json

import pytest

from desktop_app.project.project import LANE_COLOURS
from desktop_app.views.theme.tokens import (
    RESOURCES_DIR,
    THEME_NAMES,
    Tokens,
    contrast_ratio,
    load_tokens,
    mixed,
)

WRITTEN = json.loads((RESOURCES_DIR / "themes" / "tokens.json").read_text(encoding="utf-8"))


def ratio_of_pair(tokens: Tokens, pair: str) -> float:
    front, back = pair.split(" on ")
    return contrast_ratio(tokens.colours[front], background(tokens, back))


def background(tokens: Tokens, name: str) -> str:
    if not name.startswith("clip."):
        return tokens.colours[name]
    lane = tokens.colours["lane." + name.removeprefix("clip.")]
    return mixed(lane, tokens.colours["canvas"], tokens.fills["clip_unselected"])


@pytest.mark.parametrize("theme_name", THEME_NAMES)
def test_the_written_contrast_table_is_what_the_colours_give(theme_name: str) -> None:
    tokens = load_tokens(theme_name)
    pairs = {
        pair: ratio
        for pair, ratio in WRITTEN["contrast"][theme_name].items()
        if theme_name != "high_contrast" or " on clip." not in pair
    }
    assert {pair: ratio_of_pair(tokens, pair) for pair in pairs} == pytest.approx(pairs, abs=0.02)


@pytest.mark.parametrize("theme_name", THEME_NAMES)
def test_every_text_reaches_4_5_and_every_mark_3(theme_name: str) -> None:
    tokens = load_tokens(theme_name)
    marks = {"line_control", "focus", "playhead"}
    for pair in WRITTEN["contrast"][theme_name]:
        front = pair.split(" on ")[0]
        need = 3.0 if front in marks or front.startswith("lane.") else 4.5
        assert ratio_of_pair(tokens, pair) >= need, pair


@pytest.mark.parametrize("theme_name", THEME_NAMES)
def test_every_lane_colour_of_the_project_has_a_colour(theme_name: str) -> None:
    tokens = load_tokens(theme_name)
    assert {f"lane.{name}" for name in LANE_COLOURS} <= set(tokens.colours)


def test_themes_have_the_same_names() -> None:
    names = [set(load_tokens(theme_name).colours) for theme_name in THEME_NAMES]
    assert names[0] == names[1] == names[2]


def test_an_unknown_theme_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'sepia'"):
        load_tokens("sepia")


def test_black_on_white_has_the_highest_contrast() -> None:
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21.0)


def test_mixing_goes_from_back_to_front() -> None:
    assert [mixed("#FFFFFF", "#000000", share) for share in (0.0, 0.5, 1.0)] == [
        "#000000",
        "#808080",
        "#FFFFFF",
    ]
