"""The files of a course that a benchmark makes for itself."""

from pathlib import Path


def write_file(path: Path, text: str) -> None:
    """With the folders that it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
