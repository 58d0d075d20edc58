"""The secret cases of `integral`, made with what `task.py` has: no student's copy of the course holds them."""

from types import ModuleType

import numpy as np

from grader.content.task import Case, Inputs


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """By the number of processes, and from the smallest to the largest."""
    return (
        Case("across-zero", _draw_across_zero, "a is negative: f is odd, and what lies around 0 cancels.", processes=3),
        Case("two-over", task._smooth(302), "302 intervals for three processes: two are left over.", processes=3),
        Case("three-for-five", task._smooth(3), "Three intervals for five processes.", processes=5),
        Case("prime", task._smooth(1009, turns=40.0), "A prime number of intervals.", processes=5),
        Case("fast", task._timed(2503), "A cosine that turns faster than the intervals follow.", processes=5),
    )


def _draw_across_zero(rng: np.random.Generator) -> Inputs:
    return float(rng.uniform(-1.2, -0.8)), float(rng.uniform(1.3, 1.6)), float(rng.uniform(3.0, 5.0)), 200
