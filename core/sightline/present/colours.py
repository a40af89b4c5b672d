"""Colours of a report: an agency's own one, and what goes with it so that text can be read (WCAG 2.2, contrast 4.5)."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

__all__ = ["Palette", "contrast", "palette"]

#: Success criterion 1.4.3, level AA, for text of normal size.
ENOUGH = Decimal("4.5")
_WHITE, _INK = "#ffffff", "#1b2128"
Rgb = tuple[int, int, int]


class Palette(NamedTuple):
    """`ink`: the colour as text on white; `on`: text on the colour; `tint`: a ground so light that text stays black."""

    ink: str
    on: str
    tint: str


def palette(colour: str) -> Palette:
    """What goes with an accent colour `#rrggbb`, whatever it is."""
    light = max((_WHITE, _INK), key=lambda one: contrast(one, colour))
    return Palette(_darkened(colour), light, _mixed(colour, Decimal("0.93")))


def contrast(one: str, other: str) -> Decimal:
    """The contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + Decimal("0.05")) / (dark + Decimal("0.05"))


def _darkened(colour: str) -> str:
    """The colour, darker step by step until it can be read on white."""
    found = colour
    red, green, blue = _rgb(colour)
    for step in range(20, -1, -1):
        found = _hex((red * step // 20, green * step // 20, blue * step // 20))
        if contrast(found, _WHITE) >= ENOUGH:
            break
    return found


def _mixed(colour: str, white: Decimal) -> str:
    red, green, blue = (int(255 * white + part * (1 - white)) for part in _rgb(colour))
    return _hex((red, green, blue))


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(rgb: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def _luminance(colour: str) -> Decimal:
    red, green, blue = (_linear(Decimal(part) / 255) for part in _rgb(colour))
    return Decimal("0.2126") * red + Decimal("0.7152") * green + Decimal("0.0722") * blue


def _linear(part: Decimal) -> Decimal:
    if part <= Decimal("0.04045"):
        return part / Decimal("12.92")
    return ((part + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
