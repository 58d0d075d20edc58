"""The jobs' side: one element does its work with the same functions as a grading on a laptop, and writes what it found.

The store that they work with is in memory and begins with what the element was given. Nothing here opens the class's own store.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.cluster.batches import result_file
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
from grader.execution.choose import choose_backend, host_features
from grader.execution.interface import Backend
from grader.execution.peaks import measure_peaks
from grader.grading.check import DrawnInputs
from grader.grading.check_class import check_class, naive_times_s
from grader.grading.compiled import CompiledFunctions
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
        write_record(result_file(folder, index), replace(outcome_of(element), restarts=_restarts()))
    except OSError as error:
        print(f"grader: the result cannot be written to {folder}: {error.strerror}", file=sys.stderr)  # noqa: T201 -- the job's log
        sys.exit(EXIT_NOT_WRITTEN)


def outcome_of(element: Element) -> Outcome:
    """Do the work. The grader's own faults are part of the outcome."""
    node = None
    try:
        session, backend = _open(element)
        node = this_node(session, backend)
        return _done(element, session, backend, node)
    except (GraderError, UsageError) as error:
        return Outcome(node, fault=str(error))
    except Exception as error:  # noqa: BLE001 -- a fault of ours is reported, and never a job that ends without a word
        return Outcome(node, fault=f"a fault of the grader's own, please report it: {type(error).__name__}: {error}")


def this_node(session: Session, backend: Backend) -> Node:
    """What this job runs on."""
    name = os.environ.get("SLURMD_NODENAME") or os.uname().nodename
    return Node(name, session.machine, host_features(), backend.sandbox)


def _open(element: Element) -> tuple[Session, Backend]:
    tasks = () if isinstance(element.work, Probe) else (element.work.task,)
    session = open_session(Path(element.course), Path(element.submissions), tasks, element.machine)
    if tasks:
        require_runnable(session)
    return session, choose_backend(session.course.machine, session.course.limits, trust_code=element.trust_code)


def _done(element: Element, session: Session, backend: Backend, node: Node) -> Outcome:
    work = element.work
    if isinstance(work, Probe):
        return _probed(session, backend, node)
    conditions = session.conditions(backend.sandbox)
    if conditions != element.conditions:
        return Outcome(node, refused=Refusal.OTHER_NODE)
    if session.tasks[work.task].version != work.task_version:
        return Outcome(node, refused=Refusal.CHANGED)
    with Store(Path(element.store), in_memory=True) as store:
        if isinstance(work, Checking):
            return _checked(work, session, backend, store, node)
        return _measured(work, session, backend, store, node)


def _probed(session: Session, backend: Backend, node: Node) -> Outcome:
    try:
        return Outcome(node, peaks=measure_peaks(backend, session.machine.threads))
    except GraderError as error:
        return Outcome(node, faults=(Fault("", node.name, str(error)),))


def _checked(work: Checking, session: Session, backend: Backend, store: Store, node: Node) -> Outcome:
    known = [one.member for one in work.known]
    chosen = read_members(session, work.task, work.members)
    everyone = read_members(session, work.task, (*known, *work.members))
    conditions = session.conditions(backend.sandbox)
    _know(work.known, session, work.task, conditions, store)
    drawn = {work.task: DrawnInputs(everyone.task.task, work.seed)}
    checked = check_class(session, [everyone], [chosen], backend, store, Silent(), drawn=drawn)
    found = store.checks([member_of(one) for one in chosen.everyone], chosen.task, conditions)
    return Outcome(
        node,
        checks=tuple(Checked(member, result) for member, result in found.items()),
        faults=tuple(Fault(task, where, text) for (task, where), text in checked.faults.items()),
    )


def _measured(work: Measuring, session: Session, backend: Backend, store: Store, node: Node) -> Outcome:
    members: tuple[Member, ...] = tuple(dict.fromkeys((*work.block.members, work.block.baseline)))
    hand_ins = read_members(session, work.task, members)
    changed = set(members) - {member_of(one) for one in hand_ins.everyone}
    if work.block.baseline in changed:
        return Outcome(node, refused=Refusal.CHANGED)
    conditions = session.conditions(backend.sandbox)
    _know(work.known, session, work.task, conditions, store)
    block_id = store.add_block(work.block, hand_ins.task, conditions)
    for record in work.runs:
        store.add_run(block_id, record)
    limits = session.limits(naive_times_s({one.member: one.result for one in work.known}))
    block = OpenBlock(block_id, work.block, hand_ins, limits)
    faults = measure_blocks(session, [block], CompiledFunctions(), work.budget_s, backend, store, Silent())
    faults |= {(work.task, member.key): CODE_CHANGED for member in changed if not work.runs}
    stored = store.block(block_id)
    return Outcome(
        node,
        runs=stored.runs[len(work.runs) :],
        complete=stored.complete,
        faults=tuple(Fault(task, where, text) for (task, where), text in faults.items()),
    )


def _know(known: Sequence[Checked], session: Session, task: str, conditions: Conditions, store: Store) -> None:
    """Begin with what is known."""
    for one in known:
        store.add_check(one.member, session.tasks[task], conditions, 0, one.result)


def _restarts() -> int:
    count = os.environ.get("SLURM_RESTART_COUNT", "")
    return int(count) if count.isdigit() else 0
