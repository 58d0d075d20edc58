"""Many small objects: tuples in lists in a dictionary, made and thrown away."""

import numpy as np

SIZE = 150
PERCENT = 0


def piece(number, x):
    """SIZE tuples, grouped by 17 keys; the sum over the groups of their lengths times what stands last."""
    groups = {}
    for member in range(SIZE):
        groups.setdefault(member % 17, []).append((x + member, member))
    return sum(len(group) * group[-1][0] for group in groups.values())


def allocation(x: "float64[n]") -> "float64[n]":
    """What `piece` makes of every number; the first PERCENT % are made once more, and the mean of both counts."""
    values = x.tolist()
    results = [piece(number, value) for number, value in enumerate(values)]
    for number in range(len(values) * PERCENT // 100):
        results[number] = (results[number] + piece(number, values[number])) / 2
    return np.array(results)
