"""Matrix multiplication: its checker accepts what is right and rejects what is wrong, and its texts say what is so."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.task import Array, Case, Difference, Inputs, Mistake, load_task
from tests.tasks.task_under_test import COURSE, drawn, figure_of_answers, module_at, reference

LOADED = load_task(COURSE, "matmul")
TASK = LOADED.task
EPSILON = float(np.finfo(np.float64).eps)


VARIANTS = module_at(Path(__file__).with_name("matmul_variants.py"))


def uniform(n: int, k: int, m: int, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (n, k)), rng.uniform(-1, 1, (k, m))


def verdict(inputs: Inputs, c: Array) -> Difference | None:
    return TASK.check(inputs, (c,), TASK.expect(inputs))


def tolerance_used(inputs: Inputs, c: Array) -> float:
    assert TASK.tolerance_used is not None
    return TASK.tolerance_used(inputs, (c,), TASK.expect(inputs))


def rejected(inputs: Inputs, c: Array) -> Difference:
    difference = verdict(inputs, c)
    assert difference is not None
    return difference


def own_copy(inputs: Inputs) -> tuple[Array, Array]:
    a, b = inputs
    return np.array(a), np.array(b)


def mistaken(mistake: Mistake, inputs: Inputs) -> Array | None:
    """What the mistake gives, or None where it does not apply."""
    try:
        (c,) = mistake.compute(*own_copy(inputs))
    except ValueError:
        return None
    return c


def mistake_named(name: str) -> Mistake:
    return next(mistake for mistake in TASK.mistakes if mistake.name == name)


# What is right passes


@pytest.mark.parametrize("seed", range(20))
def test_the_plain_sum_passes_whatever_the_seed(seed: int) -> None:
    for case in TASK.check_cases:
        inputs = drawn(case, seed)
        assert verdict(inputs, VARIANTS.rows_of_b_added_up(*own_copy(inputs))) is None, case.name


sizes = st.integers(0, 9)


@settings(deadline=None)
@given(n=sizes, k=sizes, m=sizes, seed=st.integers(0, 2**31 - 1))
def test_the_naive_reference_passes_for_any_small_shape(n: int, k: int, m: int, seed: int) -> None:
    inputs = uniform(n, k, m, seed)
    assert verdict(inputs, reference("naive", "matmul")(*inputs)) is None


@settings(deadline=None)
@given(n=sizes, k=sizes, m=sizes, seed=st.integers(0, 2**31 - 1))
def test_the_tuned_reference_agrees_with_the_naive_one_for_any_small_shape(n: int, k: int, m: int, seed: int) -> None:
    inputs = uniform(n, k, m, seed)
    c = reference("tuned", "matmul")(*inputs)
    assert c.shape == (n, m)
    assert verdict(inputs, c) is None


def test_the_tuned_reference_is_right_over_several_panels_in_every_direction() -> None:
    inputs = uniform(37, 301, 523)
    assert verdict(inputs, reference("tuned", "matmul")(*inputs)) is None


# What is wrong fails


@settings(deadline=None)
@given(
    n=st.integers(1, 9),
    k=st.integers(1, 200),
    m=st.integers(1, 9),
    seed=st.integers(0, 2**31 - 1),
    sign=st.sampled_from([-1, 1]),
    data=st.data(),
)
def test_one_entry_passes_just_inside_the_tolerance_and_fails_just_outside(
    n: int, k: int, m: int, seed: int, sign: int, data: st.DataObject
) -> None:
    a, b = uniform(n, k, m, seed)
    entry = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, m - 1))
    tolerance = 8 * k * EPSILON * (np.abs(a) @ np.abs(b))[entry]
    c = a @ b
    c[entry] += sign * 0.8 * tolerance
    assert verdict((a, b), c) is None
    assert tolerance_used((a, b), c) < 1
    c[entry] += sign * 0.4 * tolerance
    assert tolerance_used((a, b), c) > 1
    assert rejected((a, b), c).where.startswith(f"row {entry[0]}, column {entry[1]} ")


def test_the_tolerance_of_an_entry_is_exact_where_few_of_its_terms_count() -> None:
    a, b = np.zeros((3, 2048)), np.zeros((2048, 4))
    a[1, 2000], b[2000, 2] = 1.0, 0.5  # beyond the terms that the cheap bound looks at
    tolerance = 8 * 2048 * EPSILON * 0.5
    c = a @ b
    c[1, 2] += 0.9 * tolerance
    assert verdict((a, b), c) is None
    c[1, 2] += 0.2 * tolerance
    assert verdict((a, b), c) is not None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_never_passes(value: float) -> None:
    inputs = uniform(3, 4, 5)
    c = inputs[0] @ inputs[1]
    c[1, 2] = value
    difference = rejected(inputs, c)
    assert difference.summary == "1 of 15 entries is off; 1 of them not finite"
    assert difference.got == str(value)


def test_a_sum_without_terms_must_be_exactly_zero() -> None:
    inputs = uniform(3, 0, 4)
    assert verdict(inputs, np.zeros((3, 4))) is None
    assert rejected(inputs, np.full((3, 4), 1e-300)).summary == "12 of 12 entries are off"


def test_the_largest_numbers_are_refused_without_a_warning() -> None:
    inputs = uniform(2, 3, 2)
    assert verdict(inputs, np.full((2, 2), np.finfo(np.float64).max)) is not None


# What a student is told


def test_the_first_wrong_entry_is_shown_and_all_are_counted() -> None:
    a, b = uniform(30, 20, 40)
    c = a @ b
    c[3, 7] = 0.12
    c[3, 9] += 1
    c[5, 0] += 1
    difference = rejected((a, b), c)
    assert difference.summary.startswith("3 of 1,200 entries are off, by up to ")
    assert difference.where == "row 3, column 7 (counted from 0)"
    assert difference.expected == f"{(a @ b)[3, 7]:.9g}"
    assert difference.got == "0.12"


def test_the_error_is_given_in_units_of_what_rounding_explains() -> None:
    a = b = np.ones((2, 2))
    c = a @ b
    c[1, 1] += 5000 * (8 * 2 * EPSILON * 2)
    assert rejected((a, b), c).summary == "1 of 4 entries is off, by up to 5e+03 times what rounding explains"


@pytest.mark.parametrize("relative_error", [1e-3, 1e-11, 1e-14])
def test_two_numbers_are_shown_with_the_digits_that_tell_them_apart(relative_error: float) -> None:
    inputs = uniform(1, 1, 1)
    c = inputs[0] @ inputs[1]
    difference = rejected(inputs, c * (1 + relative_error))
    assert difference.expected != difference.got


@pytest.mark.parametrize(
    ("name", "c"),
    [
        ("transposed", [[19, 43], [22, 50]]),
        ("b transposed", [[17, 23], [39, 53]]),
        ("a transposed", [[26, 30], [38, 44]]),
        ("swapped factors", [[23, 34], [31, 46]]),
        ("elementwise", [[5, 12], [21, 32]]),
        ("last column missing", [[19, 0], [43, 0]]),
        ("last row missing", [[19, 22], [0, 0]]),
        ("last term missing", [[5, 6], [15, 18]]),
        ("only the last term", [[14, 16], [28, 32]]),
        ("not reset for each column", [[19, 41], [43, 93]]),
        ("never reset", [[19, 41], [84, 134]]),
        ("mirrored", [[19, 22], [22, 50]]),
    ],
)
def test_mistakes_are_what_their_names_say(name: str, c: list[list[float]]) -> None:
    inputs = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])
    (got,) = mistake_named(name).compute(*inputs)
    np.testing.assert_array_equal(got, c)


def test_whole_tiles_leave_out_rows_columns_and_terms() -> None:
    a, b = uniform(5, 7, 6)
    (c,) = mistake_named("whole tiles of 4 only").compute(a, b)
    np.testing.assert_array_equal(c[:4, :4], a[:4, :4] @ b[:4, :4])
    assert not c[4:].any()
    assert not c[:, 4:].any()


@pytest.mark.parametrize("case", TASK.check_cases, ids=lambda case: case.name)
def test_a_mistake_applies_only_where_it_gives_the_declared_output(case: Case) -> None:
    inputs = drawn(case)
    (spec,) = TASK.outputs(inputs)
    answers = [c for mistake in TASK.mistakes if (c := mistaken(mistake, inputs)) is not None]
    assert answers
    assert {(str(c.dtype), c.shape) for c in answers} == {(spec.dtype, spec.shape)}


def test_mistakes_have_names_of_their_own_and_one_sentence_each() -> None:
    assert len({mistake.name for mistake in TASK.mistakes}) == len(TASK.mistakes) >= 10
    assert all(re.fullmatch(r"[^\n]+\.", mistake.sentence) for mistake in TASK.mistakes)


# The cases


@pytest.mark.parametrize("case", [*TASK.check_cases, *TASK.benchmark_cases[:3]], ids=lambda case: case.name)
def test_inputs_follow_the_contract_and_the_seed(case: Case) -> None:
    a, b = own_copy(drawn(case))
    assert a.shape[1] == b.shape[0]
    for matrix, again, other in zip(drawn(case), drawn(case), drawn(case, seed=1), strict=True):
        assert isinstance(matrix, np.ndarray)
        assert matrix.dtype == np.float64
        assert matrix.flags.c_contiguous
        assert matrix.flags.writeable
        assert np.abs(matrix).max(initial=0) <= 1
        np.testing.assert_array_equal(matrix, again)
        assert matrix.size == 0 or not np.array_equal(matrix, other)


def test_expecting_and_checking_leave_inputs_and_outputs_alone() -> None:
    inputs = uniform(20, 300, 10)
    a, b = own_copy(inputs)
    right, wrong = a @ b, np.zeros((20, 10))
    expected = TASK.expect(inputs)
    for c in (right, wrong):
        before = c.copy()
        TASK.check(inputs, (c,), expected)
        np.testing.assert_array_equal(c, before)
    np.testing.assert_array_equal(inputs[0], a)
    np.testing.assert_array_equal(inputs[1], b)
    np.testing.assert_array_equal(expected, right)


def test_the_first_public_cases_are_not_square() -> None:
    for case in TASK.check_cases[:2]:
        a, b = own_copy(drawn(case))
        assert case.public
        assert len({*a.shape, *b.shape}) == 3


def test_check_cases_go_from_small_to_large_and_cover_the_edges() -> None:
    shapes = [(*a.shape, b.shape[1]) for a, b in (own_copy(drawn(case)) for case in TASK.check_cases)]
    terms = [n * k * m for n, k, m in shapes if n * k * m > 0]
    assert terms[-1] == max(terms) > 100 * terms[0]
    for axis in range(3):
        assert {0, 1} <= {shape[axis] for shape in shapes}
        assert any(shape[axis] % 2 for shape in shapes if shape[axis] > 64)
    assert {case.public for case in TASK.check_cases} == {True, False}


def test_the_terms_of_the_cancelling_case_cancel() -> None:
    a, b = own_copy(drawn(next(case for case in TASK.check_cases if case.name == "cancelling")))
    assert np.abs(a @ b).max() < 1e-12
    assert (np.abs(a) @ np.abs(b)).min() > 1


def test_work_is_two_flop_for_each_term() -> None:
    inputs = uniform(3, 5, 7)
    assert TASK.work(inputs, TASK.expect(inputs)) == 2 * 3 * 5 * 7
    assert TASK.work_unit == "flop"


def test_benchmarks_are_square_and_named_by_their_size() -> None:
    assert [case.name for case in TASK.benchmark_cases] == ["64", "128", "256", "512", "768", "1024", "2048"]
    for case in TASK.benchmark_cases[:3]:
        a, b = own_copy(drawn(case))
        assert a.shape == b.shape == (int(case.name), int(case.name))


# The statement, the starter and the picture


def test_the_interface_is_the_contract() -> None:
    assert str(LOADED.interface) == "matmul(a: float64[n,k], b: float64[k,m]) -> float64[n,m]"


def test_the_starter_tries_its_example_when_run(tmp_path: Path) -> None:
    text = (LOADED.folder / "starter.py").read_text("utf-8")
    script = tmp_path / "matmul.py"
    placeholder = 'raise NotImplementedError("write matmul() here")'
    assert placeholder in text
    for body, returncode in (("return a @ b", 0), ("return b.T @ a.T", 1)):
        script.write_text(text.replace(placeholder, body), "utf-8")
        assert subprocess.run([sys.executable, script], check=False, capture_output=True).returncode == returncode


def test_the_picture_shows_the_result_on_labelled_axes() -> None:
    (picture,) = TASK.pictures
    a, b = own_copy(drawn(picture.cases[0]))
    axes, bar = figure_of_answers(picture, ((a, b), (a @ b,))).axes
    np.testing.assert_array_equal(axes.images[0].get_array(), a @ b)
    assert axes.get_xlabel() == "column j (signal)"
    assert axes.get_ylabel() == "row i (frequency)"
    assert bar.get_ylabel() == "c[i, j]"


def operations_of_winograd(n: int) -> int:
    """Multiplications and additions of Strassen's scheme in Winograd's form, stopping to divide where that takes fewest."""
    loops = 2 * n**3 - n**2
    return loops if n % 2 else min(loops, 7 * operations_of_winograd(n // 2) + 15 * (n // 2) ** 2)


@pytest.mark.parametrize("case", TASK.benchmark_cases, ids=lambda case: case.name)
def test_even_schemes_with_fewer_multiplications_need_more_than_the_least_operations(case: Case) -> None:
    n = int(case.name)
    assert TASK.least_operations is not None
    assert operations_of_winograd(n) > 1.6 * TASK.least_operations * 2 * n**3
