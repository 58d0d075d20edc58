"""What a terminal shows, as a picture that loads nothing from anywhere."""

import io
import re

from rich.console import Console, RenderableType
from rich.terminal_theme import SVG_EXPORT_THEME

_COLUMNS = 124


def terminal_svg(renderable: RenderableType, title: str, columns: int = _COLUMNS) -> str:
    """An SVG of a terminal's window with this title."""
    console = Console(record=True, width=columns, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(renderable)
    svg = console.export_svg(title=title, theme=SVG_EXPORT_THEME)
    return re.sub(r"@font-face \{[^}]*\}\s*", "", svg)  # rich names fonts on a server; the reader's own will do
