"""The speeds that marks are told by: references as they were measured, and estimates of those that a student's copy lacks.

An estimate is how many times as fast as `naive` a reference was on the course's machine, by unit of work. Times that of `naive`
here, it says about how fast the reference would be here; about, since machines differ in more than one factor.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import inf

from grader.content.release_notes import Estimate
from grader.grading.session import NAIVE
from grader.grading.standings import Result
from grader.machine import Machine


def seconds_per_unit(reference: Result, cases: Sequence[str], case: str | None) -> float:
    """A reference's seconds per unit of work, as they count beside a submission that was measured at `case`.

    At its own case they are the measured ones, and at smaller cases too: nobody comes nearer to it by being slow at its case.
    At larger ones they are what they count for over the cases.
    """
    goes_further = case is not None and cases.index(case) > cases.index(str(reference.case))
    rate = reference.counted_rate if goes_further else reference.rate
    return 1.0 / rate if rate else inf


def all_seconds_per_unit(
    measured: Mapping[str, Result], estimates: Iterable[Estimate], cases: Sequence[str], case: str | None
) -> dict[str, float]:
    """The same of one task's references by level: of those that were measured here, and by estimates of the others."""
    found = {level: seconds_per_unit(one, cases, case) for level, one in measured.items()}
    naive_s = found.get(NAIVE)
    if naive_s is not None:
        for estimate in estimates:
            if estimate.speedup is not None:
                found.setdefault(estimate.level, naive_s / estimate.speedup)
    return found


def estimate_of(level: str, task: str, measured: Mapping[str, Result], cases: Sequence[str], machine: Machine) -> Estimate:
    """What a copy without a reference is told of it, from the results of this machine."""
    reference, naive = measured.get(level), measured.get(NAIVE)
    if reference is None or naive is None:
        return Estimate(task=task, level=level, speedup=None, case=None, machine=None)
    seconds = (seconds_per_unit(one, cases, reference.case) for one in (naive, reference))
    naive_s, reference_s = seconds
    shown = f"{machine.name}, {machine.cpu}"
    return Estimate(task=task, level=level, speedup=naive_s / reference_s, case=reference.case, machine=shown)


def estimate_text(estimate: Estimate) -> str:
    """`tuned (estimate from laptop, Xeon, at case large): 41× naive`; of the reference of one task."""
    if estimate.speedup is None:
        return f"{estimate.level} is not in this copy of the course, and there is no estimate of it"
    return f"{estimate.level} (estimate from {estimate.machine}, at case {estimate.case}): {estimate.speedup:.3g}× naive"
