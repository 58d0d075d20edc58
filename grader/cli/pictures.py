"""Pictures that commands write, in the format that the file's name asks for."""

from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_picture(figure: "Figure", path: Path) -> None:
    """Write a figure; UsageError where the place or the format is none."""
    try:
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:
        raise UsageError(f"the picture cannot be written to {path}: {error}") from error
