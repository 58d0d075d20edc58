"""The secret cases of `julia_period`, made with what `task.py` has: no student's copy of the course holds them."""

import cmath
import math
from types import ModuleType

import numpy as np

from grader.content.task import Case, Inputs

C_ROTATING = -0.3905408702184 - 0.5867879073469687j
"""Orbits turn around a fixed point by the golden section of a circle, and come near their start after 1, 2, 3, 5, … updates."""


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """From the smallest to the largest."""

    def draw_returning(rng: np.random.Generator) -> Inputs:
        x, y = task._window(40, 9, half=(2.6, 0.5))
        return x, y, -3 + task._uniform_complex(rng, 0.02), 1, 6, rng.uniform(0.4, 0.6)

    def draw_asymmetric(rng: np.random.Generator) -> Inputs:
        x, y = task._window(40, 31, center=complex(rng.uniform(0.2, 0.5), rng.uniform(-0.4, -0.2)), half=(0.9, 0.7))
        return x, y, task.C_RABBIT + task._uniform_complex(rng, 1e-3), 40, 8, 1e-6

    def draw_random(rng: np.random.Generator) -> Inputs:
        center, half = task._uniform_complex(rng, 0.3), (rng.uniform(0.5, 1.5), rng.uniform(0.5, 1.5))
        x, y = task._window(int(rng.integers(20, 50)), int(rng.integers(20, 50)), center=center, half=half)
        # Of a fixed point, which repels beyond 1.
        attraction = cmath.rect(rng.uniform(0.5, 1.1), rng.uniform(-math.pi, math.pi))
        c = attraction / 2 - attraction**2 / 4
        return x, y, c, int(rng.integers(5, 40)), int(rng.integers(2, 12)), 10.0 ** rng.uniform(-6, -1)

    def draw_close_up(rng: np.random.Generator) -> Inputs:
        c = task.C_RABBIT + task._uniform_complex(rng, 1e-3)
        corner = (1 - cmath.sqrt(1 - 4 * c)) / 2  # a fixed point where three parts of the inside and three of the outside meet
        x, y = task._window(60, 45, center=corner + task._uniform_complex(rng, 3e-6), half=(1e-5, 1e-5))
        return x, y, c, 200, 6, 1e-6

    return (
        Case(
            "distance-one-5x3",
            task._whole_numbers(task.C_PERIOD_2, tol=1.0),
            "Whole numbers again; some orbits come back to a distance of exactly tol, which is close enough.",
        ),
        Case(
            "one-pixel",
            task._near(task.C_RABBIT, (1, 1), (30, 6), 1e-3),
            "One pixel: x and y have one element each.",
        ),
        Case(
            "returning",
            draw_returning,
            "|c| > 2: an orbit can leave |z| ≤ 2 and come back; what it does after it has first left does not count.",
        ),
        Case(
            "converges-slowly",
            task._near(task.C_GOLDEN, (40, 28), (40, 6), 1e-3),
            "Orbits approach a fixed point from alternate sides: some are within tol after 1 update, some only after 2.",
        ),
        Case(
            "period-5",
            task._near(task.C_PERIOD_5, (30, 23), (60, 12), 1e-6),
            "Orbits that stay come back after 5 updates and after 10: the smallest counts.",
        ),
        Case(
            "period-too-long",
            task._near(task.C_PERIOD_5, (30, 22), (60, 3), 1e-6),
            "The cycle is longer than max_period: an orbit that stays gets max_period + 1.",
        ),
        Case(
            "rotating",
            task._near(C_ROTATING, (40, 30), (40, 13), 0.1, half=(1.2, 1.0)),
            "Orbits turn around a fixed point, and tol is large: they are back within tol after 1, 2, 3, 5, 8 or 13 updates.",
        ),
        Case("asymmetric-40x31", draw_asymmetric, "A window off the center: z → −z must not be used."),
        Case("random", draw_random, "A random c, window, tol, max_iter and max_period."),
        Case(
            "small-tol-36x28",
            task._near(task.C_SLOW, (36, 28), (300, 8), 1e-11),
            "tol is 1e-11: an orbit has to be followed to the last update, in double precision.",
        ),
        Case(
            "close-up-60x45",
            draw_close_up,
            "A close-up, where neighbours differ in the seventh digit: single precision is not enough.",
        ),
    )
