"""Placing: at which benchmark case a submission is measured, so that equals are measured together.

A submission belongs to the largest case that it does in `longest_call_s` a call. Two copies of one program that take just
about that long could fall on either side, and would never meet. So who is borderline goes where the nearest one went who is
already placed.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.records import CheckResult

BORDERLINE = 1.6
"""A call between `longest_call_s` divided and multiplied by this is borderline: machines' slow phases reach that far."""

NEAR = 1.25
"""Times within this factor of each other may be those of equal programs."""


def place(result: CheckResult, placed: Iterable[CheckResult], cases: Sequence[str], longest_call_s: float) -> CheckResult:
    """The result with its case settled; `cases` are the benchmark cases from the smallest to the largest."""
    border = borderline_case(result, cases, longest_call_s)
    if border is None:
        return result
    time_s = result.case_times_s[border]
    neighbours = [other for other in placed if other.case is not None and border in other.case_times_s]
    distances = [(abs(math.log(other.case_times_s[border] / time_s)), number) for number, other in enumerate(neighbours)]
    distance, nearest = min(distances, default=(math.inf, -1))
    if distance > math.log(NEAR):
        return result
    position = cases.index(border)
    goes_up = cases.index(str(neighbours[nearest].case)) >= position
    return replace(result, case=border if goes_up else cases[position - 1])


def borderline_case(result: CheckResult, cases: Sequence[str], longest_call_s: float) -> str | None:
    """The case whose call takes about as long as is allowed; never the smallest, for there is none below it."""
    if result.case is None:
        return None
    for case in cases[max(1, cases.index(result.case)) :]:  # nobody goes below what is done in time
        time_s = result.case_times_s.get(case)
        if time_s is not None and longest_call_s / BORDERLINE <= time_s <= longest_call_s * BORDERLINE:
            return case
    return None


def common_case(results: Iterable[CheckResult], cases: Sequence[str]) -> str | None:
    """The largest case that all of them do in time; None where there is nobody."""
    return min((str(result.case) for result in results if result.case is not None), key=cases.index, default=None)
