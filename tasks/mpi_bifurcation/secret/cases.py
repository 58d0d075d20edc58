"""The secret cases of `mpi_bifurcation`, made with what `task.py` has: no student's copy of the course holds them."""

from types import ModuleType

from grader.content.task import Case


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """By the number of processes, and from the smallest to the largest."""
    orbits, between = task.bifurcation._orbits, task.bifurcation._between
    return (
        Case("nothing-kept", orbits(5, 3, 0), "n_keep is 0: the answer has shape (0, 5).", processes=3),
        Case("chaos", orbits(200, 150, 40, between(3.6, 4)), "r from 3.6 to 4: nearly all orbits are chaotic.", processes=3),
        Case("three-r", orbits(3, 7, 9), "Three orbits for five processes.", processes=5),
        Case("mixed-50x301", orbits(301, 430, 50), "All kinds of r, and a number that five does not divide.", processes=5),
    )
