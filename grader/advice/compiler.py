"""Rules about Numba: what it compiles again in each call, and what it does not really compile."""

import ast

from grader.advice.code import is_compiler
from grader.advice.facts import LEAST_SHARE, Facts
from grader.advice.finding import Cause, Finding
from grader.units import time_text


def recompiles(facts: Facts) -> Finding | None:
    """Numba compiles in a call that is not the first."""
    looks = facts.profile.times.looks
    share = looks.compiling_s / looks.call_s if looks.call_s > 0 else 0.0
    row = _compiled_again(facts)
    if share < LEAST_SHARE or row is None:
        return None
    return facts.finding(
        Cause.RECOMPILES,
        row,
        min(1.0, share),
        f"compiling takes {time_text(looks.compiling_s)} of a call that is not the first: what a call makes is compiled anew",
        "define the @njit function at the top of the file, and give it what it needs as arguments of the same types each time",
    )


def _compiled_again(facts: Facts) -> int | None:
    """Where a function is handed to the compiler within another one; else the function with the most signatures."""
    for statement in facts.in_python():
        if statement.function.name and any(is_compiler(name) for name, _ in statement.calls()):
            return statement.rows[0]
    for function in facts.program.functions:
        if function.compiler is not None and function.outer is not None and function.outer.name:
            return function.row
    compiled = facts.profile.times.looks.compiled
    return max(compiled, key=lambda one: (one.is_new, one.signatures)).row if compiled else None


def object_mode(facts: Facts) -> Finding | None:
    """Numba's object mode runs Python's own objects."""
    rows = [one.row for one in facts.profile.times.looks.compiled if one.in_object_mode]
    if not rows or facts.compiled_share < LEAST_SHARE:
        return None
    return facts.finding(
        Cause.OBJECT_MODE,
        rows[0],
        facts.compiled_share,
        f"Numba runs this function in object mode, as the interpreter would: {facts.compiled_share:.0%} of the time",
        "use @njit, and give it arrays and numbers only: no classes, dictionaries or functions of Python's",
    )


def object_mode_within(facts: Facts) -> Finding | None:
    """A compiled function goes back to Python's objects for a block, again and again."""
    for statement in facts.in_compiled():
        is_block = isinstance(statement.node, ast.With) and any(name == "numba.objmode" for name, _ in statement.calls())
        inside = [one for one in facts.in_compiled() if statement.node in one.around]
        share = min(1.0, sum(facts.share(one) for one in (statement, *inside)))
        if is_block and facts.hits(statement) > 1 and share >= LEAST_SHARE:
            return facts.finding(
                Cause.OBJECT_MODE,
                statement,
                share,
                f"it goes back to Python's objects {facts.hits(statement):,} times in a call: {share:.0%} of the work",
                "write the block with what Numba compiles, or take it out of the loop",
            )
    return None
