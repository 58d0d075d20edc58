"""The bifurcation map: the cases, the checker, the known mistakes and the pictures.

The map is chaotic for many r, so two honest programs that round differently soon disagree about x there. The check asks what
can be asked all the same: does every kept value follow from the one above it, is row 0 where rounding leaves no doubt, and are
the values of the other columns spread as those of the map. Whether those columns made all their updates is for `review`: there
are few orders of evaluation, and each gives row 0 bit for bit.
"""

import functools
import itertools
import math
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from grader.content.smaller import changed, fewer_of, rounder, smaller
from grader.content.task import (
    Answered,
    Array,
    ArraySpec,
    Case,
    Difference,
    Inputs,
    Mistake,
    Outputs,
    Picture,
    Task,
    module_beside,
    secret_beside,
)

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

Reals: TypeAlias = NDArray[np.float64]
Columns: TypeAlias = NDArray[np.int64]
Counts: TypeAlias = NDArray[np.int64]
Draw: TypeAlias = Callable[[np.random.Generator], Inputs]

LINK_TOLERANCE = 2e-15
"""How far a value may be from the update of the one above it: 9 ε, where all roundings of any order add up to 8 ε at r = 4."""
LEAST_TOLERANCE = 1e-12
"""Row 0 is never compared more finely than this."""
DECIDED = 1e-6
"""Columns whose bound on rounding is larger are undecided: the chaotic ones, where it soon exceeds everything."""
SPREAD_TOLERANCE = 8.0
"""Standard deviations of a bin's visits (see `_spread`): a right answer exceeds it in 1 of 10¹² calls at most."""
BINS = 8
"""Equal parts of [0, 1] in which visits are counted."""
SAMPLE_COLUMNS = 8
"""In so many columns at once a review looks for a program that explains them."""
MOST_PROGRAMS = 12
"""Columns that more programs than these would explain were not made by one compiler, and are left to a person."""

BAND_COLUMNS = 1 << 11
"""Fewer columns are not worth a thread."""


# What is expected


@dataclass(frozen=True)
class Expected:
    """What one call's answer is compared with."""

    first: Reals
    """Row 0 of a trusted computation; float64[k]."""
    bound: Reals
    """How far two honest computations of it can be apart, at most 1; float64[k]."""
    undecided: Columns
    """The columns where that bound is larger than `DECIDED`."""
    visits: Counts
    """How often the trusted orbit of each of those falls into each bin; int64[undecided, bins]."""
    follow: Callable[[int, int], Reals]
    """`follow(order, updates)`: their states by one of the known orders of evaluation; computed when `review` first asks."""


@functools.cache
def _kernels() -> ModuleType:
    """The compiled functions beside this file."""
    return module_beside(__file__, "kernels.py")


@functools.cache
def _secret() -> ModuleType | None:
    """Where orbits are followed fast, and in the orders of honest programs; None in a student's copy."""
    return secret_beside(__file__, "kernels.py")


def outputs(inputs: Inputs) -> tuple[ArraySpec, ...]:
    """One array: a row for each kept update, a column for each r."""
    r, _, _, n_keep = _arguments(inputs)
    return (ArraySpec("float64", (n_keep, len(r))),)


def expect(inputs: Inputs) -> Expected:
    """Follow all orbits to row 0, with the bound on rounding, and those that it leaves undecided to the last row."""
    r, x0, n_transient, n_keep = _arguments(inputs)
    updates = n_transient + 1
    kernels = _secret() or _kernels()
    parts = _in_bands(lambda band: kernels.start(r[band], x0[band], updates), len(r))
    first, bound = (np.concatenate(part) for part in zip(*parts, strict=True))
    undecided = np.flatnonzero(bound > DECIDED)
    r, x0, start = r[undecided], x0[undecided], first[undecided]
    visits = _in_bands(lambda band: kernels.visits(r[band], start[band], n_keep, BINS), len(undecided))

    @functools.cache
    def follow(order: int, updates: int) -> Reals:
        parts = _in_bands(lambda band: kernels.follow_order(order, r[band], x0[band], updates), len(undecided))
        return np.concatenate(list(parts))

    return Expected(first, bound, undecided, np.concatenate(list(visits)), follow)


def work(inputs: Inputs, expected: Expected) -> float:
    """The updates that have to be made."""
    r, _, n_transient, n_keep = _arguments(inputs)
    del expected
    return float(len(r) * (n_transient + n_keep))


def shrink(inputs: Inputs) -> Iterator[Inputs]:
    """Fewer orbits, fewer updates before and after the first that is kept, then rounder numbers."""
    r, x0, n_transient, n_keep = _arguments(inputs)
    for columns in fewer_of(len(r)):
        yield r[columns], x0[columns], n_transient, n_keep
    yield from changed(inputs, 3, partial(smaller, least=1))
    yield from changed(inputs, 2, smaller)
    for starts in (0, 1):
        yield from changed(inputs, starts, rounder)


LEAST_OPERATIONS = 2.0
"""A multiplication and an addition for each update, all of which have to be made: with z = r (1/2 − x), x ← r x (1 − x) is
z ← z² + r/2 − r²/4."""


def usual_operations(inputs: Inputs, expected: Expected) -> float:
    """Two multiplications and a subtraction for each update, as r x (1 − x) is written."""
    return 3 * work(inputs, expected)


def _arguments(inputs: Inputs) -> tuple[Reals, Reals, int, int]:
    return cast("tuple[Reals, Reals, int, int]", inputs)


def _in_bands(compute: Callable[[slice], Any], columns: int) -> Iterable[Any]:
    """The results for bands of columns, in order, computed on all cores: nothing is timed meanwhile, and the class waits."""
    ends = np.linspace(0, columns, min(os.cpu_count() or 1, max(1, columns // BAND_COLUMNS)) + 1).astype(int)
    bands = [slice(left, right) for left, right in itertools.pairwise(ends)]
    with ThreadPoolExecutor(len(bands)) as threads:
        return threads.map(compute, bands)


# The check


def check(inputs: Inputs, answer: Outputs, expected: Expected) -> Difference | None:
    """Look at row 0, then at each row beside the one above it, then at how the values of undecided columns are spread.

    A right row 0 and right steps make all rows right, so no other row needs a trusted one to be compared with.
    """
    r, _, n_transient, n_keep = _arguments(inputs)
    (kept,) = answer
    if n_keep == 0 or len(r) == 0:
        return None
    with np.errstate(all="ignore"):  # an answer may hold anything
        return (
            _first_row_difference(r, n_transient, kept[0], expected)
            or _link_difference(r, kept)
            or _spread_difference(r, kept, expected)
        )


def _first_row_difference(r: Reals, n_transient: int, row: Reals, expected: Expected) -> Difference | None:
    wrong = np.flatnonzero(~(_first_row_shares(r, row, expected) <= 1))  # so that NaN is wrong
    if wrong.size == 0:
        return None
    column = int(wrong[0])
    if expected.bound[column] > DECIDED:
        expected_text, got_text = f"from 0 to r/4 = {r[column] / 4:.9g}", f"{row[column]:.9g}"
    else:
        expected_text, got_text = _told_apart(float(expected.first[column]), float(row[column]))
    return Difference(
        summary=f"row 0 is wrong in {wrong.size:,} of {_columns_text(len(r))}{_off_text(row[wrong] - expected.first[wrong])}; "
        f"it is the state after {n_transient + 1:,} update{'s' * (n_transient > 0)} of x0",
        where=f"row 0, column {column} (r = {r[column]:.9g})",
        expected=expected_text,
        got=got_text,
    )


def _first_row_shares(r: Reals, row: Reals, expected: Expected) -> Reals:
    """The share of its tolerance that each value of row 0 uses: of the bound on rounding, and of the range [0, r/4]."""
    tolerance = np.where(expected.bound > DECIDED, np.inf, np.maximum(expected.bound, LEAST_TOLERANCE))
    outside = np.maximum(-row, row - r / 4)
    shares: Reals = np.maximum(np.abs(row - expected.first) / tolerance, outside / LINK_TOLERANCE)
    return shares


def _link_difference(r: Reals, kept: Reals) -> Difference | None:
    broken = np.concatenate([np.zeros(1, np.int64), *_broken_links(r, kept)])
    if not broken.any():
        return None
    row = int(np.flatnonzero(broken)[0])
    updated = r * kept[row - 1] * (1 - kept[row - 1])
    column = int(np.flatnonzero(~(np.abs(kept[row] - updated) <= LINK_TOLERANCE))[0])
    expected_text, got_text = _told_apart(float(updated[column]), float(kept[row, column]))
    return Difference(
        summary=f"{broken.sum():,} of {(len(kept) - 1) * len(r):,} values below row 0 are not r·x·(1 − x) of the value above"
        f"{_off_text(kept[row] - updated)} in row {row} (rounding explains {LINK_TOLERANCE:.0e})",
        where=f"row {row}, column {column} (r = {r[column]:.9g}; above it stands x = {kept[row - 1, column]:.17g})",
        expected=expected_text,
        got=got_text,
    )


def _broken_links(r: Reals, kept: Reals) -> Iterable[Counts]:
    """For bands of rows: in how many columns each row is not the update of the one above; every row but row 0 once."""
    cores = min(os.cpu_count() or 1, max(1, kept.size // (32 * BAND_COLUMNS)))
    ends = np.linspace(0, len(kept) - 1, cores + 1).astype(int)
    with ThreadPoolExecutor(cores) as threads:
        return threads.map(
            lambda top, bottom: _kernels().broken_links(r, kept[top : bottom + 1], LINK_TOLERANCE), ends[:-1], ends[1:]
        )


def _spread_difference(r: Reals, kept: Reals, expected: Expected) -> Difference | None:
    visits = _visits(kept, expected.undecided)
    spread = _spread(visits, expected.visits)
    part, bins = int(spread.argmax()), len(spread)
    if spread[part] <= SPREAD_TOLERANCE:
        return None
    return Difference(
        summary=f"every value follows from the one above it, but the values of the {_columns_text(len(expected.undecided))} "
        f"where the map is chaotic are not spread as its orbits are (by {spread[part]:.0f} standard deviations; "
        f"{SPREAD_TOLERANCE:.0f} would pass)",
        where=f"values from {part / bins:g} to {(part + 1) / bins:g} in these columns (the first is r = "
        f"{r[expected.undecided[0]]:.9g})",
        expected=f"{_share_text(expected.visits, part)} of them",
        got=f"{_share_text(visits, part)}",
    )


def _visits(kept: Reals, columns: Columns) -> Counts:
    return np.concatenate(list(_in_bands(lambda band: _kernels().visits_of(kept, columns[band], BINS), len(columns))))


def _spread(visits: Counts, trusted: Counts) -> Reals:
    """By how many standard deviations the visits of each bin differ from the trusted ones, over all columns together.

    In an undecided column, which of two honest programs gives which orbit is chance, so the difference of their visits has
    either sign with the same probability, for each column by itself. A sum of such differences d exceeds t·√(Σ d²) in
    size with probability 2 exp(−t²/2) at most (W. Hoeffding, JASA 58, 1963), however they are distributed.
    """
    difference = (visits - trusted).astype(np.float64)
    deviation = np.sqrt((difference**2).sum(axis=0))
    deviations: Reals = np.abs(difference.sum(axis=0)) / np.where(deviation > 0, deviation, 1)
    return deviations


def tolerance_used(inputs: Inputs, answer: Outputs, expected: Expected) -> float:
    """The greatest share of its tolerance that anything in the answer uses; above 1 is wrong."""
    r, _, _, n_keep = _arguments(inputs)
    (kept,) = answer
    if n_keep == 0 or len(r) == 0:
        return 0.0
    with np.errstate(all="ignore"):
        links = np.abs(kept[1:] - r * kept[:-1] * (1 - kept[:-1])) / LINK_TOLERANCE
        used = max(_greatest(_first_row_shares(r, kept[0], expected)), _greatest(links))
    if used > 1:
        return used
    return max(used, _greatest(_spread(_visits(kept, expected.undecided), expected.visits) / SPREAD_TOLERANCE))


def _greatest(shares: Reals) -> float:
    return float(np.max(np.where(np.isnan(shares), np.inf, shares), initial=0.0))


def _off_text(off: Reals) -> str:
    """By how much, at most; nothing where that is no number."""
    most = float(np.max(np.abs(off), initial=0.0))
    return f", by up to {most:.2g}" if math.isfinite(most) else ""


def _columns_text(count: int) -> str:
    return f"{count:,} column{'s' * (count != 1)}"


def _share_text(visits: Counts, part: int) -> str:
    return f"{visits[:, part].sum() / visits.sum():.1%}"


def _told_apart(expected: float, got: float) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to see that they differ, at least nine."""
    for digits in (9, 13):
        texts = f"{expected:.{digits}g}", f"{got:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return repr(expected), repr(got)


# What a person has to look at


def review(inputs: Inputs, answer: Outputs, expected: Expected) -> str | None:
    """Ask of each undecided column whether some known order of evaluation gives its row 0, bit for bit.

    A chaotic orbit that was not followed from x0, update by update, ends elsewhere. So does one whose operations came in an
    order that is not known here, or with other roundings (extended precision); which of the two it is, a person decides.

    What explains a few columns mostly explains all, so a program that was found is tried on all that are left. A student's
    copy of the course asks nothing: it does not know the orders.
    """
    r, x0, n_transient, n_keep = _arguments(inputs)
    (kept,) = answer
    columns, secret = expected.undecided, _secret()
    if n_keep == 0 or secret is None:
        return None
    left = np.arange(len(columns))
    for _ in range(MOST_PROGRAMS):
        sample = columns[left[:SAMPLE_COLUMNS]]
        program = secret.find_program(r[sample], x0[sample], n_transient, kept[0, sample])
        if program is None:
            break
        order, rest, _ = program
        states = expected.follow(order, n_transient - rest)[left]
        left = left[~secret.explained(program, r[columns[left]], states, kept[0, columns[left]])]
    if left.size == 0:
        return None
    column = int(columns[left[0]])
    return (
        f"{left.size:,} of {len(columns):,} chaotic columns follow none of the {len(secret.ORDERS)} orders "
        f"of evaluation known here; the first is column {column}, r = {float(r[column])!r}, x0 = {float(x0[column])!r}: after "
        f"{n_transient + 1:,} updates expected {float(expected.first[column])!r} (or what another known order gives), got "
        f"{float(kept[0, column])!r}; {_kept_order_text(secret, r, kept, column)}"
    )


def _kept_order_text(secret: ModuleType, r: Reals, kept: Reals, column: int) -> str:
    """Which order the kept values of a column follow: one that they follow from row 0 on, but not from x0, is suspicious."""
    if len(kept) == 1:
        return "no further value is kept there"
    values = np.ascontiguousarray(kept[:, column])
    names = [name for order, name in enumerate(secret.ORDERS) if secret.follows_order(order, r[column], values)]
    return f"from there on it follows {names[0]}" if names else "nor does it follow a known order from there on"


# The cases


PERIOD_DOUBLINGS = (1.0, 3.0, 1 + math.sqrt(6), 3.569945672)
"""Where the fixed point 0 loses its hold, where the periods 1 and 2 double, and where doubling ends."""
SLOW_WIDTHS = (1e-3, 1e-3, 1e-3, 1e-5)
"""So close to them, orbits settle so slowly that ten updates more still show in the fourth or fifth digit after 1,000."""


def _slow(rng: np.random.Generator, k: int) -> Reals:
    """Draw r close to the period doublings, each in turn."""
    kind = np.arange(k) % len(PERIOD_DOUBLINGS)
    return np.asarray(np.take(PERIOD_DOUBLINGS, kind) + np.take(SLOW_WIDTHS, kind) * rng.uniform(-1, 1, k))


def _mixed(rng: np.random.Generator, k: int) -> Reals:
    """Draw r mostly uniform in [2.5, 4), some below, and some where a skipped transient shows; shuffled."""
    slow, low = -(-k // 16), k // 16
    r = np.concatenate([_slow(rng, slow), rng.uniform(0, 2.5, low), rng.uniform(2.5, 4, k - slow - low)])
    return rng.permutation(r)


def _between(low: float, high: float) -> Callable[[np.random.Generator, int], Reals]:
    return lambda rng, k: rng.uniform(low, high, k)


def _orbits(k: int, n_transient: int, n_keep: int, r: Callable[[np.random.Generator, int], Reals] = _mixed) -> Draw:
    """Random starts, with r from a recipe."""

    def draw(rng: np.random.Generator) -> Inputs:
        return r(rng, k), rng.uniform(0.01, 0.99, k), n_transient, n_keep

    return draw


def _draw_by_hand(rng: np.random.Generator) -> Inputs:
    return rng.permutation([1.0, 2.0, 4.0]), rng.permutation([0.125, 0.25, 0.75]), 0, 2


def _draw_ends(rng: np.random.Generator) -> Inputs:
    r = np.array([0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 4.0, 4.0])
    x0 = np.append(rng.uniform(0.1, 0.9, 5), [0.25, 0.5, 0.75])
    order = rng.permutation(len(r))
    return r[order], x0[order], 1, 6


def _evenly(rng: np.random.Generator, k: int) -> Reals:
    return np.linspace(2.5, 4, k, endpoint=False) + rng.uniform(0, 1e-3)


# The cases that explain most come first, then those of odd shape, then ever longer ones.
CHECK_CASES = (
    Case("by-hand-2x3", _draw_by_hand, "Numbers that can be followed by hand: row 0 is one update of x0, row 1 is two."),
    Case("small-3x5", _orbits(5, 2, 3), "A handful of orbits: print them beside your own."),
    Case("one-kept", _orbits(6, 4, 1), "n_keep is 1: one row, and still of shape (1, 6)."),
    Case("no-transient", _orbits(9, 0, 6), "n_transient is 0: row 0 is the state after one update, not x0 itself."),
    Case("no-columns", _orbits(0, 3, 4), "No r at all: the answer has shape (4, 0)."),
    Case("ends-of-the-range", _draw_ends, "r = 0, where every orbit falls to 0, r = 1, and r = 4, where orbits fill [0, 1]."),
    Case("short-8x60", _orbits(60, 3, 8), "Few updates, so that even chaotic orbits are decided: float64 all the way."),
    Case("even-steps", _orbits(37, 6, 5, _evenly), "r in even steps, as for a diagram; every column has its own x0."),
    Case("below-2.5", _orbits(40, 20, 6, _between(0, 2.5)), "r from 0 to 2.5: orbits go to 0, or to 1 − 1/r."),
    Case(
        "slow-to-settle",
        _orbits(24, 320, 6, _slow),
        "r close to where periods double: orbits settle so slowly that every update of the transient shows.",
    ),
    Case("chaos-40x200", _orbits(200, 150, 40, _between(3.6, 4)), "r from 3.6 to 4: nearly all orbits are chaotic."),
)

BENCHMARK_CASES = tuple(
    Case(
        f"{k}x({n_transient}+{n_keep})",
        _orbits(k, n_transient, n_keep),
        f"{k:,} values of r, {n_transient:,} updates dropped and {n_keep} kept.",
    )
    for k, n_transient, n_keep in (
        (1_000, 200, 50),
        (1_000, 200, 200),
        (10_000, 1_000, 200),
        (25_000, 1_000, 200),
        (50_000, 1_000, 200),
    )
)


# The known mistakes


def _update(r: Array, x: Array) -> Array:
    updated: Array = r * x * (1 - x)
    return updated


def _iterated(
    r: Array, x: Array, n_transient: int, n_keep: int, update: Callable[[Array, Array], Array] = _update
) -> NDArray[np.float64]:
    """The kept rows, right unless told otherwise; a negative n_transient is taken as 0."""
    kept = np.empty((n_keep, len(r)))
    with np.errstate(all="ignore"):  # a wrong update may run off to infinity
        for _ in range(n_transient):
            x = update(r, x)
        for row in range(n_keep):
            x = update(r, x)
            kept[row] = x
    return kept


def _wrong_update(name: str, sentence: str, update: Callable[[Array, Array], Array]) -> Mistake:
    """The mistake of iterating another formula."""

    def compute(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Outputs:
        return (_iterated(r, x0, n_transient, n_keep, update),)

    return Mistake(name, sentence, compute)


def _wrong_numbers(name: str, sentence: str, numbers: Callable[[int, int], int]) -> Mistake:
    """The mistake of dropping another number of updates: `numbers(n_transient, n_keep)`."""

    def compute(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Outputs:
        return (_iterated(r, x0, numbers(n_transient, n_keep), n_keep),)

    return Mistake(name, sentence, compute)


def _rearranged(name: str, sentence: str, arrange: Callable[[Array], Array]) -> Mistake:
    """The mistake of returning the right values in the wrong places."""

    def compute(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Outputs:
        return (np.ascontiguousarray(arrange(_iterated(r, x0, n_transient, n_keep)), dtype=np.float64),)

    return Mistake(name, sentence, compute)


def _from_other_starts(name: str, sentence: str, starts: Callable[[Array], Array]) -> Mistake:
    """The mistake of starting elsewhere."""

    def compute(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Outputs:
        return (_iterated(r, starts(x0), n_transient, n_keep),)

    return Mistake(name, sentence, compute)


def _start_kept(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Outputs:
    states = np.vstack([x0, _iterated(r, x0, 0, n_transient + n_keep)])
    return (states[n_transient : n_transient + n_keep],)


def _carried_over(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Outputs:
    kept = np.empty((n_keep, len(r)))
    x = x0[:1]
    for column in range(len(r)):
        orbit = _iterated(r[column : column + 1], x, 0, n_transient + n_keep)
        kept[:, column] = orbit[n_transient:, 0]
        x = orbit[-1]
    return (kept,)


def _sorted_r(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Outputs:
    return (_iterated(np.sort(r), x0, n_transient, n_keep),)


def _even_r(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Outputs:
    return (_iterated(np.linspace(r.min(), r.max(), len(r)), x0, n_transient, n_keep),)


def _fixed_point(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Outputs:
    del x0, n_transient
    return (np.tile(np.maximum(1 - 1 / np.maximum(r, 1e-300), 0), (n_keep, 1)),)


def _single_precision(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Outputs:
    return (_iterated(r.astype(np.float32), x0.astype(np.float32), n_transient, n_keep),)


def _last_row_only(kept: Array) -> Array:
    return np.repeat(kept[-1:], len(kept), axis=0)


def _last_row_zero(kept: Array) -> Array:
    kept[-1:] = 0
    return kept


def _equal_to_six_digits(wrong: Outputs, outputs: Outputs) -> bool:
    """Programs in single precision round differently, like all others."""
    return bool(np.allclose(wrong[0], outputs[0], rtol=0, atol=1e-5))


MISTAKES = (
    Mistake(
        "one update too few",
        "This is what comes out when x is kept before it is updated: row 0 comes after n_transient + 1 updates.",
        _start_kept,
    ),
    _wrong_numbers(
        "one update too many",
        "This is what comes out with one update too many in the transient: row 0 comes after n_transient + 1 updates.",
        lambda n_transient, _: n_transient + 1,
    ),
    _wrong_numbers(
        "transient kept",
        "These are the first n_keep values: drop n_transient values before keeping any.",
        lambda _n_transient, _n_keep: 0,
    ),
    _wrong_numbers(
        "n_transient in all",
        "These are the last n_keep of n_transient values: there are n_transient + n_keep updates in all.",
        lambda n_transient, n_keep: n_transient - n_keep,
    ),
    _wrong_numbers(
        "n_keep dropped",
        "This is what comes out when n_keep values are dropped: look whether n_transient and n_keep are swapped.",
        lambda _, n_keep: n_keep,
    ),
    _rearranged(
        "last row only",
        "Every row is the last one: the same array was kept each time; keep a copy, or write into the rows of a result.",
        _last_row_only,
    ),
    _rearranged(
        "last row missing", "The last row is still zero: the loop over kept values ends one too early.", _last_row_zero
    ),
    _rearranged("backwards", "These are the rows in reverse: row 0 is the earliest kept value.", lambda kept: kept[::-1]),
    _rearranged(
        "transposed",
        "This is the answer transposed and reshaped: a row for each kept update, a column for each r.",
        lambda kept: kept.T.reshape(kept.shape),
    ),
    _rearranged("sorted columns", "The values of each column are sorted: keep them in the order of the updates.", np.sort),
    _wrong_update(
        "brackets missing",
        "This is what comes out of r*x*1 - x: (1 - x) needs its brackets.",
        lambda r, x: r * x - x,
    ),
    _wrong_update("x missing", "This is what comes out of r*(1 - x): the factor x is missing.", lambda r, x: r * (1 - x)),
    _wrong_update(
        "r missing", "This is what comes out of x*(1 - x): the factor r is missing.", lambda r, x: (x + 0 * r) * (1 - x)
    ),
    _wrong_update("wrong sign", "This is what comes out of r*x*(1 + x): the sign is minus.", lambda r, x: r * x * (1 + x)),
    _wrong_update("x squared twice", "This is what comes out of r*x*(1 - x*x): it is 1 - x.", lambda r, x: r * x * (1 - x * x)),
    _from_other_starts(
        "starts at 0.5", "Every orbit starts at 0.5 here: start each at its own x0.", lambda x0: np.full_like(x0, 0.5)
    ),
    _from_other_starts(
        "one start for all",
        "Every orbit starts at x0[0] here: start each at its own x0.",
        lambda x0: np.full_like(x0, x0[0] if len(x0) else 0),
    ),
    Mistake(
        "carried over",
        "Each orbit starts where the one before it ended: set x to x0[column] inside the loop over r.",
        _carried_over,
    ),
    Mistake("sorted r", "This is what comes out for r in ascending order: use r as it comes.", _sorted_r),
    Mistake("assumed even", "This is what comes out when r is made anew from its ends: use the values given.", _even_r),
    Mistake(
        "fixed point",
        "These are the fixed points 1 − 1/r: orbits go there only for r from 1 to 3, and not at once.",
        _fixed_point,
    ),
    Mistake(
        "single precision",
        "This is what comes out in single precision (or rounded to so few digits): use float64 all the way.",
        _single_precision,
        same=_equal_to_six_digits,
    ),
)


# The pictures

EVOLUTIONS = (2.8, 3.2, 3.5, 3.9)
"""The r whose orbits are drawn: period 1, 2 and 4, and chaos."""
EVOLUTION_UPDATES = 50
DENSITY_ROWS = 250
DARKEST_SHARE = 0.05
"""Of the kept values in one pixel: few columns but those of short periods have more."""


def _draw_evolutions(rng: np.random.Generator) -> Inputs:
    """One start for all r."""
    return np.array(EVOLUTIONS), np.full(len(EVOLUTIONS), rng.uniform(0.1, 0.3)), 0, EVOLUTION_UPDATES


def draw_diagram(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """For each r a column of pixels, the stronger the more of its kept values; r must be evenly spaced and ascending."""
    ((inputs, (kept,)),) = answers
    r, _, n_transient, _ = _arguments(inputs)
    share = _density(kept) / max(len(kept), 1)
    axes = figure.add_subplot()
    image = axes.imshow(
        np.where(share > 0, share, np.nan),
        origin="lower",
        extent=(r[0], r[-1], 0, 1),
        aspect="auto",
        cmap=_from_paper_to_ink(figure),
        norm="log",
        vmin=1 / max(len(kept), 1),
        vmax=DARKEST_SHARE,
        interpolation="nearest",
    )
    axes.set(xlabel="r", ylabel="x", title=f"Bifurcation map: x ← r x (1 − x), after {n_transient:,} updates")
    figure.colorbar(image, ax=axes, label=f"share of values in 1/{DENSITY_ROWS} of x", extend="max")


def _density(kept: Reals) -> Counts:
    """How many kept values of each column fall into each of `DENSITY_ROWS` parts of [0, 1]; others are left out."""
    inside = (kept >= 0) & (kept <= 1)
    part = np.minimum(kept[inside] * DENSITY_ROWS, DENSITY_ROWS - 1).astype(np.int64)
    column = np.nonzero(inside)[1]
    columns = kept.shape[1]
    return np.bincount(part * columns + column, minlength=DENSITY_ROWS * columns).reshape(DENSITY_ROWS, columns)


def _from_paper_to_ink(figure: "Figure") -> "Colormap":
    """From a colour that can just be told from the paper to that of the text."""
    from matplotlib import rcParams
    from matplotlib.colors import LinearSegmentedColormap, to_rgb

    paper, curve, ink = (np.array(to_rgb(colour)) for colour in (figure.get_facecolor(), "C0", rcParams["text.color"]))
    return LinearSegmentedColormap.from_list("density", [0.6 * paper + 0.4 * curve, curve, ink])


def draw_evolution(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """A panel for each r: x from its start on, update by update."""
    ((inputs, (kept,)),) = answers
    r, x0, _, _ = _arguments(inputs)
    orbits = np.vstack([x0, kept])
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    for axes, one_r, orbit in zip(panels.flat, r, orbits.T, strict=True):
        axes.plot(orbit, color="C0", linewidth=1, marker="o", markersize=3)
        axes.set_title(f"r = {one_r:.4g}")
        axes.grid(alpha=0.3)
    panels[0, 0].set(ylim=(0, 1), xlim=(0, len(kept)))
    figure.supxlabel("updates made")
    figure.supylabel("x")


PICTURES = (
    Picture(
        "diagram",
        "The bifurcation map",
        "One branch up to r = 3, which splits into 2, 4, 8 and so on towards r = 3.57; beyond it bands of chaos,"
        " and the window of period 3 near r = 3.83.",
        (
            Case(
                "picture-900x(300+1000)",
                _orbits(900, 300, 1000, _evenly),
                "r in even steps from 2.5 to 4, with 1,000 values kept of each.",
            ),
        ),
        draw_diagram,
    ),
    Picture(
        "evolution",
        "The evolution of x for four r",
        "Four curves of x over 50 updates: it settles at r = 2.8, alternates between two values at 3.2, between four at 3.5,"
        " and never repeats at 3.9.",
        (Case("evolution", _draw_evolutions, "Four r from one start, with no transient."),),
        draw_evolution,
    ),
)


TASK = Task(
    title="Bifurcation map",
    work_unit="updates",
    outputs=outputs,
    expect=expect,
    check=check,
    work=work,
    shrink=shrink,
    least_operations=LEAST_OPERATIONS,
    usual_operations=usual_operations,
    check_cases=CHECK_CASES,
    benchmark_cases=BENCHMARK_CASES,
    mistakes=MISTAKES,
    review=review,
    tolerance_used=tolerance_used,
    pictures=PICTURES,
)
