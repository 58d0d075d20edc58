"""Replaying a result: what an author was checked and measured on, run once more on the identical inputs, beside what was found.

The store keeps the seed of every check and of every run, and the inputs follow from it. Of a run only the author, the baseline
and its control take part again, in the rounds and the order of then. Nothing is stored: a replay can change no result.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import median

from grader.content.course import Measurement
from grader.content.submission import Rejection
from grader.errors import GraderError, UsageError
from grader.execution.interface import Backend, Generation
from grader.grading.check import DrawnInputs
from grader.grading.check_class import Checked, check_one, naive_times_s, require_right_reference, what_happened
from grader.grading.estimate import MAD_TO_STANDARD_DEVIATION, turn_time_s
from grader.grading.measure import competitors_of, is_broken, repeat_run
from grader.grading.progress import Progress
from grader.grading.rank import Standing
from grader.grading.session import NAIVE, HandedIn, HandIns, Session, handed_in_by, known_checks, member_of, read_class
from grader.grading.standings import rank_case
from grader.machine import Machine
from grader.records import CONTROL, CheckResult, Limits, Member, RunRecord
from grader.store import Conditions, Store, StoredBlock, StoredCheck
from grader.verdicts import Verdict

_NAIVE = f"reference/{NAIVE}"


@dataclass(frozen=True)
class Account:
    """What was found at one time, then or now, and under which conditions."""

    made_at: str
    """UTC, ISO 8601."""
    content_hash: str
    """Of the author's code."""
    baseline_hash: str | None
    """Of the baseline's code; None where nothing was measured."""
    conditions: Conditions
    machine: Machine | None
    """None where the store does not know what the fingerprint in `conditions` stands for."""
    verdict: Verdict
    message: str
    standing: Standing | None
    """The speedup over the baseline, with its interval; None where nothing was measured, and for the baseline itself."""


@dataclass(frozen=True)
class Sample:
    """The time of one turn, and of the baseline's turn in the same round."""

    turn_s: float
    baseline_s: float

    @property
    def ratio(self) -> float:
        """The turn over the baseline's: what slows the whole round cancels."""
        return self.turn_s / self.baseline_s


@dataclass(frozen=True)
class ReplayedRound:
    """One round, on the same inputs then and now; None where the author had failed."""

    number: int
    then: Sample | None
    now: Sample | None


@dataclass(frozen=True)
class Noise:
    """How quiet the machine was in one run: ratios are medians over its rounds, scatters relative standard deviations."""

    control_ratio: float
    """The control's turns over the baseline's, which is the same program: 1 but for noise."""
    control_scatter: float | None
    """Of that ratio from round to round; None after a single round."""
    scatter: float | None
    """Of the author's turns over the baseline's; None where there are not two of them."""


@dataclass(frozen=True)
class ReplayedRun:
    """One run, then and now."""

    number: int
    """From 0, among the runs that the author took part in."""
    then: Noise
    now: Noise
    rounds: tuple[ReplayedRound, ...]


@dataclass(frozen=True)
class SpeedupChange:
    """How far the speedups lie apart, and how far they may for noise alone: both are natural logarithms of ratios."""

    difference: float
    """Positive where the author is faster now."""
    allowed: float
    """Of two independent estimates, from both their intervals; never less than what is called a tie."""

    @property
    def beyond_noise(self) -> bool:
        """Whether something else than noise must have changed."""
        return abs(self.difference) > self.allowed


@dataclass(frozen=True)
class Replay:
    """An author's result in a task beside its replay."""

    author: str
    kind: str
    task: str
    case: str | None
    """The benchmark case of the runs; None where nothing was measured then."""
    baseline: str | None
    then: Account
    now: Account
    runs: tuple[ReplayedRun, ...]
    speedup_change: SpeedupChange | None
    """None where the speedups cannot be compared."""
    notes: tuple[str, ...]
    """Why less was replayed than was found then."""

    @property
    def same_code(self) -> bool:
        """Whether what is handed in now is what was graded then; if not, the replay is of what is handed in now."""
        return self.then.content_hash == self.now.content_hash

    @property
    def same_conditions(self) -> bool:
        """Whether figures of then and now may be compared: the same machine, environment, sandbox and baseline."""
        same_baseline = self.now.baseline_hash in (None, self.then.baseline_hash)
        return self.then.conditions == self.now.conditions and same_baseline

    @property
    def same_verdict(self) -> bool:
        """Whether the verdict came out again."""
        return self.then.verdict is self.now.verdict

    @property
    def same_message(self) -> bool:
        """Whether the student would read the same, but for how to make it happen again."""
        return what_happened(self.then.message) == what_happened(self.now.message)


@dataclass(frozen=True)
class _Found:
    """The check and the runs that a result rests on."""

    made_at: str
    member: Member
    conditions: Conditions
    seed: int
    """Of the check's inputs."""
    result: CheckResult
    measured: StoredBlock | None
    """With the runs that the author took part in, at least one."""

    @property
    def runs(self) -> tuple[RunRecord, ...]:
        return self.measured.runs if self.measured else ()

    @property
    def is_baseline(self) -> bool:
        return self.measured is not None and self.measured.block.baseline.key == self.member.key


def replay(session: Session, author: str, budget_s: float | None, backend: Backend, store: Store, progress: Progress) -> Replay:
    """Replay an author's result in the session's only task; a student comes before a reference of the same name.

    With a budget, no further run is begun once so many seconds were spent on runs; the first is always made.

    Raises:
        UsageError: there is no such author or no such result, or its inputs cannot be drawn again.
        GraderError: a reference fails now, or the grader itself does.
    """
    (hand_ins,) = read_class(session)
    handed_in = handed_in_by(session, hand_ins, author)
    then = _found_then(session, hand_ins, member_of(handed_in), backend.sandbox, store)
    progress.begin("replaying", 1 + len(then.runs))
    now, notes = _Replaying(session, hand_ins, handed_in, backend, store, progress).once_more(then, budget_s)
    measurement = session.course.measurement
    found = Replay(
        author=author,
        kind=then.member.kind,
        task=hand_ins.task.name,
        case=then.measured.block.case if then.measured else None,
        baseline=then.measured.block.baseline.author if then.measured else None,
        then=_account(then, store.machine(then.conditions.machine), measurement),
        now=_account(now, session.machine, measurement),
        runs=_side_by_side(then, now),
        speedup_change=None,
        notes=notes,
    )
    if not (found.same_code and found.same_conditions):
        return found
    return replace(found, speedup_change=_speedup_change(found.then, found.now, measurement.min_difference))


# --- what was found then ---------------------------------------------------------------------------------------------------


def _found_then(session: Session, hand_ins: HandIns, member: Member, sandbox: str, store: Store) -> _Found:
    """The result that is shown now; where none is, the author's newest one, of whatever code and machine."""
    conditions = session.conditions(sandbox).of(hand_ins.task)

    def nearness(one: StoredCheck) -> tuple[bool, bool]:
        return one.member == member, one.conditions == conditions

    kept = max(reversed(_replayable(hand_ins, member, sandbox, store)), key=nearness)
    measured = _measured(hand_ins, kept, store)
    return _Found(kept.checked_at, kept.member, kept.conditions, kept.seed, kept.result, measured)


def _replayable(hand_ins: HandIns, member: Member, sandbox: str, store: Store) -> list[StoredCheck]:
    """An author's checks whose inputs can be drawn again, oldest first; UsageError where there are none."""
    task, author = hand_ins.task, member.author
    kept = store.checks_of(author, member.kind, task.name)
    if not kept:
        raise UsageError(f"{author} has no result in {task.name} yet; run `grader grade` first")
    in_sandbox = [one for one in kept if one.conditions.sandbox == sandbox]
    if not in_sandbox:
        raise UsageError(
            f"{author} was graded in {task.name} with the sandbox {kept[-1].conditions.sandbox!r}, and this would be"
            f" {sandbox!r}: replay it in the same way, with --trust-code for 'none' and without it otherwise"
        )
    of_this_task = [one for one in in_sandbox if one.task_version == task.version]
    if not of_this_task:
        raise UsageError(
            f"the task {task.name} has changed since {author} was graded, so the inputs of then cannot be drawn any more:"
            f" put tasks/{task.name}/ and reference/{NAIVE}/{task.name}.py back as they were at {in_sandbox[-1].checked_at},"
            " or grade again"
        )
    return of_this_task


def _measured(hand_ins: HandIns, kept: StoredCheck, store: Store) -> StoredBlock | None:
    """The author's last block, with the runs that the author took part in; None where there are none."""
    for one in reversed(store.blocks(hand_ins.task, kept.conditions)):
        if one.block.case == kept.result.case and kept.member in (*one.block.members, one.block.baseline):
            runs = tuple(record for record in one.counting if _took_part(record, kept.member.key))
            if runs:
                return replace(one, runs=runs)
    return None


def _took_part(record: RunRecord, key: str) -> bool:
    return key in record.problems or any(turn.competitor == key for turn in record.turns)


# --- once more -------------------------------------------------------------------------------------------------------------


class _Replaying:
    """A replay in progress: what it needs at every step."""

    def __init__(
        self,
        session: Session,
        hand_ins: HandIns,
        handed_in: HandedIn,
        backend: Backend,
        store: Store,
        progress: Progress,
    ) -> None:
        self._session = session
        self._hand_ins = hand_ins
        self._handed_in = handed_in
        self._backend = backend
        self._store = store
        self._progress = progress
        self._key = member_of(handed_in).key
        self._checked = Checked()

    def once_more(self, then: _Found, budget_s: float | None) -> tuple[_Found, tuple[str, ...]]:
        """The same check and the same runs, and why they are fewer where they are."""
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        result, limits = self._check(then.seed)
        obstacle = None if then.measured is None else self._obstacle(then.measured, result)
        measured = None if then.measured is None or obstacle else self._runs(then.measured, limits, budget_s)
        now = replace(
            then,
            made_at=made_at,
            member=member_of(self._handed_in),
            conditions=self._session.conditions(self._backend.sandbox).of(self._hand_ins.task),
            result=result,
            measured=measured,
        )
        return now, (obstacle,) if obstacle else _remarks(then, now)

    def _check(self, seed: int) -> tuple[CheckResult, Limits]:
        """The check on the inputs of this seed, and the limits for the runs."""
        self._progress.advance(0, "the check")
        inputs = DrawnInputs(self._hand_ins.task.task, seed)
        with self._backend.generation() as generation:
            limits = self._session.limits(self._naive_times_s(generation, inputs))
            result = self._check_author(generation, inputs, limits)
        self._progress.advance(1, "")
        return result, limits

    def _check_author(self, generation: Generation, inputs: DrawnInputs, limits: Limits) -> CheckResult:
        if isinstance(self._handed_in, Rejection):
            return CheckResult(self._handed_in.verdict, self._handed_in.message)
        own_limits = self._session.limits({}) if self._key == _NAIVE else limits
        result, _ = check_one(generation, self._handed_in, self._hand_ins, own_limits, inputs, self._checked)
        return result

    def _naive_times_s(self, generation: Generation, inputs: DrawnInputs) -> Mapping[str, float]:
        """What sets the time limits: as the store knows it, or else, on a machine where it knows nothing, as it is now."""
        kept = naive_times_s(known_checks(self._hand_ins, self._session.conditions(self._backend.sandbox), self._store))
        if kept:
            return kept
        naive = self._hand_ins.submissions[_NAIVE]
        result, _ = check_one(generation, naive, self._hand_ins, self._session.limits({}), inputs, Checked())
        require_right_reference(member_of(naive), self._hand_ins, result)
        return result.case_times_s

    def _obstacle(self, measured: StoredBlock, result: CheckResult) -> str | None:
        """Why nothing can be measured now."""
        if result.verdict is not Verdict.ACCEPTED:
            return "it does not pass its check now, and so it was not measured again"
        baseline = measured.block.baseline.key
        if baseline not in self._hand_ins.submissions:
            return f"{baseline}, which it was compared with, is not there any more, and so it was not measured again"
        return None

    def _runs(self, measured: StoredBlock, limits: Limits, budget_s: float | None) -> StoredBlock:
        """The runs again, with the baseline of now, until the author fails or the budget is spent."""
        start = time.monotonic()
        baseline = self._hand_ins.submissions[measured.block.baseline.key]
        block = replace(measured.block, baseline=member_of(baseline))
        runs: list[RunRecord] = []
        for number, record in enumerate(measured.runs, start=1):
            self._progress.advance(0, f"run {number} of {len(measured.runs)}")
            with self._backend.generation() as generation:
                again = repeat_run(
                    generation,
                    self._hand_ins.task,
                    block,
                    competitors_of(self._hand_ins.submissions, (self._key,), block.baseline.key),
                    record,
                    limits=limits,
                    compiled=self._checked.compiled,
                )
            if is_broken(again, block):
                raise GraderError(f"the baseline of {block.task} failed while it was measured: {dict(again.problems)}")
            runs.append(again)
            self._progress.advance(1, "")
            if self._key in again.problems or (budget_s is not None and time.monotonic() - start >= budget_s):
                break
        return replace(measured, block=block, runs=tuple(runs))


def _remarks(then: _Found, now: _Found) -> tuple[str, ...]:
    """What a reader of the figures has to know."""
    remarks = []
    if len(now.runs) < len(then.runs):
        why = "it failed in the last of them" if now.member.key in now.runs[-1].problems else "the budget was spent"
        remarks.append(f"{len(now.runs)} of {len(then.runs)} runs were replayed: {why}")
    if now.is_baseline:
        remarks.append("it is the baseline here, so there is no speedup: look at the times of its turns")
    return tuple(remarks)


# --- side by side ----------------------------------------------------------------------------------------------------------


def _account(found: _Found, machine: Machine | None, measurement: Measurement) -> Account:
    late = (record.problems[found.member.key] for record in found.runs if found.member.key in record.problems)
    verdict, message = next(late, (found.result.verdict, found.result.message))
    return Account(
        made_at=found.made_at,
        content_hash=found.member.content_hash,
        baseline_hash=found.measured.block.baseline.content_hash if found.measured else None,
        conditions=found.conditions,
        machine=machine,
        verdict=verdict,
        message=message,
        standing=_standing(found, measurement),
    )


def _standing(found: _Found, measurement: Measurement) -> Standing | None:
    if found.measured is None or found.is_baseline:
        return None
    standings = rank_case([found.measured], measurement).standings
    return next((standing for standing in standings if standing.competitor == found.member.key), None)


def _speedup_change(then: Account, now: Account, min_difference: float) -> SpeedupChange | None:
    """None where one of them has no speedup, or no interval yet."""
    if then.standing is None or now.standing is None:
        return None
    reach = math.hypot(then.standing.high - then.standing.score, now.standing.high - now.standing.score)
    if math.isinf(reach):
        return None
    return SpeedupChange(difference=then.standing.score - now.standing.score, allowed=max(reach, min_difference))


def _side_by_side(then: _Found, now: _Found) -> tuple[ReplayedRun, ...]:
    """The runs that were replayed, round by round."""
    if then.measured is None:
        return ()
    key, baseline = then.member.key, then.measured.block.baseline.key
    pairs = zip(then.runs, now.runs, strict=False)  # fewer now, where the replay was cut short
    return tuple(
        ReplayedRun(number, _noise(one, key, baseline), _noise(again, key, baseline), _rounds(one, again, key, baseline))
        for number, (one, again) in enumerate(pairs)
    )


def _rounds(then: RunRecord, now: RunRecord, key: str, baseline: str) -> tuple[ReplayedRound, ...]:
    samples_then, samples_now = _samples(then, key, baseline), _samples(now, key, baseline)
    numbers = sorted(samples_then.keys() | samples_now.keys())
    return tuple(ReplayedRound(number, samples_then.get(number), samples_now.get(number)) for number in numbers)


def _samples(record: RunRecord, key: str, baseline: str) -> dict[int, Sample]:
    """A competitor's turns, by the number of their round."""
    times_s = {(turn.competitor, turn.round): turn_time_s(turn.timed_s) for turn in record.turns}
    return {
        number: Sample(turn_s, times_s[baseline, number])
        for (competitor, number), turn_s in times_s.items()
        if competitor == key
    }


def _noise(record: RunRecord, key: str, baseline: str) -> Noise:
    control = [sample.ratio for sample in _samples(record, CONTROL, baseline).values()]
    own = [sample.ratio for sample in _samples(record, key, baseline).values()]
    return Noise(control_ratio=median(control), control_scatter=_scatter(control), scatter=_scatter(own))


def _scatter(ratios: Sequence[float]) -> float | None:
    """The relative standard deviation, by the median absolute deviation of the logarithms: one wild turn does not decide."""
    if len(ratios) < 2:  # noqa: PLR2004 -- one value says nothing of scatter
        return None
    logs = [math.log(ratio) for ratio in ratios]
    centre = median(logs)
    return MAD_TO_STANDARD_DEVIATION * median(abs(log - centre) for log in logs)
