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


LOST = {
    "something else had its core for a while": (0.010, 0.0059, 0.004, 0.006),
    "it slept, and lost nothing": (0.010, 0.002, 0.0, 0.010),
    "it slept, and was late to wake": (0.010, 0.002, 0.001, 0.009),
    "it waited for a thread of its own": (0.010, 0.0099, 0.006, 0.0099),
    "it went on working while the grader was late": (0.010, 0.0098, 0.005, 0.0098),
}


@pytest.mark.parametrize(("done_s", "busy_s", "lost_s", "time_s"), LOST.values(), ids=LOST)
def test_what_a_call_lost_to_others_is_none_of_its_time_and_what_it_worked_is(
    done_s: float, busy_s: float, lost_s: float, time_s: float
) -> None:
    assert _honest_time_s(done_s, done_s + 5e-5, busy_s, lost_s) == pytest.approx(time_s)
