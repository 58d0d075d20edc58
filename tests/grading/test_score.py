"""Marks: each criterion's points follow from what was found, and say in plain words how."""

from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.content.course import Assignment, Criterion
from grader.grading.score import Facts, Points, Threshold, score_assignment, speed_fraction, speed_points, speed_thresholds
from grader.records import Decision
from grader.verdicts import Verdict

ROOT = Path(__file__).parents[2]
NAIVE_S = 1e-6
FULL_S = 1e-8
TIMES_S = st.floats(1e-10, 1e-4)
MAX_POINTS = st.sampled_from([0.5, 1, 1.25, 2, 3, 7])
REFERENCES_S = {"naive": NAIVE_S, "numpy": 5e-8, "numba": FULL_S}


def assignment(**criterion: object) -> Assignment:
    fields = {"id": "it", "text": "It", "points": 3, "by": "correct", **criterion}
    return Assignment(
        id="lab", title="Lab", kind="lab", tasks=("julia",), full_marks="numba", criteria=(Criterion.model_validate(fields),)
    )


def accepted(seconds: float | None = None, low: float | None = None, **facts: object) -> Facts:
    """A right answer in a time per unit of work, among references that were measured; `facts` change it."""
    known = Facts(Verdict.ACCEPTED, seconds_per_unit=seconds, seconds_per_unit_low=low, reference_seconds_per_unit=REFERENCES_S)
    return replace(known, **facts)  # type: ignore[arg-type]  # the fields of Facts


def score(facts: Facts | None, decision: Decision | None = None, **criterion: object) -> Points:
    decided = {} if decision is None else {"it": decision}
    (points,) = score_assignment(assignment(**criterion), {} if facts is None else {"julia": facts}, decided)
    return points


def speed(seconds: float, low: float | None = None, **facts: object) -> float:
    points = score(accepted(seconds, low, **facts), by="speed").points
    assert points is not None
    return points


# The speed scale


@pytest.mark.parametrize(
    ("seconds", "fraction"),
    [(NAIVE_S, 0), (10 * NAIVE_S, 0), (1e-7, 0.5), (FULL_S, 1), (FULL_S / 5, 1), (10**-7.5, 0.75), (inf, 0)],
)
def test_the_scale_is_logarithmic_from_naive_to_full_marks(seconds: float, fraction: float) -> None:
    assert speed_fraction(seconds, NAIVE_S, FULL_S) == pytest.approx(fraction)


@pytest.mark.parametrize("naive_s", [FULL_S, FULL_S / 2])
def test_where_full_marks_are_no_faster_than_naive_its_speed_is_all_that_counts(naive_s: float) -> None:
    assert [speed_fraction(seconds, naive_s, FULL_S) for seconds in (FULL_S / 3, FULL_S, FULL_S * 1.01)] == [1, 1, 0]


@given(MAX_POINTS, TIMES_S, TIMES_S)
def test_a_faster_one_never_gets_fewer_points(max_points: float, one: float, other: float) -> None:
    faster, slower = sorted((one, other))
    assert speed_points(max_points, faster, NAIVE_S, FULL_S) >= speed_points(max_points, slower, NAIVE_S, FULL_S)


@given(MAX_POINTS, TIMES_S, TIMES_S, TIMES_S)
def test_points_lie_between_none_and_all_whatever_the_references(
    max_points: float, seconds: float, naive: float, full: float
) -> None:
    assert 0 <= speed_points(max_points, seconds, naive, full) <= max_points


@given(TIMES_S)
def test_points_come_in_tenths(seconds: float) -> None:
    points = speed_points(3, seconds, NAIVE_S, FULL_S)
    assert points == round(points, 1)


# Uncertainty


def test_within_its_uncertainty_of_a_threshold_a_measurement_gets_the_better_side() -> None:
    threshold = speed_thresholds(3, NAIVE_S, FULL_S)[2]
    assert threshold.points == 1.5
    assert speed(threshold.seconds_per_unit * 1.001) == 1.4
    assert speed(threshold.seconds_per_unit * 1.001, low=threshold.seconds_per_unit * 0.999) == 1.5


@given(TIMES_S, TIMES_S)
def test_an_interval_never_costs_points(seconds: float, low: float) -> None:
    assert speed(seconds, low) >= speed(seconds)


@given(TIMES_S, st.floats(0.97, 1))
def test_two_whose_intervals_reach_equally_far_get_equal_points(low: float, tightness: float) -> None:
    assert speed(low / tightness, low) == speed(low)


# Measured several times


@given(TIMES_S, st.lists(TIMES_S, max_size=3).map(tuple))
def test_of_several_measurements_the_best_counts(seconds: float, before: tuple[float, ...]) -> None:
    assert speed(seconds, measured_before=before) == speed(min(seconds, *before, inf))


def test_the_derivation_says_that_an_earlier_measurement_counts() -> None:
    points = score(accepted(1e-7, measured_before=(4e-8, 5e-8)), by="speed")
    assert points.because == (
        "100 ns per unit of work (measured 3 times; the best, 40 ns, counts); naive takes 1 µs (0 points), "
        "numba 10 ns (3 points); each doubling of the speed between them counts alike"
    )


def test_an_earlier_measurement_that_was_worse_is_not_spoken_of() -> None:
    assert score(accepted(1e-7, measured_before=(2e-7,)), by="speed") == score(accepted(1e-7), by="speed")


# What counts over the cases


def test_no_less_counts_than_the_next_case_allows() -> None:
    assert speed(1e-8, least_seconds_per_unit=1e-7) == speed(1e-7)
    assert speed(1e-7, least_seconds_per_unit=1e-8) == speed(1e-7)


@given(TIMES_S, TIMES_S, st.lists(TIMES_S, max_size=3).map(tuple))
def test_neither_uncertainty_nor_measuring_again_gets_around_it(seconds: float, low: float, before: tuple[float, ...]) -> None:
    least_s = 2e-7
    assert speed(seconds, low, measured_before=before, least_seconds_per_unit=least_s) <= speed(least_s)


@given(TIMES_S, TIMES_S)
def test_beside_a_full_marks_reference_at_the_same_case_all_of_it_counts(seconds: float, least_s: float) -> None:
    assert speed(seconds, least_seconds_per_unit=least_s, at_its_case=frozenset({"numba"})) == speed(seconds)


def test_the_derivation_says_what_counts_and_why() -> None:
    because = score(accepted(2e-8, least_seconds_per_unit=1e-7), by="speed").because
    assert because == (
        "20 ns per unit of work, of which no less than 100 ns count: it takes longer at the next case; "
        "naive takes 1 µs (0 points), numba 10 ns (3 points); each doubling of the speed between them counts alike"
    )


# What the statement prints


def test_the_thresholds_are_the_times_that_earn_their_points() -> None:
    thresholds = speed_thresholds(2, NAIVE_S, FULL_S)
    assert [threshold.points for threshold in thresholds] == [0.5, 1, 1.5, 2]
    assert [threshold.seconds_per_unit for threshold in thresholds] == pytest.approx([10**-6.5, 1e-7, 10**-7.5, 1e-8])


@given(MAX_POINTS, TIMES_S, TIMES_S, st.sampled_from([0.1, 0.5, 1]))
def test_a_time_just_below_a_threshold_earns_it(max_points: float, naive: float, full: float, step: float) -> None:
    for threshold in speed_thresholds(max_points, naive, full, step=step):
        assert speed_points(max_points, threshold.seconds_per_unit * (1 - 1e-9), naive, full) >= threshold.points - 1e-9


def test_only_full_marks_have_a_threshold_where_naive_is_as_fast() -> None:
    assert speed_thresholds(3, FULL_S, FULL_S) == (Threshold(3, FULL_S),)


# The kinds of criteria


def test_a_right_answer_earns_what_asks_for_one() -> None:
    points = score(accepted(), by="correct")
    assert (points.points, points.because) == (3, "every check case was answered correctly")


def test_a_picture_is_worth_its_points_once_the_answer_it_is_drawn_from_was_right() -> None:
    assert score(accepted(picture_answered=True), by="picture").points == 3
    never_called = score(accepted(), by="picture")
    because = "no picture's case has been called: grade it again, or decide by hand"
    assert (never_called.points, never_called.because) == (None, because)


@pytest.mark.parametrize("by", ["correct", "picture", "speed"])
@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict not in (Verdict.ACCEPTED, Verdict.GRADER_ERROR)])
def test_any_other_verdict_earns_nothing_and_is_named(by: str, verdict: Verdict) -> None:
    points = score(accepted(FULL_S, verdict=verdict, picture_answered=True), by=by)
    assert points.points == 0
    assert verdict in points.because


@pytest.mark.parametrize(
    "criterion", [{"by": "correct"}, {"by": "picture"}, {"by": "speed"}, {"by": "technique", "uses": ["numba"]}]
)
def test_the_graders_own_failure_is_never_a_zero(criterion: dict[str, object]) -> None:
    assert score(Facts(Verdict.GRADER_ERROR), None, **criterion).points is None


@pytest.mark.parametrize("facts", [accepted(FULL_S), Facts(Verdict.MISSING), None])
def test_what_a_person_decides_stays_blank(facts: Facts | None) -> None:
    points = score(facts, by="hand")
    assert (points.points, points.max_points, points.because) == (None, 3, "a person decides")


def test_what_is_not_graded_yet_stays_blank() -> None:
    assert score(None).points is None


def test_without_a_measurement_speed_stays_blank() -> None:
    points = score(accepted(), by="speed")
    assert (points.points, points.because) == (None, "its speed was not measured")


@pytest.mark.parametrize("missing", ["naive", "numba"])
def test_without_its_references_speed_stays_blank_and_says_which(missing: str) -> None:
    measured = {level: seconds for level, seconds in REFERENCES_S.items() if level != missing}
    points = score(accepted(1e-7, reference_seconds_per_unit=measured), by="speed")
    assert points.points is None
    assert f"the reference {missing!r} was not measured" in points.because


def test_while_a_person_has_to_look_at_the_answers_only_speed_stays_blank() -> None:
    facts = accepted(FULL_S, review="on case 'large': unknown order of operations")
    points = score(facts, by="speed")
    assert points.points is None
    assert points.because == "a person has to look at the answers first: on case 'large': unknown order of operations"
    assert score(facts, by="correct").points == 3


def test_the_derivation_of_speed_says_every_figure_it_used() -> None:
    because = score(accepted(1.05e-7, 1e-7), by="speed").because
    assert because == (
        "105 ns per unit of work (100 ns at the favourable end of its interval, which counts); naive takes 1 µs (0 points), "
        "numba 10 ns (3 points); each doubling of the speed between them counts alike"
    )


def test_the_page_about_marks_shows_a_derivation_as_it_is() -> None:
    page = " ".join((ROOT / "docs" / "marks.md").read_text(encoding="utf-8").replace("\n> ", " ").split())
    points = score(accepted(1.05e-7, 1e-7), by="speed")
    assert points.points == 1.5
    assert points.because in page


def test_a_technique_that_is_seen_earns_its_points() -> None:
    points = score(accepted(names_used=frozenset({"numba", "numba.njit"})), by="technique", uses=["numba"], avoids=["@"])
    assert (points.points, points.because) == (3, "the code uses numba and does not use @")


@pytest.mark.parametrize(
    ("names", "verdict", "evidence"),
    [
        ({"numpy"}, Verdict.ACCEPTED, "the code does not use numba"),
        ({"numba", "@", ".dot"}, Verdict.ACCEPTED, "the code uses @, .dot"),
        ({"@"}, Verdict.ACCEPTED, "the code does not use numba; the code uses @"),
        ({"numba"}, Verdict.WRONG_ANSWER, "the verdict is WRONG_ANSWER"),
    ],
)
def test_one_that_is_not_is_flagged_for_a_person_and_not_failed(names: set[str], verdict: Verdict, evidence: str) -> None:
    points = score(Facts(verdict, frozenset(names)), by="technique", uses=["numba"], avoids=["@", ".dot"])
    assert (points.points, points.because) == (None, f"flagged for review: {evidence}")


@pytest.mark.parametrize(("compiled", "points"), [(0, None), (2, 3), (None, 3)], ids=["nothing", "two", "unknown"])
@pytest.mark.parametrize("name", ["numba", "numba.njit"])
def test_to_import_numba_is_not_to_use_it(name: str, compiled: int | None, points: float | None) -> None:
    facts = accepted(names_used=frozenset({"numba", "numba.njit"}), compiled_functions=compiled)
    scored = score(facts, by="technique", uses=[name])
    assert scored.points == points
    assert (scored.because == "flagged for review: when it ran, Numba compiled nothing") == (points is None)


def test_other_techniques_do_not_ask_what_numba_compiled() -> None:
    facts = accepted(names_used=frozenset({"numpy"}), compiled_functions=0)
    assert score(facts, by="technique", uses=["numpy"], avoids=["numba"]).points == 3


@pytest.mark.parametrize("verdict", [Verdict.MISSING, Verdict.BUILD_ERROR, Verdict.INVALID])
def test_where_nothing_ran_there_is_no_technique(verdict: Verdict) -> None:
    assert score(Facts(verdict), by="technique", avoids=["@"]).points == 0


# What a person decides


def decided(points: float | None) -> Decision:
    return Decision("ada", "lab", "it", points, "a fine figure", "tess", "2026-10-05T10:00:00+00:00")


def test_points_by_hand_say_who_gave_them_when_and_why() -> None:
    points = score(accepted(), decided(2.5), by="hand")
    assert (points.points, points.because) == (2.5, "tess on 2026-10-05: a fine figure")


def test_a_person_may_overrule_the_grader_and_both_are_shown() -> None:
    points = score(accepted(verdict=Verdict.WRONG_ANSWER), decided(1), by="correct")
    assert points.points == 1
    assert points.because == (
        "tess on 2026-10-05: a fine figure "
        "(by itself the grader gives 0: points need a right answer, and the verdict is WRONG_ANSWER)"
    )


def test_where_the_grader_decides_nothing_by_itself_a_person_may() -> None:
    points = score(accepted(), decided(3), by="technique", uses=["numba"])
    assert points.points == 3
    assert "(by itself the grader gives nothing: flagged for review: the code does not use numba)" in points.because
    assert score(None, decided(2), by="correct").points == 2


def test_a_decision_that_is_taken_back_decides_nothing() -> None:
    assert score(accepted(), decided(None), by="correct") == score(accepted(), by="correct")


def test_a_decision_is_about_its_own_criterion_alone() -> None:
    lab = assignment()
    assert score_assignment(lab, {"julia": accepted()}, {"other": decided(0)}) == score_assignment(lab, {"julia": accepted()})


# A line of the marks


def test_points_carry_their_criterions_text_its_task_and_whether_they_are_a_bonus() -> None:
    points = score(accepted(), by="correct", bonus=True)
    assert (points.criterion, points.text, points.task, points.bonus) == ("it", "It", "julia", True)
    assert not score(accepted(), by="correct").bonus


def test_criteria_keep_their_order_and_each_looks_at_its_own_task() -> None:
    lab = Assignment(
        id="lab",
        title="Lab",
        kind="lab",
        tasks=("julia", "matmul"),
        criteria=tuple(Criterion(id=task, text="right", points=1, by="correct", task=task) for task in ("matmul", "julia")),
    )
    scored = score_assignment(lab, {"julia": Facts(Verdict.WRONG_ANSWER), "matmul": accepted()})
    assert [(points.criterion, points.points) for points in scored] == [("matmul", 1), ("julia", 0)]
