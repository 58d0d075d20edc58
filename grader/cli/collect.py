"""The command that unpacks what was handed in: archives in, authors' folders out, and what became of every file."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typer

from grader.content.author_folder import ClassFolder, Placed, UnwritableAuthorError, open_class_folder
from grader.content.entries import RefusedArchiveError
from grader.content.exports import Export, keep_export
from grader.content.reading import LeftOut
from grader.content.upload_names import Layout
from grader.content.uploads import Upload, Uploads, read_uploads
from grader.errors import UsageError
from grader.report.as_json import dump
from grader.text import harmless

_LINES_OF_AN_AUTHOR = 8
_LAYOUTS = {
    Layout.OWN: "one author's",
    Layout.CANVAS: "named as Canvas does",
    Layout.MOODLE: "named as Moodle does",
    Layout.FOLDERS: "a folder for each author",
}


@dataclass(frozen=True)
class Collected:
    """What became of one author's hand-in."""

    upload: Upload
    placed: Placed
    problem: str | None = None
    """Why the author's folder was left as it was."""

    @property
    def left_out(self) -> list[LeftOut]:
        """What was left out on reading and on writing."""
        return [*self.upload.left_out, *self.placed.left_out]


@dataclass(frozen=True)
class CollectedArchive:
    """What became of one archive."""

    archive: Path
    uploads: Uploads | None
    authors: tuple[Collected, ...]
    problem: str | None = None
    """Why nothing was taken of it."""
    record_problem: str | None = None
    """Why it is not kept what the platform knows the hand-ins by."""


def collect_archives(archives: Sequence[Path], author: str | None, submissions: Path, *, as_json: bool) -> bool:
    """Unpack each archive and print what became of it; whether none was refused and every author could be written."""
    with open_class_folder(submissions) as class_folder:
        collected = [_collect(archive, author, class_folder) for archive in archives]
    if as_json:
        typer.echo(dump({"archives": [_document(one) for one in collected]}))
    else:
        for one in collected:
            for line in _lines(one):
                typer.echo(harmless(line))
    problems = [
        problem
        for one in collected
        for problem in (one.problem, one.record_problem, *(author.problem for author in one.authors))
    ]
    for problem in filter(None, problems):
        typer.echo(f"grader: {harmless(problem)}", err=True)
    return not any(problems)


def _collect(archive: Path, author: str | None, class_folder: ClassFolder) -> CollectedArchive:
    try:
        with archive.open("rb") as file:
            uploads = read_uploads(file, author)
    except OSError as error:
        return CollectedArchive(archive, None, (), f"{archive} cannot be read: {error.strerror}")
    except RefusedArchiveError as error:
        return CollectedArchive(archive, None, (), f"{archive} {error}")
    authors = tuple(_place(upload, class_folder) for upload in uploads.authors)
    return CollectedArchive(archive, uploads, authors, record_problem=_record(archive, uploads, class_folder.folder))


def _record(archive: Path, uploads: Uploads, folder: Path) -> str | None:
    """Keep what the platform knows everyone by; the files were taken, whatever comes of this."""
    handles = {upload.author: upload.handle for upload in uploads.authors if upload.handle}
    try:
        keep_export(folder, Export(archive.name, uploads.layout, handles))
    except UsageError as error:
        return str(error)
    return None


def _place(upload: Upload, class_folder: ClassFolder) -> Collected:
    if not upload.files:
        return Collected(upload, Placed())
    try:
        return Collected(upload, class_folder.place(upload.author, upload.files))
    except UnwritableAuthorError as error:
        return Collected(upload, Placed(), str(error))


# As text


def _lines(collected: CollectedArchive) -> Iterator[str]:
    uploads = collected.uploads
    if uploads is None:
        yield f"{collected.archive}: nothing was taken of it"
        return
    count = len(collected.authors)
    yield f"{collected.archive}: {_LAYOUTS[uploads.layout]}, {count} author{'' if count == 1 else 's'}"
    for one in collected.authors:
        yield _author_line(one)
        yield from _left_out_lines(one.left_out, one.upload.left_out_more)
        for path in one.placed.still_first:
            yield f"  {path} of an earlier hand-in counts before the notebook of its name; remove it if the notebook is meant"
    if uploads.nobodys:
        yield "of no author:"
        yield from _left_out_lines(uploads.nobodys, uploads.nobodys_more)


def _author_line(one: Collected) -> str:
    placed = one.placed
    counts = {"new": placed.new, "replaced": placed.replaced, "unchanged": placed.unchanged}
    total = sum(map(len, counts.values()))
    parts = ", ".join(f"{len(paths)} {word}" for word, paths in counts.items() if paths)
    notes = [
        *(["left as it was"] if one.problem else []),
        *(["a new author"] if total and placed.is_new_author else []),
        *(["late"] if one.upload.is_late else []),
        *([f"{one.upload.other_files} of kinds that are not graded"] if one.upload.other_files else []),
    ]
    files = f"{total} file{'' if total == 1 else 's'} ({parts})" if total else "no file was taken"
    return ": ".join((one.upload.author, "; ".join((files, *notes))))


def _left_out_lines(left_out: Sequence[LeftOut], more: int) -> Iterator[str]:
    for one in left_out[:_LINES_OF_AN_AUTHOR]:
        yield f"  {_on_a_line(one.path)} {one.reason}"
    more += max(0, len(left_out) - _LINES_OF_AN_AUTHOR)
    if more:
        yield f"  and {more} more were left out"


def _on_a_line(path: str) -> str:
    """A name holds no line's end: it could be taken for another line of ours."""
    return path.replace("\n", "\\n")


# As JSON


def _document(collected: CollectedArchive) -> dict[str, Any]:
    uploads = collected.uploads
    return {
        "archive": str(collected.archive),
        "layout": uploads.layout if uploads else None,
        "problem": collected.problem,
        "record_problem": collected.record_problem,
        "authors": [_author_document(one) for one in collected.authors],
        "left_out": [asdict(one) for one in uploads.nobodys] if uploads else [],
        "left_out_more": uploads.nobodys_more if uploads else 0,
    }


def _author_document(one: Collected) -> dict[str, Any]:
    return {
        "author": one.upload.author,
        "is_new_author": one.placed.is_new_author,
        "is_late": one.upload.is_late,
        "new": one.placed.new,
        "replaced": one.placed.replaced,
        "unchanged": one.placed.unchanged,
        "still_first": one.placed.still_first,
        "left_out": [asdict(left) for left in one.left_out],
        "left_out_more": one.upload.left_out_more,
        "other_files": one.upload.other_files,
        "problem": one.problem,
    }
