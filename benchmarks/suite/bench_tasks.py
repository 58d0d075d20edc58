"""The asv suite: the time of every task's programs, over authors and cases: a class for each task (`--bench Julia`).

A case that an author does not do in time has no figure (n/a); a program that is not right, or fails meanwhile, is a failure.
"""

import atexit
from pathlib import Path

from benchmarks.suite.programs import Program, TaskBenchmarks, for_each_task
from grader.records import PreparedCase
from grader.store import Store


class _Programs(TaskBenchmarks):
    """One author's program at one case."""

    number = 1
    rounds = 12
    repeat = 3
    min_run_count = 3
    warmup_time = 0.01
    """A dozen processes with three calls each: whole processes can sit in slow phases (docs/history.md)."""

    _program: Program
    _prepared: PreparedCase

    def setup(self, store_file: Path, author: str, case: str) -> None:
        """Fresh inputs, for a worker that goes on as long as asv's process does. asv calls this before each timed call."""
        if not hasattr(self, "_program"):
            with Store(store_file) as store:
                field = self._field(store)
                self._program = Program(field, field.submission_at(author, case), case)
            atexit.register(self._program.close)
        self._prepared = self._program.fresh()

    def timer(self) -> float:
        """The clock that asv reads: it runs in calls, as the grader times them, and not while their answers are checked."""
        return self._program.inside_s

    def time_call(self, _store_file: Path, _author: str, _case: str) -> None:
        """One call of the protocol: inputs revealed to outputs complete."""
        self._program.call(self._prepared)


globals().update(for_each_task(_Programs))  # asv finds benchmarks by the names of a module
