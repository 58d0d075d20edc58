"""A page beside asv's: who got slower from one attempt to the next, beyond the intervals of what the store has kept of both.

asv looks for steps in whole series, and of few attempts with a gain among them it may miss the last one. Here the last two are
compared, as `grader compare` does with two stores.
"""

from collections.abc import Callable
from dataclasses import replace

from grader.grading.versions import Compared, Comparison, Outcome
from grader.report.html import page
from grader.report.versions import outcome_text
from grader.units import number_text, time_text

_DISTURBED = "the machine was disturbed"
_HOW = (
    "From stored samples: each attempt beside the baseline in its own rounds. The two intervals are added in squares, and each"
    " holds over all who were measured at the case; what lies between two gradings of a machine is in neither."
)


def shown(comparison: Comparison, name_of: Callable[[str], str]) -> Comparison:
    """The same under the names that the students have in the history, and without what their programs said."""
    return replace(
        comparison,
        compared=tuple(
            replace(one, author=name_of(one.author), because=_because(one.outcome, one.because), notes=())
            for one in comparison.compared
        ),
    )


def _because(outcome: Outcome, because: str) -> str:
    if outcome is Outcome.UNDECIDED:
        return _DISTURBED
    return because if outcome is Outcome.NOT_MEASURED else ""


def worse_text(one: Compared) -> str:
    """`2× slower (±2 %)`, `broken`, `measured at different cases, large and then medium; at medium some 8× slower`."""
    if one.outcome is not Outcome.NOT_MEASURED or one.speed is None:
        return outcome_text(one)
    times = f"{time_text(one.speed.old_time_s)}, then {time_text(one.speed.new_time_s)}"
    slower = f"some {number_text(1 / one.speed.speedup)}× slower"
    return f"{one.because}; at {one.speed.case} {slower} by the few calls of the checks ({times})"


def slower_page(title: str, comparison: Comparison, home: str | None = None) -> str:
    """The page; `comparison` is of the last two attempts, as they may be shown, `home` the report's address."""
    of = {outcome: [one for one in comparison.compared if one.outcome is outcome] for outcome in Outcome}
    roughly = [one for one in of[Outcome.NOT_MEASURED] if one.is_worse]
    not_measured = [one for one in of[Outcome.NOT_MEASURED] if not one.is_worse]
    slower = sorted(of[Outcome.SLOWER], key=lambda one: one.speed.speedup if one.speed is not None else 1.0)
    return page(
        "slower.html",
        home=home,
        title=f"{title}: slower than the attempt before",
        slower=[(one, outcome_text(one)) for one in slower],
        broken=of[Outcome.BROKEN],
        roughly=[(one, worse_text(one)) for one in roughly],
        untold=[*not_measured, *of[Outcome.UNDECIDED]],
        footer=[_HOW],
    )
