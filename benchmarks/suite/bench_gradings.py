"""The asv suite: what a grading measures of every task's programs, speedups and memory: a class for each task."""

import math
from pathlib import Path

from benchmarks.suite.programs import LeftOutError, TaskBenchmarks, for_each_task
from grader.store import Store


class _Gradings(TaskBenchmarks):
    """Everyone is checked once, and whoever does a case is measured at it in common rounds; each author is asked for alone."""

    def setup(self, store_file: Path, author: str, case: str) -> None:
        """Leaves out who does not do the case in time."""
        with Store(store_file) as store:
            self._field(store).submission_at(author, case)

    def track_peak_memory(self, store_file: Path, author: str, case: str) -> float:
        """Growth of the worker's resident memory in a warm call of the check; NaN where it cannot be had."""
        with Store(store_file) as store:
            peak_bytes = self._field(store).peak_memory_bytes(author, case)
        return math.nan if peak_bytes is None else float(peak_bytes)

    def track_speedup(self, store_file: Path, author: str, case: str) -> float:
        """The baseline's time over this author's; NaN where it failed meanwhile, or no reference does the case in time."""
        with Store(store_file) as store:
            try:
                return self._field(store).speedups(case).get(author, math.nan)
            except LeftOutError:
                return math.nan

    track_peak_memory.unit = "bytes"  # type: ignore[attr-defined]  # asv reads the unit from the function
    track_speedup.unit = "×"  # type: ignore[attr-defined]  # as above


globals().update(for_each_task(_Gradings))  # asv finds benchmarks by the names of a module
