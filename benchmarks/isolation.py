"""What isolation costs honest code: the references' own calls inside the sandbox and outside, in turns, in one run.

`python -m benchmarks.isolation [--runs N] [--json]`: for each kernel the ratio of its time inside to its time outside, as the
geometric mean over runs of the median over rounds, with the standard error of that mean. Every run has fresh processes.
"""

import argparse
import json
import math
import random
import statistics
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.figures import open_course
from benchmarks.references import LIMIT_S, Kernel, call_times_s, kernel_of
from grader.execution.choose import worker_settings
from grader.execution.interface import Backend, Worker
from grader.execution.plain import PlainBackend
from grader.grading.check import prepare
from grader.grading.session import Session
from grader.records import PreparedCase

KERNELS = {
    "pure Python": ("julia", "naive", 0),
    "BLAS": ("matmul", "numpy", 2),
    "NumPy, many arrays": ("bifurcation", "numpy", 2),
    "NumPy, large arrays": ("scalogram", "numpy", 1),
    "Numba": ("julia", "numba", 2),
    "Numba, tuned": ("schelling", "tuned", 2),
}
"""Task, level, and the number of the benchmark case."""
ROUNDS, CALLS_PER_TURN = 12, 3


@dataclass(frozen=True)
class Cost:
    """A kernel's time inside over its time outside."""

    kernel: str
    ratio: float
    standard_error: float
    """Of the ratio, from the scatter between runs."""
    runs: int
    call_s: float


def main() -> None:
    """Print a line a kernel, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    session, sandbox = open_course()
    plain = PlainBackend(worker_settings(session.course.machine, session.course.limits))
    costs = [_cost(session, name, {"inside": sandbox, "outside": plain}, arguments.runs) for name in KERNELS]
    if arguments.json:
        sys.stdout.write(json.dumps([asdict(cost) for cost in costs], indent=2) + "\n")
        return
    sys.stdout.write(f"inside ({sandbox.sandbox}) over outside, {arguments.runs} runs\n")
    for cost in costs:
        percent, error = 100 * (cost.ratio - 1), 100 * cost.standard_error
        sys.stdout.write(f"{cost.kernel:22} {percent:+6.2f} % ± {error:.2f} %   ({1e3 * cost.call_s:.2f} ms a call)\n")
    mean = statistics.fmean(math.log(cost.ratio) for cost in costs)
    sys.stdout.write(f"{'all':22} {100 * (math.exp(mean) - 1):+6.2f} %\n")


def _cost(session: Session, name: str, backends: Mapping[str, Backend], runs: int) -> Cost:
    kernel = kernel_of(session, *KERNELS[name])
    logs, calls_s = zip(*(_run(backends, kernel, seed) for seed in range(runs)), strict=True)
    mean = statistics.fmean(logs)
    error = statistics.stdev(logs) / math.sqrt(runs) if runs > 1 else math.nan
    return Cost(name, math.exp(mean), error * math.exp(mean), runs, statistics.median(calls_s))


def _run(backends: Mapping[str, Backend], kernel: Kernel, seed: int) -> tuple[float, float]:
    """The median over the rounds of the log of inside over outside, and the time of a call outside in seconds."""
    order = random.Random(seed)  # noqa: S311 -- an order, not a secret
    # One thread, as while a class is measured: a library's own threads go on spinning, and disturb the calls that come next.
    with (
        threadpool_limits(1),
        backends["inside"].generation() as inside,
        backends["outside"].generation() as outside,
    ):
        started = {
            "inside": inside.start(kernel.submission, kernel.task.task.profile),
            "outside": outside.start(kernel.submission),
        }
        for worker in started.values():
            worker.load(LIMIT_S)
        generator = np.random.default_rng(seed)
        ratios, outside_s = [], []
        for _ in range(ROUNDS):
            prepared = prepare(kernel.task.task, kernel.case, generator)
            turn = {name: _turn_s(started[name], prepared) for name in order.sample(list(started), len(started))}
            ratios.append(math.log(turn["inside"] / turn["outside"]))
            outside_s.append(turn["outside"])
    return statistics.median(ratios), statistics.median(outside_s)


def _turn_s(worker: Worker, prepared: PreparedCase) -> float:
    """The smallest of a few calls after a warm one."""
    return min(call_times_s(worker, [prepared] * (1 + CALLS_PER_TURN))[1:])


if __name__ == "__main__":
    main()
