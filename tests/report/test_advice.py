"""Advice in words."""

from dataclasses import replace

import pytest

from grader.advice.program import Advice
from grader.report.advice import NOTHING, WRONG, advice_lines, gain_text, in_short, told
from tests.report.example import HOSTILE_TEXTS, findings, line_profile


def test_each_finding_has_its_line_its_cause_its_gain_what_was_measured_and_what_to_do() -> None:
    lines = list(advice_lines(Advice(findings(), "numba")))
    assert lines[:3] == [
        ("title", "1 · line 3: python-loop, up to 3.3 times as fast"),
        ("evidence", "measured: it runs 1,000 times, 350 µs each"),
        ("step", "to do: compile it"),
    ]
    assert lines[3][1] == "2 · line 4: append-then-array, up to 14 times as fast"
    assert lines[-1] == ("next", "the next step is shown by the reference numba")


def test_where_there_is_nothing_to_fix_it_says_so_and_where_it_goes_on() -> None:
    assert [line for _, line in advice_lines(Advice((), "tuned"))] == [NOTHING, "the next step is shown by the reference tuned"]
    assert [line for _, line in advice_lines(Advice((), None))] == [NOTHING]


def test_of_a_wrong_answer_it_says_where_to_look_and_nothing_else() -> None:
    wrong = Advice((), None, line_profile().lines[1], "Wrong on case 'pair': the numbers differ")
    assert list(advice_lines(wrong)) == [("wrong", WRONG), ("evidence", "Wrong on case 'pair': the numbers differ")]
    assert in_short(wrong) == f"slowest: line 2 · {WRONG}"


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_what_is_wrong_is_text_and_nothing_else(text: str) -> None:
    assert all(line.isprintable() for _, line in advice_lines(Advice((), None, None, text)))


def test_in_short_it_is_the_slowest_line_and_the_first_finding() -> None:
    assert in_short(Advice(findings(), None)) == "line 3: python-loop, up to 3.3 times as fast"
    assert in_short(Advice((), "tuned")) == NOTHING
    slowest = line_profile().lines[1]
    assert in_short(Advice(findings(), None, slowest)) == "slowest: line 2 · line 3: python-loop, up to 3.3 times as fast"
    slowest = line_profile().lines[2]
    assert in_short(Advice(findings(), None, slowest)) == "slowest: line 3: python-loop, up to 3.3 times as fast"


@pytest.mark.parametrize(("gain", "text"), [(1.1, "1.1"), (3.333, "3.3"), (14.2, "14"), (100.0, "100")])
def test_gains_are_rounded(gain: float, text: str) -> None:
    assert gain_text(gain) == text


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_names_out_of_a_program_are_text_and_nothing_else(text: str) -> None:
    (one, _) = findings()
    hostile = replace(one, evidence=text, next_step=text)
    assert all(part.isprintable() for line in told([hostile]) for part in (line.title, line.evidence, line.next_step))


def test_near_what_the_machine_can_do_that_is_said_and_where_else_to_go() -> None:
    (kind, line), *more = advice_lines(Advice((), None, share_of_limit=0.85))
    assert (kind, more) == ("title", [])
    assert line == "85 % of what this machine can do by the usual algorithm: only another algorithm would be faster"
    assert in_short(Advice((), None, share_of_limit=0.5)) == NOTHING
