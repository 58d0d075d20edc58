"""The command that draws a class's pictures, for the pages to show."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer

from grader.cli.class_commands import Place, StoredClass, stored_class
from grader.cli.terminal import TerminalProgress
from grader.content.submission import Submission
from grader.errors import GraderError
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend
from grader.grading.check_class import failing_case_path
from grader.grading.pictures import failing_answer, picture_answers
from grader.grading.session import Session, cannot_run, member_of, require_authors
from grader.report.as_json import dump
from grader.report.picture_shelf import PictureShelf
from grader.report.pictures import drawn
from grader.store import Store
from grader.text import harmless_name, harmless_remark
from grader.verdicts import Verdict

_ANSWERING = (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)


@dataclass(frozen=True)
class Outcome:
    """What has become of the pictures of one submission."""

    author: str
    task: str
    left_out: Mapping[str, str] = field(default_factory=dict)
    """By the title of each picture that could not be drawn: why."""
    fault: str | None = None
    """What went wrong of the grader's own; nothing was kept then."""


def draw_class(
    place: Place, tasks: Sequence[str], authors: Collection[str], *, fresh: bool, trust_code: bool, as_json: bool
) -> bool:
    """Draw what is missing of everybody who answers, right or wrong, and say so; whether the grader itself failed nowhere."""
    known = stored_class(place, tasks, trust_code=trust_code)
    require_authors(known.session, authors)
    shelf = PictureShelf(place.store_file)
    drawable = [one for one in _answering(known) if not authors or one.author in authors]
    missing = [one for one in drawable if fresh or shelf.get(one, known.session.tasks[one.task]) is None]
    backend = choose_backend(known.session.course.machine, known.session.course.limits, trust_code=trust_code)
    outcomes = []
    with Store(place.store_file) as store, store.exclusive(), TerminalProgress() as progress:
        progress.begin("drawing", len(missing))
        for submission in missing:
            outcomes.append(_draw(known.session, submission, backend, shelf, place.store_file))
            progress.advance(1, f"{submission.author} · {submission.task}")
    removed = 0 if tasks or authors else shelf.keep_only(set(_current(known, shelf)))
    _say(outcomes, len(drawable) - len(missing), removed, as_json=as_json)
    return all(one.fault is None for one in outcomes)


def _answering(known: StoredClass) -> Iterator[Submission]:
    """The students' programs that answer, of tasks that have pictures: a wrong answer is seen best in a picture."""
    answering = {(one.author, one.task) for one in known.report.results if one.verdict in _ANSWERING}
    for hand_ins in known.everyone:
        can_be_drawn = hand_ins.task.task.pictures and cannot_run(hand_ins.task) is None
        for one in hand_ins.everyone if can_be_drawn else ():
            if isinstance(one, Submission) and one.kind == "student" and (one.author, one.task) in answering:
                yield one


def _current(known: StoredClass, shelf: PictureShelf) -> Iterator[Path]:
    """Where pictures of what is handed in now are, right or not: it may only wait to be graded again."""
    for hand_ins in known.everyone:
        yield from (shelf.path(one, hand_ins.task) for one in hand_ins.everyone if isinstance(one, Submission))


def _draw(session: Session, submission: Submission, backend: Backend, shelf: PictureShelf, store_file: Path) -> Outcome:
    task = session.tasks[submission.task]
    try:
        answers = picture_answers(session, task, submission, backend, task.task.pictures)
        case_file = failing_case_path(store_file, member_of(submission), task.name)
        found = drawn(answers, failing=failing_answer(session, task, submission, backend, case_file))
        shelf.put(submission, task, found)
    except GraderError as error:
        return Outcome(submission.author, submission.task, fault=str(error))
    return Outcome(submission.author, submission.task, found.left_out)


def _say(outcomes: Sequence[Outcome], already_there: int, removed: int, *, as_json: bool) -> None:
    faults = [f"{one.author} · {one.task}: {one.fault}" for one in outcomes if one.fault is not None]
    drawn_now = len(outcomes) - len(faults)
    left_out = [(one, title, why) for one in outcomes for title, why in one.left_out.items()]
    if as_json:
        missing = [{"author": one.author, "task": one.task, "title": title, "because": why} for one, title, why in left_out]
        document = {"drawn": drawn_now, "already_there": already_there, "removed": removed}
        typer.echo(dump({**document, "left_out": missing, "faults": faults}))
        return
    for one, title, why in left_out:
        typer.echo(f"{harmless_name(one.author)} · {one.task}: {title}: not drawn: {harmless_remark(why)}")
    for fault in faults:
        typer.echo(f"the grader failed, not the submission: {harmless_remark(fault)}", err=True)
    typer.echo(f"pictures of {drawn_now} submissions drawn, of {already_there} there already; `grader report` shows them")
