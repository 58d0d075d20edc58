"""Inputs as Python: what is pasted is what was called."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.content.python_text import arguments_text, as_python, forms_text
from grader.content.task import Value


def pasted(text: str) -> Any:  # noqa: ANN401 -- whatever it says
    return eval(text, {"np": np})  # noqa: S307 -- that it can be run is what is tested


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7, "7"),
        (-0.8 + 0.156j, "(-0.8+0.156j)"),
        (np.array([1.25, 2.0]), "np.array([1.25, 2.0])"),
        (np.array([[0, 1], [2, 0]], np.int8), "np.array([[0, 1], [2, 0]], np.int8)"),
        (np.array([1, 2]), "np.array([1, 2])"),
        (np.zeros((0, 4)), "np.zeros((0, 4))"),
        (np.zeros((3, 0), np.int32), "np.zeros((3, 0), np.int32)"),
        (float("-inf"), "-np.inf"),
    ],
)
def test_values_are_written_as_a_student_would(value: Value, text: str) -> None:
    assert as_python(value) == text


scalars = st.integers() | st.floats() | st.complex_numbers()
arrays = st.builds(
    lambda values, dtype, rows: np.array(values, dtype).reshape(rows, -1) if values else np.zeros((rows, 0), dtype),
    st.lists(st.integers(0, 100), max_size=8).map(lambda values: values * 2),
    st.sampled_from(["float64", "float32", "int8", "int64", "complex128"]),
    st.integers(1, 2),
)


@given(scalars | arrays)
def test_what_is_pasted_is_the_value_itself(value: Value) -> None:
    again = pasted(as_python(value))
    assert type(again) is type(value)
    assert getattr(again, "dtype", None) == getattr(value, "dtype", None)
    np.testing.assert_array_equal(again, value)


def test_what_is_too_long_to_read_is_told_by_its_form() -> None:
    inputs = (np.zeros((30, 30)), 7)
    assert arguments_text(inputs) is None
    assert forms_text(inputs) == "float64[30,30], 7"
    assert arguments_text((np.arange(100) / 7,)) is None
