"""The secret cases of `schelling`, made with what `task.py` has: no student's copy of the course holds them."""

from types import ModuleType

import numpy as np

from grader.content.task import Case, Inputs


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """From the smallest to the largest."""

    def draw_one_kind(rng: np.random.Generator) -> Inputs:
        grid = task.random_map(rng, 24, empty=0.7)
        grid[grid != task.EMPTY] = rng.integers(task.ONE, task.TWO, endpoint=True)
        return grid, 4 / 8, 3, task._seed(rng)

    def draw_any(rng: np.random.Generator) -> Inputs:
        n, n_rounds = int(rng.integers(20, 41)), int(rng.integers(2, 6))
        empty = float(rng.choice([0, 0.05, 0.3]))
        return task.random_map(rng, n, empty), float(rng.integers(9)) / 8, n_rounds, task._seed(rng)

    def draw_unequal(rng: np.random.Generator) -> Inputs:
        grid = rng.choice(np.array([task.EMPTY, task.ONE, task.TWO], dtype=np.int8), (40, 40), p=(0.1, 0.7, 0.2))
        return grid, 3 / 8, 3, task._seed(rng)

    return (
        Case("2x2", task._random(2, 4 / 8, 3), "Two rows: the one above is the one below, and its agents count twice."),
        Case(
            "one-kind",
            draw_one_kind,
            "Agents of one kind only, many of them alone: they move, and nobody of the other kind appears.",
        ),
        Case("r-1", task._random(20, 8 / 8, 3), "r is 1: whoever has one neighbour of the other kind moves."),
        Case("any", draw_any, "A random size, r and share of empty cells."),
        Case("unequal", draw_unequal, "More agents of one kind than of the other."),
        Case("odd-33x33", task._random(33, 3 / 8, 4, empty=0.1), "An odd size."),
        Case("lecture-64x64", task._random(64, 5 / 8, 6), "The lecture's map again, with more rounds."),
        Case("empty-cells-90x90", task._random(90, 5 / 8, 4, empty=0.1), "A larger map with empty cells."),
    )
