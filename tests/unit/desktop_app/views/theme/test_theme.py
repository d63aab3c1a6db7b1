import pytest
from PySide6.QtGui import QFont, QFontInfo
from PySide6.QtWidgets import QApplication

from desktop_app.views.theme.icons import icon_names
from desktop_app.views.theme.theme import Theme, load_theme
from desktop_app.views.theme.tokens import THEME_NAMES


def test_colours_come_by_name(theme: Theme) -> None:
    assert theme.colour("panel").name() == "#1a1e24"
    assert theme.lane_colour("lagoon").name() == "#57cbd7"


def test_an_unknown_colour_is_refused_by_name(theme: Theme) -> None:
    with pytest.raises(ValueError, match="'mauve'"):
        theme.colour("mauve")


def test_an_unknown_icon_is_refused_by_name(theme: Theme) -> None:
    with pytest.raises(ValueError, match="'wand'"):
        theme.pixmap("wand", "text2", 20, 1.0)


def test_the_bundled_typeface_is_used_with_tabular_figures(theme: Theme) -> None:
    font = theme.font("display")
    assert QFontInfo(font).family() == "Inter"
    assert font.weight() == QFont.Weight.DemiBold
    assert font.isFeatureSet(QFont.Tag("tnum"))


def test_text_size_scales_type(theme: Theme) -> None:
    theme.set_text_scale(1.5)
    assert theme.font("body").pixelSize() == 18
    theme.set_text_scale(9.0)
    assert theme.text_scale == 1.5


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_leaves_marks(theme: Theme, name: str) -> None:
    image = theme.pixmap(name, "text", 20, 2.0).toImage()
    assert (image.width(), image.devicePixelRatio()) == (40, 2.0)
    assert any(image.pixelColor(x, y).alpha() > 128 for x in range(40) for y in range(40))


def test_switching_tells_and_changes_colours(theme: Theme) -> None:
    told: list[str] = []
    theme.changed.connect(lambda: told.append(theme.name))
    before = theme.pixmap("play", "text", 20, 1.0).toImage()
    theme.switch_to("light")
    theme.switch_to("light")
    assert told == ["light"]
    assert theme.colour("panel").name() == "#f8f9fa"
    assert theme.pixmap("play", "text", 20, 1.0).toImage() != before


def test_high_contrast_lanes_use_the_high_contrast_map(theme: Theme) -> None:
    theme.switch_to("high_contrast")
    assert theme.colour_map("iris").tolist() == theme.colour_map("high_contrast").tolist()


@pytest.mark.parametrize("name", THEME_NAMES)
def test_palette_and_style_sheet_follow_the_tokens(qapp: QApplication, name: str) -> None:
    theme = load_theme(name)
    assert theme.palette().window().color() == theme.colour("panel")
    assert "$" not in theme.style_sheet()
