"""Names in archives: which are safe, which are clutter, and whose they are."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from grader.content.entries import RefusedArchiveError
from grader.content.notebook import SUFFIX
from grader.content.reading import MAX_DEPTH, RUN_UNASKED
from grader.text import harmless_line, listed

LONGEST_PATH_BYTES = 240
LONGEST_AUTHOR_BYTES = 100

_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))})
"""Devices, on Windows: a class's folder may be copied there."""
_CLUTTER = frozenset({"__pycache__", "__macosx"})
_COMPILED = (".pyc", ".pyo", ".so", ".pyd", ".dll", ".dylib", ".pth", ".nbi", ".nbc")
_KEPT = (".py", SUFFIX)
WRAPPER = "submissions"
"""A folder of this name around the authors' is looked into."""


class Layout(StrEnum):
    """How an archive says whose each file is."""

    OWN = "author"
    CANVAS = "canvas"
    MOODLE = "moodle"
    FOLDERS = "folders"


@dataclass(frozen=True)
class Place:
    """Whose a file is, and its path in that author's folder."""

    author: str
    path: str
    is_late: bool = False
    handle: str = ""
    """What the platform would know feedback on it by (see `feedback_path`); empty where there is nothing."""


# What a name may be


def tidy(name: str) -> str:
    """One spelling of each name: composed letters, and no `./` in front nor `/` behind."""
    return re.sub(r"^(\./+)+", "", unicodedata.normalize("NFC", name)).rstrip("/")


def name_fault(path: str) -> str | None:
    """Why no file may be written under this name; continues the sentence that the name begins."""
    parts = path.split("/")
    faults = (
        (not path.isprintable(), "has a name with unprintable characters"),
        (path.startswith("/") or re.match(r"[A-Za-z]:", path), "has an absolute path"),
        ("\\" in path, "has a name with backslashes; pack it anew, with another program"),
        (any(part in ("", ".", "..") for part in parts), "has a path that leads astray"),
        (any(_is_reserved(part) for part in parts), "has a name that some systems reserve"),
        (len(path.encode("utf-8", "surrogateescape")) > LONGEST_PATH_BYTES, f"has a path of over {LONGEST_PATH_BYTES} bytes"),
        (len(parts) > MAX_DEPTH + 1, f"lies deeper than {MAX_DEPTH} folders"),
    )
    return next((fault for is_so, fault in faults if is_so), None)


def _is_reserved(part: str) -> bool:
    """A device of Windows, or what Windows cannot name."""
    return part.partition(".")[0].strip().lower() in _RESERVED or part.endswith((".", " ")) or ":" in part


def clutter_fault(path: str) -> tuple[str, str] | None:
    """Of what never belongs to a hand-in: its path, or its folder's, and why it is left out."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        if (part.startswith(".") and part not in (".", "..")) or part.lower() in _CLUTTER:
            return "/".join(parts[: index + 1]), "is hidden, or a program's own"
    if path.lower().endswith(_COMPILED):
        return path, "is compiled, or changes what Python imports"
    if parts[-1].lower() in RUN_UNASKED:
        return path, RUN_UNASKED[parts[-1].lower()]
    return None


def is_kept(path: str) -> bool:
    """Whether the grader reads files of this kind."""
    return path.lower().endswith(_KEPT)


def author_fault(author: str) -> str | None:
    """Why there can be no author of this name; continues the sentence that the name begins."""
    if "/" in author or author.startswith((".", "-", " ")) or author.lower() in _CLUTTER:
        return "is no name for an author's folder"
    if len(author.encode("utf-8", "surrogateescape")) > LONGEST_AUTHOR_BYTES:
        return f"is longer than {LONGEST_AUTHOR_BYTES} bytes"
    return name_fault(author)


# Whose they are

_CANVAS = re.compile(r"(?P<name>[^/]+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>[^/]+)")
_CANVAS_TEXT = re.compile(r"(?P<name>[^/]+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<file>text\.html)")
_CANVAS_COPY = re.compile(r"-\d+(?=\.[^.]+$)")
"""What Canvas puts behind the name of a file that is handed in again."""
_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<participant>\d+)_assignsubmission_[a-z]+_?/?(?P<file>.*)", re.DOTALL)


class Sorter:
    """Tells for each name of one archive whose file it is; made from all of its names."""

    def __init__(self, names: Collection[str]) -> None:
        """RefusedArchiveError where the names follow none of the known layouts."""
        files = [name for name in map(tidy, names) if clutter_fault(name) is None]
        self._prefix = _wrapper(files)
        inner = [name.removeprefix(self._prefix) for name in files if name.startswith(self._prefix)]
        self.layout = _layout(inner)
        self._namesakes = _namesakes(inner) if self.layout is Layout.MOODLE else frozenset()
        self._canvas_files = _canvas_files(inner) if self.layout is Layout.CANVAS else {}

    def place(self, name: str) -> Place | None:
        """Whose it is; None where the name does not say, or names nobody who could have a folder."""
        inner = tidy(name).removeprefix(self._prefix)
        place = {Layout.CANVAS: self._canvas, Layout.MOODLE: self._moodle}.get(self.layout, self._folder)(inner)
        return place if place and place.path and author_fault(place.author) is None else None

    def why_not(self, name: str) -> str:
        """Why a name has no place."""
        found = _MOODLE.match(tidy(name).removeprefix(self._prefix))
        if found and found["name"] in self._namesakes:
            return "is of one of several people of that name; collect each with --author"
        return "is nobody's: its name does not say whose it is"

    def _canvas(self, name: str) -> Place | None:
        found = _canvas(name)
        if found is None:
            return None
        path = self._canvas_files.get(name, found["file"])
        handle = name if "attachment" in found.groupdict() else ""  # text from a form has none
        return Place(_canvas_author(found), path, is_late=found["late"] is not None, handle=handle)

    def _moodle(self, name: str) -> Place | None:
        found = _MOODLE.match(name)
        if found is None or found["name"] in self._namesakes:
            return None
        return Place(found["name"].strip(), found["file"], handle=f"{found['name']}_{found['participant']}")

    @staticmethod
    def _folder(name: str) -> Place | None:
        author, _, path = name.partition("/")
        return Place(author, path)


def feedback_path(layout: Layout, handle: str) -> str:
    """Where feedback lies in an archive that is uploaded for the assignment of an export, to be given to whom it is about.

    Canvas looks for two whole numbers between underscores, the student's and an attachment's of that hand-in, and passes over
    names whose last part begins with `link` (`infer_comment_context_from_filename` in canvas-lms, abstract_assignment.rb).
    Moodle looks for a folder of a name, a participant's number in that assignment, `assignfeedback` and `file`
    (`is_valid_filename_for_import` in moodle, mod/assign/feedback/file/importziplib.php).
    """
    return f"{handle}_feedback.html" if layout is Layout.CANVAS else f"{handle}_assignfeedback_file_/feedback.html"


def _layout(names: Iterable[str]) -> Layout:
    every = list(names)
    if any(_canvas(name) for name in every):
        return Layout.CANVAS
    if any(_MOODLE.match(name) for name in every):
        return Layout.MOODLE
    loose = sorted(name for name in every if "/" not in name and is_kept(name) and name_fault(name) is None)
    if loose or not any("/" in name for name in every):
        there = f"there is {harmless_line(listed(loose or sorted(every)))}" if every else "there is nothing"
        raise RefusedArchiveError(
            "is no class's archive: looked for a folder for each author, for files named as Canvas does"
            " (lastfirst_12345_67890_julia.py), and for folders named as Moodle does"
            f" (First Last_12345_assignsubmission_file_), and {there}; of one student's archive, say whose it is: --author NAME"
        )
    return Layout.FOLDERS


def _wrapper(names: Collection[str]) -> str:
    """`submissions/`, or the one folder around files of Canvas or folders of Moodle; empty where there is none."""
    tops = {name.partition("/")[0] for name in names}
    top = next(iter(tops)) if len(tops) == 1 else ""
    prefix = f"{top}/"
    inner = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
    exported = not _MOODLE.match(prefix) and any(_canvas(name) or _MOODLE.match(name) for name in inner)
    return prefix if inner and (exported or top == WRAPPER) else ""


def _canvas(name: str) -> re.Match[str] | None:
    return _CANVAS.fullmatch(name) or _CANVAS_TEXT.fullmatch(name)


def _canvas_author(found: re.Match[str]) -> str:
    """With the number: of two people of one name each has a folder, and nobody gets another's by a change of name."""
    return f"{found['name']}_{found['user']}"


def _canvas_files(names: Iterable[str]) -> dict[str, str]:
    """What each file was called before Canvas numbered it, where that tells it from the author's others."""
    plain = {name: (_canvas_author(found), _CANVAS_COPY.sub("", found["file"])) for name in names if (found := _canvas(name))}
    counts: dict[tuple[str, str], int] = {}
    for author, file in plain.values():
        key = (author, file.casefold())
        counts[key] = counts.get(key, 0) + 1
    return {name: file for name, (author, file) in plain.items() if counts[author, file.casefold()] == 1}


def _namesakes(names: Iterable[str]) -> frozenset[str]:
    """The names that several participants have: Moodle's numbers are an assignment's own, so nothing tells them apart."""
    participants: dict[str, set[str]] = {}
    for name in names:
        if found := _MOODLE.match(name):
            participants.setdefault(found["name"], set()).add(found["participant"])
    return frozenset(name for name, numbers in participants.items() if len(numbers) > 1)
