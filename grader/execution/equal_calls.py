"""How far equal calls scatter on this machine: one program, the same work, through the real protocol, run after run."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.content.task import ArraySpec
from grader.errors import GraderError
from grader.execution.interface import Backend, Call, Generation

_SOURCE = b"def add(count):\n    total = 0\n    for number in range(count):\n        total += number\n    return total\n"
_ADDITIONS = 60_000
"""Some milliseconds: as long as a short benchmark call, and longer than what a call itself costs."""
RUNS, CALLS = 4, 60
_LIMIT_S = 10.0


@dataclass(frozen=True)
class Scatter:
    """Of calls that do the same work."""

    within_runs: float
    """The 90th percentile over the 10th, minus 1: of the noisiest run."""
    between_runs: float
    """The largest median of a run over the smallest, minus 1."""
    waited: float
    """The share of the time from its calls' starts to their answers that the worker was ready and had no core."""


def equal_calls(backend: Backend) -> Scatter:
    """Measure it, with a fresh worker for each run; takes about a second."""
    return scatter_of([_run(backend) for _ in range(RUNS)])


def scatter_of(runs: Sequence[Sequence[Call]]) -> Scatter:
    """From the calls of each run."""
    deciles = [statistics.quantiles((call.wall_time_s for call in calls), n=10) for calls in runs]
    medians = [statistics.median(call.wall_time_s for call in calls) for calls in runs]
    calls = [call for run in runs for call in run]
    return Scatter(
        within_runs=max(high / low for low, *_, high in deciles) - 1,
        between_runs=max(medians) / min(medians) - 1,
        waited=sum(call.waited_s for call in calls) / sum(call.waited_s + call.wall_time_s for call in calls),
    )


def _run(backend: Backend) -> list[Call]:
    with backend.generation() as generation:
        return _calls(generation)


def _calls(generation: Generation) -> list[Call]:
    source = SourceFile("add.py", _SOURCE)
    worker = generation.start(Submission("nobody", "student", "add", Path(), (source,), "add.py", "add", (), "add"))
    worker.load(_LIMIT_S)
    calls = [worker.call((_ADDITIONS,), (ArraySpec("int64", ()),), _LIMIT_S) for _ in range(1 + CALLS)][1:]
    failure = next((call.failure for call in calls if call.failure is not None), None)
    if failure is not None:
        raise GraderError(f"a call of known work failed: {failure.message}")
    return calls
