"""Schelling's model with Numba.

`%` in the inner loop cost more than everything else together (integer division), therefore the
four neighbouring row/column indices are computed once per row/cell with a comparison.
The generator is seeded inside of the compiled function: np.random in Numba is another one than outside!
"""
import math

import numpy as np
from numba import njit


@njit
def count_same(g, up, i, down, left, j, right):
    k = g[i, j]
    return (
        (g[up, left] == k) + (g[up, j] == k) + (g[up, right] == k)
        + (g[i, left] == k) + (g[i, right] == k)
        + (g[down, left] == k) + (g[down, j] == k) + (g[down, right] == k)
    )


@njit
def one_round(g, need, where, who):
    """Moves everybody who is dissatisfied, returns how many they were."""
    n = g.shape[0]
    size = 0
    unhappy = 0
    for i in range(n):
        up = i - 1 if i > 0 else n - 1
        down = i + 1 if i < n - 1 else 0
        for j in range(n):
            left = j - 1 if j > 0 else n - 1
            right = j + 1 if j < n - 1 else 0
            if g[i, j] == 0 or count_same(g, up, i, down, left, j, right) < need:
                where[size] = i * n + j
                who[size] = g[i, j]
                size += 1
                unhappy += g[i, j] != 0
    np.random.shuffle(who[:size])
    for k in range(size):
        g[where[k] // n, where[k] % n] = who[k]
    return unhappy


@njit
def run(g, need, n_rounds, seed):
    np.random.seed(seed)
    where = np.empty(g.size, dtype=np.int64)
    who = np.empty(g.size, dtype=np.int8)
    series = np.empty(n_rounds, dtype=np.int64)
    for t in range(n_rounds):
        series[t] = one_round(g, need, where, who)
    return series


def schelling(grid, r, n_rounds, seed):
    g = grid.copy()
    series = run(g, math.ceil(8 * r - 1e-9), n_rounds, seed)
    return g, series
