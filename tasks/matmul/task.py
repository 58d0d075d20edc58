"""The task `matmul`: the product of two matrices, checked entry by entry against the error that rounding can make.

A product c = a·b of any honest order of summation, with or without fused operations, obeys |c − a·b| ≤ (k/2)·ε·(|a||b|), entry
by entry, to first order in ε (N. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., §3.5). The check allows
sixteen times that, 8·k·ε·(|a||b|). The trusted product is rounded too; it uses up at most one sixteenth of what is allowed.
Strassen's method passes as well where it stops at blocks of 32 or so, although its error is bounded by the norms of a and b,
not entry by entry: no case mixes rows or columns of very different size.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from grader.content.smaller import changed, fewer, fewer_of, rounder
from grader.content.task import Answered, Array, ArraySpec, Case, Difference, Inputs, Mistake, Outputs, Picture, Size, Task

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EPSILON = float(np.finfo(np.float64).eps)
TOLERANCE_FACTOR = 8
BOUND_FULL_DEPTH = 64
BOUND_FRACTION = 16
BAND_ROWS = 256

Draw: TypeAlias = Callable[[np.random.Generator], Inputs]


# --- the answer and its check -------------------------------------------------------------------------------------------


def outputs(inputs: Inputs) -> tuple[ArraySpec, ...]:
    """State the one output: float64[n, m]."""
    a, b = _matrices(inputs)
    return (ArraySpec("float64", (a.shape[0], b.shape[1])),)


def expect(inputs: Inputs) -> Array:
    """Compute the product."""
    a, b = _matrices(inputs)
    product: Array = a @ b
    return product


def check(inputs: Inputs, outputs: Outputs, expected: Array) -> Difference | None:
    """Accept where |c − a·b| ≤ 8·k·ε·(|a||b|) in every entry; NaN and infinity never pass.

    A cheap lower bound of that settles nearly every right answer. Where entries exceed it, the exact tolerance is computed, for
    the rows and columns that hold such entries.
    """
    a, b = _matrices(inputs)
    (c,) = outputs
    rows, columns = _unsettled(a, b, c, expected)
    if rows.size == 0:
        return None
    block = np.ix_(rows, columns)
    error = _absolute_difference(c[block], expected[block])
    allowed = _tolerance(a[rows], b[:, columns], k=a.shape[1])
    wrong = ~(error <= allowed)  # so that NaN is wrong
    if not wrong.any():
        return None
    row, column = (int(index[first]) for index, first in zip((rows, columns), np.argwhere(wrong)[0], strict=True))
    expected_text, got_text = _told_apart(float(expected[row, column]), float(c[row, column]))
    return Difference(
        summary=_summary(error[wrong], allowed[wrong], entries=c.size),
        where=f"row {row}, column {column} (counted from 0)",
        expected=expected_text,
        got=got_text,
    )


def _unsettled(a: Array, b: Array, c: Array, product: Array) -> tuple[Array, Array]:
    """The rows and the columns of the entries that are further from the product than a lower bound of the tolerance.

    All terms of |a||b| are at least 0, so the sum over some of the inner indices never exceeds the whole. It costs a sixteenth
    of the product, and is made for a band of rows at a time, since whole matrices of it would fill the memory.
    """
    depth = max(BOUND_FULL_DEPTH, a.shape[1] // BOUND_FRACTION)
    in_row, in_column = np.zeros(c.shape[0], dtype=bool), np.zeros(c.shape[1], dtype=bool)
    for start in range(0, c.shape[0], BAND_ROWS):
        band = slice(start, start + BAND_ROWS)
        surely_allowed = _tolerance(a[band, :depth], b[:depth], k=a.shape[1])
        unsettled = ~(_absolute_difference(c[band], product[band]) <= surely_allowed)  # so that NaN is unsettled
        in_row[band] = unsettled.any(axis=1)
        in_column |= unsettled.any(axis=0)
    return np.flatnonzero(in_row), np.flatnonzero(in_column)


def tolerance_used(inputs: Inputs, outputs: Outputs, expected: Array) -> float:
    """The greatest error over its tolerance; infinite where an entry is not finite, or off though nothing is allowed."""
    a, b = _matrices(inputs)
    error = _absolute_difference(outputs[0], expected)
    allowed = _tolerance(a, b, k=a.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(error == 0, 0.0, error / allowed)
    return float(np.nan_to_num(shares, nan=np.inf).max(initial=0.0))


def work(inputs: Inputs, expected: Array) -> float:
    """2·n·k·m: each entry of the result takes k multiplications and as many additions."""
    a, _ = _matrices(inputs)
    return float(2 * expected.size * a.shape[1])


def solution(inputs: Inputs, expected: Array) -> Outputs:
    """The trusted product."""
    del inputs
    return (expected,)


def shrink(inputs: Inputs) -> Iterator[Inputs]:
    """Fewer rows of a, fewer columns of b, fewer terms in the sums, then rounder entries."""
    a, b = _matrices(inputs)
    yield from changed(inputs, 0, fewer)
    for columns in fewer_of(b.shape[1]):
        yield a, np.ascontiguousarray(b[:, columns])
    for terms in fewer_of(a.shape[1]):
        yield np.ascontiguousarray(a[:, terms]), b[terms]
    for matrix in (0, 1):
        yield from changed(inputs, matrix, rounder)


LEAST_OPERATIONS = 0.25
"""Of a flop of work, so n·k·m / 2. Schemes with fewer multiplications (V. Strassen, *Gaussian elimination is not optimal*,
Numer. Math. 13, 1969; in S. Winograd's form, 7 products of halves and 15 sums) take 0.43 at n = 2048, wherever they stop to
divide, and more where n is smaller. A quarter leaves room for better ones; those that are known need far larger matrices.
"""


def usual_operations(inputs: Inputs, expected: Array) -> float:
    """A multiplication and an addition for each entry of a row and a column: the work itself, 2 n·k·m."""
    return work(inputs, expected)


def _matrices(inputs: Inputs) -> tuple[Array, Array]:
    a, b = inputs
    return np.asarray(a), np.asarray(b)


def _tolerance(a: Array, b: Array, k: int) -> Array:
    """8·k·ε·(|a||b|) for a product with k terms an entry."""
    allowed: Array = np.abs(a) @ np.abs(b)
    allowed *= TOLERANCE_FACTOR * k * EPSILON
    return allowed


def _absolute_difference(got: Array, expected: Array) -> Array:
    with np.errstate(over="ignore"):  # what a submission returns may be as large as it likes
        error: Array = np.subtract(got, expected)
    return np.abs(error, out=error)


def _summary(errors: Array, allowed: Array, entries: int) -> str:
    """Say how many entries are off, and by how much; `errors` and `allowed` are those of the wrong entries."""
    text = f"{errors.size:,} of {entries:,} {'entry' if entries == 1 else 'entries'} {'is' if errors.size == 1 else 'are'} off"
    not_finite = int(np.count_nonzero(~np.isfinite(errors)))
    if not_finite:
        return f"{text}; {not_finite:,} of them not finite"
    if allowed.min() == 0:
        return text
    with np.errstate(over="ignore"):
        times = float((errors / allowed).max())
    return f"{text}, by up to {times:.2g} times what rounding explains"


def _told_apart(expected: float, got: float) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to see that they differ, at least nine."""
    for digits in (9, 13):
        texts = f"{expected:.{digits}g}", f"{got:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return repr(expected), repr(got)


# --- the cases ----------------------------------------------------------------------------------------------------------


def _uniform(n: int, k: int, m: int) -> Draw:
    """Entries uniform in ±1."""

    def draw(rng: np.random.Generator) -> Inputs:
        return rng.uniform(-1, 1, (n, k)), rng.uniform(-1, 1, (k, m))

    return draw


def _permutation(n: int, m: int) -> Draw:
    """A permuted identity times numbers of size ½ to 1: the rows of b in another order."""

    def draw(rng: np.random.Generator) -> Inputs:
        signs = rng.choice([-1.0, 1.0], (n, m))
        return rng.permutation(np.eye(n)), signs * rng.uniform(0.5, 1, (n, m))

    return draw


def _cancelling(n: int, k: int, m: int) -> Draw:
    """[x, x] times [y; −y], the inner indices shuffled: every entry is a sum of 2k terms that cancel."""

    def draw(rng: np.random.Generator) -> Inputs:
        x, y = rng.uniform(-1, 1, (n, k)), rng.uniform(-1, 1, (k, m))
        order = rng.permutation(2 * k)
        return np.ascontiguousarray(np.hstack([x, x])[:, order]), np.vstack([y, -y])[order]

    return draw


def _waves(n: int, k: int, m: int) -> Draw:
    """Cosines of n frequencies, times m signals whose frequency rises and falls: the product is their spectrum."""

    def draw(rng: np.random.Generator) -> Inputs:
        time = np.pi * (np.arange(k) + 0.5) / k
        frequency = n * (0.5 - 0.35 * np.cos(2 * np.pi * np.arange(m) / m))
        noise = rng.uniform(-0.1, 0.1, (k, m))
        return np.cos(np.outer(np.arange(n), time)), 0.9 * np.cos(np.outer(time, frequency)) + noise

    return draw


CHECK_CASES = (
    Case("2x3-3x4", _uniform(2, 3, 4), "a small product of matrices that are not square: 2 rows, 3 terms an entry, 4 columns"),
    Case("4x3-3x2", _uniform(4, 3, 2), "more rows than columns"),
    Case("1x1-1x1", _uniform(1, 1, 1), "one number times one number"),
    Case("1x5-5x1", _uniform(1, 5, 1), "a row times a column: the result has one entry"),
    Case("5x1-1x4", _uniform(5, 1, 4), "a column times a row: every sum has one term"),
    Case("3x0-0x4", _uniform(3, 0, 4), "k = 0: sums without terms, so zeros of shape 3 × 4"),
    Case("0x3-3x2", _uniform(0, 3, 2), "no rows: the result has shape 0 × 2"),
    Case("3x2-2x0", _uniform(3, 2, 0), "no columns: the result has shape 3 × 0"),
    Case("4x4-4x4", _uniform(4, 4, 4), "square: here a swap of rows and columns does not change the shape"),
    Case("7x5-5x3", _uniform(7, 5, 3), "odd sizes"),
    Case("9-permuted", _permutation(9, 6), "a has a single 1 in each row, so the result is b with its rows in another order"),
    Case("17x16-16x15", _uniform(17, 16, 15), "sizes around a tile of 16"),
    Case("cancelling", _cancelling(12, 20, 16), "terms that cancel: the result is nearly zero beside its terms"),
    Case("32x32-32x32", _uniform(32, 32, 32), "whole tiles of every usual size"),
    Case("33x65-65x34", _uniform(33, 65, 34), "one or two beyond whole tiles, in every direction"),
)

BENCHMARK_CASES = tuple(
    Case(str(size), _uniform(size, size, size), f"{size} × {size} times {size} × {size}")
    for size in (64, 128, 256, 512, 768, 1024, 2048)
)


# --- the known mistakes -------------------------------------------------------------------------------------------------


def _mistake(name: str, sentence: str, formula: Callable[[Array, Array], Array]) -> Mistake:
    """A mistake from its formula. Where that cannot give the right shape, `compute` raises ValueError: it does not apply."""

    def compute(a: Array, b: Array) -> Outputs:
        c = np.ascontiguousarray(formula(a, b), dtype=np.float64)
        if c.shape != (a.shape[0], b.shape[1]):
            raise ValueError(f"{name!r} gives shape {c.shape} here, so it cannot be what happened")
        return (c,)

    return Mistake(name, sentence, compute)


def _without(rows: slice, columns: slice) -> Callable[[Array, Array], Array]:
    """The product with the entries of these rows and columns left at zero."""

    def formula(a: Array, b: Array) -> Array:
        c: Array = a @ b
        c[rows, columns] = 0
        return c

    return formula


def _whole_tiles(tile: int) -> Callable[[Array, Array], Array]:
    """The product computed in tiles, without what is left over at the right, at the bottom and at the end of the sums."""

    def formula(a: Array, b: Array) -> Array:
        n, k, m = (size // tile * tile for size in (*a.shape, b.shape[1]))
        c = np.zeros((a.shape[0], b.shape[1]))
        c[:n, :m] = a[:n, :k] @ b[:k, :m]
        return c

    return formula


def _whole_steps(step: int) -> Callable[[Array, Array], Array]:
    """Sums in steps of several terms, without the terms left over."""

    def formula(a: Array, b: Array) -> Array:
        k = a.shape[1] // step * step
        product: Array = a[:, :k] @ b[:k]
        return product

    return formula


def _summed_in_float32(a: Array, b: Array) -> Array:
    """Add the terms one by one to an array of float32."""
    c = np.zeros((a.shape[0], b.shape[1]), dtype=np.float32)
    for p in range(a.shape[1]):
        c[...] = c + np.outer(a[:, p], b[p])
    return c


def _mirrored(a: Array, b: Array) -> Array:
    upper: Array = np.triu(a @ b)
    return upper + np.triu(upper, 1).T


MISTAKES = (
    _mistake(
        "transposed",
        "This is the right result with rows and columns swapped: c[j, i] was written for c[i, j].",
        lambda a, b: (a @ b).T,
    ),
    _mistake(
        "b transposed", "This is a times the transpose of b: b[j, p] was read where b[p, j] belongs.", lambda a, b: a @ b.T
    ),
    _mistake(
        "a transposed", "This is the transpose of a times b: a[p, i] was read where a[i, p] belongs.", lambda a, b: a.T @ b
    ),
    _mistake("swapped factors", "This is b times a; the product of matrices depends on the order.", lambda a, b: b @ a),
    _mistake("elementwise", "This is entry times entry, NumPy's `a * b`; the matrix product is `a @ b`.", lambda a, b: a * b),
    _mistake(
        "last column missing",
        "The last column is still zero: the loop over j ends one too early.",
        _without(np.s_[:], np.s_[-1:]),
    ),
    _mistake(
        "last row missing", "The last row is still zero: the loop over i ends one too early.", _without(np.s_[-1:], np.s_[:])
    ),
    _mistake(
        "first column missing",
        "The first column is still zero: the loop over j starts at 1; indices start at 0.",
        _without(np.s_[:], np.s_[:1]),
    ),
    _mistake(
        "first row missing",
        "The first row is still zero: the loop over i starts at 1; indices start at 0.",
        _without(np.s_[:1], np.s_[:]),
    ),
    _mistake(
        "last term missing",
        "Every sum lacks its last term: the inner loop runs over range(k - 1).",
        lambda a, b: a[:, :-1] @ b[:-1],
    ),
    _mistake(
        "first term missing",
        "Every sum lacks its first term: the inner loop starts at 1; indices start at 0.",
        lambda a, b: a[:, 1:] @ b[1:],
    ),
    _mistake(
        "only the last term",
        "Every entry holds only the last term of its sum: `=` stands where `+=` belongs.",
        lambda a, b: a[:, -1:] @ b[-1:],
    ),
    _mistake(
        "not reset for each column",
        "Every entry holds the sum of those to its left too: set the sum to zero for each j.",
        lambda a, b: np.cumsum(a @ b, axis=1),
    ),
    _mistake(
        "never reset",
        "Every entry holds the sum of all entries before it too: set the sum to zero inside the loop over j.",
        lambda a, b: np.cumsum(a @ b).reshape(a.shape[0], b.shape[1]),
    ),
    _mistake("doubled", "Every entry is twice what it should be: something is added up two times.", lambda a, b: 2 * (a @ b)),
    _mistake(
        "started at one", "Every entry is one too large: the sums start at 1, or the result at np.ones.", lambda a, b: a @ b + 1
    ),
    _mistake(
        "still zero",
        "Every entry is zero: nothing was added (whole tiles only?), or an array of integers cut off all fractions.",
        lambda a, b: np.zeros((a.shape[0], b.shape[1])),
    ),
    _mistake(
        "cut to whole numbers",
        "The digits after the point are cut off: make the result float64, not an integer type.",
        lambda a, b: np.trunc(a @ b),
    ),
    _mistake(
        "rounded to whole numbers",
        "Every entry is rounded to a whole number: leave out the rounding.",
        lambda a, b: np.rint(a @ b),
    ),
    _mistake(
        "summed in float32",
        "The sums are kept in float32, which holds 7 digits: make the result float64 from the start.",
        _summed_in_float32,
    ),
    _mistake(
        "rounded to float32",
        "The result was turned into float32, which holds 7 digits: keep float64.",
        lambda a, b: (a @ b).astype(np.float32),
    ),
    _mistake(
        "computed in float32",
        "The matrices were turned into float32, which holds 7 digits: keep float64.",
        lambda a, b: a.astype(np.float32) @ b.astype(np.float32),
    ),
    _mistake(
        "absolute values", "The signs are lost: this is the product of the absolute values.", lambda a, b: np.abs(a) @ np.abs(b)
    ),
    _mistake(
        "upper triangle only", "Below the diagonal all is zero: the loop over j starts at i.", lambda a, b: np.triu(a @ b)
    ),
    _mistake("lower triangle only", "Above the diagonal all is zero: the loop over j ends at i.", lambda a, b: np.tril(a @ b)),
    _mistake(
        "mirrored",
        "The upper triangle is copied to the lower one, but a product is symmetric only in special cases.",
        _mirrored,
    ),
    *(
        _mistake(
            f"whole tiles of {tile} only",
            f"What does not fill a tile of {tile} is left out: handle the rest of rows, columns and sums after the tiles.",
            _whole_tiles(tile),
        )
        for tile in (2, 4, 8, 16, 32, 64)
    ),
    *(
        _mistake(
            f"whole steps of {step} only",
            f"The sums run in steps of {step} terms and leave out the last k % {step}: add these after the loop.",
            _whole_steps(step),
        )
        for step in (2, 4, 8, 16, 32, 64)
    ),
)


# --- the picture --------------------------------------------------------------------------------------------------------


def draw_product(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """Draw the result as a map of colours, blue below zero and red above."""
    ((_, (c,)),) = answers
    limit = float(np.abs(c).max(initial=0, where=np.isfinite(c))) or 1.0
    axes = figure.add_subplot()
    image = axes.imshow(c, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest")
    axes.set(
        xlabel="column j (signal)", ylabel="row i (frequency)", title="c = a · b: the spectra of signals, as a matrix product"
    )
    figure.colorbar(image, ax=axes, label="c[i, j]")


PICTURES = (
    Picture(
        "product",
        "The product of cosines and signals",
        "A map of colours: each column is a signal, each row a frequency, and few frequencies stand out in each signal.",
        (Case("waves", _waves(48, 64, 72), "cosines of 48 frequencies, times 72 signals of 64 values"),),
        draw_product,
    ),
)


TASK = Task(
    title="Matrix multiplication",
    work_unit="flop",
    outputs=outputs,
    expect=expect,
    check=check,
    work=work,
    solution=solution,
    shrink=shrink,
    least_operations=LEAST_OPERATIONS,
    usual_operations=usual_operations,
    tolerance_used=tolerance_used,
    check_cases=CHECK_CASES,
    benchmark_cases=BENCHMARK_CASES,
    mistakes=MISTAKES,
    size=Size("n", lambda inputs: np.shape(inputs[0])[0]),  # the benchmark cases are square
    pictures=PICTURES,
)
