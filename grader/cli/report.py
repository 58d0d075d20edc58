"""The command that writes pages, once or whenever results change: for the teaching staff, for everyone, or for each student."""

import os
import tempfile
import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import typer

from grader.advice.keeping import PROFILES
from grader.cli.class_commands import Place, StoredClass, require_results, stored_class
from grader.cli.feedback_archive import FeedbackArchive, write_feedback_archive
from grader.cli.page_server import PageServer
from grader.cli.report_folder import Output, Written, write_folder
from grader.cli.watching import each_change
from grader.content.exports import chosen_export, read_exports
from grader.content.submission import Submission
from grader.content.upload_names import Layout
from grader.errors import GraderError, UsageError
from grader.grading.kept_scaling import STUDIES
from grader.grading.own_history import Histories, own_histories
from grader.kept_files import KeptFiles
from grader.report.as_json import dump
from grader.report.feedback_pages import feedback_pages, own_results
from grader.report.html import page
from grader.report.lazy_pages import LazyPages
from grader.report.names import file_names, pseudonym
from grader.report.page_inputs import Kept, Submissions
from grader.report.picture_shelf import PictureShelf
from grader.report.pictures import Drawn
from grader.report.published_pages import published_pages, techniques_of
from grader.report.staff_pages import staff_pages
from grader.store import Store
from grader.text import harmless, listed

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
    archive: Path | None = None
    """Of feedback: the zip for the learning platform, too."""
    export: str | None = None
    """Whose names the zip has; those of the export that was collected last, where none is named."""


def write_report(place: Place, asked: Asked, *, trust_code: bool, as_json: bool) -> None:
    """Write the pages from the store; nothing is run."""
    _say(asked, _make(place, asked, trust_code=trust_code), None, as_json=as_json)


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
                made = _make(place, asked, trust_code=trust_code)
            except (UsageError, GraderError) as error:
                if first:
                    raise
                typer.echo(f"grader: {harmless(str(error))}", err=True)
            else:
                server.show(made.paths, _listing(asked.folder, made.paths))
                if first or made.written.changed or made.written.removed:
                    _say(asked, made, server.address, as_json=as_json)
            first = False
            time.sleep(_REST * (time.monotonic() - start))


@dataclass(frozen=True)
class _Made:
    """What was written."""

    paths: tuple[str, ...]
    """The pages' in the folder."""
    written: Written
    archive: FeedbackArchive | None


def _make(place: Place, asked: Asked, *, trust_code: bool) -> _Made:
    known = stored_class(place, asked.tasks, trust_code=trust_code)
    export = None if asked.archive is None else chosen_export(read_exports(known.session.submissions_folder), asked.export)
    name_of = _real_name if asked.by_name else partial(pseudonym, course_secret(place.store_file.with_name(SECRET_FILE)))
    pages = _pages(known, asked.output, name_of, place.store_file)
    written = write_folder(asked.folder, asked.output, pages, pages.digests)
    archive = None if asked.archive is None else write_feedback_archive(asked.archive, _by_author(known, asked.folder), export)
    return _Made(tuple(pages), written, archive)


def _say(asked: Asked, made: _Made, address: str | None, *, as_json: bool) -> None:
    """What was written, and where it can be seen."""
    if as_json:
        kept = {} if made.archive is None else {"archive": asdict(made.archive)}
        served = {} if address is None else {"address": address}
        typer.echo(dump({"folder": str(asked.folder), "kind": asked.output.value, **asdict(made.written), **kept, **served}))
        return
    file = "" if asked.output is Output.FEEDBACK else f"; open {asked.folder / 'index.html'}"
    start = file if address is None else f"; live at {address} until Ctrl-C"
    changes = f"({made.written.changed} changed, {made.written.removed} removed)"
    typer.echo(harmless(f"{asked.folder}: {_count(made.written.pages)} {changes}{start}"))
    if made.archive is not None:
        typer.echo(harmless(_archive_text(made.archive)))


def _count(pages: int) -> str:
    return "1 page" if pages == 1 else f"{pages} pages"


def _by_author(known: StoredClass, folder: Path) -> dict[str, Path]:
    """Where each student's page has been written."""
    return {author: folder / name for author, name in file_names(own_results(known.report)).items()}


def _archive_text(archive: FeedbackArchive) -> str:
    """Who gets a page back by it, and who does not."""
    if archive.export is None:
        unknown = "under the authors' own names, for no export of Canvas or Moodle has been collected into this class"
        return f"{archive.file}: {_count(len(archive.unknown))} {unknown}"
    platform = {Layout.CANVAS: "Canvas", Layout.MOODLE: "Moodle"}[Layout(archive.layout or "")]
    text = f"{archive.file}: {_count(archive.returned)} for {platform}, under the names of {archive.export}"
    if archive.unknown:
        text += f"; under their own names, which {platform} passes over: {listed(archive.unknown)}"
    return text


def _listing(folder: Path, paths: Iterable[str]) -> str:
    """What a browser is shown first of pages that have no first one."""
    return page("folder.html", title=str(folder), paths=sorted(paths), footer=())


def _pages(known: StoredClass, output: Output, name_of: Callable[[str], str], store_file: Path) -> LazyPages:
    course, submissions, shelf = known.session.course, _submissions(known), PictureShelf(store_file)
    profiles, studies = KeptFiles(PROFILES, store_file), KeptFiles(STUDIES, store_file)

    def pictures(submission: Submission) -> Drawn | None:
        return shelf.get(submission, known.session.tasks[submission.task])

    def kept_state(submission: Submission) -> Hashable:
        return shelf.state(submission, known.session.tasks[submission.task]), profiles.state(submission)

    if output is Output.PUBLISHED:
        return published_pages(known.report, course, techniques_of(submissions), name_of)
    found = ((key, studies.get(submission)) for key, submission in submissions.items())
    beside = Kept(kept_state, {key: one for key, one in found if one is not None})
    if output is Output.FEEDBACK:
        histories = _histories(known, store_file)
        return feedback_pages(known.report, course, submissions, name_of, pictures, profiles.get, histories, beside)
    return staff_pages(known.report, course, submissions, pictures, profiles.get, beside)


def _histories(known: StoredClass, store_file: Path) -> Histories:
    report, measurement = known.report, known.session.course.measurement
    with Store(store_file) as store:
        return own_histories(store, known.session.tasks, report.machine.fingerprint, report.sandbox, measurement)


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
