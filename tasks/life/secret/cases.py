"""The secret cases of `life`, made with what `task.py` has: no student's copy of the course holds them."""

from types import ModuleType

import numpy as np

from grader.content.task import Case, Inputs


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """By the number of processes, and from the smallest to the largest."""
    return (
        Case(
            "one-column",
            task._soup(12, 1, 3, density=(0.5, 0.6)),
            "One column: it is its own neighbour on both sides.",
            processes=3,
        ),
        Case(
            "crowded",
            task._soup(10, 12, 3, density=(0.7, 0.8)),
            "Most cells live, and have up to eight neighbours.",
            processes=3,
        ),
        Case(
            "no-rows",
            _draw_empty,
            "A grid without rows: nothing lives, and nothing may be sent that is not there.",
            processes=5,
        ),
        Case("one-row", task._soup(1, 20, 3), "One row for five processes: it is above and below itself.", processes=5),
        Case(
            "gun", task._somewhere(task.GUN, 41, 40, 65), "Gosper's glider gun, somewhere, and its first gliders.", processes=5
        ),
        Case("long", task._soup(53, 37, 40), "Prime sizes and 40 generations.", processes=5),
    )


def _draw_empty(rng: np.random.Generator) -> Inputs:
    del rng
    return np.zeros((0, 6), dtype=np.uint8), 3
