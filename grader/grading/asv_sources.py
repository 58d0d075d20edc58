"""Whether asv timed what the store has graded: the sources at asv's commit beside those that are handed in now.

Nothing is checked out: git hands the commit's files over object by object, into a folder that is gone afterwards.
"""

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from grader.content.revisions import unpack_revision
from grader.errors import UsageError
from grader.grading.session import HandIns, Session, member_of, read_class

_HASH = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True)
class OtherSources:
    """What differs between a commit and now."""

    competitors: frozenset[tuple[str, str]] = frozenset()
    """By task, and who: those whose code of now is not what lies at the commit, where they may have had none."""
    unknown: str = ""
    """Why it is not known."""


def other_sources(session: Session, everyone: Iterable[HandIns], commit: str) -> OtherSources:
    """Compare what is handed in now with the commit, in the repositories around the course and the submissions."""
    if not _HASH.fullmatch(commit):
        return OtherSources(unknown="the figures name no commit")
    with tempfile.TemporaryDirectory() as scratch:
        try:
            then = _session_at(session, commit, Path(scratch))
            versions = {(one.task.name, member_of(each)) for one in read_class(then) for each in one.everyone}
        except UsageError as error:
            return OtherSources(unknown=str(error))
    now = {(one.task.name, member_of(each)) for one in everyone for each in one.everyone}
    return OtherSources(frozenset((task, member.key) for task, member in now - versions))


def _session_at(session: Session, commit: str, scratch: Path) -> Session:
    """The session with the course's folder and the submissions as they were, with today's tasks."""
    course, submissions = scratch / "course", scratch / "submissions"
    for folder in (course, submissions):
        folder.mkdir()
    return replace(
        session,
        course_folder=unpack_revision(f"{commit}:./", course, session.course_folder),
        submissions_folder=unpack_revision(f"{commit}:./", submissions, session.submissions_folder),
    )
