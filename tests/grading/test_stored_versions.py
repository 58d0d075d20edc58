"""Two stores beside each other: who got faster since, from stored samples alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.grading.pipeline import Wanted, grade
from grader.grading.progress import Silent
from grader.grading.stored_versions import compare_stores
from grader.grading.versions import Compared, Comparison, Outcome
from grader.report.versions import comparison_text
from grader.store import Store
from tests.grading.course_fixture import Classroom, noisy, paced, wrong_from
from tests.report.example import rendered

PACE_S = 2e-6


def graded(classroom: Classroom, name: str, change: Callable[[str], str] = str) -> Path:
    """The class as it stands, graded into a store of this name; its environment may be said to be another one."""
    path = classroom.folder / name / "results.sqlite"
    session = classroom.session
    object.__setattr__(session, "environment", change(session.environment))
    with Store(path) as store:
        grade(session, Wanted(budget_s=0.0), classroom.backend, store, Silent())
    return path


def compared(classroom: Classroom, old: Path, new: Path) -> Comparison:
    with Store(old) as old_store, Store(new) as new_store:
        return compare_stores(classroom.session, old_store, new_store)


def of(comparison: Comparison, author: str) -> Compared:
    (one,) = (one for one in comparison.compared if one.author == author)
    return one


def test_who_got_faster_is_seen_over_the_common_baseline(classroom: Classroom) -> None:
    for author, pace_s in (("ada", 2.0), ("bo", 1.0), ("cy", 1.0)):
        classroom.submit(author, noisy(pace_s * PACE_S, seed=1), "then")
    then = graded(classroom, "then")
    for author, pace_s in (("ada", 1.0), ("bo", 2.0)):
        classroom.submit(author, noisy(pace_s * PACE_S, seed=2), "now")
    comparison = compared(classroom, then, graded(classroom, "now"))
    outcomes = {one.author: one.outcome for one in comparison.compared}
    assert outcomes == {"ada": Outcome.FASTER, "bo": Outcome.SLOWER, "cy": Outcome.SAME_TEXT}
    speed = of(comparison, "ada").speed
    assert speed is not None
    assert speed.speedup == pytest.approx(2, rel=0.02)
    assert speed.speedup_low < 2 < speed.speedup_high
    assert comparison.is_stored
    assert "from stored samples" in rendered(comparison_text(comparison))


def test_what_is_not_right_any_more_is_told_and_so_are_a_newcomer_and_who_is_gone(classroom: Classroom) -> None:
    classroom.submit("ada", paced(PACE_S), "then")
    classroom.submit("bo", paced(PACE_S))
    then = graded(classroom, "then")
    classroom.submit("ada", paced(PACE_S, compute=lambda x: 3 * x), "now")
    classroom.submit("cy", paced(PACE_S))
    (classroom.folder / "submissions" / "bo" / "double.py").unlink()
    comparison = compared(classroom, then, graded(classroom, "now"))
    assert {one.author: one.outcome for one in comparison.compared} == {
        "ada": Outcome.BROKEN,
        "bo": Outcome.ONLY_OLD,
        "cy": Outcome.ONLY_NEW,
    }
    assert of(comparison, "ada").because.startswith("WRONG_ANSWER")
    assert not comparison.faults


def test_who_failed_while_being_measured_is_not_right(classroom: Classroom) -> None:
    classroom.submit("ada", paced(PACE_S), "then")
    then = graded(classroom, "then")
    classroom.submit("ada", paced(PACE_S, compute=wrong_from(30)), "now")
    assert of(compared(classroom, then, graded(classroom, "now")), "ada").outcome is Outcome.BROKEN


def test_at_different_cases_there_is_no_difference_to_be_told(classroom: Classroom) -> None:
    classroom.submit("ada", paced(1e-4), "then")
    then = graded(classroom, "then")
    classroom.submit("ada", paced(PACE_S), "now")
    one = of(compared(classroom, then, graded(classroom, "now")), "ada")
    assert (one.outcome, one.because) == (Outcome.NOT_MEASURED, "measured at different cases, medium and then large")


def test_over_another_baseline_neither(classroom: Classroom) -> None:
    classroom.submit("ada", paced(PACE_S), "then")
    then = graded(classroom, "then")
    classroom.submit("ada", paced(PACE_S), "now")
    classroom.refer("numpy", paced(1e-6))
    one = of(compared(classroom, then, graded(classroom, "now")), "ada")
    assert (one.outcome, one.because) == (Outcome.NOT_MEASURED, "measured over different baselines")


def test_under_other_conditions_figures_are_never_compared(classroom: Classroom) -> None:
    classroom.submit("ada", paced(PACE_S), "then")
    then = graded(classroom, "then")
    classroom.submit("ada", paced(PACE_S), "now")
    comparison = compared(classroom, then, graded(classroom, "now", lambda environment: f"not {environment}"))
    assert "the environment has changed in between" in of(comparison, "ada").because


def test_of_two_machines_both_are_named(classroom: Classroom) -> None:
    classroom.submit("ada", paced(PACE_S), "then")
    then = graded(classroom, "then")
    with Store(then) as store:
        store._connection.execute("UPDATE checks SET machine = 'elsewhere'")
    classroom.submit("ada", paced(PACE_S), "now")
    one = of(compared(classroom, then, graded(classroom, "now")), "ada")
    assert one.outcome is Outcome.NOT_MEASURED
    assert one.because.startswith("figures of different machines are never compared: unknown (elsewhere), then laptop, ")
