"""The bifurcation map with MPI: the task `bifurcation`, whose code judges it, on several processes.

Cases, sizes and what can go wrong in sharing out the columns are its own.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.content.shares import shares, sharing_mistakes, whole_shares
from grader.content.task import Array, Case, Outputs, task_beside
from grader.profiles import Profile

Reals: TypeAlias = NDArray[np.float64]

bifurcation = task_beside(__file__, "bifurcation")


# The cases. By the number of processes, since each number is another start of MPI; those that explain most come first.

CHECK_CASES = (
    Case(
        "by-hand-2x3",
        bifurcation._draw_by_hand,
        "Numbers that can be followed by hand: row 0 is one update of x0, row 1 is two.",
    ),
    Case("small-3x5", bifurcation._orbits(5, 2, 3), "A handful of orbits: print them beside your own."),
    Case("ends-of-the-range", bifurcation._draw_ends, "r = 0, r = 1, and r = 4, where orbits fill [0, 1]."),
    Case("halves", bifurcation._orbits(60, 3, 8), "Sixty orbits for two processes, with few updates.", processes=2),
    Case("odd-columns", bifurcation._orbits(37, 6, 5), "An odd number of orbits for two processes.", processes=2),
    Case("one-r", bifurcation._orbits(1, 3, 4), "One orbit for two processes: one of them has nothing to do.", processes=2),
    Case("no-columns", bifurcation._orbits(0, 3, 4), "No r at all: the answer has shape (4, 0).", processes=2),
    Case("thirds", bifurcation._orbits(40, 0, 6), "Forty orbits for three processes, and no transient.", processes=3),
    Case("two-r", bifurcation._orbits(2, 4, 1), "Fewer orbits than processes, and a single row.", processes=3),
    Case(
        "slow-to-settle",
        bifurcation._orbits(25, 320, 6, bifurcation._slow),
        "r close to where periods double: orbits settle so slowly that every update of the transient shows.",
        processes=3,
    ),
)

BENCHMARK_CASES = tuple(
    Case(
        f"{k}x({n_transient}+{n_keep})",
        bifurcation._orbits(k, n_transient, n_keep),
        f"{k:,} values of r, {n_transient:,} updates dropped and {n_keep} kept.",
        processes=2,
    )
    for k, n_transient, n_keep in (
        (1_000, 200, 50),
        (4_000, 400, 50),
        (10_000, 1_000, 50),
        (20_000, 1_000, 50),
        (40_000, 1_000, 50),
    )
)


# The known mistakes in sharing out


def _rearranged(arrange: Callable[[Reals, int], Array]) -> Callable[..., Outputs]:
    """What becomes of the right columns, by the number of processes."""

    def compute(processes: int, r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Outputs:
        kept = bifurcation._iterated(r, x0, n_transient, n_keep)
        return (np.ascontiguousarray(arrange(kept, processes), dtype=np.float64),)

    return compute


def _remainder_zero(kept: Reals, processes: int) -> Array:
    kept[:, whole_shares(kept.shape[1], processes)[-1].stop :] = 0
    return kept


def _own_columns_only(kept: Reals, processes: int) -> Array:
    kept[:, shares(kept.shape[1], processes)[0].stop :] = 0
    return kept


def _below_each_other(kept: Reals, processes: int) -> Array:
    """Parts that were sent as they lie in memory, and put together as if they were rows."""
    parts = [kept[:, columns].ravel() for columns in shares(kept.shape[1], processes)]
    return np.concatenate(parts).reshape(kept.shape)


def _in_reverse(kept: Reals, processes: int) -> Array:
    return np.concatenate([kept[:, columns] for columns in reversed(shares(kept.shape[1], processes))], axis=1)


def _dealt_out(kept: Reals, processes: int) -> Array:
    """Every P-th column was a process's, and the parts were put side by side."""
    return np.concatenate([kept[:, rank::processes] for rank in range(processes)], axis=1)


def _summed_everywhere(kept: Reals, processes: int) -> Array:
    return kept * processes


MISTAKES = (
    *sharing_mistakes(
        "remainder left out",
        "The last columns are still zero: with P processes, some have to take k//P + 1 of the k columns.",
        _rearranged(_remainder_zero),
    ),
    *sharing_mistakes(
        "own columns only", "Only the columns of rank 0 are there: gather those of all.", _rearranged(_own_columns_only)
    ),
    *sharing_mistakes(
        "parts below each other",
        "The parts are put together as they lie in memory: each process has columns, and rows hold those of all.",
        _rearranged(_below_each_other),
    ),
    *sharing_mistakes("parts in reverse", "The parts are put together in reverse order.", _rearranged(_in_reverse)),
    *sharing_mistakes(
        "dealt out",
        "Every P-th column was given to a process, and their parts stand side by side: each column belongs to its r.",
        _rearranged(_dealt_out),
    ),
    *sharing_mistakes(
        "everything everywhere",
        "This is the answer times the number of processes: each of them followed all orbits before they were added.",
        _rearranged(_summed_everywhere),
    ),
)


TASK = replace(
    bifurcation.TASK,
    title="Bifurcation map with MPI",
    check_cases=CHECK_CASES,
    benchmark_cases=BENCHMARK_CASES,
    mistakes=(*bifurcation.MISTAKES, *MISTAKES),
    pictures=tuple(
        replace(picture, cases=tuple(replace(case, processes=2) for case in picture.cases)) for picture in bifurcation.PICTURES
    ),
    variant_of="bifurcation",
    profile=Profile.MPI,
)
