"""How items are shared out among processes, for the tasks that are computed by several: pure."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from grader.content.task import Mistake, Outputs

PROCESSES_TRIED = (2, 3, 5)
"""A mistake in sharing out shows another answer for each number of processes: these are looked for."""


def shares(items: int, processes: int) -> list[slice]:
    """The items of each process, in order and as equal in number as can be: none for some where there are too few."""
    ends = [items * rank // processes for rank in range(processes + 1)]
    return [slice(start, stop) for start, stop in pairwise(ends)]


def whole_shares(items: int, processes: int) -> list[slice]:
    """The mistaken way: `items // processes` for each, so that the remainder is nobody's."""
    each = items // processes
    return [slice(rank * each, (rank + 1) * each) for rank in range(processes)]


def sharing_mistakes(name: str, sentence: str, compute: Callable[..., Outputs]) -> tuple[Mistake, ...]:
    """One mistake for each number of processes: `compute(processes, *inputs)` gives its outputs."""
    return tuple(
        Mistake(f"{name}, {count} processes", sentence, partial(compute, count), processes=count) for count in PROCESSES_TRIED
    )
