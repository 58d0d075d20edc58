"""A student's own work among the references: which task it is for, and the stages of a class's grading.

Somebody waits. So a first check has the file beside the references that its speed and its points are told by, and what is then
still unknown (the other references, and what the machine can do) is found out when that has been said.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.content.course import Course, baseline_of, load_course
from grader.content.submission import infer_task, require_files
from grader.content.task import task_names
from grader.errors import UsageError
from grader.execution.interface import Backend
from grader.grading.check_class import check_class, students_checks
from grader.grading.class_report import Report, stand
from grader.grading.known_peaks import peaks_faults
from grader.grading.measure_class import measure_class
from grader.grading.pipeline import compare
from grader.grading.progress import Progress
from grader.grading.session import (
    NAIVE,
    HandedIn,
    HandIns,
    Session,
    known_checks,
    member_of,
    open_session,
    read_references,
    require_runnable,
)
from grader.store import Store

OWN_RESULTS_FILE = "own.sqlite"
"""In the folder of results: what is remembered of the references between one check and the next."""
OWN_BUDGET_S = 5.0
"""For measuring: a student waits for the answer."""
_MOST_SECONDS_PER_RUN = 0.2
"""The same, also where a class is measured longer: and so a wider interval."""
_LEAST_RUNS = 3
"""The same: nobody is ranked, and an erratic program of one's own hides nobody else's place."""
_REFERENCE_RUNS = 1
"""The same: what a reference reaches at a case of its own is told without an interval."""


def common_task(course_folder: Path, files: Sequence[Path]) -> str:
    """The task that all of these files are for; UsageError where they are for several, or for none."""
    require_files(files)
    limit_bytes = int(load_course(course_folder).limits.source_bytes)
    known = task_names(course_folder)
    tasks = {infer_task(file, known, source_bytes_limit=limit_bytes) for file in files}
    if len(tasks) > 1:
        raise UsageError(f"these files are for different tasks ({', '.join(sorted(tasks))}): check them one task at a time")
    return tasks.pop()


def open_own_session(course_folder: Path, task: str) -> Session:
    """The course with this task alone, and with short turns; UsageError where there is none, or it cannot be run here."""
    session = open_session(course_folder, None, (task,))
    require_runnable(session)
    return replace(session, course=_in_short(session.course))


def _in_short(course: Course) -> Course:
    of_class = course.measurement
    in_short = {
        "seconds_per_run": min(of_class.seconds_per_run, _MOST_SECONDS_PER_RUN),
        "min_runs": min(of_class.min_runs, _LEAST_RUNS),
        "reference_runs": _REFERENCE_RUNS,
    }
    return course.model_copy(update={"measurement": of_class.model_copy(update=in_short)})


def grade_own(
    session: Session, mine: Sequence[HandedIn], budget_s: float | None, backend: Backend, store: Store, progress: Progress
) -> Report:
    """The same stages as a class's grading, with these as the class; references are checked once and remembered.

    Those that are not known yet are left to `grade_rest`, but for those that the speed and the points are told by.
    """
    hand_ins = _beside_references(session, mine)
    store.forget([member_of(one) for one in mine], hand_ins.task.name)
    checks = known_checks(hand_ins, session.conditions(backend.sandbox), store)
    known = {member.author for member, result in checks.items() if member.kind == "reference" and result is not None}
    first = hand_ins.beside(known | _telling(session.course, hand_ins.task.name))
    return compare(session, first, budget_s, backend, store, progress)


def grade_rest(session: Session, mine: Sequence[HandedIn], backend: Backend, store: Store, progress: Progress) -> Report | None:
    """The report of files that were graded, once all references and the machine are known; None where they are already.

    Nothing is found out for files of which none is right: they are compared with nobody.
    """
    hand_ins = _beside_references(session, mine)
    conditions = session.conditions(backend.sandbox)
    checks = known_checks(hand_ins, conditions, store)
    is_right = any(result.case is not None for result in students_checks(hand_ins, conditions, store).values())
    lacks_references = any(result is None for member, result in checks.items() if member.kind == "reference")
    # A speed is shown as a share of what the machine can do where the task counts operations.
    lacks_peaks = hand_ins.task.task.usual_operations is not None and store.peaks(conditions) is None
    if not is_right or not (lacks_references or lacks_peaks):
        return None
    if lacks_peaks:
        peaks_faults(session, backend, store, progress, again=False)
    references = HandIns(hand_ins.task, tuple(one for one in hand_ins.everyone if one.kind == "reference"))
    checked = check_class(session, [hand_ins], [references], backend, store, progress)
    faults = measure_class(session, [hand_ins], checked.compiled, 0.0, backend, store, progress)
    return stand(session, [hand_ins], checked.faults | faults, conditions, store)


def _beside_references(session: Session, mine: Sequence[HandedIn]) -> HandIns:
    (task,) = session.tasks.values()
    (references,) = read_references(session)
    return HandIns(task, (*references.everyone, *mine))


def _telling(course: Course, task: str) -> frozenset[str]:
    """The levels by which a speed and its points are told: the ends of the scale of points, and the baseline."""
    full_marks = (one.full_marks for one in course.assignments if task in one.tasks)
    return frozenset(filter(None, (NAIVE, baseline_of(course, task), *full_marks)))
