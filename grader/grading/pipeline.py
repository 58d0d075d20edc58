"""Grading a class is a list of stages: read → check → measure → rank; what they find is in the store.

Each stage does what is missing and keeps every finished piece at once: a grading that was interrupted goes on where it stopped,
and one in which nothing has changed runs nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from grader.execution.interface import Backend
from grader.grading.check import DrawnInputs, new_seed
from grader.grading.check_class import Checked, align_cases, check_class, students_checks
from grader.grading.class_report import Report, stand
from grader.grading.measure_class import measure_class
from grader.grading.progress import Progress
from grader.grading.session import NAIVE, HandIns, Session, cannot_run, member_of, read_class
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
    """Check what is missing of the wanted authors, measure what is missing, and rank everyone.

    A task that this machine cannot run stays as it is.
    """
    store.add_machine(session.machine)
    whole_class = read_class(session)
    everyone = [hand_ins for hand_ins in whole_class if cannot_run(hand_ins.task, backend.sandbox) is None]
    chosen = [hand_ins.only(wanted.authors) for hand_ins in everyone]
    if wanted.fresh:
        for hand_ins in chosen:
            again = [member_of(one) for one in hand_ins.everyone if one.kind == "student" or not wanted.authors]
            store.forget(again, hand_ins.task.name)
    checked = check_class(session, everyone, chosen, backend, store, progress)
    faults = measure_class(session, everyone, checked.compiled, wanted.budget_s, backend, store, progress)
    return stand(session, whole_class, checked.faults | faults, session.conditions(backend.sandbox), store)


def compare(
    session: Session, hand_ins: HandIns, budget_s: float | None, backend: Backend, store: Store, progress: Progress
) -> Report:
    """The same stages for a student's own files among a task's references, all files at one case.

    The files are checked first, and beside the naive reference where they are so slow that its time decides: whoever has a
    mistake hears of it without waiting for more.
    """
    store.add_machine(session.machine)
    conditions = session.conditions(backend.sandbox)
    everyone = [hand_ins]
    drawn = {hand_ins.task.name: DrawnInputs(hand_ins.task.task, new_seed())}
    checked = check_first(session, hand_ins, drawn, backend, store, progress)
    faults = dict(checked[-1].faults)
    if any(result.case is not None for result in students_checks(hand_ins, conditions, store).values()):
        checked.append(check_class(session, everyone, everyone, backend, store, progress, drawn=drawn))
        align_cases(session, everyone, backend, store)
        compiled = {content: functions for one in checked for content, functions in one.compiled.items()}
        faults |= measure_class(session, everyone, compiled, budget_s, backend, store, progress)
    return stand(session, everyone, faults, conditions, store)


def check_first(
    session: Session, hand_ins: HandIns, drawn: Mapping[str, DrawnInputs], backend: Backend, store: Store, progress: Progress
) -> list[Checked]:
    """Check the students' files before any reference, and beside the naive one where its time decides; all on these inputs."""
    mine = hand_ins.beside(())
    checked = [check_class(session, [hand_ins], [mine], backend, store, progress, before_naive=True, drawn=drawn)]
    if len(students_checks(hand_ins, session.conditions(backend.sandbox), store)) < len(mine.everyone):
        again = hand_ins.beside((NAIVE,))
        checked.append(check_class(session, [hand_ins], [again], backend, store, progress, drawn=drawn))
    return checked
