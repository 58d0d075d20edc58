"""The building blocks of a task's `shrink`: each offer is smaller, none is empty, and they come to an end."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.content.smaller import changed, fewer, fewer_of, rounder, smaller


def test_halves_come_first_then_all_but_a_quarter_and_at_last_all_but_one() -> None:
    kept = [items.tolist() for items in fewer_of(4)]
    assert kept == [[0, 1], [2, 3], [0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]


@given(st.integers(0, 200))
def test_some_items_are_left_out_and_never_all(length: int) -> None:
    offered = list(fewer_of(length))
    assert all(0 < len(items) < length for items in offered)
    assert bool(offered) == (length > 1)


@given(st.integers(2, 16))
def test_of_a_few_items_each_is_left_out_alone(length: int) -> None:
    alone = {tuple(set(range(length)) - set(items.tolist())) for items in fewer_of(length) if len(items) == length - 1}
    assert alone == {(item,) for item in range(length)}


def test_rows_are_items_and_arrays_stay_contiguous() -> None:
    offered = list(fewer(np.arange(6.0).reshape(3, 2)))
    assert offered[0].tolist() == [[0, 1], [2, 3]]
    assert all(array.flags.c_contiguous and array.base is None for array in offered)


@pytest.mark.parametrize(("number", "least", "offered"), [(9, 0, [0, 4, 8]), (2, 1, [1]), (1, 1, []), (0, 0, []), (1, 0, [0])])
def test_a_number_gets_smaller_at_once_by_half_and_by_one(number: int, least: int, offered: list[int]) -> None:
    assert list(smaller(number, least)) == offered


def test_numbers_lose_digits_behind_their_greatest() -> None:
    assert list(rounder(0.4567)) == [0.5, 0.46, 0.457]
    assert list(rounder(-0.123 + 0.745j)) == [-0.1 + 0.7j, -0.12 + 0.74j]
    assert [array.tolist() for array in rounder(np.array([123.4, 1.0]))] == [[100, 0], [120, 0], [123, 1]]
    assert list(rounder(4.4e-9)) == [pytest.approx(4e-9)]


@pytest.mark.parametrize("value", [0.0, 0.5, 7, 2j, np.array([0.25, 3.0])[:0], np.array([1, 2]), float("inf"), float("nan")])
def test_what_is_round_already_stays(value: object) -> None:
    assert list(rounder(value)) == []


@given(st.floats(-1e6, 1e6))
def test_rounding_ends(value: float) -> None:
    for _ in range(10):
        value = next(rounder(value), value)
    assert list(rounder(value)) == []


def test_only_the_input_at_the_position_is_changed() -> None:
    array = np.arange(2.0)
    assert [(number, kept is array) for number, kept in changed((5, array), 0, smaller)] == [(0, True), (2, True), (4, True)]
