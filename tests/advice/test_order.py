"""Rules about the order in which memory is gone through."""

import pytest

from grader.advice.finding import Cause
from grader.advice.order import memory_order, memory_order_compiled, strided_reduction, transform_along_columns
from tests.advice.programs import array, facts

COLUMNS = """
import numpy as np

def f(x, n):
    out = np.empty((len(x), n))
    for j in range(n):
        out[:, j] = x
    return out
"""


def test_columns_of_a_large_array_are_found() -> None:
    found = memory_order(facts(COLUMNS, {"out[:, j]": (0.6, 200)}, {"out": array("float64", 10_000, 200)}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.MEMORY_ORDER, 7)
    assert "10,000×200" in found.evidence


def test_what_turning_the_answer_costs_counts_for_the_line_that_fills_it() -> None:
    source = COLUMNS.replace("return out", "return out.T")
    measured = {"out[:, j]": (0.05, 200)}
    found = memory_order(facts(source, measured, {"out": array("float64", 10_000, 200)}, converting_s=0.4))
    assert found is not None
    assert "40% goes into turning" in found.evidence
    assert memory_order(facts(source, measured, {"out": array("float64", 10_000, 200)})) is None


@pytest.mark.parametrize(
    ("source", "out"),
    [
        (COLUMNS, array("float64", 100, 20)),
        (COLUMNS, array("float64", 10_000, 200, order="F")),
        (COLUMNS.replace("out[:, j]", "out[j, :]"), array("float64", 200, 10_000)),
        (COLUMNS.replace("out[:, j]", "out[:, 0]"), array("float64", 10_000, 200)),
    ],
    ids=["small", "columns that lie together", "rows", "always the same column"],
)
def test_other_accesses_are_not(source: str, out: object) -> None:
    assert memory_order(facts(source, {"= x": (0.6, 200)}, {"out": out})) is None  # type: ignore[dict-item]  # a `Holds`


def test_rows_of_an_array_in_fortran_order_are_found() -> None:
    source = COLUMNS.replace("out[:, j]", "out[j, :]")
    assert memory_order(facts(source, {"= x": (0.6, 200)}, {"out": array("float64", 200, 10_000, order="F")})) is not None


def test_a_sum_over_a_column_is_a_strided_reduction() -> None:
    source = COLUMNS.replace("out[:, j] = x", "x[j] = out[:, j].sum()")
    found = memory_order(facts(source, {"out[:, j]": (0.6, 200)}, {"out": array("float64", 10_000, 200)}))
    assert found is not None
    assert found.cause is Cause.STRIDED_REDUCTION


PRODUCT = """
import numpy as np
from numba import njit

@njit
def f(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c
"""
COMPILED = {"@njit": (1, 0, False)}
SQUARE = array("float64", 64, 64)


def test_a_compiled_loop_down_the_columns_is_found() -> None:
    found = memory_order_compiled(
        facts(PRODUCT, {}, {"a": SQUARE, "b": SQUARE, "c": SQUARE}, as_python={"c[i, j] +=": (0.8, 10_000)}, compiled=COMPILED)
    )
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.MEMORY_ORDER, 11)
    assert "`b[k, j]`" in found.evidence


def test_a_compiled_loop_along_the_rows_is_not() -> None:
    inner = "for j in range(b.shape[1]):\n            for k in range(a.shape[1]):"
    source = PRODUCT.replace(inner, "for k in range(a.shape[1]):\n            for j in range(b.shape[1]):")
    variables = {"a": SQUARE, "b": SQUARE, "c": SQUARE}
    assert (
        memory_order_compiled(facts(source, {}, variables, as_python={"c[i, j] +=": (0.8, 10_000)}, compiled=COMPILED)) is None
    )


def test_nor_a_line_that_is_little_of_the_work() -> None:
    variables = {"a": SQUARE, "b": SQUARE, "c": SQUARE}
    measured = {"c[i, j] +=": (0.1, 10_000), "c = np.zeros": (0.9, 1)}
    assert memory_order_compiled(facts(PRODUCT, {}, variables, as_python=measured, compiled=COMPILED)) is None


def test_a_sum_over_a_short_last_axis_is_found() -> None:
    source = "def f(around):\n    return around.sum(axis=-1)\n"
    found = strided_reduction(facts(source, {"sum": (0.9, 1)}, {"around": array("bool", 1000, 1000, 8)}))
    assert found is not None
    assert "8 neighbours at a time" in found.evidence


@pytest.mark.parametrize(("shape", "axis"), [((8, 1000, 1000), 0), ((1000, 1000), -1), ((10, 10, 8), -1)])
def test_other_sums_are_not(shape: tuple[int, ...], axis: int) -> None:
    source = f"def f(around):\n    return around.sum(axis={axis})\n"
    assert strided_reduction(facts(source, {"sum": (0.9, 1)}, {"around": array("bool", *shape)})) is None


def test_transforms_along_columns_are_found_and_along_rows_are_not() -> None:
    source = "import numpy as np\n\ndef f(frames):\n    return np.fft.rfft(frames, axis=0)\n"
    frames = {"frames": array("float64", 1024, 4000)}
    assert transform_along_columns(facts(source, {"rfft": (0.9, 1)}, frames)) is not None
    assert transform_along_columns(facts(source.replace("axis=0", "axis=1"), {"rfft": (0.9, 1)}, frames)) is None
