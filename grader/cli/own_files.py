"""The student's command: are my files right, how fast are they against each reference, and what next?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import typer
from rich.text import Text

from grader.advice.program import advice_beside_check
from grader.cli.pictures import save_picture
from grader.cli.terminal import TerminalProgress, results_console
from grader.content.case_file import NotACaseError, read_case
from grader.content.submission import Submission, read_files
from grader.content.task import Case, LoadedTask, task_names
from grader.errors import GraderError, UsageError
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend
from grader.grading.check import call_once, prepare
from grader.grading.class_report import Report
from grader.grading.own_files import OWN_RESULTS_FILE, common_task, draw_own, grade_own, has_picture, open_own_session
from grader.grading.session import HandedIn, Session
from grader.records import PreparedCase, Problem
from grader.report.advice import in_short
from grader.report.as_json import dump, report_document
from grader.report.own_files import summary
from grader.store import Store
from grader.text import command, harmless, harmless_name
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


def check_own_files(asked: Checkup, *, as_json: bool) -> bool:
    """Check, compare and print; True where every file is right."""
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
        return _check_case(session, task, mine, asked.case, backend, as_json=as_json)
    store_file = asked.store or asked.course / OWN_RESULTS_FILE
    report = _graded(session, mine, backend, asked.budget_s, store_file)
    if as_json:
        typer.echo(dump(report_document(report)))
    else:
        results_console().print(summary(report, [one.author for one in mine], _next_steps(asked, mine)))
        _advise(session, mine, report, backend)
    if asked.picture is not None:
        _draw(session, task, mine, backend, asked.picture)
    students = [result for result in report.results if result.kind == "student"]
    return all(result.verdict is Verdict.ACCEPTED for result in students)


def _next_steps(asked: Checkup, mine: Sequence[HandedIn]) -> dict[str, str]:
    """The command that tells more, by author."""
    options = f"--task {asked.task}" if asked.task is not None else ""
    paths = zip(mine, asked.files, strict=True)
    return {one.author: command("grader profile", str(path), options=options) for one, path in paths}


def _advise(session: Session, mine: Sequence[HandedIn], report: Report, backend: Backend) -> None:
    """Say what would make a file faster that is right, after all else: of several files, each is asked for by itself."""
    if len(mine) != 1:
        return
    with TerminalProgress() as progress:
        advice = advice_beside_check(session, mine[0], report, backend, progress)
    if advice is not None:
        results_console().print(Text(in_short(advice), style="green"))


def _graded(session: Session, mine: Sequence[HandedIn], backend: Backend, budget_s: float | None, store_file: Path) -> Report:
    with Store(store_file) as store, store.exclusive(), TerminalProgress() as progress:
        return grade_own(session, mine, budget_s, backend, store, progress)


# --- one case --------------------------------------------------------------------------------------------------------------


def _check_case(
    session: Session, task: LoadedTask, mine: Sequence[HandedIn], path: Path, backend: Backend, *, as_json: bool
) -> bool:
    """Run the files on one saved case."""
    # A failed check names the file from the course's folder, wherever the student stands.
    case, prepared = _read_case(task, path if path.exists() else session.course_folder / path)
    outcomes = {one.author: _outcome(session, task, one, case, prepared, backend) for one in mine}
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
    return all(problem is None for problem in outcomes.values())


def _read_case(task: LoadedTask, path: Path) -> tuple[Case, PreparedCase]:
    """The inputs of a case file; UsageError where it is none, or one of another task."""
    if not path.is_file():
        raise UsageError(f"there is no case file {path}")
    try:
        saved = read_case(path, len(task.interface.parameters))
    except NotACaseError as error:
        raise UsageError(f"{path} {error}") from error
    if saved.task != task.name:
        raise UsageError(f"{path} is a case of {saved.task}, not of {task.name}")
    inputs = tuple(value if value.ndim else value.item() for value in saved.values)
    new = Case(saved.case, lambda _generator: inputs)
    known = next((case for case in task.task.check_cases if case.name == saved.case), new)
    try:
        return known, prepare(task.task, replace(known, draw=lambda _generator: inputs), np.random.default_rng())
    except GraderError as error:
        raise UsageError(f"{path} does not fit the task {task.name}: {error}") from error


def _outcome(
    session: Session, task: LoadedTask, handed_in: HandedIn, case: Case, prepared: PreparedCase, backend: Backend
) -> Problem | None:
    if not isinstance(handed_in, Submission):
        return Problem(handed_in.verdict, handed_in.message)
    with backend.generation() as generation:
        _, problem = call_once(generation, handed_in, task.task, case, prepared, session.limits({}))
        return problem


# --- the picture -----------------------------------------------------------------------------------------------------------


def _draw(session: Session, task: LoadedTask, mine: Sequence[HandedIn], backend: Backend, path: Path) -> None:
    """Draw the task's picture from the first file's own output."""
    if not has_picture(task):
        raise UsageError(f"task {task.name!r} has no picture")
    if not isinstance(mine[0], Submission):
        raise UsageError(f"there is nothing to draw: {mine[0].message}")
    drawing = draw_own(session, task, mine[0], backend)
    if drawing.figure is None:
        why = harmless(drawing.problem.message) if drawing.problem else "no output came"
        raise UsageError(f"there is nothing to draw: {why}")
    if drawing.problem is not None:
        typer.echo(f"{path} shows a wrong answer", err=True)
    save_picture(drawing.figure, path)
