"""The secret cases of `julia`, made with what `task.py` has: no student's copy of the course holds them."""

from types import ModuleType

import numpy as np

from grader.content.task import Case, Inputs


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """From the smallest to the largest."""

    def draw_returning(rng: np.random.Generator) -> Inputs:
        x, y = task._window(40, 9, half=(2.6, 0.5))
        return x, y, -6 + task._uniform_complex(rng, 0.1), 30

    def draw_uneven(rng: np.random.Generator) -> Inputs:
        return rng.uniform(-1.6, 1.6, 41), rng.uniform(-1.1, 1.1, 29), task.C_ARMS + task._uniform_complex(rng, 1e-3), 60

    def draw_asymmetric(rng: np.random.Generator) -> Inputs:
        x, y = task._window(50, 37, center=complex(rng.uniform(0.2, 0.5), rng.uniform(-0.4, -0.2)), half=(0.9, 0.7))
        return x, y, task.C_ARMS + task._uniform_complex(rng, 1e-3), 80

    def draw_random(rng: np.random.Generator) -> Inputs:
        center, half = task._uniform_complex(rng, 0.4), (rng.uniform(0.5, 1.5), rng.uniform(0.5, 1.5))
        x, y = task._window(int(rng.integers(20, 60)), int(rng.integers(20, 60)), center=center, half=half)
        return x, y, task._uniform_complex(rng, 0.8), int(rng.integers(20, 60))

    def draw_close_up(rng: np.random.Generator) -> Inputs:
        x, y = task._window(200, 150, center=0.28924 + 0.5368j + task._uniform_complex(rng, 1e-4), half=(4e-4, 3e-4))
        return x, y, task.C_ARMS + task._uniform_complex(rng, 1e-6), 100

    return (
        Case("one-pixel", task._near(0.3 + 0.5j, 1, 1, 30, half=(0.2, 0.2)), "One pixel: x and y have one element each."),
        Case(
            "returning",
            draw_returning,
            "|c| > 2: an orbit can leave |z| ≤ 2 and come back; counting ends when it first leaves.",
        ),
        Case(
            "disc",
            task._near(0, 30, 24, 40),
            "c close to 0: the set is nearly the unit disc, and its inside counts max_iter.",
        ),
        Case(
            "uneven",
            draw_uneven,
            "x and y are neither sorted nor evenly spaced: use their values, not only their ends.",
        ),
        Case("asymmetric-50x37", draw_asymmetric, "A window off the center: z → −z must not be used."),
        Case("random", draw_random, "A random c, window, size and max_iter."),
        Case(
            "close-up-200x150",
            draw_close_up,
            "A close-up, where neighbours differ in the sixth digit: single precision is not enough.",
        ),
    )
