"""Two versions of programs: which pairs are measured, what comes out, and what counts as slower."""

from collections.abc import Mapping

import pytest

from grader.content.versions import find_versions
from grader.execution.interface import FailureKind
from grader.grading.progress import Silent
from grader.grading.session import open_session
from grader.grading.versions import Compared, Comparison, Outcome, Speed, compare_versions
from grader.report.as_json import comparison_document, dump
from grader.report.versions import comparison_text, outcome_text
from grader.store import Store
from grader.testing import Script
from tests.grading.course_fixture import Classroom, doubled, failing, length, noisy, paced, write, wrong_from
from tests.report.example import rendered

PACE_S = 2e-6
Scripts = Mapping[str, tuple[Script, Script]]


def hand_in(classroom: Classroom, side: str, author: str, script: Script, code: str) -> None:
    write(classroom.folder / side / author / "double.py", f"def double(x):\n    return 2 * x  # {code}\n")
    classroom.backend.scripts[f"{author}/{side}"] = script
    if side == "old":
        classroom.backend.scripts[author] = script  # of the control


def compare(classroom: Classroom, scripts: Scripts, budget_s: float = 0.0) -> Comparison:
    """Of each author, the old script and the new one."""
    for author, (old, new) in scripts.items():
        hand_in(classroom, "old", author, old, "old")
        hand_in(classroom, "new", author, new, "new")
    return compare_folders(classroom, budget_s)


def compare_folders(classroom: Classroom, budget_s: float = 0.0) -> Comparison:
    versions = find_versions(classroom.folder / "old", classroom.folder / "new")
    session = open_session(classroom.folder, None, ())
    with Store(classroom.folder / "scratch" / "results.sqlite") as store:
        return compare_versions(session, versions, budget_s, classroom.backend, store, Silent())


def outcome_of(comparison: Comparison) -> Outcome:
    (one,) = comparison.compared
    return one.outcome


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [(2.0, 1.0, Outcome.FASTER), (1.0, 2.0, Outcome.SLOWER), (1.0, 1.0, Outcome.AS_FAST), (1.0, 1.005, Outcome.AS_FAST)],
)
def test_the_faster_version_is_found_and_less_than_a_percent_is_no_difference(
    classroom: Classroom, old: float, new: float, outcome: Outcome
) -> None:
    comparison = compare(classroom, {"ada": (paced(old * PACE_S), paced(new * PACE_S))})
    (one,) = comparison.compared
    assert one.outcome is outcome
    assert one.speed is not None
    assert one.speed.speedup == pytest.approx(old / new)
    assert one.speed.case == "large"
    assert (one.speed.old_time_s, one.speed.new_time_s) == pytest.approx((1e4 * old * PACE_S, 1e4 * new * PACE_S))
    assert one.speed.runs >= 3
    assert not comparison.faults


def test_both_are_measured_at_the_largest_case_that_both_do_in_time(classroom: Classroom) -> None:
    (one,) = compare(classroom, {"ada": (paced(1e-4), paced(PACE_S))}).compared
    assert one.speed is not None
    assert one.speed.case == "medium"
    assert one.speed.speedup == pytest.approx(50)


def wrong() -> Script:
    return paced(PACE_S, compute=lambda x: 3 * x)


def test_what_is_not_right_is_told_and_never_measured(classroom: Classroom) -> None:
    right = paced(PACE_S)
    comparison = compare(classroom, {"ada": (right, wrong()), "bo": (wrong(), wrong()), "cy": (wrong(), right)})
    assert [(one.author, one.outcome) for one in comparison.compared] == [
        ("ada", Outcome.BROKEN),
        ("bo", Outcome.STILL_WRONG),
        ("cy", Outcome.REPAIRED),
    ]
    assert all(one.because.startswith("WRONG_ANSWER") and one.speed is None for one in comparison.compared)
    assert "grader check FILE --case" not in comparison.compared[0].because, "the case is kept nowhere"


def test_the_same_text_is_not_run(classroom: Classroom) -> None:
    for side in ("old", "new"):
        hand_in(classroom, side, "ada", paced(PACE_S), "the same")
    assert outcome_of(compare_folders(classroom)) is Outcome.SAME_TEXT
    assert not classroom.backend.calls_of


def test_who_hands_in_only_once_is_named(classroom: Classroom) -> None:
    compare(classroom, {"ada": (paced(PACE_S), paced(PACE_S))})
    hand_in(classroom, "old", "bo", paced(PACE_S), "old")
    hand_in(classroom, "new", "cy", paced(PACE_S), "new")
    comparison = compare_folders(classroom)
    assert (comparison.only_old, comparison.only_new) == (("bo",), ("cy",))
    assert [one.author for one in comparison.compared] == ["ada"]


def test_a_new_version_that_fails_while_it_is_measured_is_broken(classroom: Classroom) -> None:
    late = paced(PACE_S, compute=wrong_from(30))
    (one,) = compare(classroom, {"ada": (paced(PACE_S), late)}).compared
    assert one.outcome is Outcome.BROKEN
    assert one.because.startswith("while it was measured, WRONG_ANSWER")


def test_an_old_version_that_fails_while_it_is_measured_is_no_fault_of_the_graders(classroom: Classroom) -> None:
    for side, script in (("old", paced(PACE_S, compute=wrong_from(30))), ("new", paced(PACE_S))):
        hand_in(classroom, side, "ada", script, side)
    classroom.backend.scripts["ada"] = paced(PACE_S)
    comparison = compare_folders(classroom)
    assert outcome_of(comparison) is Outcome.REPAIRED
    assert not comparison.faults


def test_where_the_grader_fails_it_is_a_fault_and_no_outcome(classroom: Classroom) -> None:
    classroom.backend.faults += ["ada/new"] * 4
    comparison = compare(classroom, {"ada": (paced(PACE_S), paced(PACE_S))})
    assert outcome_of(comparison) is Outcome.NOT_MEASURED
    assert comparison.faults == ("ada · double: no worker for ada/new, as scripted",)


def test_a_slow_version_has_the_time_that_the_naive_reference_allows(classroom: Classroom) -> None:
    classroom.refer("naive", paced(1e-3))
    slow = Script(doubled, lambda inputs, _number: 2.5 if length(inputs) == 100 else PACE_S * length(inputs))
    assert outcome_of(compare(classroom, {"ada": (paced(PACE_S), slow)})) is Outcome.BROKEN


def test_alpha_is_shared_by_all_pairs_so_that_each_interval_is_wider(classroom: Classroom) -> None:
    def scripts(count: int) -> Scripts:
        return {f"author-{number}": (noisy(PACE_S, seed=number), noisy(PACE_S, seed=100 + number)) for number in range(count)}

    (alone,) = compare(classroom, scripts(1)).compared
    among_many = next(one for one in compare(classroom, scripts(5)).compared if one.author == "author-0")
    assert alone.speed is not None
    assert among_many.speed is not None
    assert among_many.speed.speedup_high / among_many.speed.speedup_low > alone.speed.speedup_high / alone.speed.speedup_low


SPEED = Speed("large", 0.9, 0.88, 0.92, 0.018, 0.02, 3)


@pytest.mark.parametrize(("fraction", "fails"), [(0.05, True), (0.086, True), (0.087, False), (0.2, False)])
def test_only_what_is_surely_slower_by_more_than_the_fraction_fails(fraction: float, fails: bool) -> None:
    comparison = Comparison((Compared("ada", "double", Outcome.SLOWER, speed=SPEED),), 0.02, "full")
    assert bool(comparison.failing(fraction)) is fails


@pytest.mark.parametrize("outcome", [one for one in Outcome if one not in (Outcome.BROKEN, Outcome.SLOWER)])
def test_nothing_else_fails_but_what_is_broken(outcome: Outcome) -> None:
    comparison = Comparison((Compared("ada", "double", outcome, speed=SPEED),), 0.02, "full")
    assert comparison.failing(0.05) == ()
    broken = Compared("bo", "double", Outcome.BROKEN, "WRONG_ANSWER: 3 and not 2")
    assert Comparison((broken,), 0.02, "full").failing(0.05) == (broken,)


@pytest.mark.parametrize(
    ("outcome", "speed", "text"),
    [
        (Outcome.FASTER, Speed("large", 1.42, 1.40, 1.437, 0.1, 0.07, 3), "1.42× faster (±1.4 %)"),
        (Outcome.SLOWER, Speed("large", 0.5, 0.49, 0.51, 0.1, 0.2, 3), "2× slower (±2 %)"),
        (Outcome.AS_FAST, Speed("large", 1.0, 0.99, 1.01, 0.1, 0.1, 3), "as fast (±1 %)"),
        (Outcome.AS_FAST, Speed("large", 1.0, 0.9, 1.1, 0.1, 0.1, 3), "no difference found (±11 %)"),
    ],
)
def test_the_outcome_is_said_in_words(outcome: Outcome, speed: Speed, text: str) -> None:
    assert outcome_text(Compared("ada", "double", outcome, speed=speed)) == text


def test_what_is_wrong_comes_first_on_the_terminal(classroom: Classroom) -> None:
    comparison = compare(classroom, {"ada": (paced(2 * PACE_S), paced(PACE_S)), "bo": (paced(PACE_S), wrong())})
    text = rendered(comparison_text(comparison, 0.05))
    assert text.index("bo · double · was right, and is not any more") < text.index("2× faster")
    assert "slower by more than 5 %, or not right any more: bo · double" in text
    document = comparison_document(comparison, 0.05)
    assert [one["fails"] for one in document["compared"]] == [True, False]
    assert '"fail_slower": 0.05' in dump(document)


def test_a_program_that_crashes_is_not_right(classroom: Classroom) -> None:
    crashing = paced(PACE_S, failures=failing(0, FailureKind.EXCEPTION, "boom"))
    assert outcome_of(compare(classroom, {"ada": (paced(PACE_S), crashing)})) is Outcome.BROKEN


def test_where_a_program_differs_from_its_own_copy_nothing_is_decided(classroom: Classroom) -> None:
    prepared = {"ada": (paced(PACE_S), paced(2 * PACE_S))}
    compare(classroom, prepared)
    classroom.backend.scripts["ada"] = paced(1.2 * PACE_S)
    comparison = compare_folders(classroom)
    assert outcome_of(comparison) is Outcome.UNDECIDED
    assert comparison.failing(0.05) == ()
    assert "undecided: the machine was disturbed" in rendered(comparison_text(comparison))
