"""The secret cases of `mpi_spectrogram`, made with what `task.py` has: no student's copy of the course holds them."""

from types import ModuleType

from grader.content.task import Case


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """By the number of processes, and from the smallest to the largest."""
    random = task.spectrogram._random
    return (
        Case(
            "offset", random(200, 24, 10, offset=5.0), "A signal far from zero: nothing may be subtracted from it.", processes=3
        ),
        Case("one-sample", random(1, 1, 1), "One sample and a window of one weight, for five processes.", processes=5),
        Case("hop-1", random(60, 16, 1), "hop = 1: a frame begins at every sample.", processes=5),
        Case("prime-window", random(700, 101, 25), "w is a prime number.", processes=5),
        Case("1024-of-7000", task.spectrogram._timed(7000), "Window and hop of the timed calls, 24 frames.", processes=5),
    )
