"""How somebody's results in a task developed, from the store alone."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.grading.own_history import Histories, PastResult, own_histories
from grader.verdicts import Verdict
from tests.grading.course_fixture import NUMBA_PACE_S, NUMPY_PACE_S, Classroom, of, paced, wrong_from


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    return Classroom(tmp_path)


def histories(classroom: Classroom, sandbox: str | None = None, machine: str | None = None) -> Histories:
    session = classroom.session
    key = session.conditions(sandbox or classroom.backend.sandbox)
    with classroom.store() as store:
        return own_histories(store, session.tasks, machine or key.machine, key.sandbox, session.course.measurement)


def verdicts(own: Sequence[PastResult]) -> list[Verdict]:
    return [one.verdict for one in own]


def three_versions(classroom: Classroom) -> None:
    """From ada, the first of them wrong; from bob there is one."""
    classroom.submit("bob", paced(NUMPY_PACE_S))
    for number, script in enumerate(
        (paced(NUMPY_PACE_S, compute=lambda x: 3 * x), paced(2 * NUMBA_PACE_S), paced(NUMBA_PACE_S / 2))
    ):
        classroom.submit("ada", script, code=f"# version {number}")
        classroom.grade()


def test_each_version_stands_with_its_verdict_and_its_speedup_the_oldest_first(classroom: Classroom) -> None:
    three_versions(classroom)
    found = histories(classroom)
    assert found.keys() == {("ada", "double")}, "who has one version has no history"
    own = found["ada", "double"]
    assert verdicts(own) == [Verdict.WRONG_ANSWER, Verdict.ACCEPTED, Verdict.ACCEPTED]
    assert [one.speedup for one in own] == [None, pytest.approx(0.5), pytest.approx(2.0)]
    assert [one.checked_at for one in own] == sorted(one.checked_at for one in own)


def test_the_last_one_is_what_the_report_says(classroom: Classroom) -> None:
    three_versions(classroom)
    last, now = histories(classroom)["ada", "double"][-1], of(classroom.report(), "ada")
    assert (last.verdict, last.case, last.baseline) == (now.verdict, now.case, now.baseline)
    assert (last.speedup, last.speedup_low, last.speedup_high) == (now.speedup, now.speedup_low, now.speedup_high)


def test_a_version_that_was_graded_again_stands_once(classroom: Classroom) -> None:
    three_versions(classroom)
    classroom.grade("ada", fresh=True)
    classroom.submit("ada", paced(NUMBA_PACE_S), code="# version 4")
    classroom.grade()
    assert verdicts(histories(classroom)["ada", "double"])[-2:] == [Verdict.ACCEPTED, Verdict.ACCEPTED]
    assert [one.speedup for one in histories(classroom)["ada", "double"]][-2:] == [pytest.approx(2.0), pytest.approx(1.0)]


def test_who_failed_while_being_measured_has_that_verdict_and_no_speedup(classroom: Classroom) -> None:
    classroom.submit("ada", paced(NUMBA_PACE_S, compute=wrong_from(30)), code="# version 1")
    classroom.grade()
    assert of(classroom.report(), "ada").flags == ("failed while it was measured",)
    classroom.submit("ada", paced(NUMBA_PACE_S), code="# version 2")
    classroom.grade()
    first, second = histories(classroom)["ada", "double"]
    assert (first.verdict, first.speedup) == (Verdict.WRONG_ANSWER, None)
    assert second.verdict is Verdict.ACCEPTED
    assert second.speedup == pytest.approx(1.0)


def test_what_was_made_elsewhere_or_otherwise_isolated_stands_beside_nothing(classroom: Classroom) -> None:
    three_versions(classroom)
    assert histories(classroom, sandbox="another") == {}
    assert histories(classroom, machine="another") == {}
