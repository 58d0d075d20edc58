"""Rules about Numba: what it compiles again in each call, and what it does not really compile."""

from grader.advice.facts import LEAST_SHARE, Facts
from grader.advice.finding import Cause, Finding
from grader.units import time_text


def recompiles(facts: Facts) -> Finding | None:
    """Numba compiles in a call that is not the first."""
    looks = facts.profile.times.looks
    share = looks.compiling_s / looks.call_s if looks.call_s > 0 else 0.0
    if share < LEAST_SHARE or not looks.compiled:
        return None
    function = max(looks.compiled, key=lambda one: (one.is_new, one.signatures))
    why = (
        "the function is made anew in every call, and compiled with it"
        if function.is_new
        else f"it has been compiled for {function.signatures} combinations of argument types"
    )
    return facts.finding(
        Cause.RECOMPILES,
        function.row,
        min(1.0, share),
        f"compiling takes {time_text(looks.compiling_s)} of a call that is not the first: {why}",
        "define the @njit function at the top of the file, and give it what it needs as arguments of the same types each time",
    )


def object_mode(facts: Facts) -> Finding | None:
    """Numba's object mode runs Python's own objects."""
    for one in facts.profile.times.looks.compiled:
        if not one.in_object_mode:
            continue
        share = facts.compiled_share
        if share < LEAST_SHARE:
            continue
        return facts.finding(
            Cause.OBJECT_MODE,
            one.row,
            share,
            f"Numba runs this function in object mode, as the interpreter would: its calls take {share:.0%} of the time",
            "use @njit, and give it arrays and numbers only: no classes, dictionaries or functions of Python's",
        )
    return None
