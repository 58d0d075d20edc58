"""Bound by arithmetic: a NumPy function of few numbers, which stay in the cache."""

import numpy as np

SIZE = 8
PERCENT = 0
GRID = np.linspace(0.0, 1.0, 1000)


def piece(number, x):
    """SIZE sums of an exponential over the grid, each of the mean of the one before."""
    total = 0.0
    for _ in range(SIZE):
        mean = np.exp(GRID * x).mean()
        total += mean
        x = mean / 2
    return total


def compute(x: "float64[n]") -> "float64[n]":
    """What `piece` makes of every number; the first PERCENT % are made once more, and the mean of both counts."""
    results = np.empty(len(x))
    for number in range(len(x)):
        results[number] = piece(number, x[number])
    for number in range(len(x) * PERCENT // 100):
        results[number] = (results[number] + piece(number, x[number])) / 2
    return results
