"""The Julia set: its checker accepts what is right and rejects what is wrong, and its texts say what is so."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from grader.content.task import Array, Case, Difference, Inputs, load_task
from tests.tasks.task_under_test import COURSE, case_named, drawn, figure_of_answers, picture_of, reference

LOADED = load_task(COURSE, "julia")
TASK = LOADED.task
KERNELS = sys.modules[TASK.check.__module__]._kernels()


def verdict(inputs: Inputs, counts: Array) -> Difference | None:
    return TASK.check(inputs, (counts,), TASK.expect(inputs))


# What is right passes


numbers = st.floats(-2.5, 2.5).map(lambda value: round(value, 3)) | st.floats(-2.5, 2.5)
problems: st.SearchStrategy[tuple[Array, Array, complex, int]] = st.tuples(
    st.lists(numbers, max_size=5).map(np.array),
    st.lists(numbers, max_size=5).map(np.array),
    st.complex_numbers(max_magnitude=3),
    st.integers(0, 80),
)


@settings(deadline=None)
@given(problems)
def test_the_readable_reference_passes_on_anything(inputs: Inputs) -> None:
    assert verdict(inputs, reference("naive", "julia")(*inputs)) is None


@settings(deadline=None)
@given(problems)
def test_the_tuned_reference_passes_on_anything(inputs: Inputs) -> None:
    assert verdict(inputs, reference("tuned", "julia")(*inputs)) is None


def test_the_case_of_the_book_has_its_sum() -> None:
    x = np.linspace(-1.8, 1.8, 1000, endpoint=False)
    inputs = (x, x.copy(), -0.62772 - 0.42193j, 300)
    assert TASK.work(inputs, TASK.expect(inputs)) == 33_219_980


@pytest.mark.parametrize("name", ["64x64-100", "256x256-100", "1000x1000-256"])
def test_every_pixel_of_the_expected_answer_is_within_the_certified_bounds(name: str) -> None:
    x, y, c, max_iter = drawn(next(case for case in TASK.benchmark_cases if case.name == name))
    starts = (x + 1j * np.asarray(y)[:, np.newaxis]).ravel()
    least, greatest = KERNELS.possible_counts(starts, c, max_iter)
    expected = TASK.expect((x, y, c, max_iter)).ravel()
    assert np.all((least <= expected) & (expected <= greatest))
    assert np.mean(least < greatest) <= 1e-4  # nearly every pixel is decided


# What is wrong does not


@settings(deadline=None)
@given(problems.filter(lambda inputs: inputs[0].size * inputs[1].size > 0), st.data())
def test_any_change_of_a_certified_pixel_is_found(inputs: tuple[Array, Array, complex, int], data: st.DataObject) -> None:
    x, y, c, max_iter = inputs
    row, column = data.draw(st.integers(0, len(y) - 1)), data.draw(st.integers(0, len(x) - 1))
    least, greatest = KERNELS.possible_counts(np.array([complex(x[column], y[row])]), c, max_iter)
    counts = TASK.expect(inputs).copy()
    counts[row, column] += data.draw(st.integers(-100, 100).filter(bool))
    if least[0] == greatest[0]:
        difference = verdict(inputs, counts)
        assert difference is not None
        assert difference.where.startswith(f"row {row}, column {column} ")


def test_single_precision_shows_in_the_close_up_whatever_the_seed() -> None:
    single = next(mistake for mistake in TASK.mistakes if mistake.name == "single precision")
    for seed in range(5):
        inputs = drawn(case_named(TASK, "close-up-200x150"), seed)
        assert verdict(inputs, single.compute(*inputs)[0]) is not None


def test_a_radius_of_exactly_two_is_inside() -> None:
    inputs = (np.array([-2.0, 2.0]), np.array([0.0]), 0j, 5)
    assert verdict(inputs, np.array([[1, 1]], dtype=np.int32)) is None
    assert verdict(inputs, np.array([[0, 1]], dtype=np.int32)) is not None


def test_where_rounding_decides_any_count_from_the_first_doubtful_step_on_passes() -> None:
    inputs = (np.array([0.3]), np.array([0.0]), -2 + 0j, 500)  # |z| comes as close to 2 as one likes
    (least,), (greatest,) = KERNELS.possible_counts(np.array([0.3 + 0j]), -2 + 0j, 500)
    assert 10 < least < greatest == 500
    for count in (least, least + 1, 500):
        assert verdict(inputs, np.array([[count]], dtype=np.int32)) is None
    difference = verdict(inputs, np.array([[least - 1]], dtype=np.int32))
    assert difference is not None
    assert difference.expected == f"between {least} and 500"


# What a student reads


def test_a_difference_names_the_pixel_its_start_and_both_counts() -> None:
    inputs = (np.array([-1.5, -0.5, 0.5, 1.5]), np.array([-0.5, 0.0, 0.75]), -0.4 + 0.6j, 20)
    counts = TASK.expect(inputs).copy()
    counts[0, 3] += 1
    counts[2, 1] += 1
    assert verdict(inputs, counts) == Difference(
        summary="2 of 12 pixels differ", where="row 0, column 3 (z₀ = 1.5 − 0.5i)", expected="2", got="3"
    )


def test_a_pixel_that_was_never_filled_in_is_said_to_be_so() -> None:
    inputs = drawn(case_named(TASK, "small-7x5"))
    counts = TASK.expect(inputs).copy()
    counts[1, 2] = np.iinfo(np.int32).min
    difference = verdict(inputs, counts)
    assert difference is not None
    assert difference.got == "-2147483648, outside 0…20: was this pixel filled in?"


def test_the_interface_is_stated_by_the_readable_reference() -> None:
    assert str(LOADED.interface) == "julia(x: float64[w], y: float64[h], c: complex, max_iter: int) -> int32[h,w]"


def test_the_picture_has_labelled_axes_and_names_c() -> None:
    picture = picture_of(TASK, "set")
    inputs = drawn(picture.cases[0])
    axes = figure_of_answers(picture, (inputs, (TASK.expect(inputs),))).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Re z₀", "Im z₀")
    assert axes.get_title().startswith("Julia set, c = −0.8")


def test_in_black_and_white_the_starts_that_stay_are_black() -> None:
    picture = picture_of(TASK, "golden-ratio")
    inputs = drawn(picture.cases[0])
    counts = TASK.expect(inputs)
    axes = figure_of_answers(picture, (inputs, (counts,))).axes[0]
    colours = axes.images[0].to_rgba(np.asarray(axes.images[0].get_array()))
    np.testing.assert_array_equal(colours[..., 0] == 0, counts == inputs[3])
    assert axes.get_title().endswith("c = −0.618034 + 0i")


def test_the_animation_goes_once_around_the_circle() -> None:
    picture = picture_of(TASK, "circle")
    inputs = [drawn(case) for case in picture.cases]
    c = np.array([one[2] for one in inputs], dtype=np.complex128)
    np.testing.assert_allclose(np.abs(c), 0.7885)
    steps = np.diff(np.unwrap(np.angle(c)))
    np.testing.assert_allclose(steps, 2 * np.pi / picture.frames)
    figure = Figure()
    answers = tuple((one, (np.full((200, 200), number, dtype=np.int32),)) for number, one in enumerate(inputs))
    show = picture.draw(answers, figure)
    assert show is not None
    show(6)
    assert figure.axes[0].get_title() == "c = 0.7885·exp(ia), a =  90°"
    np.testing.assert_allclose(np.unique(np.asarray(figure.axes[0].images[0].get_array())), np.log10(7))


# The cases


def test_the_first_cases_are_public_and_not_square_and_some_are_secret() -> None:
    for case in TASK.check_cases[:2]:
        x, y, _, _ = drawn(case)
        assert case.public
        assert np.size(x) != np.size(y)
    assert any(not case.public for case in TASK.check_cases)


def test_slow_code_can_do_all_check_cases() -> None:
    inputs_of_all = [drawn(case) for case in TASK.check_cases]
    assert sum(TASK.work(inputs, TASK.expect(inputs)) for inputs in inputs_of_all) < 1.5e6


@pytest.mark.parametrize("case", TASK.benchmark_cases[:3], ids=lambda case: case.name)
def test_fresh_inputs_of_a_timed_call_do_not_change_its_work(case: Case) -> None:
    works = [TASK.work((), TASK.expect(drawn(case, seed))) for seed in range(10)]
    assert works == pytest.approx([np.mean(works)] * 10, rel=0.02)
    assert np.std(works) < 0.01 * np.mean(works)


@pytest.mark.parametrize("case", TASK.benchmark_cases[1:3], ids=lambda case: case.name)
def test_what_a_table_of_pixels_knows_of_timed_calls_is_a_fiftieth_of_their_work(case: Case) -> None:
    counts = np.array([TASK.expect(drawn(case, seed)) for seed in range(20)])
    the_same = (counts == counts[0]).all(axis=0)
    assert counts[:, the_same].sum() < 0.02 * counts.sum()


def test_a_thousand_tables_of_starts_would_know_less_than_two_fifths_of_the_work_of_a_timed_call() -> None:
    # Tables for c at distances of 0.001 and starts at distances of 0.002, believed where neighbours agree: more than fits.
    for seed in range(3):
        x, y, c, max_iter = drawn(case_named(TASK, "256x256-100"), seed)
        counts = TASK.expect((x, y, c, max_iter))
        nearby = [
            TASK.expect((x + 1e-3 * move.real, y + 1e-3 * move.imag, c + 5e-4 * turn, max_iter))
            for move in (1, -1, 1j, -1j)
            for turn in (1, -1, 1j, -1j)
        ]
        the_same = (np.array(nearby) == counts).all(axis=0)
        assert counts[the_same].sum() < 0.4 * counts.sum()
