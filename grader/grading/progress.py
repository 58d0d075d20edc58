"""How long work tells whoever waits for it how far it is."""

from collections.abc import Iterable
from typing import Protocol

from grader.grading.rank import Standing
from grader.records import student_of


class Progress(Protocol):
    """Hears of stages; the command line draws them, tests record them."""

    def begin(self, stage: str, total: float) -> None:
        """A stage of `total` units of work begins."""

    def advance(self, amount: float, doing: str) -> None:
        """`amount` units are done; `doing` says what is being done now."""

    def found(self, author: str, task: str, result: str) -> None:
        """What is known by now of a student's work on a task: a verdict, then a speedup that settles run by run.

        That it is ACCEPTED may be told as soon as every answer was right, and another verdict after it: it may be too slow.
        """


class Silent:
    """For whoever does not want to hear."""

    def begin(self, stage: str, total: float) -> None:
        """Say nothing."""

    def advance(self, amount: float, doing: str) -> None:
        """Say nothing."""

    def found(self, author: str, task: str, result: str) -> None:
        """Say nothing."""


def tell_speedups(progress: Progress, task: str, standings: Iterable[Standing]) -> None:
    """Each student's, as it stands by now."""
    for standing in standings:
        author = student_of(standing.competitor)
        if author is not None:
            progress.found(author, task, f"{standing.speedup:.3g} ×")
