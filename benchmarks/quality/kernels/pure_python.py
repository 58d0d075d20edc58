"""Pure Python: a recurrence in an interpreted loop."""

import numpy as np

SIZE = 400
PERCENT = 0


def piece(number, x):
    """SIZE steps of a recurrence, and the sum of its squares."""
    total = 0.0
    for _ in range(SIZE):
        x = 0.9 * x + 0.05
        total += x * x
    return total


def pure_python(x: "float64[n]") -> "float64[n]":
    """What `piece` makes of every number; the first PERCENT % are made once more, and the mean of both counts."""
    values = x.tolist()
    results = [piece(number, value) for number, value in enumerate(values)]
    for number in range(len(values) * PERCENT // 100):
        results[number] = (results[number] + piece(number, values[number])) / 2
    return np.array(results)
