"""`grader.check(julia)`: what would be handed in for a live function goes through the stages of `grader check`."""

import io
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, RenderableType

from grader.advice.program import Advice, advice_beside_check
from grader.cli.terminal import OwnProgress
from grader.content.course_folder import COURSE_FILE, COURSE_VARIABLE, HERE, find_course, results_folder
from grader.content.reading import SourceFile
from grader.content.submission import Rejection, Submission, read_files, read_unsaved
from grader.content.task import task_names
from grader.errors import UsageError
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend
from grader.grading.check_class import failing_case_path
from grader.grading.class_report import Report
from grader.grading.own_files import OWN_RESULTS_FILE, common_task, grade_own, grade_rest, open_own_session
from grader.grading.pictures import failing_answer, picture_answers
from grader.grading.session import HandedIn, Session, member_of
from grader.notebook.live import find_live, task_named
from grader.report.own_files import summary
from grader.report.own_files_html import html_summary
from grader.report.pictures import Drawn, drawn
from grader.store import Store
from grader.text import harmless_line
from grader.verdicts import Verdict

_WIDTH = 120
_PICTURES_BUDGET_S = 5.0
"""Of the function's own time: somebody waits."""
_ANSWERED = frozenset({Verdict.ACCEPTED, Verdict.WRONG_ANSWER})
"""There is something to draw, and it does not take until a time limit to see it."""


@dataclass(frozen=True, repr=False)
class Checked:
    """What a check found; a notebook shows it as a page, everything else as text."""

    report: Report
    authors: tuple[str, ...]
    drawn: Drawn | None
    hand_in: tuple[Path, ...] = ()
    """The files that were written to be handed in, with those that they import."""
    advice: Advice | None = None
    """What would make a right function faster."""

    @property
    def is_right(self) -> bool:
        """Whether every check case was answered correctly."""
        return all(result.verdict is Verdict.ACCEPTED for result in self.report.results if result.kind == "student")

    def __repr__(self) -> str:
        """What `grader check` prints."""
        files = [f"hand in: {harmless_line(str(file))}" for file in self.hand_in]
        return "\n".join([as_text(summary(self.report, self.authors, advice=self.advice)), *files])

    def _repr_html_(self) -> str:
        return html_summary(self.report, self.authors, self.drawn, self.hand_in, self.advice)


def as_text(renderable: RenderableType) -> str:
    """What the command line would print, without its colours."""
    console = Console(width=_WIDTH, highlight=False, color_system=None, file=io.StringIO(), force_jupyter=False)
    with console.capture() as capture:
        console.print(renderable)
    return "\n".join(line.rstrip() for line in capture.get().rstrip().split("\n"))


def check_live(function: object, task: str | None, budget_s: float, course: str | os.PathLike[str] | None) -> Checked:
    """`grader.check`, where the arguments are explained.

    Raises:
        UsageError: there is no such function, file, task or course.
    """
    folder = course_folder(course)
    if isinstance(function, str | os.PathLike):
        file = Path(function)
        session = open_own_session(folder, task or common_task(folder, [file]))
        return check_handed_in(session, read_file(session, file), budget_s)
    live = find_live(function)
    session = open_own_session(folder, task or task_named(live.names, task_names(folder)))
    if isinstance(live.source, Path):
        return check_handed_in(session, read_file(session, live.source), budget_s)
    return check_handed_in(session, read_live(session, live.source, live.names), budget_s)


def course_folder(named: str | os.PathLike[str] | None) -> Path:
    """The folder that is named, here or in the environment; else the nearest one from here upwards.

    Raises:
        UsageError: there is no course.
    """
    folder = find_course(Path(named or os.environ.get(COURSE_VARIABLE) or HERE))
    if not (folder / COURSE_FILE).is_file():
        raise UsageError(
            f"there is no {COURSE_FILE} in {folder.resolve()} or above it: set the environment variable {COURSE_VARIABLE} "
            "to the course's folder, or name it: grader.check(julia, course='…')"
        )
    return folder


def read_file(session: Session, file: Path) -> Submission | Rejection:
    """What is handed in with a file, as `grader check FILE` reads it."""
    (task,) = session.tasks.values()
    limit_bytes = int(session.course.limits.source_bytes)
    (handed_in,) = read_files([file], task.interface, task_names(session.course_folder), source_bytes_limit=limit_bytes)
    return handed_in


def read_live(session: Session, cells: SourceFile, names: Collection[str] | None = None) -> Submission | Rejection:
    """What would be handed in of the cells that were run.

    Raises:
        UsageError: it is not the function of these names.
    """
    (task,) = session.tasks.values()
    handed_in = read_unsaved(
        cells,
        Path.cwd(),
        task.interface,
        task_names(session.course_folder),
        source_bytes_limit=int(session.course.limits.source_bytes),
    )
    if isinstance(handed_in, Submission) and names is not None and handed_in.function not in names:
        raise UsageError(
            f"what would be handed in for {task.name} is the function {handed_in.function!r} of your cells, and that is not "
            f"the one you gave: call yours {task.name!r}, run its cell, and then grader.check({task.name})"
        )
    return handed_in


def check_handed_in(session: Session, mine: HandedIn, budget_s: float, hand_in: tuple[Path, ...] = ()) -> Checked:
    """The stages of `grader check`, and the pictures."""
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=True)
    store_file = results_folder(session.course_folder) / OWN_RESULTS_FILE
    with (
        Store(store_file) as store,
        store.exclusive(),
        OwnProgress([mine.author]) as progress,
    ):
        report = grade_own(session, [mine], budget_s, backend, store, progress)
        report = grade_rest(session, [mine], backend, store, progress) or report
        advice = advice_beside_check(session, mine, report, backend, progress)
    verdicts = {result.verdict for result in report.results if result.kind == "student"}
    failing_case = None
    if Verdict.WRONG_ANSWER in verdicts:
        failing_case = failing_case_path(store_file, member_of(mine), mine.task)
    pictures = _drawn(session, mine, backend, failing_case) if verdicts & _ANSWERED else None
    return Checked(report, (mine.author,), pictures, hand_in, advice)


def _drawn(session: Session, mine: HandedIn, backend: Backend, failing_case: Path | None) -> Drawn | None:
    """The task's pictures of the function's own output, and the case that fails beside what is right."""
    (task,) = session.tasks.values()
    if not isinstance(mine, Submission):
        return None
    pictures = task.task.pictures
    answers = picture_answers(session, task, mine, backend, pictures, _PICTURES_BUDGET_S) if pictures else ()
    failing = None if failing_case is None else failing_answer(session, task, mine, backend, failing_case)
    return drawn(answers, failing=failing)
