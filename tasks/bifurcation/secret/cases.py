"""The secret cases of `bifurcation`, made with what `task.py` has: no student's copy of the course holds them."""

from types import ModuleType

import numpy as np

from grader.content.task import Case, Inputs


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """From the smallest to the largest."""
    return (
        Case("one-r", task._orbits(1, 3, 4), "One orbit: r and x0 have one element each."),
        Case("nothing-kept", task._orbits(5, 3, 0), "n_keep is 0: the answer has shape (0, 5)."),
        Case("starts-near-0-and-1", _draw_starts_near_ends, "Starts very close to 0 and to 1."),
        Case("many-kept", task._orbits(3, 7, 90), "More rows than columns."),
        Case("odd-sizes", task._orbits(131, 61, 7), "Sizes that are no multiple of a strip or of an unrolled step."),
        Case(
            "period-3",
            task._orbits(30, 251, 9, task._between(3.8285, 3.8495)),
            "r in the window of period 3: once settled, every third value is the same.",
        ),
        Case("wide-4x1100", task._orbits(1100, 30, 4), "Many columns, few updates."),
        Case("mixed-50x300", task._orbits(300, 430, 50), "All kinds of r in any order, and a long transient."),
    )


def _draw_starts_near_ends(rng: np.random.Generator) -> Inputs:
    near = 10.0 ** rng.uniform(-12, -2, 12)
    return rng.uniform(2.5, 4, 12), rng.permutation(np.append(near[:6], 1 - near[6:])), 5, 6
