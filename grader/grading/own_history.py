"""How a student's results in a task developed: every version of the code that the store knows, and what it came to.

Nothing is run. A version that was graded more than once stands with what came last; those that were graded on another machine,
or in another sandbox, are left out: such figures do not stand beside each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from grader.content.course import Measurement
from grader.grading.rank import Standing
from grader.grading.standings import rank_case
from grader.records import Member
from grader.store import Store, StoredBlock, StoredCheck
from grader.verdicts import Verdict


@dataclass(frozen=True)
class PastResult:
    """What one version of the code came to."""

    checked_at: str
    """UTC, ISO 8601."""
    verdict: Verdict
    case: str | None = None
    """Where it was measured, if it was."""
    baseline: str | None = None
    speedup: float | None = None
    """Over the baseline."""
    speedup_low: float | None = None
    speedup_high: float | None = None


Histories: TypeAlias = Mapping[tuple[str, str], Sequence[PastResult]]
"""By author and task, the oldest version first."""


def own_histories(store: Store, tasks: Iterable[str], machine: str, sandbox: str, measurement: Measurement) -> Histories:
    """Of every student who has handed in more than one version of a task.

    Args:
        store: that the results are in.
        tasks: which ones.
        machine: its fingerprint.
        sandbox: the isolation tier.
        measurement: how the course measures.
    """
    found: dict[tuple[str, str], list[PastResult]] = {}
    for task in tasks:
        checks = [
            one
            for one in store.checks_in(task, "student")
            if (one.conditions.machine, one.conditions.sandbox) == (machine, sandbox)
        ]
        versions = {author: own for author, own in _versions(checks).items() if len(own) > 1}
        measured = _Measured(store, task, [one for own in versions.values() for one in own], measurement)
        for author, own in versions.items():
            found[author, task] = [measured.result(check) for check in own]
    return found


def _versions(checks: Iterable[StoredCheck]) -> dict[str, list[StoredCheck]]:
    """By author, the last check of each version, in the order in which these were made."""
    last: dict[Member, StoredCheck] = {}
    for check in checks:
        if check.result.verdict is not Verdict.MISSING:
            last.pop(check.member, None)
            last[check.member] = check
    found: dict[str, list[StoredCheck]] = {}
    for member, check in last.items():
        found.setdefault(member.author, []).append(check)
    return found


class _Measured:
    """The blocks that these versions were measured in, each read and ranked once."""

    def __init__(self, store: Store, task: str, checks: Sequence[StoredCheck], measurement: Measurement) -> None:
        self._blocks: dict[Member, StoredBlock] = {}
        self._standings: dict[int, Mapping[str, Standing]] = {}
        for version, conditions in dict.fromkeys((one.task_version, one.conditions) for one in checks):
            of_key = {one.member for one in checks if (one.task_version, one.conditions) == (version, conditions)}
            for stored in store.blocks_of_version(task, version, conditions):
                here = of_key.intersection(stored.block.members)
                if here and stored.runs and not stored.superseded:
                    self._blocks |= dict.fromkeys(here, stored)
                    self._standings[stored.id] = {one.competitor: one for one in rank_case([stored], measurement).standings}

    def result(self, check: StoredCheck) -> PastResult:
        """The verdict, which may have come while it was measured, and the speedup where it was."""
        stored, verdict = self._blocks.get(check.member), check.result.verdict
        if stored is None:
            return PastResult(check.checked_at, verdict)
        problems = (record.problems[check.member.key] for record in stored.runs if check.member.key in record.problems)
        standing = self._standings[stored.id].get(check.member.key)
        verdict, _ = next(problems, (verdict, ""))
        if standing is None or verdict is not Verdict.ACCEPTED:
            return PastResult(check.checked_at, verdict)
        return PastResult(
            check.checked_at,
            verdict,
            case=stored.block.case,
            baseline=stored.block.baseline.author,
            speedup=standing.speedup,
            speedup_low=standing.speedup_low,
            speedup_high=standing.speedup_high,
        )
