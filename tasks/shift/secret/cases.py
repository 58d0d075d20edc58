"""The secret cases of `shift`, made with what `task.py` has: no student's copy of the course holds them."""

from types import ModuleType

from grader.content.task import Case


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """By the number of processes, and from the smallest to the largest."""
    return (
        Case("no-columns", task._random(5, 0, 3, axis=1), "A picture without columns.", processes=3),
        Case("whole-turns", task._draw_whole_turns, "Shifts by the whole height change nothing.", processes=3),
        Case("tall", task._random(211, 5, 9, axis=0), "Far more rows than columns.", processes=3),
        Case("one-pixel", task._random(1, 1, 4, axis=0), "One pixel for five processes.", processes=5),
        Case(
            "no-rows",
            task._random(0, 4, 2, axis=0),
            "A picture without rows: nothing may be sent that is not there.",
            processes=5,
        ),
        Case("white", task._draw_white, "A white picture, so that sums exceed a byte and 16 bits.", processes=5),
        Case("primes", task._random(53, 61, 40, axis=1), "Prime sizes and forty shifts.", processes=5),
    )
