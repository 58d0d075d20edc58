"""The one writer of report folders: whole pages or none, only what has changed, and never over what is somebody else's.

A folder of pages has a marker, which says what kind of pages they are and which files. Nothing but those is ever replaced or
removed, and no two kinds come into one folder: what is private must not lie beside what is published.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.file_state import file_state
from grader.whole_files import write_whole

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


def write_folder(
    folder: Path, output: Output, pages: Mapping[str, str | bytes], digests: Mapping[str, str] | None = None
) -> Written:
    """Bring a folder to these pages, by their paths in it.

    A page whose digest says that it would be made of the same as the file that lies there is not even read from `pages`.

    Raises:
        UsageError: the folder holds something else, or cannot be written.
    """
    digests = digests or {}
    try:
        before = _marked(folder, output)
        folder.mkdir(parents=True, exist_ok=True)
        _mark(folder, output, {**dict.fromkeys(pages), **before})  # what is written from here on is ours, even after a kill
        now: dict[str, _Made | None] = {}
        changed = 0
        for path in pages:
            _require_inside(folder, path)
            now[path] = before.get(path)
            if path in digests and now[path] == _made(digests[path], folder / path):
                continue
            page = pages[path]
            changed += _write(folder, path, page if isinstance(page, bytes) else page.encode())
            now[path] = _made(digests[path], folder / path) if path in digests else None
        gone = sorted(before.keys() - pages.keys())
        for path in gone:
            (folder / path).unlink(missing_ok=True)
        _mark(folder, output, now)
    except OSError as error:
        raise UsageError(f"the pages cannot be written into {folder}: {error}") from error
    return Written(len(pages), changed, len(gone))


@dataclass(frozen=True)
class _Made:
    """What a page was made of, and the file that it became."""

    digest: str
    file: tuple[int, ...]


def _made(digest: str, path: Path) -> _Made:
    return _Made(digest, file_state(path))


def _marked(folder: Path, output: Output) -> dict[str, _Made | None]:
    """The files that were written here before, and of some what they were made of."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name another one")
    if not folder.is_dir() or not any(folder.iterdir()):
        return {}
    try:
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        kind, files = Output(marker["kind"]), [str(name) for name in marker["files"]]
        made = {str(name): _Made(str(digest), tuple(file)) for name, (digest, file) in marker.get("made", {}).items()}
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{folder} holds something that is no report of the grader's; name an empty or a new folder") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{folder / MARKER} is damaged; name another folder, or delete this one") from None
    if kind is not output:
        raise UsageError(f"{folder} holds a report of another kind ({kind.value}, not {output.value}); name another folder")
    for name in files:
        _require_inside(folder, name)
    return {name: made.get(name) for name in files}


def _mark(folder: Path, output: Output, files: Mapping[str, _Made | None]) -> None:
    made = {name: [one.digest, one.file] for name, one in sorted(files.items()) if one is not None}
    marker = {"kind": output.value, "files": sorted(files), **({"made": made} if made else {})}
    _write(folder, MARKER, json.dumps(marker, indent=0).encode())


def _write(folder: Path, name: str, content: bytes) -> bool:
    """Whether the file had to be written: one that holds this already is left alone."""
    _require_inside(folder, name)
    path = folder / name
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(exist_ok=True)
    write_whole(path, content, mode=0o644)
    return True


def _require_inside(folder: Path, name: str) -> None:
    """A path that leads out of the folder, by itself or by a link, is none of ours."""
    path = PurePosixPath(name)
    leads_out = path.is_absolute() or ".." in path.parts or not path.parts
    if leads_out or not (folder / path).parent.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{folder} holds a link or a name that leads out of it: {name!a}; name another folder")
