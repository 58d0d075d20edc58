"""The advice on one program of a course: what is asked of it beside its profile, with scripted programs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.advice.program import Advice, advice_beside_check, profile_with_advice
from grader.content.task import Array, Inputs
from grader.errors import UsageError
from grader.execution.interface import Failure, FailureKind
from grader.grading.progress import Silent
from grader.grading.session import read_class
from grader.testing import Script
from grader.verdicts import Verdict
from tests.grading.course_fixture import Classroom, doubled, failing, of, wrong_at

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


@pytest.mark.parametrize(
    ("behaviour", "verdict", "is_advised"),
    [
        (script(doubled), Verdict.ACCEPTED, True),
        (script(doubled, pace_s=0.2), Verdict.TIME_LIMIT, True),
        (script(wrong_at(3)), Verdict.WRONG_ANSWER, False),
        (
            replace(script(doubled), import_failure=Failure(FailureKind.TIME, "no answer within 30 s")),
            Verdict.TIME_LIMIT,
            False,
        ),
    ],
)
def test_a_check_ends_with_advice_on_what_is_right_and_on_what_is_too_slow(
    classroom: Classroom,
    behaviour: Script,
    verdict: Verdict,
    is_advised: bool,
) -> None:
    classroom.hand_in("ada", SOURCE)
    classroom.backend.scripts["ada"] = behaviour
    report = classroom.grade()
    assert of(report, "ada").verdict is verdict
    (hand_ins,) = read_class(classroom.session)
    ada = hand_ins.submissions["student/ada"]
    advice = advice_beside_check(classroom.session, ada, report, classroom.backend, Silent())
    assert (advice is not None) == is_advised
    if advice is not None:
        assert advice.slowest is not None
        assert advice.slowest.text == "    return 2 * x"
