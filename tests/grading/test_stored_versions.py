"""Two stores beside each other, or two attempts in one: who got faster or slower since, from stored samples alone."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.grading.pipeline import Wanted, grade
from grader.grading.progress import Silent
from grader.grading.stored_versions import compare_attempts, compare_stores
from grader.grading.versions import Compared, Comparison, Outcome
from grader.report.versions import comparison_text
from grader.store import Store
from tests.grading.course_fixture import REVIEWED_TASK, Classroom, nearly_doubled, noisy, paced, wrong_from
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


# Two attempts in one store


def attempts(classroom: Classroom, store_file: Path | None = None, *, trust_code: bool = False) -> Comparison:
    with Store(store_file or classroom.store_file) as store:
        return compare_attempts(classroom.session, store, trust_code=trust_code)


def test_of_one_store_the_last_two_attempts_are_compared_however_much_was_gained_before(classroom: Classroom) -> None:
    classroom.submit("cy", paced(PACE_S))
    for week, pace in enumerate((9.0, 3.0, 1.0, 1.5)):
        classroom.submit("ada", noisy(pace * PACE_S, seed=week), f"# week {week}")
        classroom.submit("bo", noisy(PACE_S, seed=10 + week), f"# week {week}")
        classroom.grade()
    comparison = attempts(classroom)
    assert {one.author: one.outcome for one in comparison.compared} == {"ada": Outcome.SLOWER, "bo": Outcome.AS_FAST}
    speed = of(comparison, "ada").speed
    assert speed is not None
    assert speed.speedup_low < 1 / 1.5 < speed.speedup_high < 1


def test_what_is_not_right_any_more_is_told_and_at_another_case_no_difference(classroom: Classroom) -> None:
    classroom.submit("ada", paced(PACE_S))
    classroom.submit("bo", paced(PACE_S))
    classroom.grade()
    classroom.submit("ada", paced(PACE_S, compute=lambda x: 3 * x), "# now")
    classroom.submit("bo", paced(1e-4), "# now")
    classroom.grade()
    comparison = attempts(classroom)
    assert of(comparison, "ada").outcome is Outcome.BROKEN
    bo = of(comparison, "bo")
    assert bo.because == "measured at different cases, large and then medium"
    assert bo.speed is not None
    assert bo.speed.case == "medium"
    assert bo.speed.speedup == pytest.approx(PACE_S / 1e-4)
    assert (bo.speed.speedup_low, bo.speed.speedup_high) == (0, math.inf), "the checks' few calls have no interval"
    assert bo.is_worse


def test_attempts_are_compared_where_both_were_graded_though_one_was_graded_elsewhere_since(classroom: Classroom) -> None:
    classroom.submit("ada", paced(PACE_S))
    graded(classroom, "term")
    classroom.submit("ada", paced(2 * PACE_S), "# now")
    store_file = graded(classroom, "term")
    graded(classroom, "term", lambda environment: f"{environment} with another library")
    assert of(attempts(classroom, store_file), "ada").outcome is Outcome.SLOWER
    classroom.submit("ada", paced(3 * PACE_S), "# later")
    graded(classroom, "term", lambda environment: f"{environment} with a third")
    assert "the environment has changed" in of(attempts(classroom, store_file), "ada").because


def test_whoever_waits_for_a_person_is_left_out(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    classroom.submit("ada", paced(PACE_S))
    classroom.grade()
    classroom.submit("ada", paced(2 * PACE_S, compute=nearly_doubled), "# now")
    classroom.grade()
    assert attempts(classroom).compared == ()
    classroom.accept("ada")
    assert of(attempts(classroom), "ada").outcome is Outcome.SLOWER


def test_what_was_graded_without_a_sandbox_is_compared_where_that_is_asked_for(classroom: Classroom) -> None:
    classroom.backend.sandbox = "none"
    for pace in (1, 2):
        classroom.submit("ada", paced(pace * PACE_S), f"# {pace}")
        classroom.grade()
    assert attempts(classroom).compared == ()
    assert of(attempts(classroom, trust_code=True), "ada").outcome is Outcome.SLOWER
