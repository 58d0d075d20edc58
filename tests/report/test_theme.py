"""The colours of figures: curves and text can be seen on their paper, which is that of the pages."""

from importlib.resources import files

import pytest

from grader.report.theme import THEMES, Theme
from tests.report.test_style import LEAST_CONTRAST, contrast

LEAST_CONTRAST_OF_LINES = 2.0
"""WCAG 2.2 wants 3 where a curve's colour is all there is (success criterion 1.4.11); here curves have labels or markers."""
STYLE = files("grader.report").joinpath("pages", "style.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_and_curves_stand_out_from_the_paper(theme: Theme) -> None:
    assert contrast(theme.ink, theme.paper) >= LEAST_CONTRAST
    assert min(contrast(curve, theme.paper) for curve in theme.curves) >= LEAST_CONTRAST_OF_LINES
    assert contrast(theme.curves[0], theme.paper) >= LEAST_CONTRAST


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_paper_is_that_of_the_pages(theme: Theme) -> None:
    assert f"--paper: {theme.paper}; --ink: {theme.ink};" in STYLE
