"""Ways to play the game of life: honest ones, which a checker must accept, and wrong ones, which it must reject."""

from collections.abc import Callable
from typing import TypeAlias, cast

import numpy as np
import scipy.ndimage
import scipy.signal
from numba import njit
from numpy.typing import NDArray

Grid: TypeAlias = NDArray[np.uint8]
Answer: TypeAlias = tuple[Grid, NDArray[np.int64]]
Variant: TypeAlias = Callable[[Grid, int], Answer]
Step: TypeAlias = Callable[[Grid], Grid]

KERNEL = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]])


def _played(step: Step) -> Variant:
    """Generation by generation."""

    def life(grid: Grid, generations: int) -> Answer:
        living = np.zeros(generations, dtype=np.int64)
        for generation in range(generations):
            grid = np.asarray(step(grid), dtype=np.uint8) if grid.size else grid
            living[generation] = grid.sum()
        return grid, living

    return life


def _next(around: NDArray[np.int64], grid: Grid) -> Grid:
    return np.asarray((around == 3) | ((around == 2) & (grid == 1)), dtype=np.uint8)


# Honest


def _around_by_rolls(grid: Grid) -> NDArray[np.int64]:
    wide = grid.astype(np.int64)
    threes = wide + np.roll(wide, 1, 0) + np.roll(wide, -1, 0)
    return np.asarray(threes + np.roll(threes, 1, 1) + np.roll(threes, -1, 1) - wide)


rolled = _played(lambda grid: _next(_around_by_rolls(grid), grid))


def _set_of_cells(grid: Grid) -> Grid:
    """Only living cells and their neighbours are looked at."""
    height, width = grid.shape
    around: dict[tuple[int, int], int] = {}
    alive = {(int(i), int(j)) for i, j in np.argwhere(grid)}
    for i, j in alive:
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                if (down, right) != (0, 0):
                    place = ((i + down) % height, (j + right) % width)
                    around[place] = around.get(place, 0) + 1
    after = np.zeros_like(grid)
    for place, count in around.items():
        after[place] = count == 3 or (count == 2 and place in alive)
    return after


def _transformed(grid: Grid) -> Grid:
    """Neighbours by Fourier transforms, rounded to whole numbers."""
    height, width = grid.shape
    kernel = np.zeros(grid.shape)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            kernel[down % height, right % width] += (down, right) != (0, 0)
    around = np.fft.irfft2(np.fft.rfft2(grid) * np.fft.rfft2(kernel), grid.shape)
    return _next(np.rint(around).astype(np.int64), grid)


def _looked_up(grid: Grid) -> Grid:
    """By a table of the rule."""
    table = np.array([[0, 0, 0, 1, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0, 0, 0]], dtype=np.uint8)
    return np.asarray(table[grid, _around_by_rolls(grid)])


@njit
def _compiled(grid: Grid) -> Grid:
    height, width = grid.shape
    after = np.zeros_like(grid)
    for i in range(height):
        for j in range(width):
            around = 0
            for down in range(-1, 2):
                for right in range(-1, 2):
                    if down != 0 or right != 0:
                        around += grid[(i + down) % height, (j + right) % width]
            after[i, j] = around == 3 or (around == 2 and grid[i, j] == 1)
    return after


def _in_columns(grid: Grid) -> Grid:
    """Three processes with bands of columns, each with the column on both of its sides."""
    width = grid.shape[1]
    parts = []
    for columns in np.array_split(np.arange(width), 3):
        if len(columns):
            wide = grid[:, np.arange(columns[0] - 1, columns[-1] + 2) % width]
            parts.append(_next(_around_by_rolls(wide), wide)[:, 1:-1])
    return np.concatenate(parts, axis=1)


HONEST: dict[str, Variant] = {
    "rolled": rolled,
    "convolved": _played(lambda grid: _next(scipy.ndimage.convolve(grid.astype(np.int64), KERNEL, mode="wrap"), grid)),
    "convolved by scipy.signal": _played(
        lambda grid: _next(scipy.signal.convolve2d(np.pad(grid, 1, mode="wrap"), KERNEL, mode="valid").astype(np.int64), grid)
    ),
    "set of cells": _played(_set_of_cells),
    "transformed": _played(_transformed),
    "looked up": _played(_looked_up),
    "compiled": _played(cast("Step", _compiled)),
    "in columns": _played(_in_columns),
}


# Wrong, beyond the mistakes that the task names


def _rule(change: Callable[[NDArray[np.int64], Grid], object]) -> Variant:
    """What lives by the number of neighbours and the grid."""
    return _played(lambda grid: np.asarray(change(_around_by_rolls(grid), grid)).astype(np.uint8))


def _answered(change: Callable[[Answer], Answer]) -> Variant:
    """The right answer, changed."""
    return lambda grid, generations: change(rolled(grid, generations))


def every_second_generation(grid: Grid, generations: int) -> Answer:
    last, living = rolled(grid, generations)
    living[1::2] = living[: 2 * (len(living) // 2) : 2]
    return last, living


def stopped_when_still(grid: Grid, generations: int) -> Answer:
    """Taken for still where the number of living cells does not change."""
    living = np.zeros(generations, dtype=np.int64)
    for generation in range(generations):
        before, grid = grid, rolled(grid, 1)[0]
        living[generation:] = grid.sum()
        if grid.sum() == before.sum():
            break
    return grid, living


WRONG: dict[str, Variant] = {
    "edges mirrored": _played(lambda grid: _next(scipy.ndimage.convolve(grid.astype(np.int64), KERNEL, mode="reflect"), grid)),
    "shifted by a row": _played(lambda grid: np.roll(_next(_around_by_rolls(grid), grid), 1, 0)),
    "seeds": _rule(lambda around, grid: (around == 2) & (grid == 0)),
    "day and night": _rule(
        lambda around, grid: np.where(grid == 1, np.isin(around, (3, 4, 6, 7, 8)), np.isin(around, (3, 6, 7, 8)))
    ),
    "without death": _rule(lambda around, grid: (around == 3) | (grid == 1)),
    "three or more": _rule(lambda around, grid: (around >= 3) | ((around == 2) & (grid == 1))),
    "nobody is born": _rule(lambda around, grid: ((around == 2) | (around == 3)) & (grid == 1)),
    "everybody dies": _rule(lambda around, _: np.zeros_like(around)),
    "the grid as it was": lambda grid, generations: (grid, np.full(generations, grid.sum(), dtype=np.int64)),
    "counts of the last grid": _answered(lambda answer: (answer[0], np.full_like(answer[1], answer[0].sum()))),
    "counts in reverse": _answered(lambda answer: (answer[0], answer[1][::-1].copy())),
    "counts added up": _answered(lambda answer: (answer[0], np.cumsum(answer[1]))),
    "turned": _answered(lambda answer: (answer[0][::-1, ::-1].copy(), answer[1])),
    "living as 255": _answered(lambda answer: (answer[0] * np.uint8(255), answer[1])),
    "every second generation": every_second_generation,
    "stopped when still": stopped_when_still,
}
