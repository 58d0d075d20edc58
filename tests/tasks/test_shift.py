"""Shifted pictures: their checker accepts what is right and rejects what is wrong, and its texts say what is so."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.content.task import Array, Difference, Inputs
from tests.tasks.shift_variants import HONEST, indexed
from tests.tasks.task_under_test import TaskUnderTest, answer_of, drawn, figure_of_answers, task_under_test, verdict_of

UNDER_TEST: TaskUnderTest = task_under_test("shift")
TASK = UNDER_TEST.task

RIGHT: Inputs = (np.array([[1, 2, 3], [10, 20, 30], [100, 200, 250]], dtype=np.uint8), np.array([1]), 1)
"""One column to the right."""


def mistaken(name: str, inputs: Inputs) -> Array:
    (mistake,) = (one for one in TASK.mistakes if one.name == name)
    return mistake.compute(*inputs)[0]


def verdict(inputs: Inputs, total: Array) -> Difference | None:
    return TASK.check(inputs, (total,), TASK.expect(inputs))


@st.composite
def problems(draw: st.DrawFn) -> tuple[NDArray[np.uint8], NDArray[np.int64], int]:
    """Any picture, empty ones too, and any amounts."""
    shape = draw(st.integers(0, 7)), draw(st.integers(0, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**31 - 1)))
    amounts = draw(st.lists(st.integers(-(10**6), 10**6), max_size=6))
    return rng.integers(0, 256, shape, dtype=np.uint8), np.array(amounts, dtype=np.int64), draw(st.integers(0, 1))


Problem = tuple[NDArray[np.uint8], NDArray[np.int64], int]


@settings(deadline=None)
@given(problems(), st.sampled_from(sorted(HONEST)))
def test_ways_that_share_nothing_agree_on_any_picture(inputs: Problem, name: str) -> None:
    assert verdict_of(TASK, HONEST[name], inputs) is None


@settings(deadline=None)
@given(problems(), st.sampled_from(["naive", "numpy", "numba"]))
def test_every_reference_passes_on_anything(inputs: Problem, level: str) -> None:
    assert verdict_of(TASK, UNDER_TEST.references[level], inputs) is None


@settings(deadline=None)
@given(problems(), st.data())
def test_one_pixel_decides(inputs: Problem, data: st.DataObject) -> None:
    total = indexed(*inputs)
    if total.size:
        place = (data.draw(st.integers(0, total.shape[0] - 1)), data.draw(st.integers(0, total.shape[1] - 1)))
        total[place] += 1
        found = verdict(inputs, total)
        assert found is not None
        assert found.where.startswith(f"row {place[0]}, column {place[1]},")


def test_the_sum_of_a_white_picture_does_not_fit_sixteen_bits() -> None:
    (white,) = (case for case in TASK.check_cases if case.name == "white")
    assert TASK.expect(drawn(white)).min() > np.iinfo(np.uint16).max


def test_a_difference_says_which_pixel_of_how_many_shifts() -> None:
    total = indexed(*RIGHT)  # type: ignore[arg-type]  # inputs are values of any kind
    total[1, 2] = 0
    assert verdict(RIGHT, total) == Difference(
        summary="1 of 9 pixels are off",
        where="row 1, column 2, with 1 shift of the columns of 3 × 3 pixels",
        expected="20",
        got="0",
    )


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("wrong direction", [[2, 3, 1], [20, 30, 10], [200, 250, 100]]),
        ("other axis", [[100, 200, 250], [1, 2, 3], [10, 20, 30]]),
        ("along the flat picture", [[250, 1, 2], [3, 10, 20], [30, 100, 200]]),
        ("cut off", [[0, 1, 2], [0, 10, 20], [0, 100, 200]]),
        ("edge repeated", [[1, 1, 2], [10, 10, 20], [100, 100, 200]]),
        ("one too far", [[2, 3, 1], [20, 30, 10], [200, 250, 100]]),
        ("picture added", [[4, 3, 5], [40, 30, 50], [350, 300, 450]]),
        ("remainder left out, 2 processes", [[3, 1, 2], [30, 10, 20], [0, 0, 0]]),
        ("own rows only, 2 processes", [[3, 1, 2], [0, 0, 0], [0, 0, 0]]),
        ("bands in reverse, 3 processes", [[250, 100, 200], [30, 10, 20], [3, 1, 2]]),
        ("everything everywhere, 2 processes", [[6, 2, 4], [60, 20, 40], [500, 200, 400]]),
    ],
)
def test_mistakes_are_what_their_names_say(name: str, total: list[list[int]]) -> None:
    np.testing.assert_array_equal(TASK.expect(RIGHT), [[3, 1, 2], [30, 10, 20], [250, 100, 200]])
    np.testing.assert_array_equal(mistaken(name, RIGHT), total)


def test_shifting_columns_within_bands_of_rows_is_right_and_shifting_rows_is_not() -> None:
    picture, amounts, _ = RIGHT
    for axis, passes in ((1, True), (0, False)):
        inputs = (picture, amounts, axis)
        assert (verdict(inputs, mistaken("bands by themselves, 2 processes", inputs)) is None) is passes


def test_shifts_beyond_the_picture_are_lost_only_where_they_are_far() -> None:
    picture, _, axis = RIGHT
    for amount, passes in ((2, True), (3, True), (4, False), (-5, False)):
        inputs = (picture, np.array([amount]), axis)
        assert (verdict(inputs, mistaken("far shifts left out", inputs)) is None) is passes, amount


def test_timed_amounts_differ_round_the_picture_so_that_none_is_saved() -> None:
    for case in TASK.benchmark_cases[:3]:
        picture, amounts, axis = drawn(case)
        assert isinstance(picture, np.ndarray)
        assert isinstance(amounts, np.ndarray)
        assert axis == 1
        assert len(np.unique(amounts % picture.shape[1])) == len(amounts)


def test_the_interface_is_stated_by_the_readable_reference() -> None:
    text = "shift(picture: uint8[h,w], amounts: int64[k], axis: int) -> int32[h,w]"
    assert str(UNDER_TEST.loaded.interface) == text


def test_the_picture_shows_the_picture_and_three_sums() -> None:
    (picture,) = TASK.pictures
    answers = [(inputs := drawn(case), answer_of(TASK, UNDER_TEST.fastest, inputs)) for case in picture.cases]
    panels = figure_of_answers(picture, *answers).axes
    assert [axes.get_title() for axes in panels][1:3] == ["60 columns to the right", "30 rows up"]
    first, right = (np.asarray(axes.images[0].get_array()) for axes in panels[:2])
    np.testing.assert_array_equal(np.roll(first, 60, axis=1), right)
