"""Which checks and runs of a store are one grading."""

from datetime import UTC, datetime, timedelta

from grader.history.gradings import PAUSE, Grading, gradings_of
from grader.records import CheckResult, Member
from grader.store import Conditions, PastCheck, PastRun
from grader.verdicts import Verdict

START = datetime(2026, 10, 5, 10, tzinfo=UTC)
HERE = Conditions("environment", "machine", "full")


def check(number: int, author: str, after: timedelta, task: str = "double", version: str = "1") -> PastCheck:
    accepted = CheckResult(Verdict.ACCEPTED, "")
    return PastCheck(number, task, Member(author, "student", version), HERE, (START + after).isoformat(), accepted)


def run(number: int, after: timedelta, wall_time_s: float = 10.0) -> PastRun:
    return PastRun(number, 1, number - 1, HERE, (START + after).isoformat(), wall_time_s)


def numbers(gradings: tuple[Grading, ...]) -> list[tuple[list[int], list[int]]]:
    """Of each grading, which checks and which runs."""
    return [([one.number for one in grading.checks], [one.number for one in grading.runs]) for grading in gradings]


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_nothing_was_graded() -> None:
    assert gradings_of((), ()) == ()


def test_what_follows_without_a_long_pause_is_one_grading() -> None:
    checks = (check(1, "ada", minutes(0)), check(2, "bob", minutes(20)))
    assert numbers(gradings_of(checks, (run(1, minutes(45)),))) == [([1, 2], [1])]


def test_after_a_long_pause_it_is_another_one() -> None:
    checks = (check(1, "ada", minutes(0)), check(2, "bob", PAUSE + minutes(1)))
    assert numbers(gradings_of(checks, ())) == [([1], []), ([2], [])]


def test_a_run_pauses_nothing_as_long_as_it_lasts() -> None:
    long = run(1, minutes(0), wall_time_s=2 * PAUSE.total_seconds())
    (grading,) = gradings_of((check(1, "ada", 2 * PAUSE),), (long,))
    assert grading.ended_at == START + 2 * PAUSE


def test_the_second_attempt_at_a_task_begins_another_grading() -> None:
    checks = (check(1, "ada", minutes(0)), check(2, "bob", minutes(1)), check(3, "ada", minutes(2), version="2"))
    assert numbers(gradings_of(checks, (run(1, minutes(1.5)), run(2, minutes(3))))) == [([1, 2], [1]), ([3], [2])]


def test_attempts_at_two_tasks_are_one_grading() -> None:
    checks = (check(1, "ada", minutes(0)), check(2, "ada", minutes(1), task="triple"))
    assert numbers(gradings_of(checks, ())) == [([1, 2], [])]
