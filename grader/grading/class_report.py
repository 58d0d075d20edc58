"""All that a grading says: everyone's standings in all tasks, the marks that follow from them, and what they rest on."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.content.course import Assignment, Course
from grader.content.release_notes import Estimate
from grader.content.submission import Submission, names_used, packages_used
from grader.grading.board import board_of
from grader.grading.marks import AssignmentMarks, FinalMark, final_marks, mark_class
from grader.grading.reference_speeds import all_seconds_per_unit, estimate_text
from grader.grading.score import Facts, Points, Threshold, speed_thresholds
from grader.grading.session import NAIVE, HandedIn, HandIns, Session
from grader.grading.standings import Confidence, Result, favourable
from grader.machine import Machine, Peaks
from grader.store import Conditions, Store
from grader.text import listed


@dataclass(frozen=True)
class SpeedThresholds:
    """What one can work towards: the seconds per unit of a task's work that earn a criterion's points on this machine."""

    task: str
    assignment: str
    criterion: str
    steps: tuple[Threshold, ...]
    estimate: Estimate | None = None
    """What the time of full marks rests on, where the reference that earns them is not at hand."""


@dataclass(frozen=True)
class Report:
    """All that one grading says."""

    machine: Machine
    sandbox: str
    baseline: Mapping[str, str]
    """Per task, the reference that the largest measured case is compared with."""
    alpha: float
    results: tuple[Result, ...]
    """Task by task, in the order of the ranks, references where their rates belong, what has no figure last."""
    marks: tuple[AssignmentMarks, ...]
    """Author by author, assignment by assignment."""
    finals: tuple[FinalMark, ...]
    """Nothing, where only some of the course's tasks are at hand."""
    thresholds: tuple[SpeedThresholds, ...]
    work_units: Mapping[str, str]
    faults: tuple[str, ...] = ()
    """Where the grader itself failed: reported, and tried again by the next grading."""
    ungraded: tuple[str, ...] = ()
    """`author · task` for everyone whose current code has not been graded under these conditions."""
    confidence: tuple[Confidence, ...] = ()
    """Task by task, case by case: how finely those who are ranked there can be told apart."""
    peaks: Peaks | None = None
    """What one core of the machine can do; None where nobody has measured it."""
    estimates: tuple[Estimate, ...] = ()
    """In a student's copy of the course: of the references that it does not hold."""
    public_cases: Mapping[str, int] = field(default_factory=dict)
    """The same: how many check cases it has of each task; a class's grading may have more."""


def stand(
    session: Session,
    everyone: Sequence[HandIns],
    faults: Mapping[tuple[str, str], str],
    conditions: Conditions,
    store: Store,
) -> Report:
    """Everyone's results in all tasks of the session; nothing is run."""
    results: list[Result] = []
    ungraded: list[str] = []
    baseline: dict[str, str] = {}
    confidence: list[Confidence] = []
    for hand_ins in everyone:
        board = board_of(session, hand_ins, faults, conditions, store)
        results += board.results
        confidence += board.confidence
        ungraded += [f"{author} · {hand_ins.task.name}" for author in board.ungraded]
        compared = [result for result in board.results if result.baseline is not None]
        if compared:
            largest = max(compared, key=lambda result: hand_ins.task.case_names.index(str(result.case)))
            baseline[hand_ins.task.name] = str(largest.baseline)
    assignments = _assignments(session.course, everyone)
    estimates = _estimates(session, everyone)
    results = _with_rule_flags(results, everyone, assignments)
    marks = mark_class(assignments, _facts(results, everyone, estimates), store.decisions())
    return Report(
        machine=session.machine,
        sandbox=conditions.sandbox,
        baseline=baseline,
        alpha=session.course.measurement.alpha,
        results=_with_points(results, marks),
        marks=marks,
        finals=final_marks(session.course, marks) if _is_whole(session.course, everyone) else (),
        thresholds=tuple(_thresholds(assignments, _references(results), everyone, estimates)),
        work_units={hand_ins.task.name: hand_ins.task.task.work_unit for hand_ins in everyone},
        faults=tuple(f"{competitor} · {task}: {text}" for (task, competitor), text in faults.items()),
        ungraded=tuple(ungraded),
        confidence=tuple(confidence),
        peaks=store.peaks(conditions),
        estimates=estimates,
        public_cases=_public_cases(session),
    )


# From results to marks


def _assignments(course: Course, everyone: Sequence[HandIns]) -> list[Assignment]:
    """Those of the tasks at hand; those without any task are about the whole course, and stand where all of it is."""
    tasks = {hand_ins.task.name for hand_ins in everyone}
    whole = _is_whole(course, everyone)
    return [one for one in course.assignments if tasks & set(one.tasks) or (whole and not one.tasks)]


def _is_whole(course: Course, everyone: Sequence[HandIns]) -> bool:
    """Whether every task that is marked is at hand: of some of them, no final mark follows."""
    return {hand_ins.task.name for hand_ins in everyone} >= {task for one in course.assignments for task in one.tasks}


def _estimates(session: Session, everyone: Sequence[HandIns]) -> tuple[Estimate, ...]:
    """Of the tasks at hand, where this is a student's copy of the course."""
    tasks = {hand_ins.task.name for hand_ins in everyone}
    return tuple(one for one in session.release.estimates if one.task in tasks) if session.release is not None else ()


def _public_cases(session: Session) -> dict[str, int]:
    return {} if session.release is None else {name: len(one.task.check_cases) for name, one in session.tasks.items()}


def _references(results: Sequence[Result]) -> dict[str, dict[str, Result]]:
    """The references that were measured, by task and level."""
    found: dict[str, dict[str, Result]] = {}
    for result in results:
        if result.kind == "reference" and result.rate:
            found.setdefault(result.task, {})[result.author] = result
    return found


def _facts(
    results: Sequence[Result], everyone: Sequence[HandIns], estimates: Sequence[Estimate]
) -> dict[str, dict[str, Facts]]:
    """What is known of each student's work, task by task."""
    submissions = {
        (one.author, hand_ins.task.name): one for hand_ins in everyone for one in hand_ins.everyone if one.kind == "student"
    }
    references = _references(results)
    cases = {hand_ins.task.name: hand_ins.task.case_names for hand_ins in everyone}
    facts: dict[str, dict[str, Facts]] = {author: {} for author, _ in sorted(submissions)}
    for result in results:
        if result.kind == "student":
            seconds = 1.0 / result.rate if result.rate else None
            submission = submissions[result.author, result.task]
            of_task = references.get(result.task, {})
            estimated = [one for one in estimates if one.task == result.task]
            facts[result.author][result.task] = Facts(
                verdict=result.verdict,
                names_used=names_used(submission) if isinstance(submission, Submission) else frozenset(),
                seconds_per_unit=seconds,
                seconds_per_unit_low=_favourable_seconds(result, seconds),
                least_seconds_per_unit=1.0 / result.bound.rate if result.bound is not None else 0.0,
                reference_seconds_per_unit=all_seconds_per_unit(of_task, estimated, cases[result.task], result.case),
                estimated={one.level: estimate_text(one) for one in estimated if one.level not in of_task},
                at_its_case=frozenset(level for level, one in of_task.items() if one.case == result.case),
                measured_before=_seconds_before(result, seconds),
                compiled_functions=result.compiled_functions,
                picture_answered=result.picture_answered,
                review=result.review,
            )
    return facts


def _with_rule_flags(results: Sequence[Result], everyone: Sequence[HandIns], assignments: Sequence[Assignment]) -> list[Result]:
    """The results, with a flag for each name that an assignment of the task does not want."""
    submissions: dict[tuple[str, str, str], HandedIn] = {
        (one.author, one.kind, one.task): one for hand_ins in everyone for one in hand_ins.everyone
    }

    def flagged(result: Result) -> Result:
        submission = submissions[result.author, result.kind, result.task]
        if result.kind == "reference" or not isinstance(submission, Submission):
            return result
        flags = [flag for one in assignments if result.task in one.tasks for flag in _rule_flags(submission, one)]
        return replace(result, flags=(*result.flags, *flags))

    return [flagged(result) for result in results]


def _rule_flags(submission: Submission, assignment: Assignment) -> Iterator[str]:
    """Names that the assignment forbids, and packages that it does not allow."""
    forbidden = sorted(set(assignment.forbid) & names_used(submission))
    if forbidden:
        yield f"uses {', '.join(forbidden)}, which the assignment {assignment.id} forbids"
    foreign = sorted(packages_used(submission) - {*assignment.allowed, *sys.stdlib_module_names})
    if assignment.allowed and foreign:
        yield f"imports {listed(foreign)}; the assignment {assignment.id} allows {', '.join(assignment.allowed)}"


def _favourable_seconds(result: Result, seconds: float | None) -> float | None:
    if seconds is None or result.speedup is None or result.speedup_high is None:
        return None
    return seconds * result.speedup / favourable(result.speedup, result.speedup_high)


def _seconds_before(result: Result, seconds: float | None) -> tuple[float, ...]:
    """Earlier speedups in today's seconds: the baseline's time of today is what both are measured in."""
    if seconds is None or result.speedup is None:
        return ()
    return tuple(seconds * result.speedup / before for before in result.measured_before)


def _with_points(results: Sequence[Result], marks: Sequence[AssignmentMarks]) -> tuple[Result, ...]:
    """The results, those of students with the points of the criteria that their tasks decide."""
    criteria: dict[tuple[str, str | None], list[Points]] = {}
    for marked in marks:
        for one in marked.criteria:
            criteria.setdefault((marked.author, one.task), []).append(one)

    def pointed(result: Result) -> Result:
        own = criteria.get((result.author, result.task), [])
        given = [one.points for one in own if one.points is not None]
        return replace(
            result,
            points=round(sum(given), 10) if given else None,
            max_points=sum(one.max_points for one in own) if own else None,
        )

    return tuple(result if result.kind == "reference" else pointed(result) for result in results)


def _thresholds(
    assignments: Sequence[Assignment],
    references: Mapping[str, Mapping[str, Result]],
    everyone: Sequence[HandIns],
    estimates: Sequence[Estimate],
) -> Iterator[SpeedThresholds]:
    """Of every speed criterion whose references have been measured, or are known by an estimate."""
    cases = {hand_ins.task.name: hand_ins.task.case_names for hand_ins in everyone}
    for assignment in assignments:
        for criterion in assignment.criteria:
            task, level = assignment.task_of(criterion) or "", str(assignment.full_marks)
            of_task = references.get(task, {})
            estimated = {one.level: one for one in estimates if one.task == task and one.level not in of_task}
            case = of_task[level].case if level in of_task else None
            seconds = all_seconds_per_unit(of_task, estimated.values(), cases.get(task, ()), case)
            if criterion.by == "speed" and {NAIVE, level} <= seconds.keys():
                steps = speed_thresholds(criterion.points, seconds[NAIVE], seconds[level])
                yield SpeedThresholds(task, assignment.id, criterion.id, steps, estimated.get(level))
