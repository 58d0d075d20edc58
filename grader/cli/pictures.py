"""Pictures that commands write, on light paper or on dark, in the format that the file's name asks for."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.report.theme import Theme, themed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_picture(draw: "Callable[[Theme], Figure]", path: Path, theme: Theme) -> None:
    """Draw a figure and write it, all in one theme; UsageError where the place or the format is none."""
    with themed(theme):  # what is written last, such as ticks, is made while the figure is saved
        figure = draw(theme)
        try:
            figure.savefig(path, dpi=150)
        except (OSError, ValueError) as error:
            raise UsageError(f"the picture cannot be written to {path}: {error}") from error
