"""Design tokens: every colour and size by its name. No Qt."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import resources

THEME_NAMES = ("dark", "light", "high_contrast")
"""Names of the colour sets, in the order in which they are offered."""

RESOURCES_DIR = Path(resources.__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeStyle:
    """A kind of text.

    Attributes:
        px: Height of the type in device-independent pixels.
        weight: 400 regular to 700 bold.
    """

    px: float
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """All tokens of one theme.

    Attributes:
        theme_name: One of ``THEME_NAMES``.
        colours: "#RRGGBB" by name; lane colours as "lane.lagoon" and so on.
        sizes: Pixels by name.
        radii: Corner radii in pixels by name.
        motion_ms: Durations in milliseconds by name.
        fills: Opacities, 0 to 1, by name.
        types: Kinds of text by name.
        colour_maps: Stops "#RRGGBB" by map name: the lane colours' names, "dusk", "grey",
            "high_contrast".
        colour_map_gamma: Exponent that is applied to the level before the look-up.
    """

    theme_name: str
    colours: Mapping[str, str]
    sizes: Mapping[str, int]
    radii: Mapping[str, int]
    motion_ms: Mapping[str, int]
    fills: Mapping[str, float]
    types: Mapping[str, TypeStyle]
    colour_maps: Mapping[str, tuple[str, ...]]
    colour_map_gamma: float


def load_tokens(theme_name: str, path: Path | None = None) -> Tokens:
    """Read the tokens of a theme.

    Args:
        theme_name: One of ``THEME_NAMES``.
        path: The JSON file; the bundled one when not given.

    Raises:
        ValueError: There is no theme of that name.
    """
    if theme_name not in THEME_NAMES:
        raise ValueError(f"unknown theme {theme_name!r}; use one of {', '.join(THEME_NAMES)}")
    source = path or RESOURCES_DIR / "themes" / "tokens.json"
    data: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return Tokens(
        theme_name=theme_name,
        colours=_flat(data["color"][theme_name]),
        sizes={name: value for name, value in data["size"].items() if isinstance(value, int)},
        radii=data["radius"],
        motion_ms={k: v for k, v in data["motion"].items() if isinstance(v, int)},
        fills={
            name: value[theme_name if theme_name in value else "dark"]
            if isinstance(value, dict)
            else value
            for name, value in data["fill"].items()
        },
        types={
            name: TypeStyle(px=value["px"], weight=value["weight"])
            for name, value in data["type"].items()
            if isinstance(value, dict) and "px" in value
        },
        colour_maps=_colour_map_stops(data["colormap"], theme_name),
        colour_map_gamma=float(data["colormap"]["gamma"]),
    )


def contrast_ratio(first: str, second: str) -> float:
    """Contrast of two "#RRGGBB" colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted(
        (_relative_luminance(first), _relative_luminance(second)), reverse=True
    )
    return (lighter + 0.05) / (darker + 0.05)


def mixed(front: str, back: str, share: float) -> str:
    """``front`` with opacity ``share`` (0 to 1) laid over ``back``, as "#RRGGBB"."""
    parts = [
        round(share * f + (1 - share) * b) for f, b in zip(_rgb(front), _rgb(back), strict=True)
    ]
    return "#" + "".join(f"{part:02X}" for part in parts)


def _flat(colours: Mapping[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in colours.items():
        if isinstance(value, str):
            flat[name] = value
        else:
            flat.update({f"{name}.{inner}": colour for inner, colour in value.items()})
    return flat


def _colour_map_stops(maps: Mapping[str, Any], theme_name: str) -> dict[str, tuple[str, ...]]:
    stops = {name: tuple(maps[name]) for name in ("dusk", "grey", "high_contrast")}
    if theme_name == "high_contrast":
        return stops
    lanes = {name: tuple(colours) for name, colours in maps["lane"][theme_name].items()}
    # Stone is the lane without a hue: its map is the grey one, light theme: white to black.
    lanes["stone"] = stops["grey"] if theme_name == "dark" else stops["grey"][::-1]
    return stops | lanes


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _relative_luminance(colour: str) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
