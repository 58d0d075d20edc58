"""The bifurcation map: what its checker promises about rounding and chaos, and what a person is asked to look at."""

import decimal
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.task import Array, Case, Difference, Inputs, Value
from tests.tasks.task_under_test import (
    answer_of,
    case_named,
    drawn,
    figure_of_answers,
    module_at,
    own_copy,
    picture_of,
    reference,
    task_under_test,
)

UNDER_TEST = task_under_test("bifurcation")
TASK = UNDER_TEST.task
VARIANTS = module_at(Path(__file__).with_name("bifurcation_variants.py"))
KERNELS = sys.modules[TASK.check.__module__]._secret()  # loaded once: what Numba caches belongs to a module of that name
EPSILON = 2.0**-52

SMALL_TIMED, TIMED = TASK.benchmark_cases[:2]
CHAOTIC = case_named(TASK, "chaos-40x200")


def verdict(inputs: Inputs, kept: Array) -> Difference | None:
    expected = TASK.expect(inputs)
    difference = TASK.check(inputs, (kept,), expected)
    assert TASK.tolerance_used is not None
    assert (TASK.tolerance_used(inputs, (kept,), expected) <= 1) == (difference is None)
    return difference


def rejected(inputs: Inputs, kept: Array) -> Difference:
    difference = verdict(inputs, kept)
    assert difference is not None
    return difference


def reviewed(inputs: Inputs, kept: Array) -> str | None:
    assert TASK.review is not None
    expected = TASK.expect(inputs)
    assert TASK.check(inputs, (kept,), expected) is None  # only what is right is reviewed
    return TASK.review(inputs, (kept,), expected)


def plain(*inputs: Value) -> Array:
    kept: Array = VARIANTS.plain(*own_copy(inputs))
    return kept


def cheating_where_undecided(inputs: Inputs, transient: int) -> Array:
    """All updates where a skipped one would show, and fewer of the transient exactly where it would not."""
    r, x0, n_transient, n_keep = inputs
    kept = plain(r, x0, n_transient, n_keep)
    undecided = TASK.expect(inputs).undecided
    kept[:, undecided] = plain(r, x0, transient, n_keep)[:, undecided]
    return kept


# What is right passes

problems: st.SearchStrategy[Inputs] = st.integers(0, 6).flatmap(
    lambda k: st.tuples(
        st.lists(st.floats(0, 4), min_size=k, max_size=k).map(np.array),
        st.lists(st.floats(0, 1, exclude_min=True, exclude_max=True), min_size=k, max_size=k).map(np.array),
        st.integers(0, 60),
        st.integers(0, 20),
    )
)


@pytest.mark.parametrize("level", ["naive", "tuned"])
@settings(deadline=None, max_examples=50)
@given(problems)
def test_references_pass_on_anything(level: str, inputs: Inputs) -> None:
    kept = reference(level, "bifurcation")(*own_copy(inputs))
    assert kept.shape == TASK.outputs(inputs)[0].shape
    assert verdict(inputs, kept) is None


def test_the_tuned_reference_is_right_over_several_strips_with_lanes_and_steps_left_over() -> None:
    rng = np.random.default_rng(0)
    inputs = (rng.uniform(2.5, 3.5, 1301), rng.uniform(0.1, 0.9, 1301), 39, 5)
    np.testing.assert_allclose(reference("tuned", "bifurcation")(*own_copy(inputs)), plain(*inputs), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", VARIANTS.HONEST)
def test_honest_answers_stay_far_from_every_tolerance(name: str) -> None:
    assert TASK.tolerance_used is not None
    for case in (*TASK.check_cases, SMALL_TIMED):
        inputs = drawn(case, 1)
        answer = answer_of(TASK, VARIANTS.HONEST[name], inputs)
        assert TASK.tolerance_used(inputs, answer, TASK.expect(inputs)) < 0.75, case.name


@settings(deadline=None)
@given(st.floats(0, 4), st.floats(0, 1, exclude_min=True, exclude_max=True), st.integers(1, 60))
def test_the_bound_holds_beside_arithmetic_with_a_hundred_digits(r: float, x0: float, updates: int) -> None:
    state, bound = KERNELS.start(np.array([r]), np.array([x0]), updates)
    with decimal.localcontext(prec=100):
        rate, x = decimal.Decimal(r), decimal.Decimal(x0)
        for _ in range(updates):
            x = rate * x * (1 - x)
        assert abs(x - decimal.Decimal(float(state[0]))) <= bound[0]


def test_three_quarters_of_the_columns_of_a_timed_call_are_decided_and_slow_ones_among_them() -> None:
    inputs = drawn(TASK.benchmark_cases[2])
    r, bound = np.asarray(inputs[0]), TASK.expect(inputs).bound
    assert np.mean(bound <= 1e-6) > 0.7
    for point in (1.0, 3.0, 1 + 6**0.5, 3.569945672):
        near = np.abs(r - point) <= 1e-5 if point > 3.5 else np.abs(r - point) <= 1e-3
        assert near.sum() >= 100
        assert np.mean(bound[near] <= 1e-9) > 0.9


# What is wrong fails


@pytest.mark.parametrize("case", TASK.benchmark_cases[:3], ids=lambda case: case.name)
@pytest.mark.parametrize("fewer", [1, 2, 8, 64])
def test_a_transient_that_is_too_short_for_all_shows_in_every_timed_call(case: Case, fewer: int) -> None:
    for seed in range(2):
        r, x0, n_transient, n_keep = drawn(case, seed)
        assert isinstance(n_transient, int)
        difference = rejected((r, x0, n_transient, n_keep), plain(r, x0, n_transient - fewer, n_keep))
        assert difference.where.startswith("row 0, column ")


@settings(deadline=None)
@given(st.data())
def test_any_value_that_does_not_follow_is_found(data: st.DataObject) -> None:
    inputs = drawn(CHAOTIC)
    kept = plain(*inputs)
    row, column = data.draw(st.integers(1, kept.shape[0] - 1)), data.draw(st.integers(0, kept.shape[1] - 1))
    kept[row, column] += data.draw(st.sampled_from([3e-15, -3e-15, 1e-9, 1.0, np.nan, np.inf, -np.inf]))
    assert rejected(inputs, kept).where.startswith(f"row {row}, column {column} (r = ")


@pytest.mark.parametrize("steps", [1, 2])
def test_chaotic_columns_on_an_unstable_cycle_are_found_though_every_step_is_right(steps: int) -> None:
    inputs = drawn(TIMED)
    undecided = TASK.expect(inputs).undecided
    r = np.asarray(inputs[0])[undecided]
    middle, half = (r + 1) / (2 * r), np.sqrt((r + 1) * (r - 3)) / (2 * r)
    cycle = (1 - 1 / r,) if steps == 1 else (middle - half, middle + half)
    kept = plain(*inputs)
    for row in range(len(kept)):
        kept[row, undecided] = cycle[row % steps]
    difference = rejected(inputs, kept)
    assert "are not spread as its orbits are" in difference.summary
    assert difference.expected != difference.got


def test_infinite_and_missing_values_are_wrong_in_chaotic_columns_too() -> None:
    inputs = drawn(CHAOTIC)
    for value in (np.nan, np.inf, -1e-9, 1.01):
        kept = plain(*inputs)
        column = int(TASK.expect(inputs).undecided[0])
        kept[0, column] = value
        assert rejected(inputs, kept).where.startswith(f"row 0, column {column} ")


# What a person has to look at


@pytest.mark.parametrize("name", VARIANTS.KNOWN_ORDER)
def test_known_orders_of_evaluation_need_no_review(name: str) -> None:
    for case in (CHAOTIC, SMALL_TIMED):
        inputs = drawn(case, 2)
        assert reviewed(inputs, VARIANTS.KNOWN_ORDER[name](*own_copy(inputs))) is None, case.name


@pytest.mark.parametrize("name", VARIANTS.UNKNOWN_ORDER)
def test_other_roundings_are_right_and_left_to_a_person(name: str) -> None:
    inputs = drawn(SMALL_TIMED)
    assert reviewed(inputs, VARIANTS.UNKNOWN_ORDER[name](*own_copy(inputs))) is not None


@pytest.mark.parametrize("case", [CHAOTIC, SMALL_TIMED, TIMED], ids=lambda case: case.name)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_transient_skipped_only_where_the_map_is_chaotic_is_brought_before_a_person(case: Case, share: float) -> None:
    inputs = drawn(case)
    n_transient = inputs[2]
    assert isinstance(n_transient, int)
    evidence = reviewed(inputs, cheating_where_undecided(inputs, int(share * n_transient)))
    assert evidence is not None
    assert "chaotic columns follow none of the 19 orders of evaluation known here" in evidence
    assert evidence.endswith("from there on it follows r*x*(1 - x)")


def test_one_column_that_was_not_followed_is_enough_for_a_review() -> None:
    inputs = drawn(TIMED)
    expected = TASK.expect(inputs)
    r, x0, _, n_keep = inputs
    column = int(expected.undecided[-1])
    kept = plain(*inputs)
    kept[:, column] = plain(r, x0, 0, n_keep)[:, column]
    evidence = reviewed(inputs, kept)
    assert evidence is not None
    assert evidence.startswith(f"1 of {len(expected.undecided)} chaotic columns follow none of the ")
    for number in (np.asarray(r)[column], np.asarray(x0)[column], expected.first[column], kept[0, column]):
        assert repr(float(number)) in evidence


def test_columns_may_follow_different_orders() -> None:
    inputs = drawn(TIMED)
    kept = plain(*inputs)
    kept[:, ::3] = VARIANTS.KNOWN_ORDER["expanded"](*own_copy(inputs))[:, ::3]
    assert reviewed(inputs, kept) is None


@pytest.mark.parametrize("rest", [1, 3, 15])
def test_the_rest_of_an_unrolled_transient_and_the_kept_rows_may_have_orders_of_their_own(rest: int) -> None:
    r, x0, n_transient, n_keep = drawn(TIMED)
    assert isinstance(n_transient, int)
    ways = VARIANTS.KNOWN_ORDER
    first = ways["expanded"](r, x0, n_transient - rest - 1, 1)[0]
    second = ways["factor last"](r, first, rest - 1, 1)[0]
    assert reviewed((r, x0, n_transient, n_keep), ways["x last"](r, second, 0, n_keep)) is None


def test_nothing_kept_and_nothing_chaotic_leave_nothing_to_review() -> None:
    for name in ("nothing-kept", "no-columns", "below-2.5"):
        inputs = drawn(case_named(TASK, name))
        assert reviewed(inputs, plain(*inputs)) is None


@settings(deadline=None)
@given(st.floats(2, 4), st.floats(0.01, 0.99))
def test_fused_operations_are_rounded_once(r: float, x: float) -> None:
    def update(order: str) -> float:
        return float(KERNELS._update(KERNELS.ORDERS.index(order), r, x))

    exact_r, exact_x = Fraction(r), Fraction(x)
    assert update("r*(x - x*x), fused") == r * float(exact_x - exact_x**2)
    assert update("(r - r*x)*x, fused") == float(exact_r - exact_r * exact_x) * x
    assert update("r*x - r*x*x, fused") == float(Fraction(r * x) - Fraction(r * x) * exact_x)
    assert update("r*x - r*(x*x), its last product fused") == float(Fraction(r * x) - exact_r * Fraction(x * x))
    assert update("r*x - r*(x*x), its first product fused") == float(exact_r * exact_x - Fraction(r * (x * x)))


# What a student reads


def test_a_wrong_first_row_is_told_with_its_r_and_the_number_of_updates() -> None:
    inputs = (np.array([2.0, 3.2]), np.array([0.25, 0.5]), 1, 2)
    kept = plain(*inputs)
    kept[0, 1] = 0.5
    assert verdict(inputs, kept) == Difference(
        summary="row 0 is wrong in 1 of 2 columns, by up to 0.012; it is the state after 2 updates of x0",
        where="row 0, column 1 (r = 3.2)",
        expected="0.512",
        got="0.5",
    )


def test_a_broken_step_is_told_with_the_value_above_it() -> None:
    inputs = (np.array([2.0, 3.2]), np.array([0.25, 0.5]), 1, 2)
    kept = plain(*inputs)
    kept[1, 0] = 0.25
    assert verdict(inputs, kept) == Difference(
        summary="1 of 2 values below row 0 are not r·x·(1 − x) of the value above, by up to 0.25 in row 1 "
        "(rounding explains 2e-15)",
        where="row 1, column 0 (r = 2; above it stands x = 0.46875)",
        expected="0.498046875",
        got="0.25",
    )


def test_work_is_every_update_of_every_column() -> None:
    inputs = (np.full(7, 3.0), np.full(7, 0.5), 11, 5)
    assert TASK.work(inputs, TASK.expect(inputs)) == 7 * (11 + 5)


def test_inputs_of_all_cases_keep_the_contract() -> None:
    for case in (*TASK.check_cases, *TASK.benchmark_cases[:3]):
        r, x0, n_transient, n_keep = drawn(case)
        assert isinstance(r, np.ndarray)
        assert isinstance(x0, np.ndarray)
        assert r.shape == x0.shape
        assert np.all((r >= 0) & (r <= 4)), case.name
        assert np.all((x0 > 0) & (x0 < 1)), case.name
        for number in (n_transient, n_keep):
            assert isinstance(number, int)
            assert number >= 0


def test_the_diagram_has_a_column_of_pixels_for_each_r() -> None:
    picture = picture_of(TASK, "diagram")
    inputs = drawn(picture.cases[0])
    (spec,) = TASK.outputs(inputs)
    axes = figure_of_answers(picture, (inputs, (np.full(spec.shape, 0.5),))).axes[0]
    image = axes.images[0].get_array()
    assert image is not None
    shown = np.ma.filled(image, np.nan)
    assert shown.shape == (250, spec.shape[1])
    assert list(np.flatnonzero(np.isfinite(shown).any(axis=1))) == [125]
    assert axes.get_title() == "Bifurcation map: x ← r x (1 − x), after 300 updates"


def test_the_evolution_begins_at_the_start_and_has_a_panel_for_each_r() -> None:
    picture = picture_of(TASK, "evolution")
    inputs = drawn(picture.cases[0])
    (spec,) = TASK.outputs(inputs)
    kept = np.arange(float(np.prod(spec.shape))).reshape(spec.shape)
    panels = figure_of_answers(picture, (inputs, (kept,))).axes
    assert [axes.get_title() for axes in panels] == ["r = 2.8", "r = 3.2", "r = 3.5", "r = 3.9"]
    for column, axes in enumerate(panels):
        assert list(np.asarray(axes.lines[0].get_ydata())) == [np.asarray(inputs[1])[column], *kept[:, column]]


@given(st.floats(0.01, 4), st.floats(0.001, 0.999))
def test_an_update_needs_no_more_than_the_least_operations(r: float, x: float) -> None:
    """A multiplication and an addition, so that two is not too many; the first is a square, and no two updates share one."""
    assert TASK.least_operations == 2
    z = r * (0.5 - x)
    following = z * z + (r / 2 - r * r / 4)
    assert 0.5 - following / r == pytest.approx(r * x * (1 - x), abs=1e-12)
