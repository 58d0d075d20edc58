"""The command that writes pages: for the teaching staff, for everyone, or for each student."""

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import typer

from grader.advice.keeping import FOLDER, KeptProfiles
from grader.cli.class_commands import Place, StoredClass, stored_class
from grader.cli.report_folder import Output, write_folder
from grader.content.submission import Submission
from grader.errors import UsageError
from grader.report.as_json import dump
from grader.report.feedback_pages import Profiles, Submissions, feedback_pages
from grader.report.names import pseudonym
from grader.report.published_pages import published_pages, techniques_of
from grader.report.staff_pages import staff_pages
from grader.text import harmless

SECRET_FILE = "pseudonyms.key"  # noqa: S105 -- where it is kept, beside the store
_SECRET_BYTES = 32


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
    known = stored_class(place, asked.tasks, trust_code=trust_code)
    name_of = _real_name if asked.by_name else partial(pseudonym, course_secret(place.store_file.with_name(SECRET_FILE)))
    profiles = KeptProfiles(place.store_file.with_name(FOLDER)).get
    written = write_folder(asked.folder, asked.output, _pages(known, asked.output, name_of, profiles))
    if as_json:
        typer.echo(dump({"folder": str(asked.folder), "kind": asked.output.value, **asdict(written)}))
        return
    pages = "1 page" if written.pages == 1 else f"{written.pages} pages"
    start = "" if asked.output is Output.FEEDBACK else f"; open {asked.folder / 'index.html'}"
    typer.echo(harmless(f"{asked.folder}: {pages} ({written.changed} changed, {written.removed} removed){start}"))


def _pages(known: StoredClass, output: Output, name_of: Callable[[str], str], profiles: Profiles) -> dict[str, str]:
    course, submissions = known.session.course, _submissions(known)
    if output is Output.PUBLISHED:
        return published_pages(known.report, course, techniques_of(submissions), name_of)
    if output is Output.FEEDBACK:
        return feedback_pages(known.report, course, submissions, name_of, profiles)
    return staff_pages(known.report, course, submissions, profiles)


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
