"""The theme: contrast, colours that colour-blind eyes can distinguish, settings as
designed.
"""

from itertools import combinations

import pytest

from dashboard import theme
from dashboard.theme.palette import DARK, LIGHT, Palette

# Machado, Oliveira, Fernandes 2009, severity 1.0, applied to linear RGB
DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
PROTANOPIA = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
PALETTES = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]


def linear(colour: str) -> tuple[float, ...]:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(item: str, other: str) -> float:
    dark, light = sorted((luminance(item), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = (min(max(part, 0.0), 1.0) for part in rgb)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(item: str, other: str, eye=None) -> float:
    def seen(colour: str):
        rgb = linear(colour)
        if eye:
            rgb = tuple(sum(a * b for a, b in zip(row, rgb, strict=True)) for row in eye)
        return lab(rgb)

    return sum((a - b) ** 2 for a, b in zip(seen(item), seen(other), strict=True)) ** 0.5


@pytest.mark.parametrize("palette", PALETTES)
def test_text_is_readable_on_both_surfaces(palette: Palette):
    for text in (palette.ink, palette.muted, palette.primary, palette.red, palette.green):
        for ground in (palette.paper, palette.surface):
            assert contrast(text, ground) >= 4.5, (text, ground)


@pytest.mark.parametrize("palette", PALETTES)
def test_series_stand_out_from_the_surface(palette: Palette):
    for colour in palette.series:
        assert contrast(colour, palette.surface) >= 3, colour


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("eye", [DEUTERANOPIA, PROTANOPIA], ids=["deuteranopia", "protanopia"])
def test_up_and_down_are_distinguished_by_colour_blind_eyes(palette: Palette, eye):
    assert distance(palette.red, palette.green, eye) >= 10


@pytest.mark.parametrize("palette", PALETTES)
def test_series_are_distinguished(palette: Palette):
    for item, other in combinations(palette.series, 2):
        assert distance(item, other) >= 15, (item, other)


def test_the_settings_use_the_palette():
    options = theme.options()
    for name, palette in (("light", LIGHT), ("dark", DARK)):
        assert options[f"theme.{name}.primaryColor"] == palette.primary
        assert options[f"theme.{name}.backgroundColor"] == palette.paper
        assert options[f"theme.{name}.secondaryBackgroundColor"] == palette.surface
        assert options[f"theme.{name}.textColor"] == palette.ink
        assert options[f"theme.{name}.borderColor"] == palette.line


def test_the_style_block_uses_the_palette():
    style = theme.style()
    for name in ("ink", "muted", "line", "surface", "primary", "red", "green"):
        pair = f"--kb-{name}: light-dark({getattr(LIGHT, name)}, {getattr(DARK, name)})"
        assert pair in style, name


def test_the_server_is_closed_and_quiet():
    options = theme.options()
    assert options["server.address"] == "127.0.0.1"
    assert options["server.enableStaticServing"] is False
    assert options["browser.gatherUsageStats"] is False
    assert options["client.showErrorDetails"] == "none"
    assert options["client.disableDataExport"] is True
    assert options["client.toolbarMode"] == "minimal"


def test_every_setting_is_known_to_the_framework():
    from streamlit import config

    known = set(config.get_config_options())
    assert set(theme.options()) <= known


def test_nothing_is_fetched_from_elsewhere():
    for text in (theme.style(), theme.icon(), theme.mark("x")):
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
