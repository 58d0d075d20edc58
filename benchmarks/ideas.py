"""What makes a ranking finer: ideas for the measurement, each tried alone on identical copies of one program.

`python -m benchmarks.ideas [--runs 10] [--json]`: records the times of every call of six references, each as several copies
in fresh processes run after run, and computes from these same times what the scores of the copies scatter by under each idea.
What an idea is worth is the time that it takes to reach the same precision, over the time that the grader's own way takes:
variance times seconds of calls, as the geometric mean over the kernels. Ideas that change the processes themselves are recorded
beside the grader's way, in turns.
"""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.figures import open_course
from benchmarks.references import LIMIT_S, Kernel, call_times_s, kernel_of
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.choose import worker_settings
from grader.execution.interface import Backend
from grader.grading.check import prepare
from grader.grading.outlying import drawn_in
from grader.grading.session import Session
from grader.machine import usable_cpus

FloatArray: TypeAlias = NDArray[np.float64]

KERNELS = {
    "pure Python": ("julia", "naive", 0),
    "BLAS": ("matmul", "numpy", 2),
    "NumPy, in cache": ("bifurcation", "numpy", 1),
    "NumPy, large arrays": ("scalogram", "numpy", 1),
    "FFT": ("spectrogram", "numpy", 1),
    "Numba": ("julia", "numba", 1),
}
"""Task, level, and the number of the benchmark case."""
COPIES = 8
"""The first is the baseline, the second its control; the scatter is that of the others."""
CALLS_PER_TURN = 7
_ROUNDS = 12
_SECONDS_PER_RUN = 2.0
"""Of all copies together; fewer rounds where the calls are long."""
_LEAST_ROUNDS = 4


@dataclass(frozen=True)
class Samples:
    """Wall times in seconds, runs × rounds × copies × calls of a turn; the first call of a turn is the warm one."""

    times_s: FloatArray


Idea: TypeAlias = Callable[[Samples], tuple[FloatArray, float]]
"""From the samples, scores (runs × copies) and the seconds of calls that each run of a copy took for them."""


# --- ideas that are computed from the same times ------------------------------------------------------------------------------


def turns(timed: int, *, warm: bool = True) -> Callable[[Samples], tuple[FloatArray, float]]:
    """The logarithms of turns (runs × rounds × copies) that keep the smallest of so many calls, and their cost."""

    def shortened(samples: Samples) -> tuple[FloatArray, float]:
        first = 1 if warm else 0
        used = samples.times_s[..., : first + timed]
        return np.log(used[..., first:].min(axis=-1)), float(np.median(used.sum(axis=-1))) * used.shape[1]

    return shortened


def own_turns(samples: Samples, plan_s: float = 0.008, most: int = 6) -> tuple[FloatArray, float]:
    """The grader's own turns: as many timed calls as take `plan_s`."""
    timed = min(most, max(1, math.ceil(plan_s / float(np.median(samples.times_s[..., 1:])))))
    return turns(timed)(samples)


def own_score(logs: FloatArray) -> FloatArray:
    """The grader's own score: the faster half of the turns, over the baseline's."""
    return fastest(logs, 0.5)


def fastest(logs: FloatArray, share: float) -> FloatArray:
    """The mean of this share of the turns, over the baseline's."""
    count = max(1, int(share * logs.shape[1]))
    means = np.sort(logs, axis=1)[:, :count].mean(axis=1)
    return np.asarray(means - means[:, :1])


def windows(logs: FloatArray) -> FloatArray:
    """The mean over every three neighbouring rounds of the smallest turn over the baseline's smallest."""
    parts = np.array_split(logs, max(1, logs.shape[1] // 3), axis=1)
    smallest = np.stack([part.min(axis=1) for part in parts], axis=1)
    return np.asarray((smallest - smallest[:, :, :1]).mean(axis=1))


def median_score(logs: FloatArray) -> FloatArray:
    """The median over the rounds of the ratio to the baseline."""
    return np.asarray(np.median(logs - logs[:, :, :1], axis=1))


def trimmed(values: FloatArray) -> FloatArray:
    """The mean of the middle half of the rounds."""
    ordered = np.sort(values, axis=1)
    cut = values.shape[1] // 4
    return np.asarray(ordered[:, cut : values.shape[1] - cut].mean(axis=1))


def hodges_lehmann(values: FloatArray) -> FloatArray:
    """The median of the means of all pairs of rounds (Hodges and Lehmann 1963)."""
    one, other = np.triu_indices(values.shape[1])
    return np.asarray(np.median((values[:, one] + values[:, other]) / 2, axis=1))


def bisquare(values: FloatArray) -> FloatArray:
    """Tukey's bisquare location, five steps from the median (Beaton and Tukey 1974)."""
    centre = np.median(values, axis=1, keepdims=True)
    scale = 1.4826 * np.median(abs(values - centre), axis=1, keepdims=True) + 1e-12
    for _ in range(5):
        far = (values - centre) / (4.685 * scale)
        weights = np.where(abs(far) < 1, (1 - far**2) ** 2, 0.0)
        centre = (weights * values).sum(axis=1, keepdims=True) / weights.sum(axis=1, keepdims=True)
    return np.asarray(centre[:, 0])


def from_own_turns(score: Callable[[FloatArray], FloatArray]) -> Idea:
    """The grader's turns, and another score."""

    def idea(samples: Samples) -> tuple[FloatArray, float]:
        logs, seconds = own_turns(samples)
        return score(logs), seconds

    return idea


def from_own_score(shortened: Callable[[Samples], tuple[FloatArray, float]]) -> Idea:
    """Other turns, and the grader's score."""

    def idea(samples: Samples) -> tuple[FloatArray, float]:
        logs, seconds = shortened(samples)
        return own_score(logs), seconds

    return idea


def two_way(logs: FloatArray) -> FloatArray:
    """Rounds and copies fitted together by median polish (Tukey 1977), everyone in it: a third author moves two others."""
    rest = logs.copy()
    for _ in range(4):
        rest -= np.median(rest - np.median(rest, axis=1, keepdims=True), axis=2, keepdims=True)
    return np.asarray(np.median(rest, axis=1))


def least_squares(logs: FloatArray) -> FloatArray:
    """Rounds and copies fitted by least squares: the mixed model's estimate where all rounds are complete."""
    return np.asarray((logs - logs.mean(axis=2, keepdims=True)).mean(axis=1))


def without_disturbed_rounds(logs: FloatArray) -> FloatArray:
    """Without the third of the rounds in which the control is furthest from the baseline."""
    off = abs(logs[:, :, 0] - logs[:, :, 1])
    kept = np.argsort(off, axis=1)[:, : math.ceil(logs.shape[1] * 2 / 3)]
    return own_score(np.take_along_axis(logs, kept[:, :, None], axis=1))


LEFT_IN = "outlying processes as they are"
"""The grader's own scores, before those are drawn in."""

COMPUTED: Mapping[str, Idea] = {
    "one timed call a turn": from_own_score(turns(1)),
    "two timed calls": from_own_score(turns(2)),
    "three timed calls": from_own_score(turns(3)),
    "six timed calls": from_own_score(turns(6)),
    "no warm call, three timed": from_own_score(turns(3, warm=False)),
    LEFT_IN: from_own_score(own_turns),
    "faster third": from_own_turns(lambda logs: fastest(logs, 1 / 3)),
    "smallest of every three rounds": from_own_turns(windows),
    "median of the ratios": from_own_turns(median_score),
    "middle half of the ratios": from_own_turns(lambda logs: trimmed(logs - logs[:, :, :1])),
    "Hodges-Lehmann over the ratios": from_own_turns(lambda logs: hodges_lehmann(logs - logs[:, :, :1])),
    "bisquare over the ratios": from_own_turns(lambda logs: bisquare(logs - logs[:, :, :1])),
    "rounds fitted over everyone, robustly": from_own_turns(two_way),
    "rounds fitted over everyone, least squares": from_own_turns(least_squares),
    "without rounds in which the control strays": from_own_turns(without_disturbed_rounds),
    "without the first round": from_own_turns(lambda logs: own_score(logs[:, 1:])),
    "smallest turn alone": from_own_turns(lambda logs: np.asarray(logs.min(axis=1))),
    "median turn": from_own_turns(lambda logs: np.asarray(np.median(logs, axis=1))),
}

# --- ideas that change the processes ------------------------------------------------------------------------------------------

RECORDED = ("parent on the other core", "huge pages for the allocator", "allocator keeps what it was given")
_TUNABLES = {
    "huge pages for the allocator": {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"},
    "allocator keeps what it was given": {"MALLOC_TRIM_THRESHOLD_": str(1 << 28), "MALLOC_MMAP_THRESHOLD_": str(1 << 28)},
}


def main() -> None:
    """Print a line for each idea, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    session, _ = open_course()
    recorded = {kernel: _record(session, kernel, arguments.runs) for kernel in KERNELS}
    found = {name: _worth(recorded, name) for name in (*COMPUTED, *RECORDED)}
    own = {kernel: 100 * _scatter(_drawn_in(own_score(own_turns(samples[""])[0]))) for kernel, samples in recorded.items()}
    if arguments.json:
        sys.stdout.write(json.dumps({"scatter_percent": own, "time_over_own": found}, indent=2) + "\n")
        return
    for kernel, percent in own.items():
        sys.stdout.write(f"{kernel:24} {percent:.2f} % between copies in a run\n")
    for name, (ratio, low, high) in found.items():
        sys.stdout.write(f"{name:46} {ratio:5.2f} × the time ({low:.2f} to {high:.2f})\n")


def _worth(recorded: Mapping[str, Mapping[str, Samples]], name: str) -> tuple[float, float, float]:
    """Variance times cost over that of the grader's way: the geometric mean over the kernels, and its 95 % interval.

    The interval is that of Student's t over the kernels, which differ more than the runs of one do.
    """
    from scipy.stats import t

    own: Idea = from_own_score(own_turns)
    logs = []
    for samples in recorded.values():
        scores, seconds = COMPUTED[name](samples[""]) if name in COMPUTED else own(samples[name])
        own_scores, own_seconds = own(samples[""])
        scatter = _scatter(scores if name == LEFT_IN else _drawn_in(scores))
        logs.append(math.log(scatter**2 * seconds / (_scatter(_drawn_in(own_scores)) ** 2 * own_seconds)))
    mean, error = float(np.mean(logs)), float(np.std(logs, ddof=1)) / math.sqrt(len(logs))
    reach = float(t.ppf(0.975, len(logs) - 1)) * error
    return math.exp(mean), math.exp(mean - reach), math.exp(mean + reach)


def _drawn_in(scores: FloatArray) -> FloatArray:
    """As in a ranking."""
    return drawn_in(scores, np.ones(scores.shape, dtype=np.bool_), np.ones(scores.shape[1]))


def _scatter(scores: FloatArray) -> float:
    """The standard deviation that the additive model of runs and copies leaves, without baseline and control.

    It is what separates students from each other: the baseline's own noise is in all of their scores alike.
    """
    copies = scores[:, 2:]
    rest = copies - copies.mean(axis=1, keepdims=True)
    rest = rest - rest.mean(axis=0)
    return math.sqrt(float((rest**2).sum()) / ((rest.shape[0] - 1) * (rest.shape[1] - 1)))


# --- recording ----------------------------------------------------------------------------------------------------------------


def _record(session: Session, kernel: str, runs: int) -> dict[str, Samples]:
    """The samples of a kernel: under "" those of the grader's way, and those of each idea that changes the processes."""
    reference = kernel_of(session, *KERNELS[kernel])
    settings = worker_settings(session.course.machine, session.course.limits)
    backends: dict[str, Backend] = {"": BubblewrapBackend(settings)}
    for name in RECORDED:
        environment = {**settings.environment, **_TUNABLES.get(name, {})}
        backends[name] = BubblewrapBackend(replace(settings, environment=environment))
    found: dict[str, list[FloatArray]] = {name: [] for name in backends}
    rounds = None
    started = time.monotonic()
    for seed in range(runs):
        for name, backend in backends.items():
            everywhere = usable_cpus()
            apart = [core for core in everywhere if core not in settings.cpus]
            if name == RECORDED[0] and apart:
                os.sched_setaffinity(0, apart)
            try:
                times_s = _run(backend, reference, seed, rounds)
            finally:
                os.sched_setaffinity(0, everywhere)
            rounds = len(times_s)
            found[name].append(times_s)
    sys.stderr.write(f"{kernel}: {time.monotonic() - started:.0f} s\n")
    return {name: Samples(np.array(times_s)) for name, times_s in found.items()}


def _run(backend: Backend, kernel: Kernel, seed: int, rounds: int | None) -> FloatArray:
    """The times of one run, rounds × copies × calls; how many rounds the first run finds out."""
    generator = np.random.default_rng(seed)
    with threadpool_limits(1), backend.generation() as generation:
        workers = [generation.start(kernel.submission, kernel.task.task.profile) for _ in range(COPIES)]
        for worker in workers:
            worker.load(LIMIT_S)
        prepared = [prepare(kernel.task.task, kernel.case, generator) for _ in range(CALLS_PER_TURN)]
        first_s = [call_times_s(worker, prepared[:2])[-1] for worker in workers]  # they compile
        if rounds is None:
            turn_s = CALLS_PER_TURN * COPIES * float(np.median(first_s))
            rounds = min(_ROUNDS, max(_LEAST_ROUNDS, int(_SECONDS_PER_RUN / turn_s)))
        times_s = np.empty((rounds, COPIES, CALLS_PER_TURN))
        for number in range(rounds):
            prepared = [prepare(kernel.task.task, kernel.case, generator) for _ in range(CALLS_PER_TURN)]
            for copy in generator.permutation(COPIES):
                times_s[number, copy] = call_times_s(workers[copy], prepared)
    return times_s


if __name__ == "__main__":
    main()
