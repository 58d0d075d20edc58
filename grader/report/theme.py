"""How figures look: colours that colour-blind readers tell apart, on light paper and on dark, as the pages have them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9")
"""Okabe and Ito's palette (Color Universal Design, 2008), without yellow and black, which cannot be seen on either paper."""


@dataclass(frozen=True)
class Theme:
    """The paper and what is written on it."""

    name: str
    paper: str
    ink: str
    line: str
    """Frames, ticks and grids."""
    curves: tuple[str, ...]


LIGHT = Theme("light", "#ffffff", "#1b1f24", "#8c959f", OKABE_ITO)
DARK = Theme("dark", "#14181d", "#e6edf3", "#6e7681", ("#56B4E9", "#E69F00", "#2bc49a", "#CC79A7", "#ff8c42", "#9cd0f5"))
THEMES = (LIGHT, DARK)


@contextmanager
def themed(theme: Theme) -> Iterator[None]:
    """Figures that are made and drawn here look so, unless they say otherwise."""
    import matplotlib as mpl

    inks = ("text.color", "axes.labelcolor", "axes.titlecolor", "xtick.labelcolor", "ytick.labelcolor")
    papers = ("figure.facecolor", "axes.facecolor", "legend.facecolor")
    lines = ("axes.edgecolor", "xtick.color", "ytick.color", "grid.color", "legend.edgecolor")
    parts = {
        name: colour for names, colour in ((inks, theme.ink), (papers, theme.paper), (lines, theme.line)) for name in names
    }
    with mpl.rc_context({**parts, "axes.prop_cycle": mpl.cycler(color=theme.curves), "svg.hashsalt": "grader"}):
        yield
