"""What an archive hands in, author by author: the files that count, and what was left out, with its reason; pure."""

import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import BinaryIO

from grader.content.archive import BEGINNING_BYTES, archive_entries, is_archive, other_format
from grader.content.entries import (
    BombError,
    Budget,
    Caps,
    Entry,
    RefusedArchiveError,
    UnreadableEntryError,
    content_of,
    looked_into,
    size_text,
)
from grader.content.reading import MAX_FILES, LeftOut
from grader.content.upload_names import Layout, Sorter, author_fault, clutter_fault, is_kept, name_fault, tidy
from grader.text import harmless_line

_MIB = 1 << 20
LEFT_OUT_LISTED = 100
"""Of an author; further ones are counted."""
_DOCUMENTS = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".npz", ".whl", ".egg", ".jar", ".epub", ".pt")
"""Zips that are no archives of files."""


_ARCHIVE = Caps()
_INNER = Caps(entries=20_000, unpacked_bytes=1 << 30)


@dataclass(frozen=True)
class UploadCaps:
    """The most that is taken of an archive, of each author in it, and of the archives that an author packed."""

    archive: Caps = _ARCHIVE
    inner: Caps = _INNER
    """Of all that one author packed, together."""
    author_bytes: int = 256 * _MIB
    """Of what is read of one author's entries."""
    author_files: int = MAX_FILES
    kept_bytes: int = 1 << 30
    """Of all that is kept."""


DEFAULT_CAPS = UploadCaps()


@dataclass(frozen=True)
class UploadedFile:
    """A file to be put into its author's folder; `path` is relative to it, and safe."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Upload:
    """What one author hands in."""

    author: str
    files: tuple[UploadedFile, ...]
    left_out: tuple[LeftOut, ...]
    left_out_more: int
    """What was left out beside those that are listed."""
    other_files: int
    """Files of kinds that the grader never reads."""
    is_late: bool
    """Canvas says so."""
    handle: str = ""
    """What the learning platform knows feedback on it by; empty where it does not say."""


@dataclass(frozen=True)
class Uploads:
    """What one archive hands in."""

    layout: Layout
    authors: tuple[Upload, ...]
    nobodys: tuple[LeftOut, ...]
    """What no author could be told of."""
    nobodys_more: int


def read_uploads(file: BinaryIO, author: str | None = None, caps: UploadCaps = DEFAULT_CAPS) -> Uploads:
    """Everything that an archive hands in: one student's where the author is named, a class's otherwise.

    Raises:
        RefusedArchiveError: the archive is none, damaged, or too much; or its names say of nobody whose the files are.
    """
    try:
        return _read_class(file, caps) if author is None else _read_own(file, author, caps)
    except _OverfullError:
        limit = size_text(caps.kept_bytes)
        raise RefusedArchiveError(f"holds more than {limit} of Python files and notebooks; collect it in parts") from None


def _read_own(file: BinaryIO, author: str, caps: UploadCaps) -> Uploads:
    if fault := author_fault(author):
        raise RefusedArchiveError(f"cannot be {author!a}'s: that {fault}")
    gathering = _Gathering(author, caps, _Kept(caps), is_all=True)
    gathering.take_archive(file, Budget(caps.archive))
    return Uploads(Layout.OWN, (gathering.upload(),), (), 0)


def _read_class(file: BinaryIO, caps: UploadCaps) -> Uploads:
    names = [entry.name for entry in archive_entries(file, Budget(caps.archive)) if not entry.is_folder]
    sorter = Sorter(names)
    gatherings: dict[str, _Gathering] = {}
    kept = _Kept(caps)
    nobodys = _LeftOuts()
    for entry in archive_entries(file, Budget(caps.archive)):
        if entry.is_folder:
            continue
        name = tidy(entry.name)
        place = sorter.place(name)
        if place is None:
            nobodys.add(*(clutter_fault(name) or (name, name_fault(name) or sorter.why_not(name))))
            continue
        if place.author not in gatherings:
            gatherings[place.author] = _Gathering(place.author, caps, kept, is_all=False)
        gathering = gatherings[place.author]
        gathering.is_late |= place.is_late
        gathering.handle = gathering.handle or ("" if name_fault(place.handle) else place.handle)
        gathering.take(place.path, entry)
    alike = _alike(gatherings)
    for author in alike:
        nobodys.add(author, "is an author who differs from another by case alone; rename the folder")
    authors = tuple(gatherings[author].upload() for author in sorted(gatherings) if author not in alike)
    return Uploads(sorter.layout, authors, *nobodys.listed())


def _alike(authors: dict[str, "_Gathering"]) -> list[str]:
    counts = Counter(author.casefold() for author in authors)
    return sorted(author for author in authors if counts[author.casefold()] > 1)


# Gathering


class _LeftOuts:
    """What was left out: the first ones by name."""

    def __init__(self) -> None:
        self._first: dict[str, LeftOut] = {}
        self._count = 0

    def add(self, path: str, reason: str) -> None:
        """A path is listed once, a folder for all that is in it."""
        if path not in self._first:
            self._count += 1
            if len(self._first) < LEFT_OUT_LISTED:
                self._first[path] = LeftOut(path, reason)

    def listed(self) -> tuple[tuple[LeftOut, ...], int]:
        """Those that are listed, and how many more there are."""
        return tuple(self._first.values()), self._count - len(self._first)


class _OverfullError(Exception):
    """All authors together have more than can be kept."""


class _Kept:
    """What all authors together may still keep in memory."""

    def __init__(self, caps: UploadCaps) -> None:
        self._left_bytes = caps.kept_bytes

    def take(self, count: int) -> None:
        """_OverfullError where it is too much for all."""
        self._left_bytes -= count
        if self._left_bytes < 0:
            raise _OverfullError


class _Gathering:
    """What is found of one author."""

    def __init__(self, author: str, caps: UploadCaps, kept: _Kept, *, is_all: bool) -> None:
        """`is_all`: the whole archive is this author's, and a bomb in it costs nobody else anything."""
        self.is_late = False
        self.handle = ""
        self._author = author
        self._caps = caps
        self._kept = kept
        self._is_all = is_all
        self._budget = Budget(caps.inner)
        self._left_bytes = caps.author_bytes
        self._files: list[UploadedFile] = []
        self._left_out = _LeftOuts()
        self._other_files = 0

    def take(self, path: str, entry: Entry, outer: str = "") -> None:
        """A file of the author's, or an archive that holds them; `outer` is the archive in the archive that it is from."""
        if self._is_passed_over(path, entry, outer):
            return
        try:
            if is_kept(path):
                self._keep(UploadedFile(path, self._content(entry)))
            else:
                self._take_other(path, entry, outer)
        except BombError as error:
            if self._is_all or outer:
                raise RefusedArchiveError(f"holds {harmless_line(path)}, which {error}") from None
            self._left_out.add(path, str(error))
        except UnreadableEntryError as error:
            self._left_out.add(outer + path, str(error))

    def take_archive(self, file: BinaryIO, budget: Budget, outer: str = "") -> None:
        """All of an archive that is the author's own."""
        files, self._files = self._files, []
        try:
            for entry in archive_entries(file, budget):
                if not entry.is_folder:
                    self.take(tidy(entry.name), entry, outer)
            files += _without_top_folder(self._files)
        finally:
            self._files = files

    def upload(self) -> Upload:
        """What was gathered."""
        clashing = _clashing(self._files)
        for path in sorted(clashing):
            self._left_out.add(path, "is there twice with different content, or differs from another by case alone")
        files = sorted(
            {file for file in self._files if file.path not in clashing}, key=lambda file: (file.path.count("/"), file.path)
        )
        if len(files) > self._caps.author_files:
            for file in files[self._caps.author_files :]:
                self._left_out.add(file.path, f"is one file too many: {self._caps.author_files} are taken of each author")
        kept = tuple(files[: self._caps.author_files])
        return Upload(self._author, kept, *self._left_out.listed(), self._other_files, self.is_late, self.handle)

    def _is_passed_over(self, path: str, entry: Entry, outer: str) -> bool:
        """Whether the name alone, or the kind of the entry, says that it is no hand-in."""
        fault = clutter_fault(path) if path.isprintable() else None
        if fault is None and (reason := name_fault(path) or entry.fault):
            fault = (path, reason)
        if fault:
            self._left_out.add(outer + fault[0], fault[1])
        return fault is not None

    def _take_other(self, path: str, entry: Entry, outer: str) -> None:
        beginning, whole = looked_into(entry, BEGINNING_BYTES)
        other = other_format(beginning)
        if other:
            raise UnreadableEntryError(f"is a {other}, which is not read; a zip is wanted")
        if path.lower().endswith(_DOCUMENTS) or not is_archive(beginning):
            self._other_files += 1
        elif outer:
            raise UnreadableEntryError("is an archive in an archive of the author's own, and is not unpacked")
        else:
            content = self._content(whole)
            try:
                self.take_archive(io.BytesIO(content), self._budget, f"{path}/")
            except RefusedArchiveError as error:
                self._left_out.add(path, str(error))

    def _content(self, entry: Entry) -> bytes:
        """The whole of an entry, as far as the author's share reaches."""
        limit_bytes = min(self._left_bytes, self._caps.archive.file_bytes)
        try:
            content = content_of(entry, limit_bytes)
        except UnreadableEntryError as error:
            if limit_bytes == self._caps.archive.file_bytes or isinstance(error, BombError):
                raise
            raise UnreadableEntryError(f"does not fit: of each author, {size_text(self._caps.author_bytes)} are read") from None
        self._left_bytes -= len(content)
        return content

    def _keep(self, file: UploadedFile) -> None:
        self._kept.take(len(file.content))
        self._files.append(file)


# The files of one author together


def _without_top_folder(files: list[UploadedFile]) -> list[UploadedFile]:
    """Packing a folder puts its name before all paths; as a package, or where the files import from it, it has a meaning."""
    tops = {file.path.partition("/")[0] for file in files}
    if len(tops) != 1 or not all("/" in file.path for file in files):
        return files
    top = tops.pop()
    name = re.escape(top.encode())
    # The name first: it is looked for in many megabytes of a notebook's outputs.
    means_it = re.compile(name + rb"\b(?:(?<=\bfrom " + name + rb")|(?<=\bimport " + name + rb"))")
    if any(file.path == f"{top}/__init__.py" or means_it.search(file.content) for file in files):
        return files
    return [replace(file, path=file.path.removeprefix(f"{top}/")) for file in files]


def _clashing(files: Iterable[UploadedFile]) -> frozenset[str]:
    """The paths that stand for different things, or would on a system that does not tell case: none of them can be trusted."""
    meanings: dict[str, set[tuple[str, bytes | None]]] = {}
    paths: dict[str, set[str]] = {}
    for file in files:
        parts = file.path.split("/")
        for count in range(1, len(parts) + 1):
            part = "/".join(parts[:count])
            meaning = (part, file.content if count == len(parts) else None)
            meanings.setdefault(part.casefold(), set()).add(meaning)
            paths.setdefault(part.casefold(), set()).add(file.path)
    return frozenset(path for key, found in meanings.items() if len(found) > 1 for path in paths[key])
