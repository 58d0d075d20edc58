"""A student's own work among the references: which task it is for, and the stages of a class's grading."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.content.course import Course, load_course
from grader.content.submission import infer_task, require_files
from grader.content.task import load_task, task_names
from grader.errors import UsageError
from grader.execution.interface import Backend
from grader.grading.class_report import Report
from grader.grading.pipeline import compare
from grader.grading.progress import Progress
from grader.grading.session import HandedIn, HandIns, Session, member_of, open_session, read_references, require_runnable
from grader.store import Store

OWN_RESULTS_FILE = "own.sqlite"
"""In the folder of results: what is remembered of the references between one check and the next."""
OWN_BUDGET_S = 5.0
"""For measuring: a student waits for the answer."""
_SECONDS_PER_RUN = 0.2
"""The same: shorter turns than in a class's grading, and so a wider interval."""


def common_task(course_folder: Path, files: Sequence[Path]) -> str:
    """The task that all of these files are for; UsageError where they are for several, or for none."""
    require_files(files)
    limit_bytes = int(load_course(course_folder).limits.source_bytes)
    interfaces = [load_task(course_folder, name).interface for name in task_names(course_folder)]
    tasks = {infer_task(file, interfaces, source_bytes_limit=limit_bytes) for file in files}
    if len(tasks) > 1:
        raise UsageError(f"these files are for different tasks ({', '.join(sorted(tasks))}): check them one task at a time")
    return tasks.pop()


def open_own_session(course_folder: Path, task: str) -> Session:
    """The course with this task alone, and with short turns; UsageError where there is none, or it cannot be run here."""
    session = open_session(course_folder, None, (task,))
    require_runnable(session)
    return replace(session, course=_with_short_turns(session.course))


def _with_short_turns(course: Course) -> Course:
    measurement = course.measurement.model_copy(update={"seconds_per_run": _SECONDS_PER_RUN})
    return course.model_copy(update={"measurement": measurement})


def grade_own(
    session: Session, mine: Sequence[HandedIn], budget_s: float | None, backend: Backend, store: Store, progress: Progress
) -> Report:
    """The same stages as a class's grading, with these as the class; references are checked once and remembered."""
    (task,) = session.tasks.values()
    (references,) = read_references(session)
    store.forget([member_of(one) for one in mine], task.name)
    return compare(session, HandIns(task, (*references.everyone, *mine)), budget_s, backend, store, progress)
