"""What a person decides: points for a criterion, and that a submission which had to be looked at may be ranked."""

import getpass
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import typer
from rich.text import Text

from grader.cli.class_commands import Place
from grader.cli.terminal import results_console
from grader.content.course import Assignment, Course, Criterion, load_course
from grader.content.submission import Submission, authors
from grader.errors import UsageError
from grader.grading.marks import latest
from grader.grading.session import HandIns, Session, member_of, open_session, read_class
from grader.grading.standings import TaskStandings
from grader.nearest import did_you_mean
from grader.records import Acceptance, Decision
from grader.report.as_json import dump
from grader.store import Store
from grader.text import command, harmless

_NOTE_LIMIT_CHARACTERS = 2000


@dataclass(frozen=True)
class Signature:
    """Who decides, and why."""

    who: str | None
    note: str

    def signed(self) -> tuple[str, str, str]:
        """Who, why and when (UTC); UsageError where the note says nothing."""
        note = self.note.strip()
        if not note:
            raise UsageError("say why with --note: whoever asks about this mark will be shown it")
        if len(note) > _NOTE_LIMIT_CHARACTERS:
            raise UsageError(f"the note has {len(note)} characters, where {_NOTE_LIMIT_CHARACTERS} are allowed")
        who = self.who or _user()
        try:
            f"{who}{note}".encode()
        except UnicodeEncodeError:
            raise UsageError("--note and --who must be UTF-8 text") from None
        return who, note, datetime.now(UTC).isoformat(timespec="seconds")


def mark(place: Place, author: str, criterion: str, points: float | None, signature: Signature, *, as_json: bool) -> None:
    """Keep a person's points for one criterion of one author; None takes earlier ones back."""
    course = load_course(place.course)
    assignment, found = find_criterion(course, criterion)
    _require_author(place, author)
    if points is not None and not 0 <= points <= found.points:
        raise UsageError(f"{assignment.id}/{found.id} is worth 0 to {found.points:g} points, not {points:g}")
    who, note, decided_at = signature.signed()
    decision = Decision(author, assignment.id, found.id, points, note, who, decided_at)
    with Store(place.store_file) as store:
        if points is None and found.id not in latest(store.decisions()).get((author, assignment.id), {}):
            raise UsageError(f"nobody has decided about {assignment.id}/{found.id} of {author}: there is nothing to take back")
        store.add_decision(decision)
    if as_json:
        typer.echo(dump(asdict(decision)))
        return
    given = "the decision is taken back" if points is None else f"{points:g} of {found.points:g} points"
    results_console().print(Text(harmless(f"{author} · {assignment.id}/{found.id}: {given} ({who}: {note})")))


def accept(place: Place, author: str, task: str, signature: Signature, *, as_json: bool) -> None:
    """Keep that a person has looked at what an author has handed in for a task: it is ranked, and no longer marked."""
    session = open_session(place.course, place.submissions, (task,))
    _require_author(place, author)
    (hand_ins,) = read_class(session)
    submissions = [one for one in hand_ins.everyone if (one.author, one.kind) == (author, "student")]
    if not submissions or not isinstance(submissions[0], Submission):
        raise UsageError(f"{author} has handed in nothing for {task} that could be ranked")
    who, note, accepted_at = signature.signed()
    acceptance = Acceptance(author, task, submissions[0].content_hash, note, who, accepted_at)
    with Store(place.store_file) as store:
        reviewed = store.asked_for_review(member_of(submissions[0]), task)
        if not reviewed and not _is_suspected(session, hand_ins, submissions[0], store):
            how = command("grader show", author, task)
            raise UsageError(f"nothing that {author} has handed in for {task} waits for a review; how it stands: {how}")
        store.add_acceptance(acceptance)
    if as_json:
        typer.echo(dump(asdict(acceptance)))
    else:
        what = "may be ranked" if reviewed else "has been looked at"
        results_console().print(Text(harmless(f"{author} · {task}: what is handed in now {what} ({who}: {note})")))


def _is_suspected(session: Session, hand_ins: HandIns, submission: Submission, store: Store) -> bool:
    """Whether a person should look at this version, under whatever conditions it was graded."""
    checks = store.checks_of(submission.author, submission.kind, hand_ins.task.name)
    return any(
        (result.author, result.kind) == (submission.author, submission.kind) and result.wants_a_look
        for conditions in {one.conditions for one in checks if one.member == member_of(submission)}
        for result in TaskStandings(session, hand_ins, {}, conditions, store).results()
    )


def find_criterion(course: Course, name: str) -> tuple[Assignment, Criterion]:
    """The criterion named `assignment/criterion`, or `criterion` alone where only one assignment has it.

    Raises:
        UsageError: there is none, or there are several.
    """
    every = [(assignment, criterion) for assignment in course.assignments for criterion in assignment.criteria]
    full_names = [f"{assignment.id}/{criterion.id}" for assignment, criterion in every]
    if name in full_names:
        return every[full_names.index(name)]
    found = [index for index, (_, criterion) in enumerate(every) if criterion.id == name]
    if len(found) > 1:
        raise UsageError(f"several assignments have a criterion {name!r}: name {_listed([full_names[i] for i in found])}")
    if not found:
        ids = {criterion.id for _, criterion in every}
        raise UsageError(f"there is no criterion {name!r}{did_you_mean(name, {*full_names, *ids})}")
    return every[found[0]]


def _require_author(place: Place, author: str) -> None:
    known = authors(place.submissions or place.course / "submissions")
    if author not in known:
        raise UsageError(f"there is no author {author!r}{did_you_mean(author, known)}")


def _listed(names: Sequence[str]) -> str:
    return " or ".join(names)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return f"user {os.getuid()}"
