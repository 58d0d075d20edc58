"""Orbits followed fast, which is a solution of the task, and how honest programs round: in no student's copy.

Loaded by `task.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
Columns are independent, so every function here takes some of them and leaves the cores to its caller.
"""
# ruff: noqa: PLR2004 - an order of evaluation is its place in ORDERS

import math
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np
from llvmlite import ir
from numba import njit
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

Reals: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]

EPSILON = 2.0**-52
LANES = 64
"""Columns that step together, so that the compiler can use vector instructions."""


# Where an orbit is, and how sure that is


@njit(cache=True, nogil=True)
def start(r: Reals, x0: Reals, updates: int) -> tuple[Reals, Reals]:
    """The states after `updates` updates, and the bound on rounding that the function of this name in `kernels.py` explains."""
    state, bound = x0.copy(), np.zeros(len(x0))
    for left in range(0, len(r), LANES):
        _follow(r[left : left + LANES], state[left : left + LANES], bound[left : left + LANES], updates)
    return state, bound


@njit(cache=True, nogil=True)
def _follow(r: Reals, state: Reals, bound: Reals, updates: int) -> None:
    for _ in range(updates):
        for lane in range(len(r)):
            x, e = state[lane], bound[lane]
            grown = r[lane] * e * (abs(1.0 - 2.0 * x) + e) + 6.0 * EPSILON * r[lane] * x + 4.0 * EPSILON
            bound[lane] = min(grown, 1.0)
            state[lane] = r[lane] * x * (1.0 - x)


@njit(cache=True, nogil=True)
def visits(r: Reals, state: Reals, n_keep: int, bins: int) -> Counts:
    """How often each column's next orbit points, `state` being the first of `n_keep`, fall into each bin: int64[k, bins]."""
    counts = np.zeros((len(r), bins), dtype=np.int64)
    for left in range(0, len(r), LANES):
        lanes = min(LANES, len(r) - left)
        x, q = state[left : left + lanes].copy(), r[left : left + lanes]
        for _ in range(n_keep):
            for lane in range(lanes):
                counts[left + lane, min(max(int(x[lane] * bins), 0), bins - 1)] += 1
                x[lane] = q[lane] * x[lane] * (1.0 - x[lane])
    return counts


# How honest programs round


def _fused(typing_context: object, a: object, b: object, c: object) -> tuple[Any, Any]:  # noqa: ARG001 - Numba's protocol
    """The type of `fma`, and its code: LLVM's operation."""

    def generate(context: object, builder: ir.IRBuilder, signature: object, arguments: list[ir.Value]) -> ir.Value:  # noqa: ARG001
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


fma = cast("Callable[[float, float, float], float]", intrinsic(_fused))
"""a·b + c rounded once: an instruction where the processor has one, else the C library's function, bit for bit the same."""

ORDERS = (
    "r*x*(1 - x)",
    "r*(x*(1 - x))",
    "r*(1 - x)*x",
    "r*x - r*x*x",
    "r*x - r*(x*x)",
    "r*(x - x*x)",
    "(r - r*x)*x",
    "r*x - r*x*x, fused",
    "r*(x - x*x), fused",
    "(r - r*x)*x, fused",
    "r*x - r*(x*x), its last product fused",
    "r*x - r*(x*x), its first product fused",
    "r*x - r*x*x, its first product fused",
    "r*x - r*x**2, the square by pow()",
    "r*(x - x**2), the square by pow()",
    "z = r*x: z*(r - z)",
    "z = r*x: r*z - z*z",
    "z = r*x: r*z - z*z, its last product fused",
    "z = r*x: r*z - z*z, its first product fused",
)
"""Orders of the operations of one update that round differently; "fused": a product and a sum rounded once (FMA).

`pow()` is what `x ** 2` is for Python's own numbers. Those of z = r·x iterate another variable and divide by r at the end.
"""
FIRST_SCALED = 15
"""The first of the orders that iterate z = r·x."""
LONGEST_REST = 15
"""The most updates that a loop of unrolled steps leaves over: with up to 16 a step."""


@njit(cache=True)
def _square_by_pow(x: float) -> float:
    """Python's own x ** 2, computed by the C library, which rounds some squares otherwise than x·x; x must be finite."""
    return math.pow(x, x * 0.0 + 2.0)  # with a constant exponent, the compiler would make it x·x


@njit(cache=True, inline="always")
def _update(order: int, r: float, x: float) -> float:  # noqa: C901, PLR0911, PLR0912 - a table of formulas
    """One update with the operations of `ORDERS[order]`; `x` is z for those that iterate z."""
    if order == 0:
        return r * x * (1.0 - x)
    if order == 1:
        return r * (x * (1.0 - x))
    if order == 2:
        return r * (1.0 - x) * x
    if order == 3:
        return r * x - r * x * x
    if order == 4:
        return r * x - r * (x * x)
    if order == 5:
        return r * (x - x * x)
    if order == 6:
        return (r - r * x) * x
    if order == 7:
        return fma(-(r * x), x, r * x)
    if order == 8:
        return r * fma(-x, x, x)
    if order == 9:
        return fma(-r, x, r) * x
    if order == 10:
        return fma(-r, x * x, r * x)
    if order == 11:
        return fma(r, x, -(r * (x * x)))
    if order == 12:
        return fma(r, x, -(r * x * x))
    if order == 13:
        return r * x - r * _square_by_pow(x)
    if order == 14:
        return r * (x - _square_by_pow(x))
    if order == 15:
        return x * (r - x)
    if order == 16:
        return r * x - x * x
    if order == 17:
        return fma(-x, x, r * x)
    return fma(r, x, -(x * x))


@njit(cache=True, nogil=True)
def follow_order(order: int, r: Reals, x0: Reals, updates: int) -> Reals:
    """The states after `updates` updates with the operations of `ORDERS[order]`, bit for bit; z for those that iterate z."""
    state = r * x0 if order >= FIRST_SCALED else x0.copy()
    for left in range(0, len(r), LANES):
        x, q = state[left : left + LANES], r[left : left + LANES]
        for _ in range(updates):
            for lane in range(len(x)):
                x[lane] = _update(order, q[lane], x[lane])
    return state


@njit(cache=True)
def explained(program: tuple[int, int, int], r: Reals, states: Reals, values: Reals) -> NDArray[np.bool_]:
    """Which columns' values come by a program, from their states before the updates that it left over."""
    order, rest, rest_order = program
    found = np.zeros(len(r), dtype=np.bool_)
    for column in range(len(r)):
        found[column] = _leads_to(order, rest_order, rest, r[column], states[column], values[column])
    return found


@njit(cache=True)
def _leads_to(order: int, rest_order: int, rest: int, r: float, state: float, value: float) -> bool:
    """Whether `rest` updates in one order and a last one in any lead from `state`, which came by `order`, to `value`."""
    scaled = order >= FIRST_SCALED
    if scaled != (rest_order >= FIRST_SCALED):
        return False
    for _ in range(rest):
        state = _update(rest_order, r, state)
    for last in range(FIRST_SCALED, len(ORDERS)) if scaled else range(FIRST_SCALED):
        updated = _update(last, r, state)
        if (updated / r if scaled else updated) == value:
            return True
    return False


@njit(cache=True)
def find_program(r: Reals, x0: Reals, n_transient: int, values: Reals) -> tuple[int, int, int] | None:
    """How a program may have come to these values after one update more than `n_transient`, bit for bit.

    Compilers treat each loop by itself. So the transient may have one order, what an unrolled loop left over of it another, and
    the update that makes row 0 a third: the answer is the first order, the number of updates left over, and their order. Of
    all these programs it is the first that explains the most columns (a few by chance, where orders round alike for once);
    None where none explains any.
    """
    best, most = None, 0
    longest = min(n_transient, LONGEST_REST)
    for order in range(len(ORDERS)):
        before = follow_order(order, r, x0, n_transient - longest)
        for rest in range(longest + 1):
            states = before.copy()
            for column in range(len(r)):
                for _ in range(longest - rest):
                    states[column] = _update(order, r[column], states[column])
            for rest_order in range(len(ORDERS)):
                count = explained((order, rest, rest_order), r, states, values).sum()
                if count > most:
                    best, most = (order, rest, rest_order), count
                    if most == len(r):
                        return best
    return best


@njit(cache=True)
def follows_order(order: int, r: float, kept: Reals) -> bool:
    """Whether each of a column's kept values is the update of the one before it with these operations, bit for bit."""
    if order >= FIRST_SCALED:
        return False  # z cannot be told exactly from x
    for row in range(len(kept) - 1):  # noqa: SIM110 - Numba compiles no generators in all()
        if _update(order, r, kept[row]) != kept[row + 1]:
            return False
    return True
