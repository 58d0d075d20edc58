"""The time of a call: until it said done, or for as long as it really worked."""

import pytest

from grader.execution.process import _honest_time_s
from tests.execution.workers import LONG_S, ONE_NUMBER, Workers

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


LATE = {
    "others had its core while it was to stop": (0.0019, 0.0077, 0.00195, 0.0, 0.0057, 0.0020),
    "others had it before that, too": (0.0060, 0.0120, 0.0040, 0.0020, 0.0078, 0.0042),
    "it worked on, and others had its core": (0.0019, 0.0077, 0.0040, 0.0, 0.0040, 0.0040),
    "it slept on": (0.0019, 0.0077, 0.0018, 0.0, 0.0, 0.0077),
}


@pytest.mark.parametrize(("done_s", "stopped_s", "busy_s", "lost_s", "lost_until_stopped_s", "time_s"), LATE.values(), ids=LATE)
def test_whoever_stands_still_late_is_not_charged_for_what_others_did_meanwhile(
    done_s: float, stopped_s: float, busy_s: float, lost_s: float, lost_until_stopped_s: float, time_s: float
) -> None:
    assert _honest_time_s(done_s, stopped_s, busy_s, lost_s, lost_until_stopped_s) == pytest.approx(time_s)


TWO_THREADS = """
    import hashlib
    from threading import Thread

    DATA = bytes(8 << 20)

    def f():
        other = Thread(target=lambda: hashlib.sha256(DATA))
        other.start()
        hashlib.sha256(DATA)
        other.join()
        return 0.0
"""
"""Hashing lets go of the interpreter's lock: on one core, each of the two waits for the other."""


def test_whoever_waits_for_a_thread_of_its_own_takes_the_time_of_both(workers: Workers) -> None:
    worker = workers.ready(TWO_THREADS)
    call = max((worker.call((), ONE_NUMBER, LONG_S) for _ in range(5)), key=lambda one: one.waited_s)
    assert call.failure is None
    assert call.waited_s > 0
    assert call.wall_time_s >= 0.99 * call.cpu_time_s


def test_a_call_that_sleeps_takes_as_long_as_it_sleeps(workers: Workers) -> None:
    worker = workers.ready("import time\ndef f():\n    time.sleep(0.05)\n    return 0.0\n")
    call = worker.call((), ONE_NUMBER, LONG_S)
    assert call.cpu_time_s < 0.0499 < call.wall_time_s
