"""The rules together: the order of findings, how many, and silence where there is nothing to say."""

from dataclasses import replace

import pytest

from grader.advice.advise import advise, next_level
from grader.advice.facts import share_of_limit
from grader.advice.finding import MOST_GAIN, Cause, amdahl_gain
from grader.grading.check import CaseFacts
from grader.grading.line_facts import Split
from grader.machine import Bandwidth, Peaks
from tests.advice.programs import ONE_CORE, advice, array, number, program

MANY = """
import numpy as np

def f(x, n):
    out = np.empty(0)
    total = 0.0
    for i in range(n):
        out = np.append(out, i)
        total += sum(x)
        total += (x ** 3).sum()
        total += np.add.at(x, 0, 1)
    return total
"""
SHARES = {"np.append": (0.1, 100), "sum(x)": (0.3, 100), "x ** 3": (0.2, 100), "np.add.at": (0.4, 100)}


def test_at_most_three_findings_the_one_that_would_gain_the_most_first() -> None:
    found = advice(MANY, SHARES, {"x": array("float64", 1000)})
    assert [one.cause for one in found] == [Cause.UFUNC_METHOD, Cause.PYTHON_SUM, Cause.POWER]
    assert [one.gain for one in found] == sorted((one.gain for one in found), reverse=True)


def test_one_line_has_one_finding() -> None:
    source = "import numpy as np\n\ndef f(x):\n    return sum(x ** 3)\n"
    found = advice(source, {"sum": (1.0, 1)}, {"x": array("float64", 1000)})
    assert len({one.line for one in found}) == len(found) == 1


def test_what_says_more_comes_before_the_loop_that_it_stands_in() -> None:
    source = """
def f(x, cells):
    total = 0.0
    for v in x:
        total += cells[f"{v}"]
        total += v
    return total
"""
    measured = {'total += cells[f"': (0.6, 100_000), "total += v": (0.3, 100_000)}
    found = advice(source, measured, {"v": number(), "total": number()})
    assert [one.cause for one in found][:1] == [Cause.STRING_KEYS]


NEEDS = CaseFacts(work=1.0, operations=1e9, size=None, input_bytes=8, output_bytes=8)
"""The call takes a second."""


@pytest.mark.parametrize(("flop_per_s", "is_silent"), [(1.2e9, True), (1.3e9, False), (None, False)])
def test_near_what_the_machine_can_do_nothing_is_said_about_lines(flop_per_s: float | None, is_silent: bool) -> None:
    profile, files = program(MANY, SHARES, {"x": array("float64", 1000)}, needs=NEEDS, hardware=ONE_CORE)
    peaks = None if flop_per_s is None else Peaks(flop_per_s, (Bandwidth(1 << 14, 1e12, 1e12, 1e12),))
    assert (advise(profile, files, peaks) == ()) == is_silent


def test_the_limit_is_that_of_the_cores_that_the_task_has() -> None:
    profile, _ = program(MANY, SHARES, needs=NEEDS)
    memory = (Bandwidth(1 << 14, 1e12, 1e12, 1e12),)
    two = Peaks(2e9, memory)
    assert share_of_limit(profile, Peaks(1e9, memory, together=two)) == pytest.approx(0.5)
    assert share_of_limit(replace(profile, hardware=ONE_CORE), Peaks(1e9, memory, together=two)) == pytest.approx(1.0)


def test_where_a_task_counts_no_operations_nobody_knows_the_limit() -> None:
    profile, _ = program(MANY, SHARES, needs=replace(NEEDS, operations=None))
    assert share_of_limit(profile, Peaks(1e9, (Bandwidth(1 << 14, 1e12, 1e12, 1e12),))) is None
    assert share_of_limit(replace(profile, needs=NEEDS), None) is None


def test_where_all_is_well_nothing_is_said() -> None:
    source = """
import numpy as np

def f(r, x, n):
    for _ in range(n):
        x = r * x * (1 - x)
    return x
"""
    arrays = {"r": array("float64", 10_000), "x": array("float64", 10_000)}
    assert advice(source, {"x = r": (0.99, 1000)}, arrays) == ()


def test_nothing_is_said_about_what_never_ran() -> None:
    assert advice(MANY, {}, {"x": array("float64", 1000)}) == ()


def test_a_file_that_is_not_python_is_no_matter() -> None:
    profile, (file,) = program(MANY, SHARES)
    assert advise(profile, [replace(file, content=b"def f(:\n")]) == ()


@pytest.mark.parametrize(("share", "gain"), [(0.5, 2.0), (0.9, 10.0), (1.0, MOST_GAIN), (0.0, 1.0)])
def test_the_gain_is_amdahls(share: float, gain: float) -> None:
    assert amdahl_gain(share) == pytest.approx(gain)


@pytest.mark.parametrize(
    ("split", "compiled", "levels", "level"),
    [
        (Split(0.9, 0.1), 0, {"numpy", "numba", "tuned"}, "numpy"),
        (Split(0.1, 0.9), 0, {"numpy", "numba", "tuned"}, "numba"),
        (Split(0.1, 0.9), 2, {"numpy", "numba", "tuned"}, "tuned"),
        (Split(0.9, 0.1), 0, {"numba"}, "numba"),
        (Split(0.1, 0.9), 2, {"naive"}, None),
    ],
)
def test_the_next_reference_goes_further_than_the_program(
    split: Split, compiled: int, levels: set[str], level: str | None
) -> None:
    profile, _ = program(MANY, SHARES)
    assert next_level(replace(profile, split=split, compiled_functions=compiled), levels) == level
