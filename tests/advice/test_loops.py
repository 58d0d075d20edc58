"""Rules about loops in Python: where they speak, and where they must not."""

import pytest

from grader.advice.finding import Cause
from grader.advice.loops import (
    call_per_element,
    call_per_entry,
    no_njit,
    np_vectorize,
    python_loop,
    python_sum,
    string_keys,
    ufunc_method,
)
from grader.execution.line_looks import Sort
from tests.advice.programs import Holds, array, facts, number

LOOP = """
import numpy as np

def f(x):
    total = 0.0
    for v in x:
        total += v * v
    return total
"""
HOT_LOOP = {"for v": (0.3, 1_000_001), "total += v": (0.6, 1_000_000)}


def test_a_loop_over_numbers_is_found_at_its_hottest_line() -> None:
    found = python_loop(facts(LOOP, HOT_LOOP, {"total": number(), "v": number()}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.PYTHON_LOOP, 7)
    assert found.gain == pytest.approx(10)
    assert "runs 1,000,000 times, 600 ns each" in found.evidence


def test_lines_that_run_seldom_or_take_long_are_no_such_loop() -> None:
    assert python_loop(facts(LOOP, {"total += v": (0.9, 100)})) is None


def test_operations_on_whole_arrays_are_no_such_loop() -> None:
    variables = {"total": array("float64", 10_000), "v": array("float64", 10_000)}
    assert python_loop(facts(LOOP, {"total += v": (0.9, 100_000)}, variables)) is None


def test_a_loop_within_one_line_is_found() -> None:
    source = "import math\n\ndef f(x):\n    return [math.exp(v) for v in x]\n"
    found = python_loop(facts(source, {"math.exp": (1.0, 1)}))
    assert found is not None
    assert found.line.line == 4


def test_but_not_one_that_calls_numpy_for_each_row() -> None:
    source = "import numpy as np\n\ndef f(rows):\n    return [np.fft.rfft(row) for row in rows]\n"
    assert python_loop(facts(source, {"np.fft": (1.0, 1)})) is None


HALF_COMPILED = """
import numpy as np
from numba import njit

@njit
def g(v):
    return v * v

def f(x):
    total = 0.0
    for v in x:
        total += v * v
    return total + g(1.0)
"""


def test_beside_compiled_functions_the_loop_is_to_be_compiled_too() -> None:
    source = facts(HALF_COMPILED, HOT_LOOP, compiled={"@njit": (1, 0, False)})
    found = no_njit(source)
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.NO_NJIT, 12)
    assert "`f`" in found.next_step
    assert python_loop(source) is None


PER_ELEMENT = """
import numpy as np
from numba import njit

@njit
def g(v):
    return v * v

def f(x):
    out = np.empty(len(x))
    for i in range(len(x)):
        out[i] = g(x[i])
    return out
"""


def test_a_compiled_function_called_for_each_number_is_found() -> None:
    measured = {"out[i]": (0.9, 1_000_000)}
    found = call_per_element(
        facts(PER_ELEMENT, measured, {"x": array("float64", 1_000_000)}, compiled={"@njit": (1, 0, False)})
    )
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.CALL_PER_ELEMENT, 12)
    assert "`g`" in found.evidence


def test_but_not_where_each_call_does_much() -> None:
    measured = {"out[i]": (0.9, 500)}
    assert call_per_element(facts(PER_ELEMENT, measured, compiled={"@njit": (1, 0, False)})) is None


ROOTS = """
import numpy as np

def f(x):
    total = 0.0
    for v in x:
        total += np.sqrt(v)
    return total
"""


def test_numpys_functions_for_single_numbers_are_found() -> None:
    found = call_per_element(facts(ROOTS, {"np.sqrt": (0.9, 1_000_000)}, {"v": Holds(Sort.NUMPY_NUMBER, "float64")}))
    assert found is not None
    assert "`np.sqrt`" in found.evidence


def test_numpys_functions_for_arrays_are_not() -> None:
    assert call_per_element(facts(ROOTS, {"np.sqrt": (0.9, 1_000_000)}, {"v": array("float64", 100)})) is None


DOTS = """
import numpy as np

def f(a, b):
    c = np.empty((len(a), len(b)))
    for i, row in enumerate(a):
        for j, column in enumerate(b):
            c[i, j] = np.dot(row, column)
    return c
"""


def test_a_product_for_each_entry_is_found() -> None:
    vectors = {"row": array("float64", 256), "column": array("float64", 256)}
    found = call_per_entry(facts(DOTS, {"np.dot": (0.8, 65_536)}, vectors))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.CALL_PER_ELEMENT, 8)


def test_a_product_for_each_row_is_not() -> None:
    source = DOTS.replace("        for j, column in enumerate(b):\n            c[i, j] =", "        c[i] =")
    assert call_per_entry(facts(source, {"np.dot": (0.8, 65_536)}, {"row": array("float64", 256)})) is None


VECTORIZED = """
import numpy as np

def g(v):
    return v * v

g = np.vectorize(g)

def f(x):
    return g(x)
"""


def test_a_function_that_is_vectorized_in_name_only_is_found_where_it_is_called() -> None:
    found = np_vectorize(facts(VECTORIZED, {"return g(x)": (1.0, 1), "return v": (0.5, 100_000)}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.NP_VECTORIZE, 10)


def test_and_so_is_one_with_a_decorator() -> None:
    source = VECTORIZED.replace("def g", "@np.vectorize\ndef g").replace("g = np.vectorize(g)", "")
    found = np_vectorize(facts(source, {"return g(x)": (1.0, 1)}))
    assert found is not None


def test_a_function_that_is_not_is_none() -> None:
    assert np_vectorize(facts(VECTORIZED.replace("g = np.vectorize(g)", ""), {"return g(x)": (1.0, 1)})) is None


def test_pythons_sum_over_an_array_is_found_and_over_a_list_is_not() -> None:
    source = "def f(x):\n    return sum(x)\n"
    found = python_sum(facts(source, {"sum": (1.0, 1)}, {"x": array("float64", 100_000)}))
    assert found is not None
    assert "np.sum" in found.next_step
    assert python_sum(facts(source, {"sum": (1.0, 1)}, {"x": Holds(Sort.SEQUENCE, shape=(100_000,))})) is None


def test_a_line_that_hands_work_to_threads_is_no_loop_of_its_own() -> None:
    source = """
from concurrent.futures import ThreadPoolExecutor

def f(parts):
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(abs, part) for part in parts]
        return [one.result() for one in waiting]
"""
    measured = {"waiting = [": (0.5, 1), "for one in waiting": (0.4, 1)}
    assert python_loop(facts(source, measured)) is None
    in_turn = source.replace("pool.submit(abs, part)", "abs(part)").replace("one.result()", "abs(one)")
    assert python_loop(facts(in_turn, measured)) is not None


def test_adding_at_indices_is_found() -> None:
    source = "import numpy as np\n\ndef f(x, i):\n    np.add.at(x, i, 1)\n    return x\n"
    found = ufunc_method(facts(source, {"np.add.at": (0.9, 1)}))
    assert found is not None
    assert "np.bincount" in found.next_step


@pytest.mark.parametrize("key", ['f"{i},{j}"', "str(i)", "name"])
def test_texts_as_keys_are_found(key: str) -> None:
    source = f"def f(cells, name):\n    for i in range(10):\n        cells[{key}] += 1\n"
    found = string_keys(facts(source, {"cells[": (0.6, 10_000)}, {"name": Holds(Sort.TEXT)}))
    assert found is not None
    assert found.cause is Cause.STRING_KEYS


def test_numbers_as_keys_are_not() -> None:
    source = "def f(cells):\n    for i in range(10):\n        cells[i] += 1\n"
    assert string_keys(facts(source, {"cells[": (0.6, 10_000)}, {"i": number("int64")})) is None
