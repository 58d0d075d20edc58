"""Grading a class is a list of stages: read → check → measure → rank; what they find is in the store.

Each stage does what is missing and keeps every finished piece at once: a grading that was interrupted goes on where it stopped,
and one in which nothing has changed runs nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader.execution.interface import Backend
from grader.grading.check_class import align_cases, check_class
from grader.grading.measure_class import measure_class
from grader.grading.progress import Progress
from grader.grading.session import HandIns, Session, member_of, read_class
from grader.grading.standings import Report, stand
from grader.store import Store


@dataclass(frozen=True)
class Wanted:
    """What the user asked to be graded."""

    authors: Collection[str] = ()
    """All of the class where empty."""
    budget_s: float | None = None
    """For measuring; the course's where None."""
    fresh: bool = False
    """Grade again what is in the store already: the wanted authors, and where it is all of the class the references too."""


def grade(session: Session, wanted: Wanted, backend: Backend, store: Store, progress: Progress) -> Report:
    """Grade the class, or the authors that are wanted, and rank everyone."""
    everyone = read_class(session)
    chosen = [hand_ins.only(wanted.authors) for hand_ins in everyone]
    if wanted.fresh:
        for hand_ins in chosen:
            again = [member_of(one) for one in hand_ins.everyone if one.kind == "student" or not wanted.authors]
            store.forget(again, hand_ins.task.name)
    return grade_hand_ins(session, everyone, chosen, wanted.budget_s, backend, store, progress)


def grade_hand_ins(
    session: Session,
    everyone: Sequence[HandIns],
    chosen: Sequence[HandIns],
    budget_s: float | None,
    backend: Backend,
    store: Store,
    progress: Progress,
    *,
    same_case: bool = False,
) -> Report:
    """Check what is missing of the chosen, measure and rank everyone checked; with `same_case`, all students at one case."""
    store.add_machine(session.machine)
    checked = check_class(session, chosen, backend, store, progress)
    if same_case:
        align_cases(session, chosen, backend, store)
    measure_class(session, everyone, checked.compiled, budget_s, backend, store, progress)
    return stand(session, everyone, checked.faults, session.conditions(backend.sandbox), store)
