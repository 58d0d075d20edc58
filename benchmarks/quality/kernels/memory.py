"""Bound by memory: NumPy streams over an array that is larger than the cache, each piece over its own part."""

import numpy as np

SIZE = 40_000
PERCENT = 0
PIECES, PARTS, MORE = 200, 100, 20
STREAM = np.ones((PARTS + MORE) * SIZE)
"""Read twice in a call. What is made once more is read from parts of its own, so that no cache holds it already."""


def piece(number, x):
    """The sum of one part of the stream, times x."""
    part = number % PARTS if number < PIECES else PARTS + number - PIECES
    return STREAM[part * SIZE : (part + 1) * SIZE].sum() * x


def memory(x: "float64[n]") -> "float64[n]":
    """What `piece` makes of every number; the first PERCENT % are made once more, and the mean of both counts."""
    results = np.empty(len(x))
    for number in range(len(x)):
        results[number] = piece(number, x[number])
    for number in range(len(x) * PERCENT // 100):
        results[number] = (results[number] + piece(PIECES + number, x[number])) / 2
    return results
