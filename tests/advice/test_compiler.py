"""Rules about Numba."""

from grader.advice.compiler import object_mode, recompiles
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
