"""Marks: from what was found about an author's tasks to points for each criterion, each with its derivation in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, log

from grader.content.course import Assignment, Criterion
from grader.records import Decision
from grader.units import time_text
from grader.verdicts import Verdict

STEP = 0.1
"""Points are given in steps of this size."""

_ZERO_POINTS = "naive"
"""The reference whose speed earns nothing."""
_NEVER_RAN = (Verdict.MISSING, Verdict.BUILD_ERROR, Verdict.INVALID)
_NAMES_SHOWN = 8
"""Of those that a criterion avoids."""


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
    least_seconds_per_unit: float = 0.0
    """Beside what was measured at other cases no less counts: the next case is not done in the time that less would take."""
    reference_seconds_per_unit: Mapping[str, float] = field(default_factory=dict)
    """Of the references that were measured, by level, as they count beside this submission."""
    estimated: Mapping[str, str] = field(default_factory=dict)
    """Those of them that are not at hand, by level: what their seconds are taken from."""
    at_its_case: frozenset[str] = frozenset()
    """The references that were measured at the very case where it was."""
    measured_before: tuple[float, ...] = ()
    """The favourable seconds per unit of earlier measurements of the same code: the best counts."""
    compiled_functions: int | None = None
    """How many functions Numba had compiled when the check was over, as the submission's own process says."""
    picture_answered: bool = False
    """Whether the cases of the task's first picture were called and answered rightly."""
    review: str | None = None
    """What a person has to look at before the speed counts."""


_ROUNDING = 1e-9
"""An earlier measurement that is better by no more is the same."""


@dataclass(frozen=True)
class Points:
    """The points for one criterion; None where a person has to decide, or where the grader itself failed."""

    criterion: str
    text: str
    points: float | None
    max_points: float
    """What is to be had; nothing of it counts as lost where it is a bonus."""
    because: str
    task: str | None = None
    """The task that decides it; None where a person does, and it is about no task in particular."""
    bonus: bool = False


@dataclass(frozen=True)
class Threshold:
    """The time per unit of work that earns some points."""

    points: float
    seconds_per_unit: float


def score_assignment(
    assignment: Assignment, facts_by_task: Mapping[str, Facts], decisions: Mapping[str, Decision] | None = None
) -> tuple[Points, ...]:
    """One entry for each criterion, in the assignment's order; a task without facts has not been graded yet.

    `decisions`, by criterion, are what a person decided: they stand before whatever the grader finds, and beside it.
    """
    decided = decisions or {}
    return tuple(_score(assignment, criterion, facts_by_task, decided.get(criterion.id)) for criterion in assignment.criteria)


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


def _score(
    assignment: Assignment, criterion: Criterion, facts_by_task: Mapping[str, Facts], decision: Decision | None
) -> Points:
    points, because = _points(assignment, criterion, facts_by_task)
    if decision is not None and decision.points is not None:
        points, because = min(decision.points, criterion.points), _decided(decision, criterion, points, because)
    task = assignment.task_of(criterion)
    return Points(criterion.id, criterion.text, points, criterion.points, because, task, criterion.bonus)


def _decided(decision: Decision, criterion: Criterion, points: float | None, because: str) -> str:
    """Who decided, when and why; where the grader has found something itself, that too."""
    person = f"{decision.who} on {decision.decided_at[:10]}: {decision.note}"
    if criterion.by == "hand":
        return person
    found = "nothing" if points is None else f"{points:g}"
    return f"{person} (by itself the grader gives {found}: {because})"


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
        return _picture(criterion, facts)
    return _speed(criterion, facts, full_marks)


def _picture(criterion: Criterion, facts: Facts) -> tuple[float | None, str]:
    if not facts.picture_answered:
        return None, "no picture's case has been called: grade it again, or decide by hand"
    return criterion.points, "the answer is right, the one that the picture is drawn from too"


def _speed(criterion: Criterion, facts: Facts, full_marks: str) -> tuple[float | None, str]:
    if facts.review is not None:
        return None, f"a person has to look at the answers first: {facts.review}"
    if facts.seconds_per_unit is None:
        return None, "its speed was not measured"
    missing = next((level for level in (_ZERO_POINTS, full_marks) if level not in facts.reference_seconds_per_unit), None)
    if missing is not None:
        return None, f"the reference {missing!r} was not measured, so there is nothing to compare with"
    naive, full = facts.reference_seconds_per_unit[_ZERO_POINTS], facts.reference_seconds_per_unit[full_marks]
    measured = facts.seconds_per_unit
    favourable = min(measured, measured if facts.seconds_per_unit_low is None else facts.seconds_per_unit_low)
    best = min((favourable, *facts.measured_before))
    counts = f" ({time_text(favourable)} at the favourable end of its interval, which counts)" if favourable < measured else ""
    if best < favourable * (1 - _ROUNDING):
        counts = f" (measured {len(facts.measured_before) + 1} times; the best, {time_text(best)}, counts)"
    # At one case with the full-marks reference the two are compared as they were measured.
    counted = best if full_marks in facts.at_its_case else max(best, facts.least_seconds_per_unit)
    bounded = f", of which no less than {time_text(counted)} count: it takes longer at the next case" if counted > best else ""
    by_estimate = f"; {facts.estimated[full_marks]}" if full_marks in facts.estimated else ""
    because = (
        f"{time_text(measured)} per unit of work{counts}{bounded}; "
        f"naive takes {time_text(naive)} (0 points), "
        f"{full_marks} {time_text(full)} ({criterion.points:g} points); each doubling of the speed between them counts alike"
        f"{by_estimate}"
    )
    return speed_points(criterion.points, counted, naive, full), because


def _few(names: Sequence[str]) -> str:
    """The first of the names, and how many more there are."""
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" or any of {more} other names" if more > 0 else "")


def _technique(criterion: Criterion, facts: Facts) -> tuple[float | None, str]:
    if facts.verdict in _NEVER_RAN:
        return 0.0, f"there is nothing to judge: the verdict is {facts.verdict}"
    unused = [name for name in criterion.uses if name not in facts.names_used]
    shunned = [name for name in criterion.avoids if name in facts.names_used]
    idle = facts.compiled_functions == 0 and any(name.partition(".")[0] == "numba" for name in criterion.uses)
    evidence = [
        *([f"the code does not use {', '.join(unused)}"] if unused else []),
        *(["when it ran, Numba compiled nothing"] if idle and not unused else []),
        *([f"the code uses {', '.join(shunned)}"] if shunned else []),
        *([f"the verdict is {facts.verdict}"] if facts.verdict is not Verdict.ACCEPTED else []),
    ]
    if evidence:
        return None, f"flagged for review: {'; '.join(evidence)}"
    uses = f"uses {', '.join(criterion.uses)}" if criterion.uses else ""
    avoids = f"does not use {_few(criterion.avoids)}" if criterion.avoids else ""
    return criterion.points, f"the code {' and '.join(filter(None, (uses, avoids)))}"
