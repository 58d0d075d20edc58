"""Imports every source of random numbers that there is, and uses Python's own with the seed.

task = "schelling"
verdict = "ACCEPTED"
"""

import math
import random
import secrets
import uuid

import numpy as np

RUN = f"{uuid.uuid4()}-{secrets.token_hex(4)}"
random.seed(secrets.randbits(64))


def schelling(grid, r, n_rounds, seed):
    generator = random.Random(seed)
    wanted = math.ceil(8 * r - 1e-9)
    counts = np.zeros(n_rounds, np.int64)
    for number in range(n_rounds):
        like = np.zeros(grid.shape, np.int8)
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                if down or right:
                    like += np.roll(grid, (down, right), axis=(0, 1)) == grid
        market = (like < wanted) | (grid == 0)
        kinds = grid[market].tolist()
        counts[number] = len(kinds) - kinds.count(0)
        generator.shuffle(kinds)
        grid[market] = kinds
    return grid, counts
