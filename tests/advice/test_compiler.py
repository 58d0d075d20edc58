"""Rules about Numba."""

from grader.advice.compiler import object_mode, object_mode_within, recompiles
from grader.advice.finding import Cause
from tests.advice.programs import facts

NESTED = """
from numba import njit

def f(x):
    @njit
    def g(x):
        return x + 1
    return g(x)
"""


def test_what_is_compiled_anew_in_each_call_is_found_where_it_is_made() -> None:
    found = recompiles(facts(NESTED, {"return g": (1.0, 1)}, compiled={"@njit": (1, 0, True)}, compiling_s=0.8))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.RECOMPILES, 5)
    assert "800 ms" in found.evidence


def test_and_where_it_is_handed_to_the_compiler() -> None:
    source = "import numba\n\ndef g(x):\n    return x\n\ndef f(x):\n    fast = numba.njit(g)\n    return fast(x)\n"
    found = recompiles(facts(source, {"return fast": (1.0, 1)}, compiled={"def g": (1, 0, True)}, compiling_s=0.8))
    assert found is not None
    assert found.line.line == 7


def test_what_was_compiled_before_is_not() -> None:
    assert recompiles(facts(NESTED, {"return g": (1.0, 1)}, compiled={"@njit": (1, 0, False)})) is None


def test_object_mode_is_found_at_the_function_that_runs_so() -> None:
    source = "from numba import jit\n\n@jit(forceobj=True)\ndef g(x):\n    return x\n\ndef f(x):\n    return g(x)\n"
    found = object_mode(facts(source, {"return g": (1.0, 1)}, compiled={"@jit": (1, 1, False)}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.OBJECT_MODE, 3)
    assert object_mode(facts(source, {"return g": (1.0, 1)}, compiled={"@jit": (1, 0, False)})) is None


BLOCK = """
from numba import njit, objmode

@njit
def g(x):
    total = 0.0
    for i in range(len(x)):
        with objmode(y="float64"):
            y = slow(x[i])
        total += y
    return total

def f(x):
    return g(x)
"""
CALL = {"return g": (1.0, 1)}
IN_LOOP = {"with objmode": (0.2, 1000), "y = slow": (0.5, 1000), "total += y": (0.3, 1000)}


def test_a_block_of_pythons_objects_within_a_compiled_loop_is_found() -> None:
    found = object_mode_within(facts(BLOCK, CALL, as_python=IN_LOOP, compiled={"@njit": (1, 0, False)}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.OBJECT_MODE, 8)
    assert "1,000 times in a call: 70% of the work" in found.evidence


def test_one_that_runs_once_or_takes_little_is_not() -> None:
    once = {"with objmode": (0.2, 1), "y = slow": (0.5, 1), "total += y": (0.3, 1)}
    little = {"with objmode": (0.01, 1000), "y = slow": (0.02, 1000), "total += y": (0.97, 1000)}
    for measured in (once, little):
        assert object_mode_within(facts(BLOCK, CALL, as_python=measured, compiled={"@njit": (1, 0, False)})) is None
