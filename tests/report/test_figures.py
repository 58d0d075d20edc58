"""How points and speedups are written, and how text from outside is made harmless."""

import unicodedata
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.report.figures import harmless, points_text, speedup_text
from tests.report.example import HOSTILE

# Speedups and points


@pytest.mark.parametrize(
    ("speedup", "low", "high", "text"),
    [
        (None, None, None, "–"),
        (1.234, 1.217, 1.251, "1.23 × ±1.4 %"),
        (2.0, 0.5, 8.0, "2 × (0.5 to 8)"),
        (2.0, 1.01, 3.96, "2 × (1.01 to 3.96)"),
        (1.5, 0.0, float("inf"), "1.5 × (no interval yet)"),
    ],
)
def test_a_speedup_stands_with_its_interval(speedup: float | None, low: float | None, high: float | None, text: str) -> None:
    assert speedup_text(speedup, low, high) == text


@settings(deadline=None)
@given(st.floats(1e-6, 1e6), st.floats(0, 700))
def test_every_interval_can_be_written(speedup: float, reach: float) -> None:
    text = speedup_text(speedup, speedup * exp(-reach), speedup * exp(reach))
    assert text.startswith(f"{speedup:.3g} ×")
    assert "e+02 %" not in text


@pytest.mark.parametrize(
    ("points", "most", "text"), [(None, None, "–"), (None, 7.0, "– / 7"), (0.0, 7.0, "0 / 7"), (3.5, 7.0, "3.5 / 7")]
)
def test_undecided_points_are_a_dash_and_no_zero(points: float | None, most: float | None, text: str) -> None:
    assert points_text(points, most) == text


# Text from outside


def test_what_could_steer_a_terminal_is_shown_instead() -> None:
    shown = harmless(HOSTILE)
    assert "\x1b" not in shown
    assert r"\x1b[2J" in shown
    assert r"\u202egnp.exe" in shown
    assert r"\x9b31m" in shown
    assert r"\ud800" in shown
    assert "[bold red]x[/bold red]" in shown


@settings(deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_what_is_shown_has_no_control_or_format_characters_and_can_be_encoded(text: str) -> None:
    shown = harmless(text)
    shown.encode("utf-8")
    assert not {unicodedata.category(character) for character in shown.replace("\n", "")} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@settings(deadline=None)
@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=100))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_lines_stay_lines_and_tabs_become_spaces() -> None:
    assert harmless("a\n\tb") == "a\n    b"


def test_endless_text_is_cut_and_says_so() -> None:
    shown = harmless("x" * 1_000_000, limit=100)
    assert shown == "x" * 100 + "\n… 999900 characters left out"
