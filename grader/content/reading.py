"""Reading what was handed in from disk: regular Python files inside one folder, capped, links never followed out of it."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_DEPTH = 4
"""Folders below the author's own that are looked into."""
MAX_FILES = 200


@dataclass(frozen=True)
class SourceFile:
    """One file as bytes; `path` is relative to the author's folder, with `/`."""

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


def read_folder(folder: Path, *, limit_bytes: int, urgency: Callable[[str], int]) -> Reading:
    """Every `.py` file of a folder, at most `MAX_FILES` and `limit_bytes` together.

    Hidden entries and `__pycache__` are passed over. Files of the lowest `urgency` (of the relative path) are read first, then
    shallow before deep ones, so that a large heap beside a hand-in never pushes out the hand-in itself.
    """
    files: list[SourceFile] = []
    left_out: list[LeftOut] = []
    found = sorted(_python_files(folder, left_out), key=lambda path: (urgency(path), path.count("/"), path))
    if len(found) > MAX_FILES:
        left_out.append(LeftOut(".", f"holds {len(found)} Python files; only {MAX_FILES} were read"))
    remaining = limit_bytes
    for path in found[:MAX_FILES]:
        try:
            content = read_bytes(folder, path, limit_bytes=limit_bytes, remaining_bytes=remaining)
        except UnreadableError as error:
            left_out.append(LeftOut(shown(path), str(error)))
        else:
            files.append(SourceFile(path, content))
            remaining -= len(content)
    return Reading(tuple(files), tuple(left_out))


def read_bytes(folder: Path, path: str, *, limit_bytes: int, remaining_bytes: int) -> bytes:
    """The content of one regular file that lies inside `folder`.

    Raises:
        UnreadableError: it is something else, leads elsewhere, may not be read, is too large, or its name cannot be shown.
    """
    if not path.isprintable():
        raise UnreadableError("has a name with unprintable characters; rename it")
    try:
        # Unlike `Path.resolve`, which raises RuntimeError for a loop of links on Python 3.11 and 3.12.
        real = Path(os.path.realpath(folder / path, strict=True))
        if not real.is_relative_to(folder.resolve()):
            raise UnreadableError("is a link that leads out of the folder; hand in the file itself")
        size_bytes = _regular_size_bytes(real)
        if size_bytes > limit_bytes:
            raise UnreadableError(f"is too large: {size_bytes:,} bytes, where {limit_bytes:,} are allowed")
        if size_bytes > remaining_bytes:
            raise UnreadableError(f"does not fit: the folder's Python files may hold {limit_bytes:,} bytes together")
        # Between the look and the read the file may change: a FIFO must not block, nor a growing file overflow.
        descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(size_bytes)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from None


def shown(text: str) -> str:
    """A student's text, safe to print: what is not printable becomes `·`, one for one."""
    return "".join(character if character.isprintable() else "·" for character in text)


def _regular_size_bytes(path: Path) -> int:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableError("is a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("is not a regular file")
    return status.st_size


def _python_files(folder: Path, left_out: list[LeftOut]) -> Iterator[str]:
    """The relative paths of everything named `*.py`, level by level; notes the folders that cannot be listed."""
    level = [""]
    for _ in range(MAX_DEPTH + 1):
        below: list[str] = []
        for prefix in level:
            for entry in _entries(folder, prefix, left_out):
                path = prefix + entry.name
                if entry.name.lower().endswith(".py"):
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
        left_out.append(LeftOut(shown(prefix) or ".", f"cannot be read: {error.strerror}"))
        return []
