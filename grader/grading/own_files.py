"""A student's own work among the references: which task it is for, the stages of a class's grading, and its picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from grader.content.course import Course, load_course
from grader.content.submission import Submission, infer_task, require_files
from grader.content.task import LoadedTask, load_task, task_names
from grader.errors import UsageError
from grader.execution.interface import Backend
from grader.grading.check import call_once, prepare
from grader.grading.class_report import Report
from grader.grading.pipeline import compare
from grader.grading.progress import Progress
from grader.grading.session import HandedIn, HandIns, Session, member_of, open_session, read_class
from grader.records import Problem
from grader.store import Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OWN_RESULTS_FILE = Path("results") / "own.sqlite"
"""In the course's folder: what is remembered of the references between one check and the next."""
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
    """The course with this task alone, and with short turns; UsageError where there is no such task."""
    session = open_session(course_folder, None, (task,))
    return replace(session, course=_with_short_turns(session.course))


def _with_short_turns(course: Course) -> Course:
    measurement = course.measurement.model_copy(update={"seconds_per_run": _SECONDS_PER_RUN})
    return course.model_copy(update={"measurement": measurement})


def grade_own(
    session: Session, mine: Sequence[HandedIn], budget_s: float | None, backend: Backend, store: Store, progress: Progress
) -> Report:
    """The same stages as a class's grading, with these as the class; references are checked once and remembered."""
    (task,) = session.tasks.values()
    references = [one for hand_ins in read_class(session) for one in hand_ins.everyone if one.kind == "reference"]
    store.forget([member_of(one) for one in mine], task.name)
    return compare(session, HandIns(task, (*references, *mine)), budget_s, backend, store, progress)


@dataclass(frozen=True)
class Drawing:
    """A task's picture of somebody's output."""

    figure: "Figure | None"
    """None where there is nothing to draw; `problem` then says why."""
    problem: Problem | None
    """What is wrong with the output that is drawn."""


def has_picture(task: LoadedTask) -> bool:
    """Whether the task says how its output is drawn."""
    return task.task.picture_case is not None and task.task.picture is not None


def draw_own(session: Session, task: LoadedTask, submission: Submission, backend: Backend) -> Drawing:
    """Call the submission on the task's case for pictures, and draw what it answers; the task has a picture."""
    from matplotlib.figure import Figure

    case, picture = task.task.picture_case, task.task.picture
    if case is None or picture is None:
        raise ValueError(f"task {task.name!r} has no picture")
    prepared = prepare(task.task, case, np.random.default_rng())
    with backend.generation() as generation:
        call, problem = call_once(generation, submission, task.task, case, prepared, session.limits({}))
    if call is None or call.outputs is None:
        return Drawing(None, problem)
    figure = Figure(figsize=(7, 5), layout="constrained")
    picture(prepared.inputs, call.outputs, figure)
    return Drawing(figure, problem)
