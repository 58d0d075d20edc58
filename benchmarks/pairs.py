"""Programs of one task against each other, by the grader's own means: all are proved right, then pairs measured in turns."""

import tempfile
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.content.submission import Submission
from grader.errors import GraderError
from grader.execution.interface import Backend
from grader.grading.check_class import check_class, naive_times_s
from grader.grading.measure import competitors_of, measure_run
from grader.grading.progress import Silent
from grader.grading.session import NAIVE, HandIns, Session, known_checks, member_of, read_class
from grader.grading.standings import rank_case
from grader.records import Block, CheckResult, Limits
from grader.store import Store, StoredBlock
from grader.verdicts import Verdict


@dataclass(frozen=True)
class Ratio:
    """How many times as long one program takes as the other, with the grader's own interval."""

    case: str
    ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class Accepted:
    """Programs of one task that were all found right, ready to be measured."""

    hand_ins: HandIns
    checks: Mapping[str, CheckResult]
    """By author."""
    limits: Limits
    compiled: MutableMapping[str, bytes]


def accepted(session: Session, task: str, programs: Sequence[Submission], backend: Backend) -> Accepted:
    """Check programs with different authors, all of one task.

    Raises:
        GraderError: one of them is not accepted.
    """
    of_task = next(one for one in read_class(session) if one.task.name == task)
    naive = of_task.submissions[f"reference/{NAIVE}"]
    hand_ins = HandIns(of_task.task, (naive, *programs))
    conditions = session.conditions(backend.sandbox)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "checks.sqlite") as store:
        store.add_machine(session.machine)
        checked = check_class(session, [hand_ins], [hand_ins], backend, store, Silent())
        found = known_checks(hand_ins, conditions, store)
    checks = {member.author: result for member, result in found.items() if result is not None}
    refused = [f"{author}: {result.message}" for author, result in checks.items() if result.verdict is not Verdict.ACCEPTED]
    if refused or checked.faults:
        raise GraderError("\n".join((*refused, *checked.faults.values())))
    return Accepted(hand_ins, checks, session.limits(naive_times_s(found)), checked.compiled)


def ratio_of(session: Session, of_task: Accepted, slow: Submission, fast: Submission, backend: Backend) -> Ratio:
    """The time of one over that of the other, at the largest case that both do in time.

    As many runs as the grader begins with, then more until they differ, and at most as many as the grader makes.

    Raises:
        GraderError: one of them fails while it is measured.
    """
    case = min((str(of_task.checks[one.author].case) for one in (slow, fast)), key=of_task.hand_ins.task.case_names.index)
    baseline, member = member_of(fast), member_of(slow)
    calls_s = {member_of(one).key: of_task.checks[one.author].case_times_s[case] for one in (slow, fast)}
    block = Block(of_task.hand_ins.task.name, case, baseline, (member,), calls_s)
    competitors = competitors_of(of_task.hand_ins.submissions, [member.key], baseline.key)
    stored = StoredBlock(0, block, complete=True, superseded=False, runs=())
    measurement = session.course.measurement
    while True:
        with backend.generation() as generation:
            record = measure_run(
                generation,
                of_task.hand_ins.task,
                block,
                competitors,
                seed=len(stored.runs),
                measurement=session.course.measurement,
                limits=of_task.limits,
                compiled=of_task.compiled,
            )
        if record.problems:
            raise GraderError("; ".join(f"{key}: {message}" for key, (_, message) in record.problems.items()))
        stored = replace(stored, runs=(*stored.runs, record))
        if len(stored.runs) < measurement.min_runs:
            continue
        standing = next(one for one in rank_case([stored], measurement).standings if one.competitor == member.key)
        ratio = Ratio(case, 1 / standing.speedup, 1 / standing.speedup_high, 1 / standing.speedup_low)
        if not ratio.low <= 1 <= ratio.high or len(stored.runs) == measurement.max_runs:
            return ratio
