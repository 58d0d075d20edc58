"""Keeps its cells in a structured array with a field for the kind and one for the neighbours.

task = "schelling"
verdict = "ACCEPTED"
"""

import numpy as np

CELL = np.dtype([("kind", np.int8), ("like", np.int8), ("moves", np.bool_)])


def schelling(grid, r, n_rounds, seed):
    cells = np.zeros(grid.shape, CELL)
    cells["kind"] = grid
    generator = np.random.default_rng(seed)
    counts = np.zeros(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        cells["like"] = 0
        for shift in [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]:
            cells["like"] += np.roll(cells["kind"], shift, axis=(0, 1)) == cells["kind"]
        cells["moves"] = (cells["like"] < np.ceil(8 * r - 1e-9)) | (cells["kind"] == 0)
        chosen = cells[cells["moves"]]["kind"]
        counts[number] = np.count_nonzero(chosen)
        generator.shuffle(chosen)
        cells["kind"][cells["moves"]] = chosen
    return cells["kind"], counts
