"""The time of a call: until it said done, or for as long as it really worked."""

import pytest

from grader.execution.process import _honest_time_s

CASES = {
    "it stops at once": (0.010, 0.01005, 0.00998, 0.010),
    "it uses less CPU time than there was": (0.010, 0.01005, 0.002, 0.010),
    "it says done, and that takes its moment": (0.010, 0.01006, 0.01005, 0.010),
    "it stands still late": (0.010, 0.0125, 0.0099, 0.0125),
    "it has worked longer than until done": (0.010, 0.0109, 0.0107, 0.0107),
    "it is stopped late, having worked on": (0.010, 0.020, 0.0195, 0.020),
}


@pytest.mark.parametrize(("done_s", "stopped_s", "busy_s", "time_s"), CASES.values(), ids=CASES)
def test_a_call_takes_until_done_unless_it_works_on(done_s: float, stopped_s: float, busy_s: float, time_s: float) -> None:
    assert _honest_time_s(done_s, stopped_s, busy_s) == time_s
