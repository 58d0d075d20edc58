"""Rules about the numbers themselves."""

import pytest

from grader.advice.finding import Cause, Finding
from grader.advice.numbers import (
    counts_too_wide,
    division_in_loop,
    extended_precision,
    full_spectrum,
    largest_prime,
    needless_root,
    next_fast,
    object_array,
    power_of_integer,
    prime_transform,
    truths_kept_wide,
    wider_than_given,
)
from tests.advice.programs import array, facts, number

ONE_LINE = "import numpy as np\n\ndef f(x):\n    return x + x\n"


def test_arrays_of_objects_are_found() -> None:
    found = object_array(facts(ONE_LINE, {"return": (1.0, 1)}, {"x": array("O", 100)}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.OBJECT_ARRAY, 4)
    assert object_array(facts(ONE_LINE, {"return": (1.0, 1)}, {"x": array("float64", 100)})) is None


@pytest.mark.parametrize("dtype", ["longdouble", "clongdouble"])
def test_extended_precision_is_found(dtype: str) -> None:
    found = extended_precision(facts(ONE_LINE, {"return": (1.0, 1)}, {"x": array(dtype, 100)}))
    assert found is not None
    assert found.cause is Cause.DTYPE_UPCAST


def test_double_precision_is_not() -> None:
    assert extended_precision(facts(ONE_LINE, {"return": (1.0, 1)}, {"x": array("complex128", 100)})) is None


WIDENED = """
import numpy as np

def f(grid):
    town = grid.astype(int)
    for _ in range(10):
        town = np.roll(town, 1) + town
    return town
"""


def test_small_integers_that_are_widened_are_found_where_they_cost_most() -> None:
    found = wider_than_given(
        facts(
            WIDENED,
            {"np.roll": (0.9, 10), "astype": (0.01, 1)},
            {"grid": array("int8", 256, 256), "town": array("int64", 256, 256)},
        )
    )
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.DTYPE_UPCAST, 7)
    assert "8 times the bytes" in found.evidence


def test_what_came_in_as_wide_is_not() -> None:
    assert wider_than_given(facts(WIDENED, {"np.roll": (0.9, 10)}, {"grid": array("int64", 256, 256)})) is None


@pytest.mark.parametrize("text", ["x ** 3", "np.power(x, 2)", "x ** 4.0"])
def test_general_powers_of_arrays_are_found(text: str) -> None:
    found = power_of_integer(facts(ONE_LINE.replace("x + x", text), {"return": (1.0, 1)}, {"x": array("float64", 100)}))
    assert found is not None
    assert found.cause is Cause.POWER


@pytest.mark.parametrize("text", ["x ** 2", "x ** 0.5", "x * x"])
def test_what_numpy_takes_for_a_product_or_a_root_is_not(text: str) -> None:
    assert power_of_integer(facts(ONE_LINE.replace("x + x", text), {"return": (1.0, 1)}, {"x": array("float64", 100)})) is None


TRANSFORM = "import numpy as np\n\ndef f(x):\n    y = x[1:]\n    return np.fft.fft(y)\n"


def test_a_length_with_a_large_prime_factor_is_found() -> None:
    found = prime_transform(
        facts(TRANSFORM, {"fft": (0.9, 10)}, {"x": array("complex128", 2048)}, transforms={"fft.fft": 2047})
    )
    assert found is not None
    assert "prime factor 89" in found.evidence
    assert "2,048" in found.next_step


def test_a_length_that_the_task_wants_is_not() -> None:
    given = {"x": array("complex128", 2047)}
    assert prime_transform(facts(TRANSFORM, {"fft": (0.9, 10)}, given, transforms={"fft.fft": 2047})) is None


def test_a_length_of_small_factors_is_not() -> None:
    given = {"x": array("complex128", 10)}
    assert prime_transform(facts(TRANSFORM, {"fft": (0.9, 10)}, given, transforms={"fft.fft": 2000})) is None


@pytest.mark.parametrize(("length", "largest", "fast"), [(1, 1, 1), (2047, 89, 2048), (1009, 1009, 1024), (2000, 5, 2000)])
def test_prime_factors_and_the_next_fast_length(length: int, largest: int, fast: int) -> None:
    assert largest_prime(length) == largest
    assert next_fast(length) == fast


def test_the_complex_transform_of_real_numbers_is_found_and_of_complex_ones_is_not() -> None:
    assert full_spectrum(facts(TRANSFORM, {"fft.fft": (0.9, 1)}, {"y": array("float64", 100)})) is not None
    assert full_spectrum(facts(TRANSFORM, {"fft.fft": (0.9, 1)}, {"y": array("complex128", 100)})) is None


ESCAPES = """
from numba import njit

@njit
def f(z, c, most):
    n = 0
    while n < most and abs(z) <= 2:
        z = z * z + c
        n += 1
    return n
"""
COMPILED = {"@njit": (1, 0, False)}
AS_PYTHON = {"while n": (0.5, 1000), "z = z": (0.4, 1000)}


def test_a_root_in_a_compiled_loop_is_found() -> None:
    found = needless_root(facts(ESCAPES, {}, {"z": number("complex128")}, as_python=AS_PYTHON, compiled=COMPILED))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.NEEDLESS_ROOT, 7)


def test_the_size_of_a_real_number_is_no_root() -> None:
    assert needless_root(facts(ESCAPES, {}, {"z": number("float64")}, as_python=AS_PYTHON, compiled=COMPILED)) is None


def test_a_root_in_python_costs_little_beside_the_rest() -> None:
    source = ESCAPES.replace("@njit\n", "")
    assert needless_root(facts(source, {"while n": (0.5, 1000)}, {"z": number("complex128")})) is None


WRAPS = """
from numba import njit

@njit
def f(x, n):
    total = 0
    for i in range(n):
        total += x[(i + 1) % n]
    return total
"""


def test_a_remainder_in_a_compiled_loop_is_found_and_one_by_a_power_of_two_is_not() -> None:
    measured = {"total +=": (0.9, 1000)}
    found = division_in_loop(facts(WRAPS, {}, as_python=measured, compiled=COMPILED))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.DIVISION, 8)
    assert division_in_loop(facts(WRAPS.replace("% n", "% 64"), {}, as_python=measured, compiled=COMPILED)) is None


COUNTS = """
import numpy as np

def f(grid):
    like = np.zeros(grid.shape)
    for shift in (1, -1):
        like += np.roll(grid, shift) == grid
    return like
"""


def test_truths_that_are_counted_in_wide_numbers_are_found_and_in_narrow_ones_are_not() -> None:
    grid = array("int8", 256, 256)
    found = counts_too_wide(facts(COUNTS, {"like +=": (0.9, 2)}, {"grid": grid, "like": array("float64", 256, 256)}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.DTYPE_UPCAST, 7)
    assert counts_too_wide(facts(COUNTS, {"like +=": (0.9, 2)}, {"grid": grid, "like": array("int8", 256, 256)})) is None


KEPT = """
import numpy as np

def f(grid, weights):
    own = (grid == 1).astype(np.float64)
    near = np.roll(own, 1, axis=0) + np.roll(own, -1, axis=0) - own
    like = own * near
    return like >= 1
"""


def kept(source: str, size: int = 256, share: float = 0.7) -> object:
    held = {name: array("float64", size, size) for name in ("own", "near", "like", "weights")}
    grid = array("int8", size, size)
    return truths_kept_wide(facts(source, {"near =": (share, 20), "like >= 1": (1 - share, 20)}, {"grid": grid, **held}))


def test_truths_that_are_kept_and_shifted_in_wide_numbers_are_found_where_most_of_the_time_passes() -> None:
    found = kept(KEPT)
    assert isinstance(found, Finding)
    assert (found.cause, found.line.line) == (Cause.DTYPE_UPCAST, 6)
    assert "`own` holds 65,536 truth values in float64" in found.evidence


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("np.float64", "np.int8"),
        ("(grid == 1)", "grid"),
        ("own * near", "own @ near"),
        ("own * near", "own / near"),
        ("own * near", "own * weights"),
        ("own * near", "np.fft.fft2(own)"),
        ("own * near", "own.mean(axis=0)"),
    ],
)
def test_but_not_where_they_are_narrow_or_their_width_is_of_use(old: str, new: str) -> None:
    assert kept(KEPT.replace(old, new)) is None


def test_nor_where_they_are_few_or_take_little() -> None:
    assert kept(KEPT, size=64) is None
    assert kept(KEPT, share=0.05) is None


def test_texts_in_an_array_are_found() -> None:
    found = object_array(facts(ONE_LINE, {"return": (1.0, 1)}, {"x": array("U4", 100)}))
    assert found is not None
    assert "100 texts" in found.evidence


@pytest.mark.parametrize("root", ["abs(z)", "math.sqrt(z.real)", "np.hypot(z.real, z.imag)", "(z.real * z.real) ** 0.5"])
def test_a_root_is_found_in_each_of_its_forms(root: str) -> None:
    source = ESCAPES.replace("abs(z)", root).replace("from numba", "import math\nimport numpy as np\nfrom numba")
    assert needless_root(facts(source, {}, {"z": number("complex128")}, as_python=AS_PYTHON, compiled=COMPILED)) is not None


def test_a_power_of_a_complex_number_in_a_compiled_loop_is_found_and_of_a_real_one_is_not() -> None:
    source = ESCAPES.replace("z * z + c", "z**2 + c")
    for dtype, is_found in (("complex128", True), ("float64", False)):
        found = power_of_integer(facts(source, {}, {"z": number(dtype)}, as_python=AS_PYTHON, compiled=COMPILED))
        assert (found is not None) == is_found
