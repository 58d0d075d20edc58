"""Branches that nobody can predict: sorting numbers in an order of chance."""

import numpy as np

SIZE = 500
PERCENT = 0
GRID = np.arange(1.0, SIZE + 1) * 1234.5678


def piece(number, x):
    """Where a scrambled grid's numbers stand in their order: the mean place of every seventh."""
    return np.argsort((GRID * (1 + x)) % 1.0, kind="stable")[::7].mean()


def sorting(x: "float64[n]") -> "float64[n]":
    """What `piece` makes of every number; the first PERCENT % are made once more, and the mean of both counts."""
    results = np.empty(len(x))
    for number in range(len(x)):
        results[number] = piece(number, x[number])
    for number in range(len(x) * PERCENT // 100):
        results[number] = (results[number] + piece(number, x[number])) / 2
    return results
