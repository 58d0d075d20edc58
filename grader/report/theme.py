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


def paper(*, dark: bool) -> Theme:
    """The theme that is asked for."""
    return DARK if dark else LIGHT


@contextmanager
def themed(theme: Theme) -> Iterator[None]:
    """Figures that are made and drawn here look so, unless they say otherwise."""
    from cycler import cycler
    from matplotlib import rc_context

    with rc_context(
        {
            "text.color": theme.ink,
            "axes.labelcolor": theme.ink,
            "axes.titlecolor": theme.ink,
            "xtick.labelcolor": theme.ink,
            "ytick.labelcolor": theme.ink,
            "figure.facecolor": theme.paper,
            "axes.facecolor": theme.paper,
            "legend.facecolor": theme.paper,
            "axes.edgecolor": theme.line,
            "xtick.color": theme.line,
            "ytick.color": theme.line,
            "grid.color": theme.line,
            "legend.edgecolor": theme.line,
            "axes.prop_cycle": cycler(color=theme.curves),
        }
    ):
        yield
