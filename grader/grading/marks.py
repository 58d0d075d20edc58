"""Marks: what each assignment gives each student, criterion by criterion, and what that makes of the final mark so far."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.content.course import Assignment, Course, Kind
from grader.grading.score import Facts, Points, score_assignment
from grader.records import Decision

KINDS: tuple[Kind, ...] = ("participation", "homework", "lab", "project")


@dataclass(frozen=True)
class AssignmentMarks:
    """One student's marks for one assignment."""

    author: str
    assignment: str
    title: str
    kind: Kind
    criteria: tuple[Points, ...]

    @property
    def points(self) -> float | None:
        """What has been decided so far, the bonus with it; None where nothing has been."""
        given = [one.points for one in self.criteria if one.points is not None]
        return round(sum(given), 10) if given else None

    @property
    def max_points(self) -> float:
        """What the criteria add up to, without the bonus."""
        return sum(one.max_points for one in self.criteria if not one.bonus)

    @property
    def undecided_points(self) -> float:
        """Of `max_points`, those that wait for a person, or for a grading."""
        return sum(one.max_points for one in self.criteria if one.points is None and not one.bonus)


@dataclass(frozen=True)
class Share:
    """One kind of work in the final mark."""

    kind: Kind
    weight_percent: float
    points: float
    max_points: float
    undecided_points: float

    @property
    def percent(self) -> float:
        """What it adds to the final mark: bonus points make up for lost ones of their kind, and for no more."""
        return self.weight_percent * min(1.0, self.points / self.max_points) if self.max_points else 0.0


@dataclass(frozen=True)
class FinalMark:
    """One student's final mark as far as it is known; kinds of work that have no assignment yet are left out."""

    author: str
    shares: tuple[Share, ...]

    @property
    def percent(self) -> float:
        """What has been earned so far."""
        return sum(share.percent for share in self.shares)

    @property
    def max_percent(self) -> float:
        """What could have been earned in what has been handed out."""
        return sum(share.weight_percent for share in self.shares if share.max_points)


def mark_class(
    assignments: Sequence[Assignment],
    facts: Mapping[str, Mapping[str, Facts]],
    decisions: Iterable[Decision],
) -> tuple[AssignmentMarks, ...]:
    """Everyone's marks, author by author in the order of `facts` (author → task → what is known)."""
    decided = latest(decisions)
    return tuple(
        AssignmentMarks(
            author=author,
            assignment=assignment.id,
            title=assignment.title,
            kind=assignment.kind,
            criteria=score_assignment(assignment, by_task, decided.get((author, assignment.id), {})),
        )
        for author, by_task in facts.items()
        for assignment in assignments
    )


def final_marks(course: Course, marks: Sequence[AssignmentMarks]) -> tuple[FinalMark, ...]:
    """What the assignments make of the course's weights, author by author."""
    by_author: dict[str, list[AssignmentMarks]] = {}
    for one in marks:
        by_author.setdefault(one.author, []).append(one)
    return tuple(_final_mark(course, author, own) for author, own in by_author.items())


def latest(decisions: Iterable[Decision]) -> dict[tuple[str, str], dict[str, Decision]]:
    """The decisions that count, by author and assignment, then by criterion; one that was taken back is none."""
    counting: dict[tuple[str, str], dict[str, Decision]] = {}
    for decision in decisions:
        of_assignment = counting.setdefault((decision.author, decision.assignment), {})
        if decision.points is None:
            of_assignment.pop(decision.criterion, None)
        else:
            of_assignment[decision.criterion] = decision
    return counting


def _final_mark(course: Course, author: str, marks: Sequence[AssignmentMarks]) -> FinalMark:
    shares = []
    for kind in KINDS:
        own = [one for one in marks if one.kind == kind]
        if own:
            shares.append(
                Share(
                    kind=kind,
                    weight_percent=course.weights.of(kind),
                    points=sum(one.points or 0.0 for one in own),
                    max_points=sum(one.max_points for one in own),
                    undecided_points=sum(one.undecided_points for one in own),
                )
            )
    return FinalMark(author, tuple(shares))
