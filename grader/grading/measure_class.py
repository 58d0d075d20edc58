"""The measuring stage over a class: runs for whoever is not measured yet, until the ranking is settled or the budget spent."""

import time
from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from grader.content.course import Measurement, baseline_of
from grader.errors import GraderError
from grader.execution.interface import Backend, Generation
from grader.grading.check import new_seed
from grader.grading.check_class import naive_times_s
from grader.grading.gate import WAITING_SHARE, Gate, quieter, trouble
from grader.grading.measure import choose_baseline, competitors_of, is_broken, measure_run, plan_blocks
from grader.grading.progress import Progress, tell_speedups
from grader.grading.rank import Ranking, Standing
from grader.grading.session import HandIns, Session, known_checks
from grader.grading.standings import current_blocks, rank_case, without_failed
from grader.grading.stopping import contestants
from grader.noise import between
from grader.records import Block, CheckResult, Limits, Member, RunRecord
from grader.store import Conditions, Store, StoredBlock
from grader.verdicts import Verdict

_TRIES = 2


@dataclass(frozen=True, eq=False)
class OpenBlock:
    """A block that may want more runs."""

    id: int
    block: Block
    hand_ins: HandIns
    limits: Limits


@dataclass(frozen=True, eq=False)
class _AtCase:
    """All that has been measured at one case of a task: it is read and ranked once, whatever number of blocks ask for it."""

    blocks: tuple[StoredBlock, ...]
    current: frozenset[Member]
    """Whose code is unchanged and has not failed."""
    measurement: Measurement

    @cached_property
    def ranking(self) -> Ranking:
        return rank_case(self.blocks, self.measurement, self.current)

    @property
    def ranks_somebody(self) -> bool:
        return any(member.kind == "student" for block in self.blocks for member in block.block.members)

    def runs_of(self, block_id: int) -> int:
        """How many runs a block has so far."""
        return next(len(block.counting) for block in self.blocks if block.id == block_id)


def measure_class(
    session: Session,
    everyone: Sequence[HandIns],
    compiled: MutableMapping[str, bytes],
    budget_s: float | None,
    backend: Backend,
    store: Store,
    progress: Progress,
) -> dict[tuple[str, str], str]:
    """Measure everyone who is accepted and has not been measured; each finished run is kept at once.

    Returns:
        The grader's own faults by task and case. A block is tried again once after a fault; then it waits for the next grading.
    """
    blocks = open_blocks(session, everyone, session.conditions(backend.sandbox), store)
    return measure_blocks(session, blocks, compiled, budget_s, backend, store, progress)


def measure_blocks(
    session: Session,
    blocks: Sequence[OpenBlock],
    compiled: MutableMapping[str, bytes],
    budget_s: float | None,
    backend: Backend,
    store: Store,
    progress: Progress,
) -> dict[tuple[str, str], str]:
    """Make the runs that these blocks of the store want, and return the faults, as `measure_class` does.

    The first `min_runs` are always made; then the budget is spent where it decides: on all of a case until differences of
    `target_difference` can be told apart, then on neighbours that are still contested.
    """
    start = time.monotonic()
    measurement = session.course.measurement
    stage = _Measuring(session, compiled, backend, store, session.conditions(backend.sandbox))
    if budget_s is None:
        budget_s = measurement.budget_s_per_submission * sum(len(one.block.members) for one in blocks)
    deadline = start + budget_s
    gate = Gate(WAITING_SHARE * budget_s, backend.snapshot, partial(progress.advance, 0.0))
    wanted = stage.wanted(blocks, deadline)
    faults: dict[int, list[str]] = {}
    reported: dict[tuple[str, str], str] = {}
    progress.begin("measuring", len(wanted) * measurement.min_runs)
    if wanted:
        gate.wait()
    while wanted:
        with backend.generation() as generation:
            for one, participants in wanted.items():
                progress.advance(0, f"{one.block.task} · {one.block.case}")
                try:
                    stage.run(one, participants, generation, gate, deadline)
                    tell_speedups(progress, one.block.task, stage.standings(one))
                except GraderError as error:
                    faults.setdefault(one.id, []).append(str(error))
                progress.advance(1, "")
        given_up = {one for one in wanted if len(faults.get(one.id, ())) >= _TRIES}
        reported = {(one.block.task, f"case {one.block.case}"): faults[one.id][-1] for one in given_up} | reported
        wanted = stage.wanted(wanted.keys() - given_up, deadline)
    return reported


# --- which blocks ----------------------------------------------------------------------------------------------------------


def open_blocks(session: Session, everyone: Sequence[HandIns], conditions: Conditions, store: Store) -> list[OpenBlock]:
    """Unfinished blocks of the store, and new ones for whoever is accepted and in none.

    Raises:
        GraderError: at some case there is no reference to compare with.
    """
    return [block for hand_ins in everyone for block in _open_blocks_of(session, hand_ins, conditions, store)]


def _open_blocks_of(session: Session, hand_ins: HandIns, conditions: Conditions, store: Store) -> list[OpenBlock]:
    checks = accepted_checks(hand_ins, conditions, store)
    limits = session.limits(naive_times_s(checks))
    stored = current_blocks(store.blocks(hand_ins.task, conditions), checks)
    found = [OpenBlock(one.id, one.block, hand_ins, limits) for one in stored if not one.complete]
    measured = {(one.block.case, member) for one in stored for member in one.block.members}
    new = {member: result for member, result in checks.items() if (result.case, member) not in measured}
    baselines = {one.block.case: one.block.baseline for one in stored}
    for case in {result.case for result in new.values() if result.case is not None}:
        baseline = baselines.get(case) or _baseline(session, hand_ins, case, checks)
        members = sorted((member for member, result in new.items() if result.case == case), key=lambda member: member.key)
        calls_s = {member.key: result.case_times_s[case] for member, result in checks.items() if case in result.case_times_s}
        blocks = plan_blocks(hand_ins.task.name, case, baseline, members, calls_s, session.course.measurement.block_size)
        found += [OpenBlock(store.add_block(block, hand_ins.task, conditions), block, hand_ins, limits) for block in blocks]
    return found


def accepted_checks(hand_ins: HandIns, conditions: Conditions, store: Store) -> dict[Member, CheckResult]:
    """What is known of those whose current version of the code is right."""
    known = known_checks(hand_ins, conditions, store)
    return {member: result for member, result in known.items() if result is not None and result.verdict is Verdict.ACCEPTED}


def _baseline(session: Session, hand_ins: HandIns, case: str, checks: Mapping[Member, CheckResult]) -> Member:
    references = {member.author: member for member in checks if member.kind == "reference"}
    times_s = {
        level: checks[member].case_times_s[case] for level, member in references.items() if case in checks[member].case_times_s
    }
    named = baseline_of(session.course, hand_ins.task.name)
    measurement = session.course.measurement
    level = choose_baseline(times_s, named, measurement.shortest_baseline_call_s, measurement.longest_call_s)
    if level is None:
        raise GraderError(f"no reference of {hand_ins.task.name} does the case {case!r} in time: nothing to compare with")
    return references[level]


# --- their runs --------------------------------------------------------------------------------------------------------------


class _Measuring:
    """The measuring stage in progress: what it needs at every step."""

    def __init__(
        self, session: Session, compiled: MutableMapping[str, bytes], backend: Backend, store: Store, conditions: Conditions
    ) -> None:
        self._session = session
        self._compiled = compiled
        self._backend = backend
        self._store = store
        self._conditions = conditions
        self._noise_passes = True
        """Whether making a disturbed run again may help: not after one that was disturbed again, until a quiet one is seen."""

    def wanted(self, blocks: Iterable[OpenBlock], deadline: float) -> dict[OpenBlock, frozenset[str]]:
        """Who takes part in the next run of each block; a block in which nobody does is complete."""
        wanted: dict[OpenBlock, frozenset[str]] = {}
        for of_case in _by_case(blocks):
            at_case = self._at_case(of_case[0])
            wanted |= {one: self._participants(one, at_case, deadline) for one in of_case}
        for one, participants in wanted.items():
            if not participants:
                self._store.complete_block(one.id)
        return {one: participants for one, participants in wanted.items() if participants}

    def _at_case(self, one: OpenBlock) -> _AtCase:
        """What has been measured at a block's case by now."""
        checks = accepted_checks(one.hand_ins, self._conditions, self._store)
        stored = current_blocks(self._store.blocks(one.hand_ins.task, self._conditions), checks)
        same_case = tuple(block for block in stored if block.block.case == one.block.case)
        return _AtCase(same_case, without_failed(checks, same_case), self._measurement)

    def _participants(self, one: OpenBlock, at_case: _AtCase, deadline: float) -> frozenset[str]:
        """Whom another run of the block can still decide: of its members, those whose code is unchanged and has not failed."""
        runs = at_case.runs_of(one.id)
        everyone = frozenset(member.key for member in one.block.members if member in at_case.current)
        if not at_case.ranks_somebody:
            return everyone if runs < self._measurement.reference_runs else frozenset()
        if runs >= self._measurement.min_runs and time.monotonic() > deadline:
            return frozenset()
        return contestants(runs, lambda: at_case.ranking, everyone, self._measurement)

    def run(self, one: OpenBlock, participants: Collection[str], generation: Generation, gate: Gate, deadline: float) -> None:
        """Make and keep one run of a block; while there is time, one that was disturbed is made again once.

        The gate waits for a quiet moment first. Of the two runs, the one that was disturbed more is set aside.
        """
        record = self._unbroken(one, participants, generation)
        disturbed = self._is_disturbed(one, record)
        if not disturbed:
            self._noise_passes = True
        elif self._noise_passes and time.monotonic() < deadline:
            gate.wait()
            again = self._unbroken(one, participants, generation)
            self._noise_passes = not self._is_disturbed(one, again)
            kept = quieter(record, again, one.block.baseline.key)
            self._store.add_run(one.id, kept)
            self._store.add_run(one.id, replace(again if kept is record else record, set_aside=True))
            return
        self._store.add_run(one.id, record)

    def _unbroken(self, one: OpenBlock, participants: Collection[str], generation: Generation) -> RunRecord:
        """A run; one in which the baseline or its control failed is made again once."""
        record = self._measure(one, participants, generation)
        if is_broken(record, one.block):
            record = self._measure(one, participants, generation)
        if is_broken(record, one.block):
            raise GraderError(f"the baseline of {one.block.task} failed while it was measured: {dict(record.problems)}")
        return record

    @staticmethod
    def _is_disturbed(one: OpenBlock, record: RunRecord) -> bool:
        return trouble(record, one.block.baseline.key) is not None

    def standings(self, one: OpenBlock) -> tuple[Standing, ...]:
        """Where a block's competitors stand after the runs so far."""
        return rank_case([self._store.block(one.id)], self._measurement).standings

    def _measure(self, one: OpenBlock, participants: Collection[str], generation: Generation) -> RunRecord:
        profile = one.hand_ins.task.task.profile
        before = self._backend.snapshot(profile)
        record = measure_run(
            generation,
            one.hand_ins.task,
            one.block,
            competitors_of(one.hand_ins.submissions, participants, one.block.baseline.key),
            seed=new_seed(),
            measurement=self._measurement,
            limits=one.limits,
            compiled=self._compiled,
        )
        return replace(record, disturbance=between(before, self._backend.snapshot(profile)))

    @property
    def _measurement(self) -> Measurement:
        return self._session.course.measurement


def _by_case(blocks: Iterable[OpenBlock]) -> list[list[OpenBlock]]:
    """The blocks of one task and case together."""
    found: dict[tuple[str, str], list[OpenBlock]] = {}
    for one in blocks:
        found.setdefault((one.block.task, one.block.case), []).append(one)
    return list(found.values())
