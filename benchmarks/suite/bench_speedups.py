"""The asv suite: speedups over the course's baseline, by the grader's own rounds and statistics: a class for each task."""

import math
from pathlib import Path

from benchmarks.suite.programs import LeftOutError, TaskBenchmarks, for_each_task
from grader.store import Store


class _Speedups(TaskBenchmarks):
    """Everyone who does a case is measured at it in common rounds, and each author is asked for alone."""

    def setup(self, store_file: Path, author: str, case: str) -> None:
        """Leaves out who does not do the case in time."""
        with Store(store_file) as store:
            self._field(store).submission_at(author, case)

    def track_speedup(self, store_file: Path, author: str, case: str) -> float:
        """The baseline's time over this author's; NaN where it failed meanwhile, or no reference does the case in time."""
        with Store(store_file) as store:
            try:
                return self._field(store).speedups(case).get(author, math.nan)
            except LeftOutError:
                return math.nan

    track_speedup.unit = "×"  # type: ignore[attr-defined]  # asv reads the unit from the function


globals().update(for_each_task(_Speedups))  # asv finds benchmarks by the names of a module
