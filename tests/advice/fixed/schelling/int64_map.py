import math

import numpy as np

SHIFTS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def schelling(grid, r, n_rounds, seed):
    rng = np.random.default_rng(seed)
    wanted = math.ceil(8 * r - 1e-9)
    town = grid
    history = np.zeros(n_rounds, dtype=int)
    for t in range(n_rounds):
        like = np.zeros(town.shape, dtype=np.int8)
        for shift in SHIFTS:
            like += np.roll(town, shift, axis=(0, 1)) == town
        unhappy = (like < wanted) & (town != 0)
        history[t] = np.count_nonzero(unhappy)
        market = unhappy | (town == 0)
        agents = town[market]
        rng.shuffle(agents)
        town[market] = agents
    return town, history
