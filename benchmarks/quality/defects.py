"""What a ranking must not do twice. Pure functions.

One grading of fifty may split equals, and that is no defect. Where two independent gradings split the same two the same way
round, it is chance in less than one of a thousand classes. Where the machine is too noisy to tell a difference, a grading says
so, and that is none either: what counts is a difference twice as large as it says it can tell apart.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

from benchmarks.quality.classes import BASE, Program
from benchmarks.quality.merit import Outcome

OBVIOUS_PERCENT = 10
"""Gradings that say they tell half of this apart may not miss so much more work than the base program's."""
_TWICE = 2


def defects(gradings: Mapping[str, Sequence[Outcome]], programs: Iterable[Program]) -> list[str]:
    """What the gradings of each kernel's class say wrongly, in sentences.

    A split counts where it comes again in the same kernel; obvious differences may be missed once by all kernels together.
    """
    everyone = tuple(programs)
    return [*_splits(gradings, everyone), *_misses(gradings, everyone)]


def _splits(gradings: Mapping[str, Sequence[Outcome]], programs: Sequence[Program]) -> Iterable[str]:
    """Of programs that do the same work."""
    equals = [one.author for one in programs if one.percent == 0]
    for kernel, outcomes in gradings.items():
        for one, other in permutations(equals, 2):
            ahead = sum(outcome.ranks[one] < outcome.ranks[other] for outcome in outcomes)
            if ahead >= _TWICE:
                yield (
                    f"{kernel}: {one} and {other} do the same work, and {one} was ranked ahead"
                    f" in {ahead} of {len(outcomes)} gradings"
                )


def _misses(gradings: Mapping[str, Sequence[Outcome]], programs: Sequence[Program]) -> Iterable[str]:
    """Of what does obviously more work than the base program."""
    missed = Counter[str]()
    for kernel, outcomes in gradings.items():
        for outcome in outcomes:
            told_apart_percent = 100 * math.expm1(outcome.told_apart)
            for one in programs:
                is_obvious = one.percent >= max(OBVIOUS_PERCENT, 2 * told_apart_percent)
                if is_obvious and outcome.ranks[one.author] <= outcome.ranks[BASE.author]:
                    missed[f"{kernel}: {one.author}, which does {one.percent} % more"] += 1
    if missed.total() >= _TWICE:
        for what, count in missed.items():
            yield f"{what}, was not ranked behind {BASE.author} in {count} of the gradings that say they tell half of it apart"
