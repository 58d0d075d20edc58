"""What was stored of two versions, where the sources are not both at hand: everybody's speed over the baseline, then and now.

Nothing is run. Each version was measured beside the baseline in rounds of its own, and the baseline's noise does not cancel:
the two intervals, each of which holds over all students of its store together, are added in squares. Only what was made on one
machine, in one environment and sandbox, of one version of the task, over one baseline at one case is compared.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.content.course import Measurement
from grader.execution.plain import PlainBackend
from grader.grading.check_class import what_happened
from grader.grading.estimate import turn_time_s
from grader.grading.rank import Ranking, Standing
from grader.grading.session import Session
from grader.grading.standings import current_blocks, disturbance_flags, rank_case, without_failed
from grader.grading.versions import Compared, Comparison, Outcome, Speed, by_verdicts, call_time_s, decided, in_order
from grader.machine import Machine
from grader.records import Member
from grader.store import Conditions, Store, StoredBlock, StoredCheck
from grader.verdicts import Verdict


def compare_stores(session: Session, old: Store, new: Store) -> Comparison:
    """Everybody who was graded in both, task by task."""
    found: list[Compared] = []
    sandboxes: list[str] = []
    for task in session.tasks:
        graded = [store.checks_in(task, "student") for store in (old, new)]
        if not all(graded):
            continue
        key = _common_key(*graded)
        if isinstance(key, str):
            machines = [_machines(store, checks) for store, checks in zip((old, new), graded, strict=True)]
            why = f"{key}: {machines[0]}, then {machines[1]}" if key == _OTHER_MACHINE else key
            authors = sorted({one.member.author for one in graded[0]} & {one.member.author for one in graded[1]})
            found += [Compared(author, task, Outcome.NOT_MEASURED, why) for author in authors]
            continue
        sandboxes.append(key.conditions.sandbox)
        measurement = session.course.measurement
        before, after = (_Side(store, task, key, of, measurement) for store, of in zip((old, new), graded, strict=True))
        found += _compared(task, before, after, measurement)
    return Comparison(in_order(found), session.course.measurement.alpha, ", ".join(dict.fromkeys(sandboxes)), is_stored=True)


def compare_attempts(session: Session, store: Store, *, trust_code: bool) -> Comparison:
    """Everybody's last two attempts at each task that one store knows: made without a sandbox, or (otherwise) in one.

    Whoever waits for a person to look at one of them is left out.
    """
    found: list[Compared] = []
    sandboxes: list[str] = []
    measurement = session.course.measurement
    accepted = {(one.author, one.task, one.content_hash) for one in store.acceptances()}
    for task in session.tasks:
        checks = store.checks_in(task, "student")
        attempts = _last_two(one for one in checks if (one.conditions.sandbox == PlainBackend.sandbox) is trust_code)
        keys = {author: _common_key(*of_author) for author, of_author in attempts.items()}
        found += [Compared(author, task, Outcome.NOT_MEASURED, key) for author, key in keys.items() if isinstance(key, str)]
        for key in dict.fromkeys(key for key in keys.values() if isinstance(key, _Key)):
            sandboxes.append(key.conditions.sandbox)
            alike = [of_author for author, of_author in attempts.items() if keys[author] == key]
            old, new = ([check for of_author in alike for check in of_author[number]] for number in (0, 1))
            before, after = (_Side(store, task, key, of, measurement) for of in (old, new))
            questioned = {(one.author, task, one.content_hash) for one in before.questioned | after.questioned}
            waiting = {author for author, _, _ in questioned - accepted}
            found += [one for one in _compared(task, before, after, measurement) if one.author not in waiting]
    return Comparison(in_order(found), measurement.alpha, ", ".join(dict.fromkeys(sandboxes)), is_stored=True)


def _last_two(checks: Iterable[StoredCheck]) -> dict[str, tuple[list[StoredCheck], list[StoredCheck]]]:
    """By author, the checks of the version that was graded last, behind those of the one before it."""
    by_author: dict[str, list[StoredCheck]] = {}
    for check in checks:
        if check.result.verdict is not Verdict.MISSING:
            by_author.setdefault(check.member.author, []).append(check)
    found = {}
    for author, own in by_author.items():
        new = own[-1].member
        old = next((one.member for one in reversed(own) if one.member != new), None)
        if old is not None:
            before, after = ([one for one in own if one.member == member] for member in (old, new))
            found[author] = before, after
    return found


# --- what may be compared ----------------------------------------------------------------------------------------------------

_OTHER_MACHINE = "figures of different machines are never compared"


@dataclass(frozen=True)
class _Key:
    """What results must share."""

    version: str
    conditions: Conditions


def _common_key(old: Sequence[StoredCheck], new: Sequence[StoredCheck]) -> _Key | str:
    """The latest that both have results under; else why there is none."""
    keys = [{_key(one) for one in checks} for checks in (old, new)]
    common = [_key(one) for one in new if _key(one) in keys[0]]
    if common:
        return common[-1]
    of_old, of_new = _key(old[-1]), _key(new[-1])
    if of_old.conditions.machine != of_new.conditions.machine:
        return _OTHER_MACHINE
    if of_old.version != of_new.version:
        return "the task has changed in between: its cases or its checks are not the same"
    if of_old.conditions.sandbox != of_new.conditions.sandbox:
        return f"the sandbox was not the same: {of_old.conditions.sandbox}, then {of_new.conditions.sandbox}"
    return "the environment has changed in between: the interpreter, a library, a variable or a limit is not the same"


def _key(check: StoredCheck) -> _Key:
    return _Key(check.task_version, check.conditions)


def _machines(store: Store, checks: Sequence[StoredCheck]) -> str:
    fingerprint = checks[-1].conditions.machine
    machine: Machine | None = store.machine(fingerprint)
    return f"{'unknown' if machine is None else f'{machine.name}, {machine.cpu}'} ({fingerprint})"


class _Side:
    """One store's results in one task."""

    def __init__(self, store: Store, task: str, key: _Key, checks: Sequence[StoredCheck], measurement: Measurement) -> None:
        references = store.checks_in(task, "reference")
        self.checks = {one.member.author: one for one in checks if _key(one) == key}  # the latest of each comes last
        members = {one.member for one in (*references, *self.checks.values()) if _key(one) == key}
        stored = [one for one in store.blocks_of_version(task, key.version, key.conditions) if not one.superseded]
        self.blocks = [one for one in current_blocks(stored, members) if one.runs]
        self._members = members
        self._measurement = measurement
        self._rankings: dict[str, Ranking] = {}

    @property
    def questioned(self) -> set[Member]:
        """Those of whom a check or a run found something that only a person can decide."""
        in_runs = {(key, one.id) for one in self.blocks for record in one.runs for key in record.reviews}
        measured = {member for one in self.blocks for member in one.block.members if (member.key, one.id) in in_runs}
        return measured | {one.member for one in self.checks.values() if one.result.review is not None}

    def block_of(self, member: Member) -> StoredBlock | None:
        """Where somebody was measured."""
        return next((one for one in self.blocks if member in one.block.members), None)

    def problem_of(self, member: Member) -> tuple[Verdict, str] | None:
        """How somebody failed while being measured."""
        records = (record for one in self.blocks if member in one.block.members for record in one.runs)
        return next((record.problems[member.key] for record in records if member.key in record.problems), None)

    def standing_of(self, member: Member, case: str) -> Standing | None:
        """Over the baseline, among all who were measured at that case."""
        if case not in self._rankings:
            blocks = [one for one in self.blocks if one.block.case == case]
            self._rankings[case] = rank_case(blocks, self._measurement, without_failed(self._members, blocks))
        return next((one for one in self._rankings[case].standings if one.competitor == member.key), None)


# --- one author -------------------------------------------------------------------------------------------------------------


def _compared(task: str, old: _Side, new: _Side, measurement: Measurement) -> list[Compared]:
    found = []
    for author in sorted(old.checks.keys() | new.checks.keys()):
        before, after = old.checks.get(author), new.checks.get(author)
        if before is None or before.result.verdict is Verdict.MISSING:
            if after is not None and after.result.verdict is not Verdict.MISSING:
                found.append(Compared(author, task, Outcome.ONLY_NEW))
        elif after is None or after.result.verdict is Verdict.MISSING:
            found.append(Compared(author, task, Outcome.ONLY_OLD))
        elif before.member == after.member:
            found.append(Compared(author, task, Outcome.SAME_TEXT))
        else:
            found.append(_one(author, task, (old, before), (new, after), measurement))
    return found


def _one(
    author: str, task: str, old: tuple[_Side, StoredCheck], new: tuple[_Side, StoredCheck], measurement: Measurement
) -> Compared:
    verdicts = [_verdict(*side) for side in (old, new)]
    outcome = by_verdicts(verdicts[0][0], verdicts[1][0])
    if outcome is not None:
        verdict, message = verdicts[0] if outcome is Outcome.REPAIRED else verdicts[1]
        return Compared(author, task, outcome, f"{verdict}: {what_happened(message)}")
    blocks = [side.block_of(check.member) for side, check in (old, new)]
    before, after = blocks
    if before is None or after is None:
        return Compared(author, task, Outcome.NOT_MEASURED, "one of the versions has not been measured")
    if before.block.case != after.block.case:
        why = f"measured at different cases, {before.block.case} and then {after.block.case}"
        roughly = _roughly(old[1], new[1], (after.block.case, before.block.case))
        return Compared(author, task, Outcome.NOT_MEASURED, why, speed=roughly)
    if before.block.baseline != after.block.baseline:
        return Compared(author, task, Outcome.NOT_MEASURED, "measured over different baselines")
    standings = [side.standing_of(check.member, before.block.case) for side, check in (old, new)]
    then, now = standings
    if then is None or now is None:
        return Compared(author, task, Outcome.NOT_MEASURED, "one of the versions has no figure")
    speed = _speed(before, after, (then, now), (old[1].member, new[1].member))
    notes = (*disturbance_flags(before), *disturbance_flags(after))
    return Compared(author, task, decided(speed, measurement.min_difference), speed=speed, notes=notes)


def _roughly(before: StoredCheck, after: StoredCheck, cases: Sequence[str]) -> Speed | None:
    """By the few calls of the checks, at the first of these cases that both have done: without an interval."""
    for case in cases:
        calls_s = [check.result.case_calls_s.get(case, ()) for check in (before, after)]
        if all(calls_s):
            old_s, new_s = map(turn_time_s, calls_s)
            return Speed(case, old_s / new_s, 0.0, math.inf, old_s, new_s, runs=0)
    return None


def _verdict(side: _Side, check: StoredCheck) -> tuple[Verdict, str]:
    """The check's, or that of a later failure."""
    return side.problem_of(check.member) or (check.result.verdict, check.result.message)


def _speed(
    before: StoredBlock, after: StoredBlock, standings: tuple[Standing, Standing], members: tuple[Member, Member]
) -> Speed:
    then, now = standings
    gained = then.score - now.score
    reach = math.hypot(then.high - then.score, now.high - now.score)
    return Speed(
        case=after.block.case,
        speedup=math.exp(gained),
        speedup_low=math.exp(gained - reach),
        speedup_high=math.exp(gained + reach),
        old_time_s=call_time_s(before, members[0]),
        new_time_s=call_time_s(after, members[1]),
        runs=min(then.runs, now.runs),
    )
