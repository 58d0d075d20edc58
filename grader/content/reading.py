"""Reading what was handed in from disk: Python files and notebooks in one folder, capped, links never followed out of it."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from grader.content import notebook
from grader.content.notebook import UnreadableNotebookError, is_notebook
from grader.text import harmless_line

MAX_DEPTH = 4
"""Folders below the author's own that are looked into."""
MAX_FILES = 200
_RUN_UNASKED = "is not read: {} runs files of this name by itself; rename it"
RUN_UNASKED = {
    "sitecustomize.py": _RUN_UNASKED.format("Python"),
    "usercustomize.py": _RUN_UNASKED.format("Python"),
    "conftest.py": _RUN_UNASKED.format("pytest"),
}
"""Names of files that are never a hand-in, and why they are left out."""


@dataclass(frozen=True)
class SourceFile:
    """One file as bytes (a notebook's are its condensed code); `path` is relative to the author's folder, with `/`."""

    path: str
    content: bytes


@dataclass(frozen=True)
class LeftOut:
    """A file or folder that was not read; `reason` continues the sentence that `path` begins."""

    path: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """What one folder holds."""

    files: tuple[SourceFile, ...]
    left_out: tuple[LeftOut, ...]


class UnreadableError(Exception):
    """Why one file was not read; the text continues the sentence that its path begins."""


class Allowance:
    """What may still be read of one hand-in: of code, and of notebooks with all their outputs."""

    def __init__(self, code_bytes: int) -> None:
        self._code_limit_bytes = self._code_bytes = code_bytes
        self._notebook_bytes = notebook.LIMIT_BYTES

    def of_file(self, size_bytes: int, path: str) -> None:
        """UnreadableError where a file of this size may not be opened."""
        if is_notebook(path):
            self._check(size_bytes, self._notebook_bytes, notebook.LIMIT_BYTES, "notebooks with their outputs")
            self._notebook_bytes -= size_bytes
        else:
            self.of_code(size_bytes)

    def of_code(self, size_bytes: int) -> None:
        """UnreadableError where this much code is too much."""
        self._check(size_bytes, self._code_bytes, self._code_limit_bytes, "Python files")
        self._code_bytes -= size_bytes

    @staticmethod
    def _check(size_bytes: int, remaining_bytes: int, limit_bytes: int, of_what: str) -> None:
        if size_bytes > limit_bytes:
            raise UnreadableError(f"is too large: {size_bytes:,} bytes, where {limit_bytes:,} are allowed")
        if size_bytes > remaining_bytes:
            raise UnreadableError(f"does not fit: the folder's {of_what} may hold {limit_bytes:,} bytes together")


def read_folder(folder: Path, *, limit_bytes: int, urgency: Callable[[str], int]) -> Reading:
    """Every `.py` and `.ipynb` file of a folder, at most `MAX_FILES`, and `limit_bytes` of code together.

    Hidden entries and `__pycache__` are passed over; what Python or pytest run unasked is left out. Files of the lowest
    `urgency` (of the relative path) are read first, then shallow before deep ones, so that a large heap beside a hand-in never
    pushes out the hand-in itself.
    """
    files: list[SourceFile] = []
    left_out: list[LeftOut] = []
    found = sorted(_python_files(folder, left_out), key=lambda path: (urgency(path), path.count("/"), path))
    if len(found) > MAX_FILES:
        left_out.append(LeftOut(".", f"holds {len(found)} Python files; only {MAX_FILES} were read"))
    allowance = Allowance(limit_bytes)
    for path in found[:MAX_FILES]:
        try:
            files.append(read_source(folder, path, allowance))
        except UnreadableError as error:
            left_out.append(LeftOut(harmless_line(path), str(error)))
    return Reading(tuple(files), tuple(left_out))


def read_source(folder: Path, path: str, allowance: Allowance) -> SourceFile:
    """One regular file that lies inside `folder`; what it takes is taken off the allowance.

    Raises:
        UnreadableError: it is something else, is run unasked, leads elsewhere, may not be read, is too large or damaged, or
            its name cannot be shown.
    """
    if reason := RUN_UNASKED.get(PurePosixPath(path).name.lower()):
        raise UnreadableError(reason)
    if not path.isprintable():
        raise UnreadableError("has a name with unprintable characters; rename it")
    try:
        # Unlike `Path.resolve`, which raises RuntimeError for a loop of links on Python 3.11 and 3.12.
        real = Path(os.path.realpath(folder / path, strict=True))
        if not real.is_relative_to(folder.resolve()):
            raise UnreadableError("is a link that leads out of the folder; hand in the file itself")
        status = _regular_status(real)
        allowance.of_file(status.st_size, path)
        if not is_notebook(path):
            return SourceFile(path, _read_bytes(real, status.st_size))
        code = _condensed(real, status.st_size, status.st_mtime_ns, status.st_ino)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from None
    if isinstance(code, UnreadableNotebookError):
        raise UnreadableError(str(code))
    allowance.of_code(len(code))
    return SourceFile(path, code)


@lru_cache(maxsize=64)
def _condensed(path: Path, size_bytes: int, *_version: int) -> bytes | UnreadableNotebookError:
    """A notebook's code, or what is wrong with it: an unchanged file is read once, though it is asked about for each task."""
    try:
        return notebook.condense(_read_bytes(path, size_bytes))
    except UnreadableNotebookError as error:
        return UnreadableNotebookError(str(error))  # without the traceback, which holds the whole text


def _read_bytes(path: Path, size_bytes: int) -> bytes:
    # Between the look and the read the file may change: a FIFO must not block, nor a growing file overflow.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(size_bytes)


def _regular_status(path: Path) -> os.stat_result:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableError("is a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("is not a regular file")
    return status


def _python_files(folder: Path, left_out: list[LeftOut]) -> Iterator[str]:
    """The relative paths of everything named `*.py` or `*.ipynb`, level by level; notes the folders that cannot be listed."""
    level = [""]
    for _ in range(MAX_DEPTH + 1):
        below: list[str] = []
        for prefix in level:
            for entry in _entries(folder, prefix, left_out):
                path = prefix + entry.name
                if entry.name.lower() in RUN_UNASKED:
                    left_out.append(LeftOut(harmless_line(path), RUN_UNASKED[entry.name.lower()]))
                elif entry.name.lower().endswith((".py", notebook.SUFFIX)):
                    yield path
                elif entry.is_dir(follow_symlinks=False):
                    below.append(f"{path}/")
        level = below


def _entries(folder: Path, prefix: str, left_out: list[LeftOut]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder / prefix) as entries:
            return [entry for entry in entries if not entry.name.startswith((".", "__pycache__"))]
    except FileNotFoundError:
        return []
    except OSError as error:
        left_out.append(LeftOut(harmless_line(prefix) or ".", f"cannot be read: {error.strerror}"))
        return []
