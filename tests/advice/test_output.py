"""The rule about what a function shows or writes while it computes."""

import pytest

from grader.advice.finding import Cause
from grader.advice.loops import python_loop
from grader.advice.output import output_in_function
from tests.advice.programs import advice, facts, number

PRINTED = """
import logging
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

def f(x):
    total = 0.0
    for v in x:
        print(v)
        total += v * v
    return total
"""
MEASURED = {"print": (0.7, 10_000), "total += v": (0.2, 10_000)}


@pytest.mark.parametrize(
    ("line", "called"),
    [
        ("print(v)", "print"),
        ("sys.stdout.write(str(v))", "sys.stdout.write"),
        ("plt.plot(v, v)", "plt.plot"),
        ("figure = plt.figure()", "plt.figure"),
        ("figure.savefig('f.png')", "figure.savefig"),
        ("with open('log.txt', 'a') as log: log.write(str(v))", "open"),
        ("np.savetxt('f.txt', x)", "np.savetxt"),
        ("Path('f.txt').write_text(str(v))", "Path('f.txt').write_text"),
        ("logging.info(v)", "logging.info"),
    ],
)
def test_what_shows_or_writes_is_to_go_out_of_the_function(line: str, called: str) -> None:
    found = output_in_function(facts(PRINTED.replace("print(v)", line), {line: (0.7, 10_000)}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.OUTPUT, 12)
    assert found.gain == pytest.approx(1 / 0.3)
    assert f"`{called}`" in found.evidence
    assert "70% of the time" in found.evidence
    assert "out of the function" in found.next_step


def test_lines_that_show_something_count_together() -> None:
    source = PRINTED.replace("print(v)", "print(v)\n        sys.stdout.flush()")
    found = output_in_function(facts(source, {"print": (0.4, 100), "flush": (0.3, 100)}))
    assert found is not None
    assert found.line.line == 12
    assert found.gain == pytest.approx(1 / 0.3)


@pytest.mark.parametrize("line", ["v.print()", "total.write(v)", "np.abs(v)", "print = v"])
def test_what_does_neither_is_not_meant(line: str) -> None:
    assert output_in_function(facts(PRINTED.replace("print(v)", line), {line: (0.7, 10_000)})) is None


def test_nor_output_that_takes_little() -> None:
    assert output_in_function(facts(PRINTED, {"print": (0.05, 10), "total += v": (0.9, 10_000)})) is None


def test_a_line_that_prints_is_no_work_of_a_loop() -> None:
    measured = {"print": (0.7, 1_000_000), "total += v": (0.2, 1_000_000)}
    assert python_loop(facts(PRINTED, measured, {"total": number(), "v": number()})) is None
    assert [one.cause for one in advice(PRINTED, measured)] == [Cause.OUTPUT]


def test_the_loop_is_named_beside_it_where_it_takes_its_share() -> None:
    measured = {"print": (0.4, 1_000_000), "total += v": (0.5, 1_000_000)}
    assert {one.cause for one in advice(PRINTED, measured)} == {Cause.OUTPUT, Cause.PYTHON_LOOP}
