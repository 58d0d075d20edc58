"""What a rate counts for over the cases: never more than the next case allows whoever does not do it in time.

Each submission is measured at the largest case that it does in time, and caches make most rates better at smaller ones. So
whoever is slow at a large case on purpose would be measured at a smaller one, and be paid for it. But to be there is to take
longer than `longest_call_s` at the next case, and so to have a rate there below its work / `longest_call_s`, while everybody
who is measured there has that much. Who is as fast at all sizes, or faster at large ones, is below that bound already.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.grading.placing import BORDERLINE
from grader.records import CheckResult


@dataclass(frozen=True)
class Bound:
    """The most that a rate counts for: that of a call at the next case in the time that it takes at least."""

    case: str
    """The next one, at which it was not measured."""
    work: float
    """Units of work of one call there."""
    time_s: float
    """What a call there takes at least: the longest that it may, or what it took where that is less."""
    took_s: float | None = None
    """What a call there took in the check; None where there was none, or it failed for its time or memory."""

    @property
    def rate(self) -> float:
        """Units of work per second."""
        return self.work / self.time_s


def works_of(checks: Iterable[CheckResult]) -> dict[str, float]:
    """Units of work of one call, of every benchmark case that one of these was run on; draws may differ a little."""
    works: dict[str, float] = {}
    for check in checks:
        for case, work in check.case_work.items():
            works[case] = max(work, works.get(case, 0.0))
    return works


def bound_of(check: CheckResult, cases: Sequence[str], works: Mapping[str, float], longest_call_s: float) -> Bound | None:
    """The bound for a submission; `works` are those of the cases at which one can be measured, beside a reference.

    Who would be borderline at the next case, and was placed below it beside its equals, is bounded by what it took there. Who
    does it clearly in time is not where it is for being slow there, and has no bound.
    """
    following = cases[cases.index(check.case) + 1 :] if check.case in cases else ()
    if not following or works.get(following[0], 0.0) <= 0:
        return None
    took_s = check.case_times_s.get(following[0])
    if took_s is None or took_s > longest_call_s:
        return Bound(following[0], works[following[0]], longest_call_s, took_s)
    if took_s < longest_call_s / BORDERLINE:
        return None
    return Bound(following[0], check.case_work.get(following[0], works[following[0]]), took_s, took_s)
