"""The secret cases of `matmul`, made with what `task.py` has: no student's copy of the course holds them."""

from types import ModuleType

from grader.content.task import Case


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """From the smallest to the largest."""
    return (
        Case("33x1-1x17", task._uniform(33, 1, 17), "one term an entry, and sizes one beyond a power of two"),
        Case("300x7-7x5", task._uniform(300, 7, 5), "many rows, few columns"),
        Case("7x5-5x310", task._uniform(7, 5, 310), "few rows, many columns"),
        Case("5x290-290x7", task._uniform(5, 290, 7), "long sums"),
        Case("67x129-129x35", task._uniform(67, 129, 35), "larger, and no size a multiple of a tile"),
        Case("64-permuted", task._permutation(64, 64), "a large permutation"),
        Case("64x64-64x64", task._uniform(64, 64, 64), "square, whole tiles"),
        Case("97x101-101x103", task._uniform(97, 101, 103), "prime sizes beyond 64 in every direction"),
    )
