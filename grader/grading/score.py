"""Marks: from what was found about an author's tasks to points for each criterion, each with its derivation in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, log

from grader.content.course import Assignment, Criterion
from grader.verdicts import Verdict

STEP = 0.1
"""Points are given in steps of this size."""

_NEVER_RAN = (Verdict.MISSING, Verdict.BUILD_ERROR, Verdict.INVALID)


@dataclass(frozen=True)
class Facts:
    """What is known of one author's work on one task. None: it was not measured."""

    verdict: Verdict
    names_used: frozenset[str] = frozenset()
    """As `grader.content.submission.names_used` gives them."""
    seconds_per_unit: float | None = None
    """Wall time per unit of the task's work, at the case where it was measured."""
    seconds_per_unit_low: float | None = None
    """The favourable end of that figure's interval; None where it has none."""
    naive_seconds_per_unit: float | None = None
    full_marks_seconds_per_unit: float | None = None
    """Of the reference that the assignment names in `full_marks`."""


@dataclass(frozen=True)
class Points:
    """The points for one criterion; None where a person has to decide, or where the grader itself failed."""

    criterion: str
    points: float | None
    max_points: float
    because: str


@dataclass(frozen=True)
class Threshold:
    """The time per unit of work that earns some points."""

    points: float
    seconds_per_unit: float


def score_assignment(assignment: Assignment, facts_by_task: Mapping[str, Facts]) -> tuple[Points, ...]:
    """One entry for each criterion, in the assignment's order; a task without facts has not been graded yet."""
    return tuple(_score(assignment, criterion, facts_by_task) for criterion in assignment.criteria)


def speed_fraction(seconds_per_unit: float, naive_seconds_per_unit: float, full_marks_seconds_per_unit: float) -> float:
    """How far a speed lies on the way from `naive` (0) to full marks (1), on a logarithmic scale: each doubling counts alike.

    Where the full-marks reference is not faster than `naive`, there is no way between: its speed earns 1, anything slower 0.
    """
    if seconds_per_unit <= full_marks_seconds_per_unit:
        return 1.0
    if seconds_per_unit >= naive_seconds_per_unit:
        return 0.0
    return log(naive_seconds_per_unit / seconds_per_unit) / log(naive_seconds_per_unit / full_marks_seconds_per_unit)


def speed_points(
    max_points: float, seconds_per_unit: float, naive_seconds_per_unit: float, full_marks_seconds_per_unit: float
) -> float:
    """The highest step whose threshold a time per unit reaches."""
    fraction = speed_fraction(seconds_per_unit, naive_seconds_per_unit, full_marks_seconds_per_unit)
    if fraction == 1:
        return max_points
    # The slack keeps a time that equals a threshold from falling below it by rounding.
    return round(floor(fraction * max_points / STEP + 1e-9) * STEP, 10)


def speed_thresholds(
    max_points: float, naive_seconds_per_unit: float, full_marks_seconds_per_unit: float, *, step: float = 0.5
) -> tuple[Threshold, ...]:
    """What a student can work towards: the times per unit that earn `step`, 2 `step`, … and at last `max_points`.

    Only full marks have a threshold where the full-marks reference is not faster than `naive`.
    """
    full = Threshold(max_points, full_marks_seconds_per_unit)
    if full_marks_seconds_per_unit >= naive_seconds_per_unit:
        return (full,)
    ratio = full_marks_seconds_per_unit / naive_seconds_per_unit
    below = (step * index for index in range(1, floor(max_points / step) + 1) if step * index < max_points)
    return (*(Threshold(points, naive_seconds_per_unit * ratio ** (points / max_points)) for points in below), full)


def _score(assignment: Assignment, criterion: Criterion, facts_by_task: Mapping[str, Facts]) -> Points:
    points, because = _points(assignment, criterion, facts_by_task)
    return Points(criterion.id, points, criterion.points, because)


def _points(assignment: Assignment, criterion: Criterion, facts_by_task: Mapping[str, Facts]) -> tuple[float | None, str]:
    if criterion.by == "hand":
        return None, "a person decides"
    facts = facts_by_task.get(assignment.task_of(criterion) or "")
    if facts is None:
        return None, "not graded yet"
    if facts.verdict is Verdict.GRADER_ERROR:
        return None, "the grader failed here, not the submission; it has to be graded again"
    if criterion.by == "technique":
        return _technique(criterion, facts)
    return _right_answer(criterion, facts, assignment.full_marks or "")


def _right_answer(criterion: Criterion, facts: Facts, full_marks: str) -> tuple[float | None, str]:
    """Criteria that only a right answer can earn."""
    if facts.verdict is not Verdict.ACCEPTED:
        return 0.0, f"points need a right answer, and the verdict is {facts.verdict}"
    if criterion.by == "correct":
        return criterion.points, "every check case was answered correctly"
    if criterion.by == "picture":
        return criterion.points, "the answer is right, and the picture is drawn from it"
    return _speed(criterion, facts, full_marks)


def _speed(criterion: Criterion, facts: Facts, full_marks: str) -> tuple[float | None, str]:
    if facts.seconds_per_unit is None:
        return None, "its speed was not measured"
    if facts.naive_seconds_per_unit is None or facts.full_marks_seconds_per_unit is None:
        missing = "naive" if facts.naive_seconds_per_unit is None else full_marks
        return None, f"the reference {missing!r} was not measured, so there is nothing to compare with"
    naive, full = facts.naive_seconds_per_unit, facts.full_marks_seconds_per_unit
    measured = facts.seconds_per_unit
    best = min(measured, measured if facts.seconds_per_unit_low is None else facts.seconds_per_unit_low)
    interval = f" ({_time(best)} at the favourable end of its interval, which counts)" if best < measured else ""
    because = (
        f"{_time(measured)} per unit of work{interval}; naive takes {_time(naive)} (0 points), {full_marks} {_time(full)} "
        f"({criterion.points:g} points), and each doubling of the speed between them counts alike"
    )
    return speed_points(criterion.points, best, naive, full), because


def _technique(criterion: Criterion, facts: Facts) -> tuple[float | None, str]:
    if facts.verdict in _NEVER_RAN:
        return 0.0, f"there is nothing to judge: the verdict is {facts.verdict}"
    unused = [name for name in criterion.uses if name not in facts.names_used]
    shunned = [name for name in criterion.avoids if name in facts.names_used]
    evidence = [
        *([f"the code does not use {', '.join(unused)}"] if unused else []),
        *([f"the code uses {', '.join(shunned)}"] if shunned else []),
        *([f"the verdict is {facts.verdict}"] if facts.verdict is not Verdict.ACCEPTED else []),
    ]
    if evidence:
        return None, f"flagged for review: {'; '.join(evidence)}"
    uses = f"uses {', '.join(criterion.uses)}" if criterion.uses else ""
    avoids = f"does not use {', '.join(criterion.avoids)}" if criterion.avoids else ""
    return criterion.points, f"the code {' and '.join(filter(None, (uses, avoids)))}"


def _time(seconds: float) -> str:
    """Three digits in the unit that suits them."""
    for unit, factor in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= factor:
            return f"{seconds / factor:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
