"""The student's command: are my files right, how fast are they against each reference, and what next?"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import typer

from grader.advice.program import Advice, advice_beside_check
from grader.cli.own_commands import OwnCommands
from grader.cli.own_pictures import draw_failed_case, draw_own_pictures
from grader.cli.terminal import OwnProgress, TerminalProgress, results_console
from grader.cli.watching import SavedAgainError, UntilSaved, each_save
from grader.content.course import load_course
from grader.content.course_folder import results_folder
from grader.content.submission import Submission, files_beside, read_files
from grader.content.task import Case, LoadedTask, task_names
from grader.errors import GraderError, UsageError
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend, Call
from grader.grading.check import call_once
from grader.grading.check_class import failing_case_path
from grader.grading.class_report import Report
from grader.grading.own_files import OWN_RESULTS_FILE, common_task, grade_own, grade_rest, open_own_session
from grader.grading.progress import Progress
from grader.grading.saved_case import read_saved_case
from grader.grading.session import HandedIn, Session, member_of
from grader.records import PreparedCase, Problem
from grader.report.as_json import dump, report_document
from grader.report.own_files import closing, details, summary_of_the_rest
from grader.report.theme import paper
from grader.store import Store
from grader.text import harmless, harmless_name
from grader.verdicts import Verdict


@dataclass(frozen=True)
class Checkup:
    """What a student asked for."""

    files: tuple[Path, ...]
    task: str | None
    case: Path | None
    budget_s: float | None
    picture: Path | None
    course: Path
    store: Path | None
    dark: bool = False
    """Whether pictures are drawn on dark paper."""


def check_own_files(asked: Checkup, *, as_json: bool, watched: Collection[Path] = ()) -> bool:
    """Check, compare and print; True where every file is right.

    Raises:
        SavedAgainError: one of the `watched` files was saved meanwhile.
    """
    session = open_own_session(asked.course, asked.task or common_task(asked.course, asked.files))
    (task,) = session.tasks.values()
    mine = read_files(
        asked.files,
        task.interface,
        task_names(asked.course),
        source_bytes_limit=int(session.course.limits.source_bytes),
    )
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=True)
    if asked.case is not None:
        return _check_case(session, task, mine, asked, asked.case, backend, as_json=as_json)
    store_file = asked.store or results_folder(asked.course) / OWN_RESULTS_FILE
    authors = [one.author for one in mine]
    commands = OwnCommands(dict(zip(authors, asked.files, strict=True)), asked.course, asked.task)
    by_author = dict(zip(authors, mine, strict=True))
    advice: Advice | None = None
    with Store(store_file) as store, store.exclusive():
        with _progress(authors, watched) as progress:
            graded = grade_own(session, mine, asked.budget_s, backend, store, progress)
        report = commands.with_failing_cases(graded, by_author, store_file)
        if not as_json:
            results_console().print(details(report, authors, commands.everything))
            advice = _advice(session, mine, report, backend, watched)
            _close(report, authors, commands, advice)
        with _progress((), watched) as progress:
            complete = grade_rest(session, mine, backend, store, progress)
    if as_json:
        whole = report if complete is None else commands.with_failing_cases(complete, by_author, store_file)
        typer.echo(dump(report_document(whole)))
    elif complete is not None:
        results_console().print(summary_of_the_rest(complete, authors))
        _close(complete, authors, commands, advice)
    if asked.picture is not None:
        is_wrong = Verdict.WRONG_ANSWER in {result.verdict for result in report.results if result.author == authors[0]}
        failing_case = failing_case_path(store_file, member_of(mine[0]), task.name) if is_wrong else None
        draw_own_pictures(session, task, mine[0], backend, asked.picture, paper(dark=asked.dark), failing_case)
    students = [result for result in report.results if result.kind == "student"]
    return all(result.verdict is Verdict.ACCEPTED for result in students)


def watch_own_files(asked: Checkup, *, as_json: bool) -> None:
    """Check whenever a file is saved, or one that it imports, until it is interrupted.

    Only the first time is it an error that nothing can be checked; what a later save makes impossible is said, and the next
    save may be better. A save during a check ends that one: the next begins at once.
    """
    for number, saved in enumerate(each_save(partial(_to_be_watched, asked))):
        if saved:
            names = ", ".join(harmless_name(path.name) for path in saved)
            typer.echo(f"\n{datetime.now().astimezone():%H:%M:%S} saved: {names}", err=True)
        try:
            check_own_files(asked, as_json=as_json, watched=_to_be_watched(asked))
        except SavedAgainError:
            continue
        except (UsageError, GraderError) as error:
            if number == 0:
                raise
            typer.echo(f"grader: {harmless(str(error))}", err=True)
        typer.echo("checked again when you save; Ctrl-C ends it", err=True)


def _to_be_watched(asked: Checkup) -> set[Path]:
    """The files, and those that they import now."""
    limit_bytes = int(load_course(asked.course).limits.source_bytes)
    beside = (files_beside(file, source_bytes_limit=limit_bytes) for file in asked.files)
    return {file.resolve() for file in asked.files}.union(*beside)


def _advice(
    session: Session, mine: Sequence[HandedIn], report: Report, backend: Backend, watched: Collection[Path]
) -> Advice | None:
    """What would make a file faster that is right; of several files, each is asked for by itself."""
    if len(mine) != 1:
        return None
    with TerminalProgress() as progress:
        return advice_beside_check(session, mine[0], report, backend, UntilSaved(progress, watched))


def _close(report: Report, authors: Sequence[str], commands: OwnCommands, advice: Advice | None) -> None:
    """End with one line for each file; a terminal breaks it where it has to, so that its command can be copied."""
    results_console().print(closing(report, authors, commands.profile, advice), soft_wrap=True)


@contextmanager
def _progress(authors: Sequence[str], watched: Collection[Path]) -> Iterator[Progress]:
    with OwnProgress(authors) as progress:
        yield UntilSaved(progress, watched)


# --- one case --------------------------------------------------------------------------------------------------------------


def _check_case(
    session: Session,
    task: LoadedTask,
    mine: Sequence[HandedIn],
    asked: Checkup,
    path: Path,
    backend: Backend,
    *,
    as_json: bool,
) -> bool:
    """Run the files on one saved case; the picture is of what the first of them answers."""
    # A failed check names the file from the course's folder, wherever the student stands.
    case, prepared = read_saved_case(task, path if path.exists() else session.course_folder / path)
    calls = [_call(session, task, one, case, prepared, backend) for one in mine]
    outcomes = {one.author: problem for one, (_, problem) in zip(mine, calls, strict=True)}
    if as_json:
        documents = [
            {
                "author": author,
                "verdict": problem.verdict if problem else Verdict.ACCEPTED,
                "message": problem.message if problem else "",
            }
            for author, problem in outcomes.items()
        ]
        typer.echo(dump({"case": case.name, "results": documents}))
    else:
        for author, problem in outcomes.items():
            typer.echo(f"{harmless_name(author)}: {'right on this case' if problem is None else harmless(problem.message)}")
    if asked.picture is not None:
        call, problem = calls[0]
        answered = call if problem is not None else None
        draw_failed_case(task, case, prepared, answered, asked.picture, paper(dark=asked.dark))
    return all(problem is None for problem in outcomes.values())


def _call(
    session: Session, task: LoadedTask, handed_in: HandedIn, case: Case, prepared: PreparedCase, backend: Backend
) -> tuple[Call | None, Problem | None]:
    if not isinstance(handed_in, Submission):
        return None, Problem(handed_in.verdict, handed_in.message)
    with backend.generation() as generation:
        return call_once(generation, handed_in, task.task, case, prepared, session.limits({}))
