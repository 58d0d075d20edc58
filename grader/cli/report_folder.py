"""The one writer of report folders: whole pages or none, only what has changed, and never over what is somebody else's.

A folder of pages has a marker, which says what kind of pages they are and which files. Nothing but those is ever replaced or
removed, and no two kinds come into one folder: what is private must not lie beside what is published.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from grader.errors import UsageError

MARKER = "grader-report.json"


class Output(StrEnum):
    """For whom the pages are; the students' copy of the course is kept like them."""

    STAFF = "staff"
    PUBLISHED = "published"
    FEEDBACK = "feedback"
    RELEASE = "release"


@dataclass(frozen=True)
class Written:
    """What has become of a folder."""

    pages: int
    changed: int
    removed: int


def write_folder(folder: Path, output: Output, pages: Mapping[str, str | bytes]) -> Written:
    """Bring a folder to these pages, by their paths in it. UsageError where it holds something else, or cannot be written."""
    try:
        before = _files_of(folder, output)
        folder.mkdir(parents=True, exist_ok=True)
        _mark(folder, output, {*before, *pages})  # whatever is written from here on is known to be ours, even after a kill
        changed = sum(_write(folder, path, page if isinstance(page, bytes) else page.encode()) for path, page in pages.items())
        gone = sorted(before - pages.keys())
        for path in gone:
            (folder / path).unlink(missing_ok=True)
        _mark(folder, output, set(pages))
    except OSError as error:
        raise UsageError(f"the pages cannot be written into {folder}: {error}") from error
    return Written(len(pages), changed, len(gone))


def _files_of(folder: Path, output: Output) -> set[str]:
    """The files that were written here before."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name another one")
    if not folder.is_dir() or not any(folder.iterdir()):
        return set()
    try:
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        kind, files = Output(marker["kind"]), [str(name) for name in marker["files"]]
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{folder} holds something that is no report of the grader's; name an empty or a new folder") from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{folder / MARKER} is damaged; name another folder, or delete this one") from None
    if kind is not output:
        raise UsageError(f"{folder} holds a report of another kind ({kind.value}, not {output.value}); name another folder")
    for name in files:
        _require_inside(folder, name)
    return set(files)


def _mark(folder: Path, output: Output, files: set[str]) -> None:
    marker = {"kind": output.value, "files": sorted(files)}
    _write(folder, MARKER, json.dumps(marker, indent=0).encode())


def _write(folder: Path, name: str, content: bytes) -> bool:
    """Whether the file had to be written: one that holds this already is left alone."""
    _require_inside(folder, name)
    path = folder / name
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(exist_ok=True)
    descriptor, staged = tempfile.mkstemp(dir=path.parent, prefix=".page-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(staged).chmod(0o644)
        Path(staged).replace(path)
    except BaseException:
        Path(staged).unlink(missing_ok=True)
        raise
    return True


def _require_inside(folder: Path, name: str) -> None:
    """A path that leads out of the folder, by itself or by a link, is none of ours."""
    path = PurePosixPath(name)
    leads_out = path.is_absolute() or ".." in path.parts or not path.parts
    if leads_out or not (folder / path).parent.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{folder} holds a link or a name that leads out of it: {name!a}; name another folder")
