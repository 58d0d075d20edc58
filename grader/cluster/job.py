"""The jobs' side: one element does its work with the same functions as a grading on a laptop, and writes what it found.

The store that they work with is in memory and begins with what the element was given. Nothing here opens the class's own store.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from grader.cluster.batches import SoFar, result_file, so_far
from grader.cluster.elements import (
    CODE_CHANGED,
    Checked,
    Checking,
    Element,
    Fault,
    Measuring,
    Node,
    Outcome,
    Probe,
    Refusal,
    read_record,
    write_record,
)
from grader.errors import GraderError, UsageError
from grader.execution import mpi
from grader.execution.choose import choose_backend, host_features
from grader.execution.interface import Backend
from grader.grading.check import DrawnInputs
from grader.grading.check_class import check_class, naive_times_s
from grader.grading.compiled import CompiledFunctions
from grader.grading.known_peaks import peaks_now
from grader.grading.measure_class import OpenBlock, measure_blocks
from grader.grading.progress import Silent
from grader.grading.session import Session, member_of, open_session, read_members, require_runnable
from grader.records import Member
from grader.store import Conditions, Store

EXIT_NOT_WRITTEN = 74
"""EX_IOERR of sysexits.h."""


def main() -> None:
    """What the batch script runs: the batch's folder and the element's number are the arguments."""
    folder, index = Path(sys.argv[1]), int(sys.argv[2])
    element = read_record(folder / f"{index}.json", Element)
    if element is None:
        sys.exit("grader: this element is not wanted any more")
    try:
        outcome = outcome_of(element, so_far(folder, index))
        write_record(result_file(folder, index), replace(outcome, restarts=_restarts()))
    except OSError as error:
        print(f"grader: the result cannot be written to {folder}: {error.strerror}", file=sys.stderr)  # noqa: T201 -- the job's log
        sys.exit(EXIT_NOT_WRITTEN)


def outcome_of(element: Element, kept: SoFar) -> Outcome:
    """Do the work, from where it was `kept` before. The grader's own faults are part of the outcome."""
    node = None
    try:
        session, backend = _open(element)
        node = this_node(session, backend)
        return _done(element, kept, session, backend, node)
    except (GraderError, UsageError) as error:
        return Outcome(node, fault=str(error))
    except Exception as error:  # noqa: BLE001 -- a fault of ours is reported, and never a job that ends without a word
        return Outcome(node, fault=f"a fault of the grader's own, please report it: {type(error).__name__}: {error}")


def this_node(session: Session, backend: Backend) -> Node:
    """What this job runs on."""
    name = os.environ.get("SLURMD_NODENAME") or os.uname().nodename
    return Node(name, session.machine, host_features(), backend.sandbox, mpi.versions())


def _open(element: Element) -> tuple[Session, Backend]:
    tasks = () if isinstance(element.work, Probe) else (element.work.task,)
    session = open_session(Path(element.course), Path(element.submissions), tasks, element.machine)
    if tasks:
        require_runnable(session)
    return session, choose_backend(session.course.machine, session.course.limits, trust_code=element.trust_code)


def _done(element: Element, kept: SoFar, session: Session, backend: Backend, node: Node) -> Outcome:
    work = element.work
    if isinstance(work, Probe):
        return _probed(session, backend, node)
    task = session.tasks[work.task]
    if session.conditions(backend.sandbox).of(task) != element.conditions:
        return Outcome(node, refused=Refusal.OTHER_NODE)
    if task.version != work.task_version:
        return Outcome(node, refused=Refusal.CHANGED)
    # Under these very conditions, or this element would have been refused: on a node of the same kind.
    finished = replace(kept.read() or Outcome(node), node=node)
    with Store(Path(element.store), in_memory=True) as store:
        if isinstance(work, Checking):
            return _checked(work, finished, kept, session, backend, store)
        return _measured(work, finished, kept, session, backend, store)


def _probed(session: Session, backend: Backend, node: Node) -> Outcome:
    try:
        return Outcome(node, peaks=peaks_now(backend, session.machine.threads))
    except GraderError as error:
        return Outcome(node, faults=(Fault("", node.name, str(error)),))


class _WritingDown(Silent):
    """Writes down what is finished whenever another check or run is."""

    def __init__(self, kept: SoFar, finished: Callable[[], Outcome]) -> None:
        self._kept, self._finished = kept, finished

    def advance(self, amount: float, doing: str) -> None:
        """Another one is, or the time has come to say that one goes on."""
        del doing
        if amount:
            self._kept.write(self._finished())


def _checked(work: Checking, before: Outcome, kept: SoFar, session: Session, backend: Backend, store: Store) -> Outcome:
    known = [one.member for one in work.known]
    chosen = read_members(session, work.task, work.members)
    everyone = read_members(session, work.task, (*known, *work.members))
    conditions = session.conditions(backend.sandbox)
    _know((*work.known, *before.checks), session, work.task, conditions, store)

    def finished() -> Outcome:
        found = store.checks([member_of(one) for one in chosen.everyone], chosen.task, conditions)
        return replace(before, checks=tuple(Checked(member, result) for member, result in found.items()))

    drawn = {work.task: DrawnInputs(everyone.task.task, work.seed)}
    checked = check_class(session, [everyone], [chosen], backend, store, _WritingDown(kept, finished), drawn=drawn)
    return replace(finished(), faults=tuple(Fault(task, where, text) for (task, where), text in checked.faults.items()))


def _measured(work: Measuring, before: Outcome, kept: SoFar, session: Session, backend: Backend, store: Store) -> Outcome:
    members: tuple[Member, ...] = tuple(dict.fromkeys((*work.block.members, work.block.baseline)))
    hand_ins = read_members(session, work.task, members)
    changed = set(members) - {member_of(one) for one in hand_ins.everyone}
    if work.block.baseline in changed:
        return replace(before, refused=Refusal.CHANGED)
    conditions = session.conditions(backend.sandbox)
    _know(work.known, session, work.task, conditions, store)
    block_id = store.add_block(work.block, hand_ins.task, conditions)
    runs = (*work.runs, *before.runs)
    for record in runs:
        store.add_run(block_id, record)
    limits = session.limits(naive_times_s({one.member: one.result for one in work.known}))
    block = OpenBlock(block_id, work.block, hand_ins, limits)

    def finished() -> Outcome:
        return replace(before, runs=store.block(block_id).runs[len(work.runs) :])

    writing_down = _WritingDown(kept, finished)
    faults = measure_blocks(session, [block], CompiledFunctions(), work.budget_s, backend, store, writing_down)
    faults |= {(work.task, member.key): CODE_CHANGED for member in changed if not runs}
    return replace(
        finished(),
        complete=store.block(block_id).complete,
        faults=tuple(Fault(task, where, text) for (task, where), text in faults.items()),
    )


def _know(known: Sequence[Checked], session: Session, task: str, conditions: Conditions, store: Store) -> None:
    """Begin with what is known."""
    for one in known:
        store.add_check(one.member, session.tasks[task], conditions, 0, one.result)


def _restarts() -> int:
    count = os.environ.get("SLURM_RESTART_COUNT", "")
    return int(count) if count.isdigit() else 0
