"""Two versions of programs against each other: both are checked again, and pairs that are right measured in the same rounds.

The old version is the baseline of its pair, and its copy the control. All that decides is the ranking's own: rounds, stopping
rule, least difference, and α, here over all pairs of a comparison together (Bonferroni).
"""

import math
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from statistics import median

from grader.content.course import Measurement
from grader.content.submission import Rejection
from grader.content.task import LoadedTask, task_names
from grader.content.versions import Pair, Versions, read_pairs
from grader.execution.interface import Backend
from grader.grading.check import DrawnInputs, new_seed
from grader.grading.check_class import AGAIN, naive_times_s
from grader.grading.estimate import turn_time_s
from grader.grading.measure_class import OpenBlock, measure_blocks
from grader.grading.pipeline import check_first
from grader.grading.progress import Progress
from grader.grading.rank import Ranking, Standing
from grader.grading.session import NAIVE, HandedIn, HandIns, Session, known_checks, member_of, read_references
from grader.grading.standings import disturbance_flags, rank_case
from grader.records import Block, CheckResult, Member
from grader.store import Store, StoredBlock
from grader.verdicts import Verdict


class Outcome(StrEnum):
    """What became of a program from one version to the next; what a person should hear of first comes first."""

    BROKEN = "broken"
    """It was right, and is not any more."""
    STILL_WRONG = "still wrong"
    REPAIRED = "repaired"
    """It was wrong, and is right: there is no earlier speed to compare with."""
    NOT_MEASURED = "not measured"
    SLOWER = "slower"
    UNDECIDED = "undecided"
    """The machine was so disturbed that a program differed from its own copy."""
    FASTER = "faster"
    AS_FAST = "as fast"
    SAME_TEXT = "same text"
    """Nothing was run."""
    ONLY_OLD = "gone"
    ONLY_NEW = "new"


@dataclass(frozen=True)
class Speed:
    """How fast the new version is beside the old one, at one benchmark case."""

    case: str
    speedup: float
    """The old version's time over the new one's."""
    speedup_low: float
    speedup_high: float
    old_time_s: float
    """Of a call, the median; as is the new one's."""
    new_time_s: float
    runs: int

    def is_slower_by(self, fraction: float) -> bool:
        """Whether the new version surely takes more than so much longer."""
        return self.speedup_high * (1 + fraction) < 1


@dataclass(frozen=True)
class Compared:
    """One author's program for one task, in two versions."""

    author: str
    task: str
    outcome: Outcome
    because: str = ""
    """Of what is not right, or was not measured: why."""
    speed: Speed | None = None
    """Of what was not measured, of stored results, a rough one without an interval where there is any."""
    notes: tuple[str, ...] = ()

    @property
    def is_worse(self) -> bool:
        """Slower, not right any more, or roughly slower where nothing better is known."""
        roughly = self.outcome is Outcome.NOT_MEASURED and self.speed is not None and self.speed.speedup < 1
        return roughly or self.outcome in (Outcome.SLOWER, Outcome.BROKEN)


@dataclass(frozen=True)
class Comparison:
    """All pairs, what a person should hear of first coming first."""

    compared: tuple[Compared, ...]
    alpha: float
    """The chance that any pair of equals is told apart."""
    sandbox: str
    is_stored: bool = False
    """Made of stored samples, each version over the baseline in its own rounds."""
    only_old: tuple[str, ...] = ()
    """Authors who are gone."""
    only_new: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """Where nothing could be measured, though it was tried."""
        return tuple(
            f"{one.author} · {one.task}: {one.because}"
            for one in self.compared
            if one.outcome is Outcome.NOT_MEASURED and not self.is_stored
        )

    def failing(self, slower_by: float) -> tuple[Compared, ...]:
        """What is slower by more than this fraction, with confidence, and what was right and is not any more."""
        return tuple(
            one
            for one in self.compared
            if one.outcome is Outcome.BROKEN
            or (one.outcome is Outcome.SLOWER and one.speed is not None and one.speed.is_slower_by(slower_by))
        )


def in_order(compared: Sequence[Compared]) -> tuple[Compared, ...]:
    """By what became of them, by task and author."""
    outcomes = list(Outcome)
    return tuple(sorted(compared, key=lambda one: (outcomes.index(one.outcome), one.task, one.author)))


def compare_versions(
    session: Session, versions: Versions, budget_s: float | None, backend: Backend, store: Store, progress: Progress
) -> Comparison:
    """Check both versions of everybody's programs, and measure those pairs that are right.

    Args:
        session: with the tasks that are compared.
        versions: where the programs lie.
        budget_s: for measuring, beyond the first runs of every pair; the course's for each program where None.
        backend: runs them.
        store: keeps what is found on the way; an empty one.
        progress: hears how far it is.
    """
    found: list[Compared] = []
    to_measure: list[_Right] = []
    for task, references in zip(session.tasks.values(), read_references(session), strict=True):
        pairs = [pair for pair in _read(session, task, versions) if not (_is_missing(pair.old) and _is_missing(pair.new))]
        found += [said for pair in pairs if (said := _by_text(pair)) is not None]
        open_pairs = [pair for pair in pairs if _by_text(pair) is None]
        if not open_pairs:
            continue
        hand_ins = HandIns(task, (*references.beside((NAIVE,)).everyone, *(one for pair in open_pairs for one in _both(pair))))
        for checked in _checked(session, hand_ins, open_pairs, backend, store, progress):
            if isinstance(checked, Compared):
                found.append(checked)
            else:
                to_measure.append(checked)
    found += _measured(session, to_measure, budget_s, backend, progress)
    return Comparison(
        compared=in_order(found),
        alpha=session.course.measurement.alpha,
        sandbox=backend.sandbox,
        only_old=versions.only_old,
        only_new=versions.only_new,
    )


# --- which pairs are right ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Right:
    """A pair of which both versions are right."""

    pair: Pair
    task: LoadedTask
    checks: tuple[CheckResult, CheckResult]
    naive_times_s: Mapping[str, float]
    compiled: MutableMapping[str, bytes]


def _read(session: Session, task: LoadedTask, versions: Versions) -> list[Pair]:
    return read_pairs(
        versions,
        task.interface,
        task_names(session.course_folder),
        source_bytes_limit=int(session.course.limits.source_bytes),
        not_from=(session.course_folder,),
    )


def _is_missing(handed_in: HandedIn) -> bool:
    return isinstance(handed_in, Rejection) and handed_in.verdict is Verdict.MISSING


def _by_text(pair: Pair) -> Compared | None:
    """What can be said of a pair by its text alone; None where it has to be run."""
    if _is_missing(pair.new):
        return Compared(pair.author, pair.task, Outcome.ONLY_OLD)
    if _is_missing(pair.old):
        return Compared(pair.author, pair.task, Outcome.ONLY_NEW)
    return Compared(pair.author, pair.task, Outcome.SAME_TEXT) if pair.is_same_text else None


def _both(pair: Pair) -> tuple[HandedIn, HandedIn]:
    """The two as competitors: of two names."""
    return replace(pair.old, author=f"{pair.author}/old"), replace(pair.new, author=f"{pair.author}/new")


def _checked(
    session: Session, hand_ins: HandIns, pairs: Sequence[Pair], backend: Backend, store: Store, progress: Progress
) -> list["Compared | _Right"]:
    """Of each pair why it is not measured, or that it can be."""
    drawn = {hand_ins.task.name: DrawnInputs(hand_ins.task.task, new_seed())}
    rounds = check_first(session, hand_ins, drawn, backend, store, progress)
    faults = rounds[-1].faults
    known = known_checks(hand_ins, session.conditions(backend.sandbox), store)
    compiled = {content: functions for one in rounds for content, functions in one.compiled.items()}

    def judged(pair: Pair) -> Compared | _Right:
        members = [member_of(one) for one in _both(pair)]
        old, new = (known[member] for member in members)
        if old is None or new is None:
            found = (faults.get((pair.task, member.key)) for member in members if known[member] is None)
            return Compared(pair.author, pair.task, Outcome.NOT_MEASURED, next(filter(None, found), "it has no verdict"))
        outcome = by_verdicts(old.verdict, new.verdict)
        if outcome is not None:
            failed = old if outcome is Outcome.REPAIRED else new
            return Compared(pair.author, pair.task, outcome, reason(failed.verdict, failed.message), notes=new.notes)
        return _Right(pair, hand_ins.task, (old, new), naive_times_s(known), compiled)

    return [judged(pair) for pair in pairs]


def by_verdicts(old: Verdict, new: Verdict) -> Outcome | None:
    """What follows from the verdicts alone; None where both are right."""
    if new is not Verdict.ACCEPTED:
        return Outcome.BROKEN if old is Verdict.ACCEPTED else Outcome.STILL_WRONG
    return None if old is Verdict.ACCEPTED else Outcome.REPAIRED


def reason(verdict: Verdict, message: str) -> str:
    """Without how to run the failing case again: it is kept nowhere."""
    return f"{verdict}: {message.rsplit(AGAIN, 1)[0]}"


# --- how fast they are -------------------------------------------------------------------------------------------------------


def _measured(
    session: Session, pairs: Sequence[_Right], budget_s: float | None, backend: Backend, progress: Progress
) -> list[Compared]:
    if not pairs:
        return []
    measurement = session.course.measurement
    each_s = 2 * measurement.budget_s_per_submission if budget_s is None else budget_s / len(pairs)
    of_each = measurement.model_copy(update={"alpha": measurement.alpha / len(pairs)})
    strict = replace(session, course=session.course.model_copy(update={"measurement": of_each}))
    progress.begin("measuring", len(pairs) * measurement.min_runs)
    return [_one_measured(strict, one, each_s, backend, _OneBar(progress, one.pair.author)) for one in pairs]


def _one_measured(session: Session, right: _Right, budget_s: float, backend: Backend, progress: Progress) -> Compared:
    """Measure one pair. Who fails as the baseline is no fault of the grader's: the pair is measured the other way round."""
    pair = right.pair
    case = _common_case(right, session.course.measurement.longest_call_s)
    if case is None:
        return Compared(pair.author, pair.task, Outcome.NOT_MEASURED, "no benchmark case was done by both versions in time")
    fault = ""
    for baseline in (0, 1):
        stored, fault = _runs(session, right, case, baseline, budget_s, backend, progress)
        if not fault:
            return _told(right, stored, session.course.measurement)
    return Compared(pair.author, pair.task, Outcome.NOT_MEASURED, fault)


def _common_case(right: _Right, longest_call_s: float) -> str | None:
    """The largest benchmark case that both do in time; the smallest of both where they do none."""
    times_s = [check.case_times_s for check in right.checks]
    common = [case for case in right.task.case_names if all(case in one for one in times_s)]
    in_time = [case for case in common if all(one[case] <= longest_call_s for one in times_s)]
    return next(iter([*reversed(in_time), *common]), None)


def _runs(
    session: Session, right: _Right, case: str, baseline: int, budget_s: float, backend: Backend, progress: Progress
) -> tuple[StoredBlock, str]:
    """The runs of a pair whose baseline is the old version (0) or the new one (1); and why there are none, if they failed."""
    programs = _both(right.pair)
    members = tuple(member_of(one) for one in programs)
    calls_s = {member.key: check.case_times_s[case] for member, check in zip(members, right.checks, strict=True)}
    block = Block(right.task.name, case, members[baseline], (members[1 - baseline],), calls_s)
    conditions = session.conditions(backend.sandbox)
    with Store(Path(), in_memory=True) as store:  # of its own: pairs that share a case share no rounds
        for member, check in zip(members, right.checks, strict=True):
            store.add_check(member, right.task, conditions, 0, check)
        number = store.add_block(block, right.task, conditions)
        opened = OpenBlock(number, block, HandIns(right.task, programs), session.limits(right.naive_times_s))
        faults = measure_blocks(session, [opened], right.compiled, budget_s, backend, store, progress)
        return store.block(number), next(iter(faults.values()), "")


def _told(right: _Right, stored: StoredBlock, measurement: Measurement) -> Compared:
    """What the runs of a pair say."""
    pair, block = right.pair, stored.block
    old, new = (member_of(one) for one in _both(pair))
    (member,) = block.members
    failed = next((record.problems[member.key] for record in stored.runs if member.key in record.problems), None)
    if failed is not None:
        outcome = Outcome.BROKEN if member == new else Outcome.REPAIRED
        return Compared(pair.author, pair.task, outcome, f"while it was measured, {reason(*failed)}")
    ranking = rank_case([stored], measurement)
    standing = next(one for one in ranking.standings if one.competitor == member.key)
    speed = _speed(stored, standing, old, new)
    notes = (*_to_review(right, stored), *disturbance_flags(stored))
    return Compared(pair.author, pair.task, _decided(speed, ranking, measurement), speed=speed, notes=notes)


def _speed(stored: StoredBlock, standing: Standing, old: Member, new: Member) -> Speed:
    """The member's standing over the baseline, as the old version's time over the new one's."""
    upright = stored.block.baseline == old
    return Speed(
        case=stored.block.case,
        speedup=math.exp(-standing.score if upright else standing.score),
        speedup_low=math.exp(-standing.high if upright else standing.low),
        speedup_high=math.exp(-standing.low if upright else standing.high),
        old_time_s=call_time_s(stored, old),
        new_time_s=call_time_s(stored, new),
        runs=standing.runs,
    )


def call_time_s(stored: StoredBlock, member: Member) -> float:
    """Of a call, in s: the median over the member's turns."""
    return median(
        turn_time_s(turn.timed_s) for record in stored.counting for turn in record.turns if turn.competitor == member.key
    )


def _decided(speed: Speed, ranking: Ranking, measurement: Measurement) -> Outcome:
    """By the ranking's rule: a difference counts where it exceeds what noise can make, and the least that is told apart."""
    return decided(speed, measurement.min_difference) if not ranking.control_split else Outcome.UNDECIDED


def decided(speed: Speed, min_difference: float) -> Outcome:
    """Which version is the faster one, if either is.

    Args:
        speed: with the interval that noise allows.
        min_difference: the log ratio below which two tie whatever the statistics say.
    """
    if speed.speedup_low <= 1 <= speed.speedup_high or abs(math.log(speed.speedup)) <= min_difference:
        return Outcome.AS_FAST
    return Outcome.FASTER if speed.speedup > 1 else Outcome.SLOWER


def _to_review(right: _Right, stored: StoredBlock) -> list[str]:
    """What only a person can decide about the new version's answers."""
    new = member_of(_both(right.pair)[1])
    reviews = [right.checks[1].review, *(record.reviews.get(new.key) for record in stored.runs)]
    return [f"a person has to look at the new version's answers: {review}" for review in reviews if review][:1]


class _OneBar:
    """One bar for all pairs: what measures one of them begins none of its own."""

    def __init__(self, progress: Progress, author: str) -> None:
        self._progress = progress
        self._author = author

    def begin(self, stage: str, total: float) -> None:
        """It has begun already."""

    def advance(self, amount: float, doing: str) -> None:
        """Say whose pair it is."""
        self._progress.advance(amount, f"{self._author} · {doing}" if doing else "")

    def found(self, author: str, task: str, result: str) -> None:
        """Of a pair there is nothing to be shown on the way."""
