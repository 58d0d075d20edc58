"""Shifted pictures: the cases, the checker, the known mistakes and the picture.

There is one right answer, in whole numbers: every pixel of the sum is compared. Timed calls shift by many amounts that are all
different, so that the sum is the work: a single shift is a copy, which no second process makes faster.
"""

import functools
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from grader.content.shares import shares, sharing_mistakes, whole_shares
from grader.content.smaller import changed, fewer, fewer_of
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
    secret_beside,
)
from grader.profiles import Profile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Pixels: TypeAlias = NDArray[np.uint8]
Amounts: TypeAlias = NDArray[np.int64]
Sums: TypeAlias = NDArray[np.int32]
Draw: TypeAlias = Callable[[np.random.Generator], Inputs]
Formula: TypeAlias = Callable[[Pixels, Amounts, int], Array]

ROWS, COLUMNS = 0, 1
"""The axes."""


# The answer and its check


@functools.cache
def _fast() -> ModuleType | None:
    """Where the expected answer is computed fast; None in a student's copy."""
    return secret_beside(__file__, "kernels.py")


def outputs(inputs: Inputs) -> tuple[ArraySpec, ...]:
    """One sum for each pixel."""
    return (ArraySpec("int32", _arguments(inputs)[0].shape),)


def expect(inputs: Inputs) -> Sums:
    """The sum; of large pictures from whole arrays in a student's copy, which takes longer."""
    picture, amounts, axis = _arguments(inputs)
    fast = _fast()
    if fast is None or axis == ROWS or picture.size == 0:
        return _summed(picture, amounts, axis)
    total = np.zeros(picture.shape, dtype=np.int32)
    fast.add_shifted_columns(picture, amounts, total)
    return total


def check(inputs: Inputs, answer: Outputs, expected: Sums) -> Difference | None:
    """Compare every pixel."""
    (got,) = answer
    wrong = np.argwhere(got != expected)
    if len(wrong) == 0:
        return None
    picture, amounts, axis = _arguments(inputs)
    row, column = (int(number) for number in wrong[0])
    moved = f"{'rows' if axis == ROWS else 'columns'} of {picture.shape[0]} × {picture.shape[1]} pixels"
    return Difference(
        summary=f"{len(wrong):,} of {expected.size:,} pixels are off",
        where=f"row {row}, column {column}, with {len(amounts)} shift{'s' * (len(amounts) != 1)} of the {moved}",
        expected=f"{expected[row, column]}",
        got=f"{got[row, column]}",
    )


def work(inputs: Inputs, expected: Sums) -> float:
    """The pixels of all shifted pictures."""
    return float(expected.size * len(_arguments(inputs)[1]))


def solution(inputs: Inputs, expected: Sums) -> Outputs:
    """The trusted answer itself."""
    del inputs
    return (expected,)


def shrink(inputs: Inputs) -> Iterator[Inputs]:
    """Fewer shifts, fewer rows, fewer columns, then shifts by less."""
    picture, amounts, axis = _arguments(inputs)
    yield from changed(inputs, 1, fewer)
    yield from changed(inputs, 0, fewer)
    for kept in fewer_of(picture.shape[1]):
        yield np.ascontiguousarray(picture[:, kept]), amounts, axis
    yield from changed(inputs, 1, _nearer)


def _nearer(amounts: Amounts) -> Iterator[Amounts]:
    """Shifts that go half as far, rounded towards none."""
    halved = np.fix(amounts / 2).astype(np.int64)
    if not np.array_equal(halved, amounts):
        yield halved


def _arguments(inputs: Inputs) -> tuple[Pixels, Amounts, int]:
    return cast("tuple[Pixels, Amounts, int]", inputs)


def _summed(picture: Pixels, amounts: Amounts, axis: int) -> Sums:
    """The sum of the picture shifted by each amount."""
    total = np.zeros(picture.shape, dtype=np.int32)
    for amount in amounts.tolist():
        total += np.roll(picture, amount, axis)
    return total


# The cases


def _random(height: int, width: int, k: int, *, axis: int, farthest: int | None = None) -> Draw:
    """Random pixels, and k different shifts in either direction, up to twice round the picture unless told otherwise."""
    reach = farthest or max(2 * (height, width)[axis], k)

    def draw(rng: np.random.Generator) -> Inputs:
        amounts = rng.choice(np.arange(-reach, reach + 1), k, replace=False)
        return rng.integers(0, 256, (height, width), dtype=np.uint8), amounts.astype(np.int64), axis

    return draw


def _timed(height: int, width: int, k: int) -> Draw:
    """Shifts of columns that stay different when they are counted round the picture, so that none can be saved."""

    def draw(rng: np.random.Generator) -> Inputs:
        amounts = rng.choice(width, k, replace=False) + width * rng.integers(-1, 2, k)
        return rng.integers(0, 256, (height, width), dtype=np.uint8), amounts.astype(np.int64), COLUMNS

    return draw


def _draw_by_hand(rng: np.random.Generator) -> Inputs:
    return rng.permutation(np.arange(12, dtype=np.uint8)).reshape(3, 4), np.array([int(rng.choice([1, -1]))]), COLUMNS


def _draw_none(rng: np.random.Generator) -> Inputs:
    return rng.integers(0, 256, (4, 5), dtype=np.uint8), np.zeros(0, dtype=np.int64), ROWS


def _draw_far(rng: np.random.Generator) -> Inputs:
    amounts = rng.choice([-1, 1], 3) * rng.integers(10, 10_000, 3)
    return rng.integers(0, 256, (6, 7), dtype=np.uint8), amounts.astype(np.int64), COLUMNS


def _draw_repeated(rng: np.random.Generator) -> Inputs:
    amount = int(rng.integers(1, 4))
    return rng.integers(0, 256, (7, 8), dtype=np.uint8), np.array([amount, amount, amount + 1]), COLUMNS


def _draw_whole_turns(rng: np.random.Generator) -> Inputs:
    return rng.integers(0, 256, (8, 5), dtype=np.uint8), 8 * rng.permutation(np.arange(-2, 3)), ROWS


def _draw_white(rng: np.random.Generator) -> Inputs:
    picture, _, axis = _arguments(_random(9, 11, 0, axis=ROWS)(rng))
    return picture | np.uint8(0xF0), rng.integers(-30, 31, 300), axis


# By the number of processes, since each number is another start of MPI; those that explain most come first.
CHECK_CASES = (
    Case("one-column", _draw_by_hand, "One shift by a single column, to the right or to the left: on paper."),
    Case("rows", _random(5, 6, 1, axis=ROWS, farthest=4), "One shift of rows: down where the amount is positive."),
    Case("far", _draw_far, "Shifts by far more than the width: they go round several times."),
    Case("no-shift", _draw_none, "No amount at all: a sum of no pictures is 0 everywhere."),
    Case("bands", _random(6, 8, 3, axis=COLUMNS), "Six rows for two processes, and three shifts to be added.", processes=2),
    Case(
        "odd-rows", _random(7, 9, 4, axis=ROWS), "Seven rows for two processes, shifted from one's to the other's.", processes=2
    ),
    Case("same-twice", _draw_repeated, "An amount that comes twice counts twice.", processes=2),
    Case(
        "one-shift", _random(9, 7, 1, axis=ROWS), "One shift for two processes: sharing out shifts is not enough.", processes=2
    ),
    Case("thirds", _random(10, 11, 5, axis=COLUMNS), "Ten rows for three processes.", processes=3),
    Case("two-rows", _random(2, 17, 4, axis=COLUMNS), "Fewer rows than processes.", processes=3),
    Case("one-row", _random(1, 12, 2, axis=ROWS), "One row: shifting rows changes nothing.", processes=3),
)

BENCHMARK_CASES = tuple(
    Case(f"{h}x{w}-{k}", _timed(h, w, k), f"{h:,} rows, {w:,} columns, {k} shifts of columns.", processes=2)
    for h, w, k in ((48, 64, 16), (200, 300, 32), (500, 600, 64), (1000, 1500, 64), (1500, 2000, 64))
)


# The known mistakes


def _mistake(name: str, sentence: str, formula: Formula) -> Mistake:
    """A mistake from its formula."""

    def compute(picture: Pixels, amounts: Amounts, axis: int) -> Outputs:
        return (np.ascontiguousarray(formula(picture, amounts, axis), dtype=np.int32),)

    return Mistake(name, sentence, compute)


def _of_each(shifted: Callable[[Pixels, int, int], Array]) -> Formula:
    """The sum of pictures that are shifted in another way."""

    def formula(picture: Pixels, amounts: Amounts, axis: int) -> Array:
        total = np.zeros(picture.shape, dtype=np.int32)
        for amount in amounts.tolist():
            total += shifted(picture, amount, axis)
        return total

    return formula


def _cut_off(picture: Pixels, amount: int, axis: int) -> Array:
    """What leaves at one edge does not come in at the other."""
    moved = np.moveaxis(np.zeros_like(picture), axis, 0)
    source, count = np.moveaxis(picture, axis, 0), picture.shape[axis]
    if abs(amount) < count:
        moved[max(amount, 0) : count + min(amount, 0)] = source[max(-amount, 0) : count - max(amount, 0)]
    return np.moveaxis(moved, 0, axis)


def _edge_repeated(picture: Pixels, amount: int, axis: int) -> Array:
    count = picture.shape[axis]
    return np.take(picture, np.clip(np.arange(count) - amount, 0, max(count - 1, 0)), axis) if count else picture


def _far_not_at_all(picture: Pixels, amount: int, axis: int) -> Array:
    return np.roll(picture, amount, axis) if abs(amount) < picture.shape[axis] else picture


def _one_after_another(picture: Pixels, amounts: Amounts, axis: int) -> Array:
    return _summed(picture, np.cumsum(amounts), axis)


def _in_bytes(picture: Pixels, amounts: Amounts, axis: int) -> Array:
    return _summed(picture, amounts, axis) % 256


Banded: TypeAlias = Callable[[Pixels, Amounts, int, list[slice]], Any]


def _banded(of_bands: Banded, *, cut: Callable[[int, int], list[slice]] = shares) -> Callable[..., Outputs]:
    """What comes out of bands of rows, by the rows of each process."""

    def compute(processes: int, picture: Pixels, amounts: Amounts, axis: int) -> Outputs:
        result = of_bands(picture, amounts, axis, cut(len(picture), processes))
        return (np.ascontiguousarray(result, dtype=np.int32),)

    return compute


def _only_these(picture: Pixels, amounts: Amounts, axis: int, bands: list[slice]) -> Array:
    """The right sum in the rows of the bands, and zeros in those that are nobody's."""
    total = np.zeros(picture.shape, dtype=np.int32)
    for rows in bands:
        total[rows] = _summed(picture, amounts, axis)[rows]
    return total


def _each_by_itself(picture: Pixels, amounts: Amounts, axis: int, bands: list[slice]) -> Array:
    """Every band is shifted within itself, whichever the axis."""
    return np.concatenate([_summed(picture[rows], amounts, axis) for rows in bands])


def _first_band_only(picture: Pixels, amounts: Amounts, axis: int, bands: list[slice]) -> Array:
    return _only_these(picture, amounts, axis, bands[:1])


def _bands_reversed(picture: Pixels, amounts: Amounts, axis: int, bands: list[slice]) -> Array:
    total = _summed(picture, amounts, axis)
    return np.concatenate([total[rows] for rows in reversed(bands)])


def _first_amount_share(processes: int, picture: Pixels, amounts: Amounts, axis: int) -> Outputs:
    return (_summed(picture, amounts[shares(len(amounts), processes)[0]], axis),)


def _amounts_left_over(processes: int, picture: Pixels, amounts: Amounts, axis: int) -> Outputs:
    return (_summed(picture, amounts[: whole_shares(len(amounts), processes)[-1].stop], axis),)


def _times_processes(processes: int, picture: Pixels, amounts: Amounts, axis: int) -> Outputs:
    return (_summed(picture, amounts, axis) * np.int32(processes),)


MISTAKES = (
    _mistake(
        "wrong direction",
        "This is what comes out when pictures are shifted the other way: positive amounts go down or to the right.",
        lambda picture, amounts, axis: _summed(picture, -amounts, axis),
    ),
    _mistake(
        "other axis",
        "This is what comes out when the axes are swapped: axis 0 shifts rows, axis 1 columns.",
        lambda picture, amounts, axis: _summed(picture, amounts, 1 - axis),
    ),
    _mistake(
        "always columns",
        "This is what comes out when columns are shifted whatever `axis` says.",
        lambda picture, amounts, _: _summed(picture, amounts, COLUMNS),
    ),
    _mistake(
        "both axes",
        "This is what comes out when rows and columns are shifted: shift along one axis alone.",
        lambda picture, amounts, _: _of_each(lambda one, amount, __: np.roll(one, (amount, amount), (0, 1)))(
            picture, amounts, 0
        ),
    ),
    _mistake(
        "along the flat picture",
        "This is what comes out of `np.roll` without an axis: what leaves a row comes in at the next one.",
        _of_each(lambda picture, amount, _: np.roll(picture, amount)),
    ),
    _mistake(
        "cut off",
        "What leaves the picture at one edge is lost here: it comes in again at the opposite edge.",
        _of_each(_cut_off),
    ),
    _mistake(
        "edge repeated",
        "The edge is repeated where pixels came in: they are those that left at the opposite edge.",
        _of_each(_edge_repeated),
    ),
    _mistake(
        "far shifts left out",
        "Shifts by as much as the size or more are not made here: take the remainder, and go round.",
        _of_each(_far_not_at_all),
    ),
    _mistake(
        "size of the other axis",
        "Amounts are taken modulo the other side of the picture: rows go round after h, columns after w.",
        _of_each(lambda picture, amount, axis: np.roll(picture, amount % max(picture.shape[1 - axis], 1), axis)),
    ),
    _mistake(
        "one too far",
        "Every shift goes one too far.",
        lambda picture, amounts, axis: _summed(picture, amounts + 1, axis),
    ),
    _mistake(
        "sizes only",
        "The signs of the amounts are lost: negative ones go up or to the left.",
        lambda picture, amounts, axis: _summed(picture, np.abs(amounts), axis),
    ),
    _mistake(
        "one after another",
        "Each shift starts from the last shifted picture here: shift the picture itself each time.",
        _one_after_another,
    ),
    _mistake(
        "last shift only",
        "This is the picture shifted by the last amount alone: add the shifted pictures.",
        lambda picture, amounts, axis: _summed(picture, amounts[-1:], axis),
    ),
    _mistake(
        "all at once",
        "This is the picture shifted by the sum of all amounts, once.",
        lambda picture, amounts, axis: _summed(picture, amounts.sum(keepdims=True), axis),
    ),
    _mistake(
        "each amount once",
        "An amount that comes twice is added once: it counts each time.",
        lambda picture, amounts, axis: _summed(picture, np.unique(amounts), axis),
    ),
    _mistake("in bytes", "The sums are kept in bytes: from 256 on they start at 0 again. Use int32.", _in_bytes),
    _mistake(
        "picture added",
        "The picture as it was is part of the sum: only the shifted ones are.",
        lambda picture, amounts, axis: _summed(picture, np.append(amounts, 0), axis),
    ),
    _mistake(
        "mean",
        "This is the mean of the shifted pictures: add them.",
        lambda picture, amounts, axis: _summed(picture, amounts, axis) // max(len(amounts), 1),
    ),
    *sharing_mistakes(
        "remainder left out",
        "The last rows are still zero: with P processes, some have to take h//P + 1 of them.",
        _banded(_only_these, cut=whole_shares),
    ),
    *sharing_mistakes(
        "bands by themselves",
        "Every process shifts its rows among themselves: rows leave one band and come into another.",
        _banded(_each_by_itself),
    ),
    *sharing_mistakes("own rows only", "These are the rows of rank 0 alone: gather those of all.", _banded(_first_band_only)),
    *sharing_mistakes("bands in reverse", "The bands are put together in reverse order.", _banded(_bands_reversed)),
    *sharing_mistakes(
        "own shifts only", "This is the sum of rank 0's share of the shifts: add those of all (reduce).", _first_amount_share
    ),
    *sharing_mistakes(
        "shifts left over", "The last k % P shifts are missing: some processes have to take one more.", _amounts_left_over
    ),
    *sharing_mistakes(
        "everything everywhere",
        "This is the answer times the number of processes: each of them made all shifts before the sums were added.",
        _times_processes,
    ),
)


# The picture

DRAWN = (120, 180)
PAN = 40
"""Columns that the camera pans."""


def _drawn_picture() -> Pixels:
    """Rings, a bright square and a dark bar: rows, columns and direction can be told apart."""
    row, column = np.indices(DRAWN)
    rings = 110 + 60 * np.sin(np.hypot(row - 45, column - 60) / 4) * np.exp(-np.hypot(row - 45, column - 60) / 60)
    rings[70:100, 120:150] = 240
    rings[20:26, 100:170] = 10
    return rings.astype(np.uint8)


def _draw_shifts(amounts: NDArray[np.int64], axis: int) -> Draw:
    def draw(rng: np.random.Generator) -> Inputs:
        del rng  # everybody's pictures are of the same
        return _drawn_picture(), amounts.copy(), axis

    return draw


def draw_shifted(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """Draw the picture, shifted by columns, shifted by rows, and the mean of many shifts."""
    titles = ("60 columns to the right", "30 rows up", f"Mean of {PAN} shifts")
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    shown: list[tuple[str, Array]] = [("The picture", _drawn_picture())]
    shown += [
        (title, total / max(len(_arguments(inputs)[1]), 1)) for title, (inputs, (total,)) in zip(titles, answers, strict=True)
    ]
    for axes, (title, pixels) in zip(panels.flat, shown, strict=True):
        axes.imshow(pixels, cmap="cividis", vmin=0, vmax=255, interpolation="nearest")
        axes.set_title(title)
    figure.supxlabel("column")
    figure.supylabel("row")


PICTURES = (
    Picture(
        "shifted",
        "A picture and its shifts",
        "The picture with rings, a bright square and a dark bar; the same shifted to the right and upwards, where what leaves"
        " comes in at the opposite edge; and blurred along the rows by a camera that pans.",
        (
            Case("shown-columns", _draw_shifts(np.array([60]), COLUMNS), "60 columns to the right.", processes=2),
            Case("shown-rows", _draw_shifts(np.array([-30]), ROWS), "30 rows up.", processes=2),
            Case("shown-pan", _draw_shifts(np.arange(PAN), COLUMNS), "Shifts by 0 to 39 columns, added.", processes=2),
        ),
        draw_shifted,
    ),
)


TASK = Task(
    title="Shifted pictures with MPI",
    work_unit="shifted pixels",
    outputs=outputs,
    expect=expect,
    check=check,
    work=work,
    solution=solution,
    shrink=shrink,
    check_cases=CHECK_CASES,
    benchmark_cases=BENCHMARK_CASES,
    mistakes=MISTAKES,
    profile=Profile.MPI,
    pictures=PICTURES,
)
