"""A student's own file: its verdict waits for nobody unless it is so slow that the naive reference's time decides."""

import pytest

from grader.grading.class_report import Report
from grader.grading.pipeline import compare
from grader.grading.progress import Silent
from grader.grading.session import read_class
from grader.verdicts import Verdict
from tests.grading.course_fixture import Classroom, of, paced
from tests.grading.test_check_class import noting, slow_at


def check(classroom: Classroom) -> Report:
    """What `grader check` does with what stands in the class's folder."""
    session = classroom.session
    (hand_ins,) = read_class(session)
    with classroom.store() as store:
        return compare(session, hand_ins, 0.0, classroom.backend, store, Silent())


def test_a_right_file_is_checked_before_any_reference(classroom: Classroom) -> None:
    called: list[str] = []
    for level in ("naive", "numba", "numpy"):
        classroom.refer(level, noting(level, called))
    classroom.submit("ada", noting("ada", called))
    assert of(check(classroom), "ada").verdict is Verdict.ACCEPTED
    assert list(dict.fromkeys(called))[:2] == ["ada", "naive"]


def test_a_wrong_file_needs_no_reference_at_all(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6, compute=lambda x: 3 * x))
    assert classroom.calls_in(lambda: check(classroom)).keys() == {"ada"}
    assert of(classroom.report(), "ada").verdict is Verdict.WRONG_ANSWER


@pytest.mark.parametrize(("naive_pace_s", "verdict"), [(1e-3, Verdict.TIME_LIMIT), (3e-3, Verdict.ACCEPTED)])
def test_of_a_slow_file_the_naive_references_time_decides(classroom: Classroom, naive_pace_s: float, verdict: Verdict) -> None:
    classroom.refer("naive", paced(naive_pace_s))
    classroom.submit("ada", slow_at(100, 2.5))
    assert of(check(classroom), "ada").verdict is verdict


def test_a_file_in_which_the_grader_fails_once_is_tried_again(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.backend.faults += ["ada"]
    assert of(check(classroom), "ada").verdict is Verdict.ACCEPTED
