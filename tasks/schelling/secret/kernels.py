"""Trusted simulations, and neighbours counted fast: most of a solution of the task, and so in no student's copy.

Loaded when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

from typing import Any, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

Word: TypeAlias = Any
"""An integer of NumPy's that is meant to wrap around: mypy would take it for a Python one."""

KIND_2 = 16
"""How kind 2 is kept: the sum of the nine bytes around a cell holds both counts, in its lower and its upper four bits."""


@njit(cache=True, nogil=True)
def simulate(grid: NDArray[np.int8], wanted: int, n_rounds: int, seed: int) -> NDArray[np.int64]:
    """How many are dissatisfied at the start of each round and after the last one, int64[n_rounds + 1], for other moves.

    Each cell of the market draws its kind by itself, with the shares that would make the numbers of all kinds right again. So
    these numbers are off by about the square root of the market's cells, which does not add up from round to round.
    """
    n = len(grid)
    cells, market = _framed(grid), np.zeros((n, n), dtype=np.bool_)
    counts = np.zeros(n_rounds + 1, dtype=np.int64)
    numbers = _numbers(cells, n)
    for number in range(n_rounds + 1):
        counts[number] = _find_market(cells, wanted, market)
        if number < n_rounds:
            if counts[number] == 0:
                break  # nobody will move any more
            _move(cells, market, numbers, seed + number * 0x632BE5AB)
    return counts


@njit(cache=True, nogil=True)
def count_dissatisfied(grid: NDArray[np.int8], wanted: int) -> int:
    """How many agents of a map have fewer like neighbours than they want."""
    cells = _framed(grid)
    return _find_market(cells, wanted, np.zeros(grid.shape, dtype=np.bool_))


@njit(cache=True, nogil=True)
def _framed(grid: NDArray[np.int8]) -> NDArray[np.uint8]:
    n = len(grid)
    cells = np.zeros((n + 2, n + 2), dtype=np.uint8)
    for row in range(n):
        for column in range(n):
            kind = np.uint8(grid[row, column])
            cells[row + 1, column + 1] = KIND_2 if kind == 2 else kind  # noqa: PLR2004 -- the kind
    return cells


@njit(cache=True, nogil=True)
def _numbers(cells: NDArray[np.uint8], n: int) -> tuple[int, int]:
    """How many cells hold kind 1, and kind 2."""
    ones = twos = 0
    for row in range(1, n + 1):
        for column in range(1, n + 1):
            ones += cells[row, column] == 1
            twos += cells[row, column] == KIND_2
    return ones, twos


@njit(cache=True, nogil=True)
def _find_market(cells: NDArray[np.uint8], wanted: int, market: NDArray[np.bool_]) -> int:
    """Mark the market, and count the dissatisfied; the frame around the map is made to repeat the opposite edges."""
    n = len(market)
    cells[1 : n + 1, 0], cells[1 : n + 1, n + 1] = cells[1 : n + 1, n], cells[1 : n + 1, 1]
    cells[0], cells[n + 1] = cells[n], cells[1]
    sums = np.empty(n + 2, dtype=np.uint8)
    few_ones, enough_twos = np.uint8(wanted), np.uint8(16 * (wanted + 1))
    leaving = 0
    for row in range(n):
        _add(cells[row], cells[row + 1], cells[row + 2], sums)
        leaving += _mark(cells[row + 1, 1 : n + 1], sums, few_ones, enough_twos, market[row])
    return leaving


@njit(cache=True, nogil=True)
def _add(above: NDArray[np.uint8], here: NDArray[np.uint8], below: NDArray[np.uint8], sums: NDArray[np.uint8]) -> None:
    for column in range(len(sums)):
        sums[column] = above[column] + here[column] + below[column]


@njit(cache=True, nogil=True)
def _mark(
    cells: NDArray[np.uint8], sums: NDArray[np.uint8], few_ones: Word, enough_twos: Word, market: NDArray[np.bool_]
) -> int:
    leaving = np.int32(0)
    ones = np.uint8(15)
    left, middle, right = sums, sums[1:], sums[2:]
    for column in range(len(cells)):
        cell = cells[column]
        around = np.uint8(left[column] + middle[column] + right[column])  # the cell itself is counted too
        leaves = ((cell == 1) & ((around & ones) <= few_ones)) | ((cell == KIND_2) & (around < enough_twos))
        market[column] = leaves | (cell == 0)
        leaving += leaves
    return int(leaving)


@njit(cache=True, nogil=True)
def _move(cells: NDArray[np.uint8], market: NDArray[np.bool_], numbers: tuple[int, int], key: int) -> None:
    """Let every cell of the market draw its kind."""
    n = len(market)
    ones = twos = size = 0
    for row in range(n):
        for column in range(n):
            cell = np.uint8(0) if market[row, column] else cells[row + 1, column + 1]
            ones += cell == 1
            twos += cell == KIND_2
            size += market[row, column]
    missing_ones, missing_twos = max(0, numbers[0] - ones), max(0, numbers[1] - twos)
    below_one = np.uint32(min(0xFFFFFFFF, 2**32 * missing_ones / size))
    below_two = np.uint32(min(0xFFFFFFFF, 2**32 * (missing_ones + missing_twos) / size))
    for row in range(n):
        _draw(cells[row + 1, 1 : n + 1], market[row], below_one, below_two, np.uint32(key + row * 0x85EBCA6B))


@njit(cache=True, nogil=True)
def _draw(cells: NDArray[np.uint8], market: NDArray[np.bool_], below_one: Word, below_two: Word, key: Word) -> None:
    """A row's draws: the numbers of the columns, mixed with the row's key (the finalizer of MurmurHash3, twice)."""
    for column in range(len(cells)):
        word = _mixed(_mixed(np.uint32(column) + key) ^ key)
        kind = np.uint8(1) if word < below_one else (np.uint8(KIND_2) if word < below_two else np.uint8(0))
        cells[column] = kind if market[column] else cells[column]


@njit(cache=True, nogil=True)
def _mixed(word: Word) -> Word:
    word = np.uint32(word ^ (word >> np.uint32(16)))
    word = np.uint32(word * np.uint32(0x85EBCA6B))
    word = np.uint32(word ^ (word >> np.uint32(13)))
    word = np.uint32(word * np.uint32(0xC2B2AE35))
    return np.uint32(word ^ (word >> np.uint32(16)))
