"""One round of Schelling's model: who is in the market, and whether a move of it can be uniformly random.

A move cannot be compared with an expected one, since every program draws its own random numbers. But all arrangements of the
market are equally likely, so the number of agents of a kind on any part of it that was chosen without looking at the result
follows a hypergeometric distribution, exactly. `counts_by_part` looks at parts that a wrong move fills differently: the cells
that a kind left, halves, rows, blocks, and so on. `counts_beside` looks at neighbours: once every other row is known, the rest
of the market is still arranged uniformly, so the cells beside a kind are such a part too. A count fails where an honest program
would give one as far from its mean, on that side, with a probability of less than `ALPHA` / 2.
"""

import functools
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.content.task import Difference, module_beside, secret_beside

Map: TypeAlias = NDArray[np.int8]
Mask: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.integer[Any]]

ALPHA = 1e-12
"""The probability at which one count, or one other test, is taken to be no accident."""
KINDS = EMPTY, ONE, TWO = 0, 1, 2
KIND_NAMES = ("empty cells", "agents of kind 1", "agents of kind 2")
OUTSIDE = 3
"""Marks the cells that are not in the market."""
ALIKE = "Every cell of the market is as likely as any other."
END_CELLS = 64
BLOCK_SIZES = (4, 8, 16)


# The rules


def wanted_neighbours(r: float) -> int:
    """How many like neighbours an agent wants: 8r, rounded up; 1e-9 forgives the rounding of r itself."""
    return math.ceil(8 * r - 1e-9)


def count_neighbours(grid: Map) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """How many of the eight neighbours of each cell are of kind 1, and of kind 2; uint8[n, n] each."""
    fast = _neighbours()
    if fast is not None:
        ones, twos = fast.count_neighbours(grid)
        return ones, twos
    return _count_around(grid == ONE), _count_around(grid == TWO)


def _count_around(cells: Mask) -> NDArray[np.uint8]:
    """How many of the eight neighbours of each cell are among these."""
    rows = sum(np.roll(cells, down, axis=0).astype(np.uint8) for down in (-1, 0, 1))
    around = sum(np.roll(rows, right, axis=1) for right in (-1, 0, 1))
    return np.asarray(around - cells)


def find_dissatisfied(grid: Map, r: float) -> Mask:
    """Where an agent stands that has fewer like neighbours than it wants."""
    ones, twos = count_neighbours(grid)
    wanted = wanted_neighbours(r)
    return np.asarray(((grid == ONE) & (ones < wanted)) | ((grid == TWO) & (twos < wanted)))


def log_arrangements(numbers: NDArray[np.int64]) -> float:
    """The logarithm of the number of ways to arrange numbers[kind] cells of each kind."""
    return math.lgamma(int(numbers.sum()) + 1) - sum(math.lgamma(int(number) + 1) for number in numbers)


# Is a move possible, and can it be random?


def fault_of_round(before: Map, after: Map, r: float, number: int) -> Difference | None:
    """What is wrong with the move of round `number` from one map to the next; both hold the same numbers of each kind."""
    market = find_dissatisfied(before, r) | (before == EMPTY)
    moved = ~market & (before != after)
    if moved.any():
        row, column = np.argwhere(moved)[0]
        return Difference(
            summary=f"in round {number} (counted from 0), satisfied agents are replaced: {np.count_nonzero(moved):,} of "
            f"{np.count_nonzero(~market):,}",
            where=f"row {row}, column {column}",
            expected=f"{before[row, column]}, as before the round: this agent is satisfied, so it stays",
            got=str(after[row, column]),
        )
    return fault_of_placement(before, after, market, number)


def fault_of_placement(before: Map, after: Map, market: Mask, number: int) -> Difference | None:
    """Why the kinds on the market after a round cannot be a uniformly random arrangement; None where they can."""
    for count in (*counts_by_part(before, after, market), *counts_beside(after, market)):
        if count.is_no_accident():
            return count.difference(number)
    return fault_of_copy(before[market], after[market], number)


@dataclass(frozen=True)
class Count:
    """How many of a kind are found on a part of the market; uniformly random moves make it hypergeometric."""

    part: str
    advice: str
    kind: int
    found: int
    """Of this kind, on the part."""
    size: int
    """Cells of the part."""
    of_kind: int
    """Of this kind, on all cells."""
    cells: int
    """Cells in all."""

    @property
    def mean(self) -> float:
        """The number to be expected."""
        return self.size * self.of_kind / max(1, self.cells)

    @property
    def deviation(self) -> float:
        """The standard deviation of the number."""
        others = (self.cells - self.of_kind) * (self.cells - self.size)
        return math.sqrt(self.mean * others / max(1, self.cells * (self.cells - 1)))

    def is_no_accident(self) -> bool:
        """Whether a number so far from the mean, on its side, has a probability of less than ALPHA / 2."""
        limit = math.log(ALPHA / 2)
        return self.log_probability() < limit and self.log_tail() < limit

    def log_probability(self) -> float:
        """The logarithm of the probability of just this number."""
        return (
            _log_choose(self.of_kind, self.found)
            + _log_choose(self.cells - self.of_kind, self.size - self.found)
            - _log_choose(self.cells, self.size)
        )

    def log_tail(self) -> float:
        """The logarithm of the probability of a number as far from the mean or further, on the same side.

        The terms of the sum fall from the first one on, each by the ratio of two neighbouring probabilities.
        """
        upwards = self.found >= self.mean  # else the same for the others on the part, who are then too many
        found, special = (self.found, self.of_kind) if upwards else (self.size - self.found, self.cells - self.of_kind)
        rest = self.cells - special - self.size
        term = total = 1.0
        while term > total * np.finfo(float).eps:
            term *= (special - found) * (self.size - found) / ((found + 1) * (rest + found + 1))
            total += term
            found += 1
        return self.log_probability() + math.log(total)

    def difference(self, number: int) -> Difference:
        """The text for a student."""
        return Difference(
            summary=f"in round {number} (counted from 0), the moves are not uniformly random on the market. {self.advice}",
            where=f"{self.part} ({self.size:,} of {self.cells:,} cells)",
            expected=f"about {self.mean:,.0f} ± {self.deviation:,.0f} {KIND_NAMES[self.kind]}",
            got=f"{self.found:,}, {abs(self.found - self.mean) / self.deviation:.0f} standard deviations from it; chance leads "
            f"so far off with a probability below {ALPHA:.0e}",
        )


def _log_choose(of: int, chosen: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(chosen + 1) - math.lgamma(of - chosen + 1)


def counts_by_part(before: Map, after: Map, market: Mask) -> Iterator[Count]:
    """The number of each kind on parts of the market that depend on the map before the round alone."""
    if not market.any():
        return
    placed = _placed(after, market)
    is_kind = [placed == kind for kind in KINDS]
    of_kind = _numbers(is_kind)
    for part, advice, found in (*_parts_by_cell(before, market, is_kind), *_parts_by_group(before, market, is_kind)):
        for kind in KINDS:
            yield Count(part, advice, kind, found[kind], sum(found), of_kind[kind], sum(of_kind))


def _placed(after: Map, market: Mask) -> Map:
    """What stands on the market after the round, and `OUTSIDE` (which has all bits of the kinds) elsewhere."""
    return after | np.int8(OUTSIDE) * (~market).view(np.int8)  # faster than np.where: no branches


def _numbers(is_kind: list[Mask]) -> list[int]:
    return [int(np.count_nonzero(is_one)) for is_one in is_kind]


def _parts_by_cell(before: Map, market: Mask, is_kind: list[Mask]) -> Iterator[tuple[str, str, list[int]]]:
    """Parts made of single cells: a name, advice for those whose moves show there, and how many of each kind are there now."""
    one_market = "All dissatisfied agents leave at once, and their own cells can be taken too, by anyone."
    for kind in KINDS:
        held = before == kind
        yield f"the market's cells that held {KIND_NAMES[kind]} before", one_market, _numbers([held & one for one in is_kind])
    ones, twos = count_neighbours(before)
    more_ones = ones > twos
    advice = "Agents do not choose where they land."
    yield "the market's cells with more neighbours of kind 1", advice, _numbers([more_ones & one for one in is_kind])

    white = [np.concatenate([one[0::2, 0::2].ravel(), one[1::2, 1::2].ravel()]) for one in is_kind]
    yield "the market's cells on the white squares of a chessboard", ALIKE, _numbers(white)
    places = np.flatnonzero(market)
    for which, ends in (("first", places[:END_CELLS]), ("last", places[-END_CELLS:])):
        yield f"the {which} {END_CELLS} cells of the market", ALIKE, _numbers([one.ravel()[ends] for one in is_kind])


def _parts_by_group(before: Map, market: Mask, is_kind: list[Mask]) -> Iterator[tuple[str, str, list[int]]]:
    """Parts made of whole rows, columns or blocks, as `_parts_by_cell` gives them."""
    anywhere = "An agent may land on any cell of the market, near or far."
    n = len(before)
    landmark = market & (before == (ONE if (market & (before == ONE)).any() else TWO))
    masks = (*is_kind, landmark)

    rows, columns = ([mask.view(np.uint8).sum(axis, dtype=np.int64) for mask in masks] for axis in (1, 0))
    number = np.arange(n)
    for name, side, sums in (("rows", "upper", rows), ("columns", "left", columns)):
        yield f"the {side} half of the market", ALIKE, _add_up(sums, number < n // 2)
        yield f"the market's cells in even {name}", ALIKE, _add_up(sums, number % 2 == 0)
        yield f"the market's cells in {name} where one kind was frequent", anywhere, _add_up(sums, _where_frequent(sums))

    fours = [_block_sums(np.pad(mask.view(np.uint8), (0, -n % max(BLOCK_SIZES))), 4).astype(np.int64) for mask in masks]
    for size in BLOCK_SIZES:
        sums = [_block_sums(four, size // 4) for four in fours]
        part = f"the market's cells in blocks of {size} × {size} where one kind was frequent"
        yield part, anywhere, _add_up(sums, _where_frequent(sums))


def _block_sums(values: Numbers, size: int) -> Numbers:
    """Sums over blocks of so many rows and columns; the type of `values` has to hold them."""
    strips = sum((values[start::size] for start in range(1, size)), values[0::size])
    return sum((strips[:, start::size] for start in range(1, size)), strips[:, 0::size])


def _add_up(sums: list[Numbers], chosen: Mask) -> list[int]:
    """The numbers of each kind in the chosen groups."""
    return [int(of_kind[chosen].sum()) for of_kind in sums[: len(KINDS)]]


def _where_frequent(sums: list[Numbers]) -> Mask:
    """The groups where landmarks, which are summed last, were more frequent than on the whole market."""
    *of_kind, landmarks = sums
    cells = np.sum(of_kind, axis=0)
    return np.asarray(landmarks * cells.sum() > landmarks.sum() * cells)


def counts_beside(after: Map, market: Mask) -> Iterator[Count]:
    """The number of each kind beside cells of the same kind: each cell of an odd row or column beside one of an even one."""
    placed = _placed(after, market)
    for sideways in (-1, 0, 1):
        yield from _counts_between_rows(placed, sideways, "row")
    yield from _counts_between_rows(np.ascontiguousarray(placed.T), 0, "column")


def _counts_between_rows(placed: Map, sideways: int, line: str) -> Iterator[Count]:
    """Compare the cells of odd rows with those of the even rows above and below, `sideways` columns off."""
    odd, even = placed[1::2], np.roll(placed[0::2], sideways, axis=1)
    is_placed = odd != OUTSIDE
    cells = int(np.count_nonzero(is_placed))
    for kind in KINDS:
        is_kind = odd == kind
        of_kind = int(np.count_nonzero(is_kind))
        for first in (0, 1):  # the row before, and the one after; after the last comes the first
            beside = np.roll(even, -first, axis=0)[: len(odd)] == kind
            found, size = int(np.count_nonzero(beside & is_kind)), int(np.count_nonzero(beside & is_placed))
            part = f"the market's cells beside {KIND_NAMES[kind]} in the {('previous', 'next')[first]} {line}"
            advice = "Where one agent lands says nothing about where others do."
            yield Count(part, advice, kind, found, size, of_kind, cells)


SHORT_STRIDES = 2048
"""Cells from one that is copied to the next, where somebody moves the market on in steps instead of shuffling it; these are the
likely ones, and each is tried from `MANY_STARTS` places."""
MANY_STARTS, STARTS = 16, 16
LOOKED_UP = 1 << 20
"""Stretches that are looked up; where there are more strides than that allows, short ones are tried and some of the others."""
SURPLUS_BITS = 8
"""A stretch holds so many bits more than tell one place of the market from another, so that few are alike by chance."""
LONGEST_STRETCH = 256


def fault_of_copy(was: Map, now: Map, number: int) -> Difference | None:
    """Whether a part of the market holds what stood there before, in a regular order: moved on, reversed, each seventh cell.

    Whatever reads the market on by a stride, around the end too, copies runs of cells. So each stride is read from a few random
    places of `was`, and what is read is looked for in all of `now`; a few cells of a run may be others. A uniformly random
    arrangement has given kinds at given places with a probability of the arrangements of the other cells over those of all. A
    run that is compared with a place counts only if it is so long that this is below `ALPHA` over the number of comparisons in
    all. Neither what is compared nor how long it has to be depends on `now`: an honest program fails with a probability of at
    most `ALPHA`.
    """
    size, numbers = now.size, np.array([np.count_nonzero(now == kind) for kind in KINDS])
    if np.count_nonzero(numbers) <= 1:
        return None
    strides, starts = _readings(was)
    every = 1 + size // LOOKED_UP
    log_limit = math.log(ALPHA) - math.log(starts.size) - math.log(size + every) - math.log(kernels().TRIED_ASIDE)
    shares = numbers[numbers > 0] / size
    bits_of_a_cell = -float(np.sum(shares * np.log2(shares)))
    length = math.ceil((math.log2(size) + SURPLUS_BITS) / bits_of_a_cell)
    if length > min(size // 2, LONGEST_STRETCH) or -log_arrangements(numbers) >= log_limit:
        return None
    place, found, stride = kernels().find_copied_run(was, now, strides, starts, length, every, log_limit)
    return _copied(number, place, found, min(stride, stride - size, key=abs), size) if found else None


def _readings(was: Map) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Strides, int64[m], and from where in the market each is read, int64[m, k]; both follow from the map before alone."""
    size = was.size
    rng = np.random.default_rng(zlib.crc32(was.tobytes()))
    short = np.arange(1, min(SHORT_STRIDES, size - 1) + 1)
    short = np.concatenate([short, size - short])
    if size <= LOOKED_UP:
        others = np.arange(1, size)
    else:
        next_ones = np.arange(1, LOOKED_UP // 16)
        others = np.concatenate([next_ones, size - next_ones, rng.integers(1, size, LOOKED_UP // 4)])
    at_once = min(STARTS, max(1, LOOKED_UP // size))
    strides = np.concatenate([np.repeat(short, MANY_STARTS // at_once), others])
    return strides, rng.integers(size, size=(len(strides), at_once))


def _copied(number: int, place: int, length: int, stride: int, size: int) -> Difference:
    how = f"those of before, each {abs(stride):,} cells {'after' if stride > 0 else 'before'} the last"
    return Difference(
        summary=f"in round {number} (counted from 0), the market is only moved on, reversed or read by strides, not shuffled",
        where=f"cells {place:,} to {place + length - 1:,} of the market's {size:,}, in the order of reading",
        expected="kinds in a random order",
        got=how,
    )


@functools.cache
def kernels() -> ModuleType:
    """The compiled functions beside this file."""
    return module_beside(__file__, "kernels.py")


@functools.cache
def _neighbours() -> ModuleType | None:
    """Where neighbours are counted fast; None in a student's copy."""
    return secret_beside(__file__, "neighbours.py")
