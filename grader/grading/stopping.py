"""The stopping rule: who takes part in the next run of a block.

After the first `min_runs` the ranking is looked at after every run. All go on while noise hides differences of
`target_difference`; then only those whose place more runs may still decide, until nobody is left, `max_runs` are made, or the
budget ends. What is not decided by then is a tie. One slow process among a student's first runs makes the student look erratic
and hides their place, so whoever looks so is measured until a single outlying run can be told from an erratic program.

Who looks often is wrong more often than who looks once (Armitage, McPherson and Rowe 1969). So that all looks together err
with probability `alpha` at most, each is made at a lower level (Pocock 1977): `benchmarks/stopping_rule.py` simulates which.
"""

from collections.abc import Callable

from grader.content.course import Measurement
from grader.grading.outlying import FEWEST_RUNS
from grader.grading.rank import Ranking

LEVEL_OF_A_LOOK = 0.4
"""The level of one look, as a share of `alpha`."""


def contestants(
    runs: int, ranking: Callable[[], Ranking], everyone: frozenset[str], measurement: Measurement
) -> frozenset[str]:
    """Whom another run can still decide, of `everyone` in a block with so many runs; nobody where it is complete."""
    if runs < measurement.min_runs:
        return everyone
    if runs >= measurement.max_runs:
        return frozenset()
    now = ranking()
    students = {standing.competitor for standing in now.standings if standing.rank is not None}
    if now.control_split or (students & everyone and now.hsd > measurement.target_difference):
        return everyone
    contested = {name for pair in now.contested for name in pair}
    unclear = {one.competitor for one in now.standings if one.erratic and one.rank is not None and one.runs < FEWEST_RUNS}
    return everyone & (contested | unclear)


def level_of_a_look(measurement: Measurement) -> float:
    """The probability of error at which a ranking is made that may be made again after the next run."""
    return LEVEL_OF_A_LOOK * measurement.alpha
