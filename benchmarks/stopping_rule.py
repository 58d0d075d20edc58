"""How often the stopping rule errs: synthetic classes by the thousands, through the grader's own scores, ranking and rule.

`python -m benchmarks.stopping_rule [--classes 10000] [--json]`: for each kind of noise, the share of classes of equal
submissions in which any two are split, and how many runs that took; then, in classes whose neighbours truly differ by 2 %,
the share of those differences that are found, and how many pairs came out the wrong way round. Shares have Clopper-Pearson
intervals of 95 %.
"""

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.share import Share
from grader.content.course import Measurement
from grader.grading.estimate import score_run
from grader.grading.rank import Ranking, RunScores, rank
from grader.grading.stopping import LEVEL_OF_A_LOOK, contestants
from grader.records import CONTROL

FloatArray: TypeAlias = NDArray[np.float64]

BASELINE = "baseline"
STEP = 0.02
"""The true difference between neighbours, as a log ratio."""
_CALL_S = 0.01
_SLOW_WORKER = math.log(1.3)


@dataclass(frozen=True)
class Noise:
    """What the machine does to the logarithm of a turn's time, and how large the class is."""

    name: str
    students: int = 8
    rounds: int = 12
    worker: float = 0.002
    """Standard deviation of a whole worker: its luck with memory, for one run."""
    turn: float = 0.008
    """Standard deviation of a turn about its worker."""
    correlation: float = 0.5
    """Of a competitor's noise from one round to the next."""
    tails: float = math.inf
    """Degrees of freedom of Student's t that the turns scatter by; infinite for normal ones."""
    phase: float = 0.1
    """Standard deviation of the slow phases that all share."""
    bursts: float = 0.0
    """The share of turns that something else hits; they take 20 % longer, exponentially distributed."""
    loud_runs: float = 0.0
    """The share of runs in which all noise is three times as large."""
    slow_workers: float = 0.0
    """The share of workers that are 30 % slower for their whole run."""
    erratic: bool = False
    """The first student scatters eight times as much as the others."""
    slow_rounds: int | None = None
    """The second half of the students, whose calls are long, has turns in so many rounds alone; None: in all."""


NOISES = (
    Noise("steady"),
    Noise("two students", students=2),
    Noise("sixteen students", students=16),
    Noise("mostly between workers", worker=0.006, turn=0.004),
    Noise("autocorrelated", correlation=0.9),
    Noise("heavy tails", tails=3),
    Noise("bursts", bursts=0.08),
    Noise("loud runs", loud_runs=0.25),
    Noise("slow processes", slow_workers=0.03),
    Noise("loud", turn=0.02, worker=0.004),
    Noise("one is erratic", erratic=True),
    Noise("three rounds", rounds=3, turn=0.006),
    Noise("half in two rounds", slow_rounds=2),
    Noise("the same, between workers", worker=0.006, turn=0.004, slow_rounds=2),
)


@dataclass(frozen=True)
class Outcome:
    """What one synthetic class came to."""

    runs: int
    pairs: int
    """Of students that truly differ by one step."""
    found: int
    """Of those pairs, ranked in their order."""
    wrong: int
    """Of all pairs, ranked against their order."""
    split: bool
    """Whether two students were ranked apart that are equal."""
    control_split: bool


@dataclass(frozen=True)
class Report:
    """How the rule does under one kind of noise."""

    noise: str
    split: Share
    control_split: Share
    runs_of_equals: float
    found: Share
    wrong: Share
    runs_of_steps: float


def main() -> None:
    """Print a line for each kind of noise, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--classes", type=int, default=10_000)
    parser.add_argument("--level", type=float, default=LEVEL_OF_A_LOOK, help="of one look, as a share of alpha")
    parser.add_argument("--noise", default="", help="only those whose name contains this")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    measurement = Measurement()
    reports = []
    with ProcessPoolExecutor() as processes:
        for noise in (one for one in NOISES if arguments.noise in one.name):
            report = _report(noise, measurement, arguments.level, arguments.classes, processes)
            reports.append(report)
            if not arguments.json:
                sys.stdout.write(_line(report) + "\n")
                sys.stdout.flush()
    if arguments.json:
        sys.stdout.write(json.dumps([asdict(report) for report in reports], indent=2) + "\n")


def _line(report: Report) -> str:
    wrong = f"{report.wrong.count} of {report.wrong.of} wrong"
    return (
        f"{report.noise:24} equals split {_percent(report.split)}, {report.runs_of_equals:.1f} runs · "
        f"{100 * STEP:g} % found {_percent(report.found)}, {report.runs_of_steps:.1f} runs, {wrong}"
    )


def _percent(share: Share) -> str:
    """With its interval; a dash where there was nothing to count."""
    interval = share.interval_percent
    return "-" if interval is None else f"{share.percent:.2f} % ({interval[0]:.2f}-{interval[1]:.2f})"


def _report(noise: Noise, measurement: Measurement, level: float, classes: int, processes: ProcessPoolExecutor) -> Report:
    def outcomes(step: float, count: int) -> list[Outcome]:
        grade = partial(grade_seeds, noise, step, measurement, level * measurement.alpha)
        seeds = np.array_split(np.arange(count), max(1, count // 50))
        return [outcome for part in processes.map(grade, seeds) for outcome in part]

    equals, steps = outcomes(0.0, classes), outcomes(STEP, classes // 4)
    count = noise.students * (noise.students - 1) // 2
    return Report(
        noise=noise.name,
        split=Share(sum(one.split for one in equals), len(equals)),
        control_split=Share(sum(one.control_split for one in equals), len(equals)),
        runs_of_equals=float(np.mean([one.runs for one in equals])),
        found=Share(sum(one.found for one in steps), sum(one.pairs for one in steps)),
        wrong=Share(sum(one.wrong for one in steps), count * len(steps)),
        runs_of_steps=float(np.mean([one.runs for one in steps])),
    )


def grade_seeds(noise: Noise, step: float, measurement: Measurement, alpha: float, seeds: Sequence[int]) -> list[Outcome]:
    """Grade the classes of these seeds."""
    return [grade(noise, step, measurement, alpha, np.random.default_rng(int(seed))) for seed in seeds]


def grade(noise: Noise, step: float, measurement: Measurement, alpha: float, generator: np.random.Generator) -> Outcome:
    """Measure one class until the rule stops; each student is slower than the one before by `step`, a log ratio."""
    truth = {f"student/{number}": step * number for number in range(noise.students)}
    everyone = frozenset(truth)
    runs: list[RunScores] = []
    taking_part = everyone

    @lru_cache(maxsize=1)
    def ranking_after(_runs: int) -> Ranking:
        return rank(
            runs,
            baseline=BASELINE,
            control=CONTROL,
            students=everyone,
            alpha=alpha,
            min_difference=measurement.min_difference,
        )

    while taking_part:
        of_all = run_scores(noise, truth, generator)
        kept = {key: score for key, score in of_all.scores.items() if key in {BASELINE, CONTROL, *taking_part}}
        runs.append(replace(of_all, scores=kept))
        taking_part = contestants(len(runs), partial(ranking_after, len(runs)), everyone, measurement)
    return _outcome(ranking_after(len(runs)), truth, step, len(runs), without="student/0" if noise.erratic else None)


def _outcome(ranking: Ranking, truth: dict[str, float], step: float, runs: int, *, without: str | None) -> Outcome:
    """`without` whom no difference need be found."""
    ranks = {standing.competitor: standing.rank or 0 for standing in ranking.standings}
    pairs = list(combinations(truth, 2))
    steps = [pair for pair in zip(truth, list(truth)[1:], strict=False) if step > 0 and without not in pair]
    return Outcome(
        runs=runs,
        pairs=len(steps),
        found=sum(ranks[faster] < ranks[slower] for faster, slower in steps),
        wrong=sum(ranks[faster] > ranks[slower] for faster, slower in pairs) if step > 0 else 0,
        split=step == 0 and any(ranks[one] != ranks[other] for one, other in pairs),
        control_split=ranking.control_split,
    )


def run_scores(noise: Noise, truth: dict[str, float], generator: np.random.Generator) -> RunScores:
    """One run of a class: the engine's scores of turns that the machine disturbed."""
    names = [BASELINE, CONTROL, *truth]
    loudness = 3.0 if generator.random() < noise.loud_runs else 1.0
    scale = loudness * np.where([noise.erratic and name == "student/0" for name in names], 8.0, 1.0)
    logs = np.array([truth.get(name, 0.0) for name in names]) + scale * noise.worker * generator.standard_normal(len(names))
    standard: Callable[[tuple[int, int]], FloatArray] = generator.standard_normal
    if math.isfinite(noise.tails):
        unit = math.sqrt(noise.tails / (noise.tails - 2))
        turns = generator.standard_t(noise.tails, (noise.rounds, len(names))) / unit
    else:
        turns = standard((noise.rounds, len(names)))
    logs += _SLOW_WORKER * (generator.random(len(names)) < noise.slow_workers)
    times = logs + scale * noise.turn * correlated(turns, noise.correlation)
    times += noise.phase * correlated(standard((noise.rounds, 1)), 0.7)
    hit = generator.random(times.shape) < noise.bursts
    times += hit * generator.exponential(0.2, times.shape)
    rounds_s = [dict(zip(names, row, strict=True)) for row in (_CALL_S * np.exp(times)).tolist()]
    if noise.slow_rounds is not None:
        for name in list(truth)[len(truth) // 2 :]:
            for number in generator.permutation(noise.rounds)[noise.slow_rounds :]:
                del rounds_s[number][name]
    return RunScores("block", score_run(rounds_s, BASELINE), Counter(name for row in rounds_s for name in row))


def correlated(white: FloatArray, correlation: float) -> FloatArray:
    """White noise (rounds × columns) made autoregressive of the first order, its variance kept."""
    noise = white.copy()
    for number in range(1, len(noise)):
        noise[number] = correlation * noise[number - 1] + math.sqrt(1 - correlation**2) * white[number]
    return noise


if __name__ == "__main__":
    main()
