"""The kept board: it says what a fresh one says, and is never shown once anything that it follows from has changed."""

import math
from datetime import timedelta

import pytest

from grader.grading import board
from grader.grading.class_report import stand
from grader.grading.session import read_class
from grader.grading.standings import TaskStandings
from tests.grading.course_fixture import REVIEWED_TASK, Classroom, nearly_doubled, of, paced, ranks, wrong_from


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[TaskStandings]:
    """The standings that were made from samples, one after the other."""
    found: list[TaskStandings] = []

    def make(*arguments: object) -> TaskStandings:
        found.append(TaskStandings(*arguments))  # type: ignore[arg-type]  # as they come
        return found[-1]

    monkeypatch.setattr(board, "TaskStandings", make)
    return found


def small_class(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(2.4e-6, prints="\ud800 in what it printed"))
    classroom.submit("eve", paced(1e-4))
    classroom.submit("max", paced(2e-6, compute=wrong_from(0)))
    classroom.hand_in("zoe", "def double(x): return (\n")


def test_a_kept_board_says_the_same_without_looking_at_a_sample(classroom: Classroom, made: list[TaskStandings]) -> None:
    small_class(classroom)
    graded = classroom.grade()
    assert len(made) == 1
    assert classroom.report() == graded
    assert len(made) == 1


def test_after_a_single_run_the_open_interval_is_kept_too(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.grade()
    with classroom.store() as store:
        store._connection.execute("DELETE FROM turns WHERE run > 0")
        store._connection.execute("DELETE FROM runs WHERE number > 0")
        store._connection.execute("DELETE FROM boards")
    made, kept = classroom.report(), classroom.report()
    assert of(made, "ada").speedup_high == of(kept, "ada").speedup_high == math.inf


def test_new_code_is_not_shown_with_the_figures_of_old_code(classroom: Classroom) -> None:
    small_class(classroom)
    classroom.grade()
    classroom.submit("ada", paced(2e-6), code="# new")
    report = classroom.report()
    assert report.ungraded == ("ada · double",)
    assert "ada" not in ranks(report)


def test_a_new_run_a_new_verdict_and_a_persons_look_make_a_new_board(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    classroom.submit("ada", paced(2e-6, compute=nearly_doubled))
    assert "ada" not in ranks(classroom.grade())
    classroom.accept("ada", ago=timedelta(hours=-1))
    assert ranks(classroom.report()) == {"ada": 1}
    classroom.submit("bob", paced(1e-6))
    assert ranks(classroom.grade()) == {"bob": 1, "ada": 2}


def test_other_rules_of_ranking_make_a_new_board(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2.0e-6))
    classroom.submit("bob", paced(2.1e-6))
    assert ranks(classroom.grade()) == {"ada": 1, "bob": 2}
    classroom.describe("min_difference = 0.2")
    assert ranks(classroom.report()) == {"ada": 1, "bob": 1}


def test_another_version_of_the_grader_makes_its_own_board(
    classroom: Classroom, made: list[TaskStandings], monkeypatch: pytest.MonkeyPatch
) -> None:
    small_class(classroom)
    classroom.grade()
    monkeypatch.setattr(board, "_rules", lambda: "other rules")
    classroom.report()
    assert len(made) == 2


def test_what_is_written_while_a_board_is_made_is_not_lost_on_the_next_one(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    classroom.teach(REVIEWED_TASK)
    classroom.submit("ada", paced(2e-6, compute=nearly_doubled))
    classroom.grade()
    with classroom.store() as store:
        store._connection.execute("DELETE FROM boards")

    def make_and_be_late(*arguments: object) -> TaskStandings:
        standings = TaskStandings(*arguments)  # type: ignore[arg-type]  # as they come
        classroom.accept("ada", ago=timedelta(hours=-1))
        return standings

    with monkeypatch.context() as patch:
        patch.setattr(board, "TaskStandings", make_and_be_late)
        assert "ada" not in ranks(classroom.report())
    assert ranks(classroom.report()) == {"ada": 1}


def test_a_store_that_may_only_be_read_shows_its_board(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    small_class(classroom)
    graded = classroom.grade()
    monkeypatch.setattr(board, "_rules", lambda: "other rules")
    session = classroom.session
    with classroom.store() as store:
        store._connection.execute("PRAGMA query_only = ON")
        assert stand(session, read_class(session), {}, session.conditions("scripted"), store) == graded
