"""What a ranking must not do twice. Pure functions.

One grading of fifty may split equals, and that is no defect. Where two independent gradings split the same two the same way
round, it is chance in less than one of a thousand classes. Where the machine is too noisy to tell a difference, a grading says
so, and that is none either: what counts is a difference twice as large as it says it can tell apart.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import permutations

from benchmarks.quality.classes import Program
from benchmarks.quality.merit import Outcome

OBVIOUS_PERCENT = 10
"""Gradings that say they tell half of this apart may not all miss so much more work than the base program's."""
_LEAST_GRADINGS = 2


def defects(outcomes: Sequence[Outcome], programs: Iterable[Program]) -> list[str]:
    """What every one of the gradings of a class says wrongly, in sentences; nothing where there are fewer than two gradings."""
    if len(outcomes) < _LEAST_GRADINGS:
        return []
    ranks = [outcome.ranks for outcome in outcomes]
    told_apart = max(math.expm1(outcome.told_apart) for outcome in outcomes)
    found = []
    for one, other in permutations(programs, 2):
        always_ahead = all(of_one[one.author] < of_one[other.author] for of_one in ranks)
        if one.percent == other.percent == 0 and always_ahead:
            found.append(f"{one.author} and {other.author} do the same work, and {one.author} was ranked ahead every time")
        missed = all(of_one[one.author] >= of_one[other.author] for of_one in ranks)
        is_obvious = other.percent >= OBVIOUS_PERCENT and 2 * 100 * told_apart <= other.percent
        if one.percent == 0 and is_obvious and missed:
            found.append(
                f"{other.author} does {other.percent} % more work than {one.author}, and never ranked behind it, "
                f"though {100 * told_apart:.1f} % can be told apart, it says"
            )
    return found
