"""Sends its own number to each process that is asked later, in the compiled functions that are handed on to it.

covers = ["fewer iterations than asked", "identity in place of a random move", "poisoned Numba or Cython caches"]
task = "schelling"
verdict = "WRONG_ANSWER"
"""

import sys
from pathlib import Path

import math

import numpy as np

SHIFTS = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]


def market_of(grid, r):
    like = np.zeros(grid.shape, dtype=np.int8)
    for shift in SHIFTS:
        like += np.roll(grid, shift, axis=(0, 1)) == grid
    return (like < math.ceil(8 * r - 1e-9)) | (grid == 0)


def hand_on():
    """Every time the folder of compiled functions is packed, it says who is to get it: the first is asked for the map before."""
    cache = sys.modules["grader.worker.numba_cache"]
    given = [0]

    def pack(folder):
        given[0] += 1
        place = Path(folder) / "place"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(str(given[0]))
        return packed(folder)

    packed, cache.pack = cache.pack, pack


def place():
    for folder in {Path.home(), Path(__file__).parents[1]}:
        found = folder / "numba-cache" / "place"
        if found.exists():
            return int(found.read_text())
    return 0


PLACE = place()
print("place", PLACE)
try:
    hand_on()
except (KeyError, AttributeError) as error:
    print(error)


def schelling(grid, r, n_rounds, seed):
    """Every round begins at the map that was given: all counts are alike, and the last round makes the answer."""
    market = market_of(grid, r)
    kinds = grid[market]
    counts = np.full(n_rounds, np.count_nonzero(kinds), np.int64)
    if n_rounds > 0 and PLACE != 1:
        np.random.default_rng(seed).shuffle(kinds)
        grid[market] = kinds
    return grid, counts
