"""The pages' colours: text can be read on every ground, in the light and in the dark."""

import re
from importlib.resources import files

import pytest

LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3."""
GROUNDS = ("paper", "stripe")
INKS = ("ink", "quiet", "blue", "own", "right", "wrong", "look")
STYLE = files("grader.report").joinpath("pages", "style.css").read_text(encoding="utf-8")
LIGHT, DARK = STYLE[: STYLE.index("@media")], STYLE[STYLE.index("@media") : STYLE.index("* {")]


def colours(part: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", part))


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("part", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground(part: str) -> None:
    found = colours(part)
    pairs = {(ink, ground): contrast(found[ink], found[ground]) for ink in INKS for ground in GROUNDS}
    assert {pair: ratio for pair, ratio in pairs.items() if ratio < LEAST_CONTRAST} == {}
