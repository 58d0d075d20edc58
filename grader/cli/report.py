"""The command that writes pages, once or whenever results change: for the teaching staff, for everyone, or for each student."""

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import typer

from grader.cli.class_commands import Place, StoredClass, require_results, stored_class
from grader.cli.page_server import PageServer
from grader.cli.report_folder import Output, Written, write_folder
from grader.cli.watching import each_change
from grader.content.submission import Submission
from grader.errors import GraderError, UsageError
from grader.report.as_json import dump
from grader.report.feedback_pages import Submissions, feedback_pages
from grader.report.html import page
from grader.report.names import pseudonym
from grader.report.picture_shelf import PictureShelf
from grader.report.pictures import Drawn
from grader.report.published_pages import published_pages, techniques_of
from grader.report.staff_pages import staff_pages
from grader.store import Store
from grader.text import harmless

SECRET_FILE = "pseudonyms.key"  # noqa: S105 -- where it is kept, beside the store
_SECRET_BYTES = 32
_LOWEST_PRIORITY = 19
_REST = 9.0
"""So many times as long as making the pages took, nothing is done: most of the time, a grading has the machine to itself."""


@dataclass(frozen=True)
class Asked:
    """Which pages, and where to."""

    folder: Path
    output: Output
    by_name: bool
    """Whether the leaderboard shows names instead of pseudonyms."""
    tasks: Sequence[str]


def write_report(place: Place, asked: Asked, *, trust_code: bool, as_json: bool) -> None:
    """Write the pages from the store; nothing is run."""
    _, written = _write(place, asked, trust_code=trust_code)
    _say(asked, written, None, as_json=as_json)


def watch_report(place: Place, asked: Asked, port: int, *, trust_code: bool, as_json: bool) -> None:
    """Write the pages again whenever the store has changed, and serve them to a browser here, until it is interrupted.

    Only the first time is it an error that they cannot be made; later they are what they were, and it is said why.
    """
    require_results(place)
    os.nice(_LOWEST_PRIORITY)  # a grading that runs meanwhile comes first
    first = True
    with Store(place.store_file) as store, PageServer(asked.folder, port) as server:
        for _ in each_change(store.state):
            start = time.monotonic()
            try:
                paths, written = _write(place, asked, trust_code=trust_code)
            except (UsageError, GraderError) as error:
                if first:
                    raise
                typer.echo(f"grader: {harmless(str(error))}", err=True)
            else:
                server.show(paths, _listing(asked.folder, paths))
                if first or written.changed or written.removed:
                    _say(asked, written, server.address, as_json=as_json)
            first = False
            time.sleep(_REST * (time.monotonic() - start))


def _write(place: Place, asked: Asked, *, trust_code: bool) -> tuple[tuple[str, ...], Written]:
    """The pages' paths in the folder, and what has become of it."""
    known = stored_class(place, asked.tasks, trust_code=trust_code)
    name_of = _real_name if asked.by_name else partial(pseudonym, course_secret(place.store_file.with_name(SECRET_FILE)))
    pages = _pages(known, asked.output, name_of, PictureShelf(place.store_file))
    return tuple(pages), write_folder(asked.folder, asked.output, pages)


def _say(asked: Asked, written: Written, address: str | None, *, as_json: bool) -> None:
    """What was written, and where it can be seen."""
    if as_json:
        served = {} if address is None else {"address": address}
        typer.echo(dump({"folder": str(asked.folder), "kind": asked.output.value, **asdict(written), **served}))
        return
    pages = "1 page" if written.pages == 1 else f"{written.pages} pages"
    file = "" if asked.output is Output.FEEDBACK else f"; open {asked.folder / 'index.html'}"
    start = file if address is None else f"; live at {address} until Ctrl-C"
    typer.echo(harmless(f"{asked.folder}: {pages} ({written.changed} changed, {written.removed} removed){start}"))


def _listing(folder: Path, paths: Iterable[str]) -> str:
    """What a browser is shown first of pages that have no first one."""
    return page("folder.html", title=str(folder), paths=sorted(paths), footer=())


def _pages(known: StoredClass, output: Output, name_of: Callable[[str], str], shelf: PictureShelf) -> Mapping[str, str]:
    course, submissions = known.session.course, _submissions(known)

    def pictures(submission: Submission) -> Drawn | None:
        return shelf.get(submission, known.session.tasks[submission.task])

    if output is Output.PUBLISHED:
        return published_pages(known.report, course, techniques_of(submissions), name_of)
    if output is Output.FEEDBACK:
        return feedback_pages(known.report, course, submissions, name_of, pictures)
    return staff_pages(known.report, course, submissions, pictures)


def _submissions(known: StoredClass) -> Submissions:
    return {
        (one.kind, one.author, one.task): one
        for hand_ins in known.everyone
        for one in hand_ins.everyone
        if isinstance(one, Submission)
    }


def _real_name(author: str) -> str:
    return author


def course_secret(path: Path) -> bytes:
    """What the pseudonyms are made with; the first time it is drawn, and kept for the owner's eyes only."""
    try:
        if not path.exists():
            _draw_secret(path)
        secret = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise UsageError(f"the key of the pseudonyms cannot be read: {path}: {error}; restore it from a copy") from error
    if len(secret) != _SECRET_BYTES:
        raise UsageError(f"{path} is no key of pseudonyms; restore it, or delete it, and everyone has another pseudonym")
    return secret


def _draw_secret(path: Path) -> None:
    """All at once, and never over another one."""
    descriptor, staged = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # readable by its owner only
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(os.urandom(_SECRET_BYTES).hex())
        with suppress(FileExistsError):
            os.link(staged, path)
    finally:
        Path(staged).unlink()
