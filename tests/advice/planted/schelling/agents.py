import math

import numpy as np

SHIFTS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def schelling(grid, r, n_rounds, seed):
    rng = np.random.default_rng(seed)
    wanted = math.ceil(8 * r - 1e-9)
    town = np.array([None, "red", "blue"], dtype=object)[grid]
    dissatisfied = np.zeros(n_rounds, dtype=np.int64)
    for t in range(n_rounds):
        like = np.zeros(town.shape, dtype=np.int8)
        for shift in SHIFTS:
            like += np.roll(town, shift, axis=(0, 1)) == town
        unhappy = (like < wanted) & (town != None)  # noqa: E711
        dissatisfied[t] = np.count_nonzero(unhappy)
        market = unhappy | (town == None)  # noqa: E711
        people = town[market]
        rng.shuffle(people)
        town[market] = people
    final = np.zeros(grid.shape, dtype=np.int8)
    final[town == "red"] = 1
    final[town == "blue"] = 2
    return final, dissatisfied
