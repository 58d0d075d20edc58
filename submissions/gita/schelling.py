import math

import numpy as np


class Schelling:
    """A town with two kinds of people.

    town = Schelling(grid, 0.5, seed=1)
    for _ in range(30):
        town.step()
    """

    def __init__(self, grid: np.ndarray, r: float, seed: int = 0):
        self.grid = grid.copy()
        self.wanted = math.ceil(8 * r - 1e-9)
        self.rng = np.random.default_rng(seed)
        self.history = []

    def like_neighbours(self) -> np.ndarray:
        shifts = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
        return sum((np.roll(self.grid, s, axis=(0, 1)) == self.grid).astype(int) for s in shifts)

    def step(self) -> None:
        unhappy = (self.grid != 0) & (self.like_neighbours() < self.wanted)
        self.history.append(int(unhappy.sum()))
        market = unhappy | (self.grid == 0)
        people = self.grid[market]
        self.rng.shuffle(people)
        self.grid[market] = people

    def run(self, n_rounds: int):
        for _ in range(n_rounds):
            self.step()
        return self.grid, np.array(self.history)
