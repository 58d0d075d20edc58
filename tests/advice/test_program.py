"""The advice on one program of a course: what is asked of it beside its profile, with scripted programs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.advice.program import Advice, profile_with_advice
from grader.content.task import Array, Inputs
from grader.errors import UsageError
from grader.execution.interface import FailureKind
from grader.grading.progress import Silent
from grader.grading.session import read_class
from grader.testing import Script
from tests.grading.course_fixture import Classroom, doubled, failing, wrong_at

SOURCE = """\
def double(x):
    return 2 * x
"""
RETURN = 1


def script(answer: Callable[[Array], object], pace_s: float = 1e-6) -> Script:
    """Under the profiler it takes how it is watched, too, and gives the figures of its lines; else its answer."""

    def compute(*inputs: object) -> object:
        if len(inputs) == 1:
            return answer(*inputs)  # type: ignore[arg-type]  # the task's input
        hits, times_s, growths_bytes = np.zeros((3, SOURCE.count("\n")))
        hits[RETURN], times_s[RETURN] = 1, pace_s
        return hits.astype(np.int64), times_s, growths_bytes

    def call_s(inputs: Inputs, _number: int) -> float:
        return pace_s * np.size(inputs[-1])

    return Script(compute, call_s)


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    return Classroom(tmp_path)


@pytest.fixture
def advice_of(classroom: Classroom) -> Callable[[Script], Advice]:
    def advice(behaviour: Script) -> Advice:
        classroom.hand_in("ada", SOURCE)
        classroom.backend.scripts["ada"] = behaviour
        (hand_ins,) = read_class(classroom.session)
        profile, found = profile_with_advice(
            classroom.session, hand_ins.submissions["student/ada"], classroom.backend, Silent()
        )
        assert profile.slowest == RETURN, "what ran is shown in any case"
        assert found.slowest == profile.lines[RETURN]
        return found

    return advice


def test_a_right_program_is_told_how_it_goes_on(advice_of: Callable[[Script], Advice]) -> None:
    advice = advice_of(script(doubled))
    assert (advice.wrong, advice.next_reference) == (None, "numpy"), "its line takes a microsecond, as Python does"


def test_a_wrong_one_is_told_so_and_nothing_else(advice_of: Callable[[Script], Advice]) -> None:
    advice = advice_of(script(wrong_at(3)))
    assert advice.wrong == "Wrong on case 'three': 3 numbers differ"
    assert (advice.findings, advice.next_reference) == ((), None)


def test_so_is_one_that_gives_nothing(advice_of: Callable[[Script], Advice]) -> None:
    wrong = advice_of(script(lambda _x: None)).wrong
    assert wrong == "The result does not fit the task's contract on case 'one'"


def test_one_that_is_too_slow_to_be_checked_is_not_wrong(advice_of: Callable[[Script], Advice]) -> None:
    behaviour = script(doubled)
    slow = replace(behaviour, call_s=lambda inputs, number: 1e6 if len(inputs) == 1 else behaviour.call_s(inputs, number))
    assert advice_of(slow).wrong is None


def test_one_that_fails_under_the_profiler_gets_the_hint_of_a_check(classroom: Classroom) -> None:
    classroom.hand_in("ada", SOURCE)
    behaviour = Script(doubled, failures=failing(0, FailureKind.EXCEPTION, "RecursionError: maximum recursion depth exceeded"))
    classroom.backend.scripts["ada"] = behaviour
    (hand_ins,) = read_class(classroom.session)
    with pytest.raises(UsageError) as caught:
        profile_with_advice(classroom.session, hand_ins.submissions["student/ada"], classroom.backend, Silent())
    assert str(caught.value).startswith("it fails on case 'small':\nRecursionError")
    assert "hint: the recursion goes too deep for Python: use a loop" in str(caught.value)
