"""Does a check ever fail an honest student? Many honest calls of every task, and how close any of them came to its tolerance.

    python -m benchmarks.honest_calls [--calls 100000] [--task TASK] [--json FILE]

Each call draws a case with a fresh seed and lets one of the honest variants of `tests/tasks/` (the references among them)
compute it; the answer is judged as in a grading, with the further calls where the task asks for them. Counting failures bounds
their rate by 3 over the number of calls (95 %). Where answers have a tolerance, the tail of the shares that they use says
more: a generalised Pareto distribution over the largest of them (peaks over threshold: Coles, An Introduction to Statistical
Modeling of Extreme Values, 2001, ch. 4) gives the chance that a call uses more than all of it.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from grader.content.task import Case, task_names
from tests.tasks.task_under_test import COURSE, TaskUnderTest, Variant, answer_of, drawn, further_difference, task_under_test

SLOW = frozenset({"reference naive"})
"""Variants that would spend the time of a hundred others on the larger cases: those are left to the smaller ones."""
SIZES = 2
"""Benchmark cases of each task that are tried, the smallest."""
FEW_S = 0.01
"""A call that takes longer is made seldom."""
TAIL_SHARE = 0.02
"""The largest shares of the tolerance, over which the tail is fitted."""
CALLS_OF_A_SUBMISSION = 200
"""What one submission is asked in a grading, about: the check cases, the sizing, and the turns of three runs."""


HEADS = f"{'task':14} {'calls':>8} {'failed':>7} {'tolerance used':>15} {'chance a call fails':>20} {'reviews':>8} {'s':>6}"


@dataclass(frozen=True)
class HonestCalls:
    """What many honest calls of one task came to."""

    task: str
    calls: int
    failures: tuple[str, ...]
    """Which variant failed which case, with which seed, and how."""
    greatest_tolerance_used: float | None
    """None where answers have no tolerance: they are compared with what rounding can give, exactly."""
    chance_of_failing_a_call: float
    """From the tail where there is a tolerance; else the bound that the count gives, at 95 %."""
    reviews: int
    """Answers that a person would have been asked to look at."""
    wall_time_s: float


def simulate(name: str, calls: int, seed: int = 0, sizes: int = SIZES) -> HonestCalls:
    """Make about `calls` honest calls of a task, spread evenly over its check cases, its smallest `sizes`, and its variants."""
    start = time.perf_counter()
    under_test = task_under_test(name)
    shares: list[float] = []
    failures: list[str] = []
    made = reviews = 0
    for label, case, case_seed in _plan(under_test, calls, seed, sizes):
        inputs = drawn(case, case_seed)
        compute = under_test.honest[label]
        task = under_test.task
        answer = answer_of(task, compute, inputs)
        expected = task.expect(inputs)
        difference = task.check(inputs, answer, expected) or further_difference(task, compute, inputs, answer, case_seed)
        made += 1
        if difference is not None:
            failures.append(f"{label} on {case.name} with seed {case_seed}: {difference.summary}")
        if task.tolerance_used is not None:
            shares.append(task.tolerance_used(inputs, answer, expected))
        reviews += task.review is not None and task.review(inputs, answer, expected) is not None
    return HonestCalls(
        task=name,
        calls=made,
        failures=tuple(failures),
        greatest_tolerance_used=max(shares, default=None),
        chance_of_failing_a_call=chance_above_one(np.array(shares)) if shares else 3.0 / made,
        reviews=reviews,
        wall_time_s=time.perf_counter() - start,
    )


def chance_above_one(shares: NDArray[np.float64]) -> float:
    """The chance that a call uses more than its whole tolerance, from the tail of the shares that calls used."""
    threshold = float(np.quantile(shares, 1 - TAIL_SHARE))
    excesses = shares[shares > threshold] - threshold
    if threshold >= 1 or len(excesses) < 10 or np.ptp(excesses) == 0:  # noqa: PLR2004 -- too few to fit anything
        return float(np.mean(shares > 1))
    shape, _, scale = stats.genpareto.fit(excesses, floc=0)
    return TAIL_SHARE * float(stats.genpareto.sf(1 - threshold, shape, scale=scale))


def _plan(under_test: TaskUnderTest, calls: int, seed: int, sizes: int) -> Iterator[tuple[str, Case, int]]:
    """Which variant computes which case with which seed; what takes long in a first try is made seldom."""
    task = under_test.task
    pairs = [
        (label, case)
        for case in (*task.check_cases, *task.benchmark_cases[:sizes])
        for label in under_test.honest
        if case in task.check_cases or label not in SLOW
    ]
    weights = np.array([min(1.0, FEW_S / _call_s(under_test, label, case)) for label, case in pairs])
    generator = np.random.default_rng([seed, *under_test.name.encode()])
    counts = generator.multinomial(calls, weights / weights.sum())
    for (label, case), count in zip(pairs, counts, strict=True):
        for _ in range(count):
            yield label, case, int(generator.integers(2**31))


def _call_s(under_test: TaskUnderTest, label: str, case: Case) -> float:
    """The time of a call with its judgement; of a second one where the first takes long, for that may compile."""
    inputs = drawn(case)
    variant: Variant = under_test.honest[label]
    for _ in range(2):
        start = time.perf_counter()
        answer = answer_of(under_test.task, variant, inputs)
        under_test.task.check(inputs, answer, under_test.task.expect(inputs))
        call_s = time.perf_counter() - start
        if call_s <= FEW_S:
            break
    return call_s


def line(one: HonestCalls) -> str:
    """One task's figures under the heads of `HEADS`."""
    used = "exact" if one.greatest_tolerance_used is None else f"{one.greatest_tolerance_used:.3g}"
    chance = f"{'<' if one.greatest_tolerance_used is None else ''}{one.chance_of_failing_a_call:.1e}"
    return f"{one.task:14} {one.calls:8,} {len(one.failures):7} {used:>15} {chance:>20} {one.reviews:8} {one.wall_time_s:6.0f}"


def main() -> None:
    """Run it from the command line; exit code 1 where an honest call failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=100_000, help="over all tasks together")
    parser.add_argument("--task", action="append", help="only this one; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    asked = parser.parse_args()
    names = asked.task or list(task_names(COURSE))
    _say(HEADS)
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        results = []
        for one in processes.map(partial(simulate, calls=asked.calls // len(names)), names):
            results.append(one)
            _say(line(one), *(f"FAILED {one.task}: {failure}" for failure in one.failures))
    worst = max((one.chance_of_failing_a_call for one in results if one.greatest_tolerance_used is not None), default=0.0)
    chance = CALLS_OF_A_SUBMISSION * worst
    _say(f"worst chance that a submission of {CALLS_OF_A_SUBMISSION} calls fails by its tolerance: {chance:.1e}")
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in results], indent=2), encoding="utf-8")
    sys.exit(any(one.failures for one in results))


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{text}\n" for text in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
