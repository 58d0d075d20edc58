"""A notebook's file: Jupyter's JSON, of which the sources of the code cells are kept, and never the outputs."""

import json
from collections.abc import Iterable
from typing import Any

SUFFIX = ".ipynb"
LIMIT_BYTES = 100 << 20
"""Of the file with all its outputs; its code counts like that of any other file. Reading takes up to nine times as much."""
_MOST_VALUES = 5_000_000
"""Each value of the JSON costs up to 70 bytes and half a microsecond, however short it is written."""
_READ_KEYS = frozenset(
    {"cells", "cell_type", "source", "metadata", "kernelspec", "language_info", "language", "name"} | {"worksheets", "input"}
)
"""What is looked at; the last two are of format 3."""

_SAVE_AGAIN = "open it in Jupyter or Colab, and save it again"


class UnreadableNotebookError(Exception):
    """Why there is no code to be had; the text continues the sentence that the file's path begins."""


def is_notebook(path: str) -> bool:
    """Whether the file's name says that it is one."""
    return path.lower().endswith(SUFFIX)


def condense(content: bytes) -> bytes:
    """What counts of a notebook's file: the sources of its code cells in order, as JSON.

    Formats 3 and 4 are read, cells as text or as lists of lines. Running the cells again changes nothing here.

    Raises:
        UnreadableNotebookError: it is damaged, or in a language other than Python.
    """
    notebook = _parsed(content)
    language = _language(notebook)
    if language and not language.lower().startswith(("python", "ipython")):
        raise UnreadableNotebookError(f"is a notebook in {language[:40]!a}, and only Python is graded")
    return condensed(_source(cell, number) for number, cell in enumerate(_cells(notebook), 1) if _is_code(cell))


def condensed(code: Iterable[str]) -> bytes:
    """The sources of code cells, as `condense` keeps them of a file."""
    return json.dumps(list(code), ensure_ascii=False).encode("utf-8", "surrogatepass")


def code_cells(condensed: bytes) -> list[str]:
    """The sources that `condense` kept, with line feeds at the ends of lines; the first is that of code cell 1."""
    sources: list[str] = json.loads(condensed.decode("utf-8", "surrogatepass"))
    return [source.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff") for source in sources]


def _parsed(content: bytes) -> dict[str, Any]:
    if not content.strip():
        raise UnreadableNotebookError(f"is empty: {_SAVE_AGAIN}")
    if sum(content.count(opening) for opening in (b"[", b"{", b",")) > _MOST_VALUES:
        raise UnreadableNotebookError("holds too much output to be read: clear the outputs of all cells, and save it again")
    try:
        notebook = json.loads(content, object_hook=_only_what_is_read)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise UnreadableNotebookError(f"is damaged ({place}): {_SAVE_AGAIN}") from None
    except UnicodeDecodeError as error:
        raise UnreadableNotebookError(f"is damaged (byte {error.start} is not UTF-8): {_SAVE_AGAIN}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or lists in lists in lists
        raise UnreadableNotebookError(f"is damaged (its JSON is not a notebook's): {_SAVE_AGAIN}") from None
    if not isinstance(notebook, dict):
        raise UnreadableNotebookError(f"is damaged (its JSON is not a notebook's): {_SAVE_AGAIN}")
    return notebook


def _only_what_is_read(fields: dict[str, Any]) -> dict[str, Any]:
    """Called for each object as soon as it is complete: outputs are let go of before the next cell is read."""
    return {key: value for key, value in fields.items() if key in _READ_KEYS}


def _language(notebook: dict[str, Any]) -> str:
    """As the kernel calls it; empty where the notebook does not say."""
    metadata = _fields(notebook.get("metadata"))
    named = (_fields(metadata.get("kernelspec")).get("language"), _fields(metadata.get("language_info")).get("name"))
    return next((name for name in named if isinstance(name, str) and name), "")


def _cells(notebook: dict[str, Any]) -> list[Any]:
    """All cells; format 3 has them on worksheets."""
    sheets = notebook["worksheets"] if isinstance(notebook.get("worksheets"), list) else [notebook]
    lists = [_fields(sheet).get("cells") for sheet in sheets]
    if not all(isinstance(cells, list) for cells in lists):
        raise UnreadableNotebookError(f"is damaged (it has no list of cells): {_SAVE_AGAIN}")
    return [cell for cells in lists if cells for cell in cells]


def _is_code(cell: object) -> bool:
    return _fields(cell).get("cell_type") == "code"


def _source(cell: dict[str, Any], number: int) -> str:
    source = cell.get("source", cell.get("input", ""))
    lines = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        raise UnreadableNotebookError(f"is damaged (its cell {number} is not text): {_SAVE_AGAIN}")
    return "".join(lines)


def _fields(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
