"""Grading a class by jobs: the same stages as on a laptop, each made of elements that nodes work on at the same time.

Task by task: the naive reference, the other references, the students, then the blocks. What jobs bring goes into the store at
once, and what is open is in the folder of the jobs: whoever comes back later, after a kill too, goes on from there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.cluster.batches import Batches
from grader.cluster.elements import (
    CODE_CHANGED,
    Checked,
    Checking,
    Element,
    Measuring,
    Outcome,
    Probe,
    Refusal,
    Work,
    rest_of,
)
from grader.cluster.nodes import session_on
from grader.cluster.queue import Ended, Entry, Queue, Refused
from grader.cluster.slurm import Phase, seconds_of
from grader.content.submission import Rejection
from grader.errors import GraderError, UsageError
from grader.grading.check import new_seed
from grader.grading.check_class import settled
from grader.grading.class_report import Report, stand
from grader.grading.measure_class import accepted_checks, open_blocks
from grader.grading.pipeline import Wanted
from grader.grading.progress import Progress, tell_speedups
from grader.grading.session import NAIVE, HandedIn, HandIns, Session, known_checks, member_of, read_class
from grader.grading.standings import current_blocks, rank_case
from grader.records import CheckResult, Member
from grader.store import Store

_MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class Cluster:
    """Where the jobs are written down, and who runs them."""

    batches: Batches
    queue: Queue
    trust_code: bool


def grade_by_jobs(session: Session, wanted: Wanted, cluster: Cluster, store: Store, progress: Progress) -> Report:
    """Check, measure and rank as `pipeline.grade` does, on the nodes that the course's machine names.

    Raises:
        UsageError: Slurm refuses what the jobs ask for.
        GraderError: no node can be used, or the folder of the jobs cannot be written.
    """
    ended = cluster.queue.resume(lambda element: isinstance(element.work, Probe) or element.work.task in session.tasks)
    whole_again = wanted.fresh and not wanted.authors
    for entry in ended if wanted.fresh else ():
        cluster.queue.close(entry)
    if wanted.fresh and cluster.queue.entries:
        raise UsageError(
            "an earlier grading is still in the queue: let it finish without --fresh, or end it with `grader jobs cancel`"
        )
    if whole_again:
        cluster.batches.forget_node(session.course.about.machine, trust_code=cluster.trust_code)
    session, sandbox, faults = _on_the_nodes(session, cluster, store, progress)
    for entry in list(cluster.queue.entries):
        if isinstance(entry.element.work, Probe):  # of a grading that was killed when it knew enough
            cluster.queue.close(entry)
    grading = _Grading(session, sandbox, wanted, cluster, store, progress)
    grading.take_over(entry for entry in ended if not wanted.fresh)
    report = grading.run()
    report = replace(report, faults=(*report.faults, *faults))
    cluster.batches.keep_faults(session.course.about.machine, report.faults)
    return report


def _on_the_nodes(session: Session, cluster: Cluster, store: Store, progress: Progress) -> tuple[Session, str, tuple[str, ...]]:
    """The session on the nodes, and their isolation tier; a first grading sends a job that looks. With the faults of that."""
    name = session.course.about.machine
    node, faults = cluster.batches.node(name, trust_code=cluster.trust_code), []
    if node is None:
        progress.begin(f"looking at a node of {name}", 1)
        if not any(isinstance(element.work, Probe) for element in cluster.queue.elements):
            cluster.queue.submit([_element(Probe(), session, store, cluster, "")])
        outcome = _probed(cluster.queue, progress, session)
        progress.advance(1, "")
        if outcome.node is None:
            raise GraderError(f"a node of {name} cannot be used: {outcome.fault}")
        node, faults = outcome.node, [fault.text for fault in outcome.faults]
        cluster.batches.keep_node(replace(node, machine=replace(node.machine, name=name)), trust_code=cluster.trust_code)
        session = session_on(session, node)
        if outcome.peaks is not None:
            store.add_peaks(session.conditions(node.sandbox), outcome.peaks)
    session = session_on(session, node)
    store.add_machine(session.machine)
    return session, node.sandbox, tuple(faults)


def _probed(queue: Queue, progress: Progress, session: Session) -> Outcome:
    """What the job that looks has brought; GraderError where it brings nothing."""
    while True:
        for ended in queue.poll():
            if isinstance(ended.entry.element.work, Probe):
                queue.close(ended.entry)
                if ended.outcome is not None:
                    return ended.outcome
                if not _again(ended, Outcome(None), queue):
                    raise GraderError(f"no node of {session.course.about.machine} can be looked at: {_why(ended, session)}")
        for refused in queue.take_refused():
            why = _why_no_more_time(refused, session)
            raise GraderError(f"no node of {session.course.about.machine} can be looked at: {why}")
        progress.advance(0, str(queue))
        queue.wait()


def _element(work: Work, session: Session, store: Store, cluster: Cluster, sandbox: str) -> Element:
    conditions = None if isinstance(work, Probe) else session.conditions(sandbox).of(session.tasks[work.task])
    return Element(
        work,
        course=str(session.course_folder.absolute()),
        submissions=str(session.submissions_folder.absolute()),
        store=str(store.path.absolute()),
        machine=session.course.about.machine,
        trust_code=cluster.trust_code,
        conditions=conditions,
        time_s=seconds_of(session.course.machine.time),
    )


class _Grading:
    """A grading in progress: what it needs at every step."""

    def __init__(
        self, session: Session, sandbox: str, wanted: Wanted, cluster: Cluster, store: Store, progress: Progress
    ) -> None:
        self._session = session
        self._conditions = session.conditions(sandbox)
        self._sandbox = sandbox
        self._cluster, self._queue = cluster, cluster.queue
        self._store, self._progress = store, progress
        self._budget_s = wanted.budget_s
        self._everyone = {hand_ins.task.name: hand_ins for hand_ins in read_class(session)}
        self._chosen = {task: hand_ins.only(wanted.authors) for task, hand_ins in self._everyone.items()}
        if wanted.fresh:
            for task, hand_ins in self._chosen.items():
                again = [member_of(one) for one in hand_ins.everyone if one.kind == "student" or not wanted.authors]
                store.forget(again, task)
        self._seeds: dict[str, int] = {}
        self._finished: set[str] = set()
        """Tasks of which nothing more is wanted."""
        self._measured: set[int] = set()
        """Blocks that were asked for: nobody is sent there a second time, beside what failed."""
        self._faults: dict[tuple[str, str], str] = {}
        self._left: dict[tuple[str, Member], int] = {}
        """Units of work that are still to be done, by task and competitor: a check, and a measurement."""

    def take_over(self, entries: Iterable[Entry]) -> None:
        """Keep what is finished of elements whose jobs have ended since an earlier grading; the rest is asked for anew."""
        for entry in entries:
            if entry.finished is not None:
                self._keep(entry.element, entry.finished)
            self._queue.close(entry)

    def run(self) -> Report:
        """Until nothing is wanted, waits or runs any more."""
        self._left = self._amounts()
        self._progress.begin(f"grading on {self._session.course.about.machine}", sum(self._left.values()))
        while True:
            for ended in self._queue.poll():
                self._take(ended)
            for refused in self._queue.take_refused():
                self._give_up(refused.element.work, _why_no_more_time(refused, self._session))
            self._queue.submit([element for task in self._idle_tasks() for element in self._elements_of(task)])
            if not self._queue.elements:
                break
            self._progress.advance(0, str(self._queue))
            self._queue.wait()
        everyone = list(self._everyone.values())
        return stand(self._session, everyone, self._faults, self._conditions, self._store)

    def _amounts(self) -> dict[tuple[str, Member], int]:
        """A check and a measurement of whoever is not checked, and a measurement of who is right and not measured."""
        amounts: dict[tuple[str, Member], int] = {}
        for task, hand_ins in self._everyone.items():
            checks = known_checks(hand_ins, self._conditions, self._store)
            chosen = {member_of(one) for one in self._chosen[task].everyone}
            blocks = current_blocks(self._store.blocks(hand_ins.task, self._conditions), checks)
            measured = {(one.block.case, member) for one in blocks if one.complete for member in one.block.members}
            for member, result in checks.items():
                if result is None and member in chosen:
                    amounts[task, member] = 2
                elif result is not None and result.case is not None and (result.case, member) not in measured:
                    amounts[task, member] = 1
        return amounts

    def _leave(self, task: str, members: Iterable[Member], units: int = 0) -> None:
        """So much is left to do of these, and no more."""
        done = 0
        for member in members:
            before = self._left.get((task, member), 0)
            self._left[task, member] = min(before, units)
            done += before - self._left[task, member]
        self._progress.advance(done, str(self._queue))

    # --- what is wanted next -----------------------------------------------------------------------------------------------

    def _idle_tasks(self) -> list[str]:
        """Those of which Slurm has nothing in its hands, and something may be wanted."""
        works = [element.work for element in self._queue.elements]
        busy = {work.task for work in works if not isinstance(work, Probe)}
        return [task for task in self._everyone if task not in busy | self._finished]

    def _elements_of(self, task: str) -> list[Element]:
        works = self._next_works(task)
        if not works:
            self._finished.add(task)
            self._leave(task, [member for of_task, member in self._left if of_task == task])
        return [_element(work, self._session, self._store, self._cluster, self._sandbox) for work in works]

    def _next_works(self, task: str) -> Sequence[Work]:
        """Checks as long as any are missing, each kind after the one that it rests on; then blocks."""
        checks = known_checks(self._everyone[task], self._conditions, self._store)
        missing = [one for one in self._chosen[task].everyone if checks[member_of(one)] is None]
        self._settle_rejected(missing, checks)
        missing = [one for one in missing if not isinstance(one, Rejection)]
        if any((task, member_of(one).key) in self._faults for one in missing if one.kind == "reference"):
            return ()  # the others' limits and cases rest on it
        missing = [one for one in missing if (task, member_of(one).key) not in self._faults]
        for together in (
            [one for one in missing if (one.kind, one.author) == ("reference", NAIVE)],
            [one for one in missing if one.kind == "reference"],
            missing,
        ):
            if together:
                return list(self._checking(task, [member_of(one) for one in together], checks))
        return list(self._measuring(task))

    def _settle_rejected(self, missing: Sequence[HandedIn], checks: dict[Member, CheckResult | None]) -> None:
        """What cannot be run needs no job."""
        for one in missing:
            if isinstance(one, Rejection):
                result = CheckResult(one.verdict, one.message)
                task = self._everyone[one.task].task
                self._store.add_check(member_of(one), task, self._conditions, self._seed(one.task), result)
                checks[member_of(one)] = result
                self._progress.found(one.author, one.task, one.verdict)
                self._leave(one.task, [member_of(one)])

    def _checking(self, task: str, members: Sequence[Member], checks: dict[Member, CheckResult | None]) -> Iterator[Checking]:
        known = tuple(
            Checked(member, result) for member, result in checks.items() if member.kind == "reference" and result is not None
        )
        size = self._session.course.measurement.block_size
        version = self._everyone[task].task.version
        for start in range(0, len(members), size):
            yield Checking(task, version, tuple(members[start : start + size]), known, self._seed(task))

    def _measuring(self, task: str) -> Iterator[Measuring]:
        hand_ins = self._everyone[task]
        try:
            blocks = open_blocks(self._session, [hand_ins], self._conditions, self._store)
        except GraderError as error:
            self._faults[task, "measuring"] = str(error)
            return
        checks = accepted_checks(hand_ins, self._conditions, self._store)
        for one in blocks:
            if one.id in self._measured:
                continue
            self._measured.add(one.id)
            needed = {*one.block.members, one.block.baseline}
            known = tuple(
                Checked(member, result)
                for member, result in checks.items()
                if member in needed or (member.kind, member.author) == ("reference", NAIVE)
            )
            runs = self._store.block(one.id).runs
            yield Measuring(task, hand_ins.task.version, one.id, one.block, runs, known, self._budget_s)

    def _seed(self, task: str) -> int:
        return self._seeds.setdefault(task, new_seed())

    # --- what comes back ---------------------------------------------------------------------------------------------------

    def _take(self, ended: Ended) -> None:
        """Into the store, once more into the queue, or among the faults."""
        outcome, element = ended.outcome, ended.entry.element
        if outcome is None or outcome.fault is not None or outcome.refused is Refusal.OTHER_NODE:
            finished = ended.entry.finished or Outcome(None)
            self._keep(element, finished)
            if not _again(ended, finished, self._queue):
                self._give_up(rest_of(element, finished).work, _why(ended, self._session))
        elif outcome.refused is Refusal.CHANGED:
            self._give_up(element.work, "the task or the code changed while its job waited; grade again")
        else:
            self._keep_whole(element, outcome)
        self._queue.close(ended.entry)

    def _give_up(self, work: Work, why: str) -> None:
        """A fault of ours: reported, tried again by the next grading, and never a zero."""
        if isinstance(work, Checking):
            for member in work.members:
                self._faults[work.task, member.key] = why
            self._leave(work.task, work.members)
        elif isinstance(work, Measuring):
            self._faults[work.task, f"case {work.block.case}"] = why
            self._leave(work.task, work.block.members)

    def _keep_whole(self, element: Element, outcome: Outcome) -> None:
        """Of an element that was done to its end."""
        work = element.work
        if isinstance(work, Probe):
            return
        self._faults |= {(fault.task, fault.where): fault.text for fault in outcome.faults}
        self._keep(element, outcome)
        if not self._is_of_now(element, work):
            return
        if isinstance(work, Checking):
            unchecked = set(work.members) - {one.member for one in outcome.checks}
            for member in unchecked:
                self._faults.setdefault((work.task, member.key), CODE_CHANGED)
            self._leave(work.task, unchecked)
        else:
            self._leave(work.task, work.block.members)

    def _keep(self, element: Element, outcome: Outcome) -> None:
        """The checks and the runs that it brings, or that are finished of it."""
        work = element.work
        if isinstance(work, Probe) or not self._is_of_now(element, work):
            return
        if isinstance(work, Checking):
            self._keep_checks(work, self._everyone[work.task], outcome)
        else:
            self._keep_runs(work, outcome)

    def _is_of_now(self, element: Element, work: Checking | Measuring) -> bool:
        """Or else of before something changed."""
        task = self._everyone[work.task].task
        return (element.conditions, work.task_version) == (self._conditions.of(task), task.version)

    def _keep_checks(self, work: Checking, hand_ins: HandIns, outcome: Outcome) -> None:
        checks = known_checks(hand_ins, self._conditions, self._store)
        longest_call_s = self._session.course.measurement.longest_call_s
        for one in outcome.checks:
            if one.member in checks and checks[one.member] is None:
                result = settled(one.result, one.member, checks, hand_ins.task.case_names, longest_call_s)
                self._store.add_check(one.member, hand_ins.task, self._conditions, work.seed, result)
                checks[one.member] = result
                self._progress.found(one.member.author, work.task, result.verdict)
                self._leave(work.task, [one.member], 1 if result.case is not None else 0)

    def _keep_runs(self, work: Measuring, outcome: Outcome) -> None:
        """The new runs of a block that is still as it was; what a killed grading has kept already is told by its seeds."""
        stored = self._store.find_block(work.block_id)
        if stored is None or stored.superseded or stored.block != work.block:
            return
        there = {record.seed for record in stored.runs}
        for record in outcome.runs:
            if record.seed not in there:
                self._store.add_run(work.block_id, record)
        if outcome.complete:
            self._store.complete_block(work.block_id)
        if outcome.runs or stored.runs:
            standings = rank_case([self._store.block(work.block_id)], self._session.course.measurement).standings
            tell_speedups(self._progress, work.task, standings)


# --- what has failed -------------------------------------------------------------------------------------------------------


def _again(ended: Ended, finished: Outcome, queue: Queue) -> bool:
    """Submit what is left of the element once more where that may help: elsewhere, with more time, or as far as it has got."""
    element, phase, outcome = ended.entry.element, ended.entry.job.phase, ended.outcome
    rest, attempt, time_s = rest_of(element, finished), element.attempt, element.time_s
    if outcome is None and phase in (Phase.CANCELLED, Phase.OUT_OF_MEMORY):
        return False
    if rest == element:  # otherwise it will come to an end
        attempt += 1
        if attempt > _MOST_ATTEMPTS:
            return False
        if outcome is None and phase is Phase.TIMED_OUT:
            if element.attempt > 1:
                return False
            time_s *= 2
    node = outcome.node.name if outcome is not None and outcome.node is not None else ended.entry.job.node
    elsewhere = outcome is not None or phase in (Phase.FAILED, Phase.NODE_FAILED)
    not_on = tuple(sorted({*element.not_on, node})) if elsewhere and node else element.not_on
    if rest == element or rest.size:  # otherwise all was finished, and no more than that not said
        queue.submit([replace(rest, attempt=attempt, time_s=time_s, not_on=not_on)])
    return True


def _why(ended: Ended, session: Session) -> str:
    """Why an element is given up, and what to do about it."""
    machine = f"[machines.{session.course.about.machine}]"
    outcome = ended.outcome
    if outcome is None:
        return _why_without_result(ended, machine)
    node = outcome.node.name if outcome.node is not None else "a node"
    if outcome.refused is Refusal.OTHER_NODE:
        return (
            f"its jobs came to nodes of another kind ({node} among them), and figures of different kinds do not compare:"
            f" name the kind with `constraint` in {machine}; where all nodes have changed, grade with --fresh"
        )
    return f"{outcome.fault} (on {node})"


def _why_no_more_time(refused: Refused, session: Session) -> str:
    usual_s = seconds_of(session.course.machine.time)
    return (
        f"its job was not done in {usual_s / 60:.0f} minutes, and more is refused: raise `time` in"
        f" [machines.{session.course.about.machine}] as far as you may, or lower `block_size`; {refused.why}"
    )


def _why_without_result(ended: Ended, machine: str) -> str:
    element, job = ended.entry.element, ended.entry.job
    said = f"; it said: {ended.said}" if ended.said else ""
    on_node = f" on {job.node}" if job.node else ""
    times = f"{element.attempt} times" if element.attempt > 1 else "once"
    minutes = f"{element.time_s / 60:.0f} minutes"
    reasons = {
        Phase.CANCELLED: "its job was cancelled; grade again to have it submitted again",
        Phase.OUT_OF_MEMORY: f"its job needed more memory than it has{on_node}: raise `memory` in {machine}",
        Phase.TIMED_OUT: f"its job was not done in {minutes}{on_node}: raise `time` in {machine}, or lower `block_size`{said}",
        Phase.NODE_FAILED: f"the node of its job failed, {times}, at last{on_node}",
        Phase.PREEMPTED: f"its job had to make room for others, {times}: choose another `partition` or `account` in {machine}",
        Phase.LOST: f"its job is gone: Slurm knows it no more, and it brought no result{said}",
    }
    return reasons.get(job.phase) or (
        f"its job ended without a result{on_node} ({job.why or job.phase}){said}; does the node see"
        f" {ended.entry.batch.folder.parent}, and is there space and quota left?"
    )
