"""From scores per run to ranks with honest ties."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.grading.estimate import score_run
from grader.grading.rank import (
    Ranking,
    RunScores,
    Standing,
    needs_more_runs,
    rank,
    studentized_range_quantile,
)

EQUAL_STUDENTS = {f"s{number}": 0.0 for number in range(8)}


def rank_students(runs: Sequence[RunScores], *, min_difference: float = 0.01) -> Ranking:
    """Rank with everyone but the baseline, the control and the references as students."""
    students = {name for run in runs for name in run.scores if name not in {"base", "control"} and not name.startswith("ref")}
    return rank(runs, baseline="base", control="control", students=students, min_difference=min_difference)


def by_name(ranking: Ranking) -> dict[str, Standing]:
    return {standing.competitor: standing for standing in ranking.standings}


def ranks(ranking: Ranking) -> dict[str, int]:
    return {standing.competitor: standing.rank for standing in ranking.standings if standing.rank is not None}


def runs_of(scores: Mapping[str, Sequence[float]], block: str = "block") -> list[RunScores]:
    """Runs from each competitor's scores in them; the baseline is added."""
    count = max(len(values) for values in scores.values())
    return [
        RunScores(block, {"base": 0.0} | {name: values[run] for name, values in scores.items() if run < len(values)})
        for run in range(count)
    ]


def measure(  # what a real measurement yields, in a few milliseconds
    rng: np.random.Generator,
    effects: Mapping[str, float],
    runs: int,
    *,
    worker_sd: Mapping[str, float] | float = 0.006,
    block: str = "block",
) -> list[RunScores]:
    """Measure a synthetic class: `effects` are the students' true log(time over the baseline's).

    All share the machine's slow phases (up to tens of percent, autocorrelated over the rounds); each worker is off by its own
    luck for a whole run, and its turns scatter, autocorrelated, about that.
    """
    truth = {"base": 0.0, "control": 0.0, **effects}
    deviations = [worker_sd if isinstance(worker_sd, float) else worker_sd.get(name, 0.006) for name in truth]
    found = []
    for _ in range(runs):
        workers = np.array(list(truth.values())) + rng.normal(0, deviations)
        phases = autocorrelated(rng, 0.10, (12, 1))
        turns_s = 0.010 * np.exp(workers + phases + autocorrelated(rng, 0.004, (12, len(truth))))
        rounds = [dict(zip(truth, row, strict=True)) for row in turns_s.tolist()]
        found.append(RunScores(block, score_run(rounds, "base")))
    return found


def autocorrelated(rng: np.random.Generator, deviation: float, shape: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Noise whose rows (rounds) are correlated by 0.7 with the row before."""
    noise = rng.normal(0, deviation, shape)
    for row in range(1, shape[0]):
        noise[row] = 0.7 * noise[row - 1] + math.sqrt(1 - 0.7**2) * noise[row]
    return noise


class TestTheDecision:
    def test_the_hsd_is_tukeys(self) -> None:
        # Two runs of four competitors that move by 0, 2, 4 and −6 thousandths: the sum of squared residuals is half of that of
        # these movements, with (4 − 1)·(2 − 1) = 3 degrees of freedom. The family is a, b and the baseline.
        runs = runs_of({"control": [-0.001, 0.001], "a": [0.098, 0.102], "b": [0.203, 0.197]})
        variance = (2e-3**2 + 4e-3**2 + 6e-3**2) / 2 / 3
        quantile = 6.667547  # of the studentized range: 0.98; 3, 4 … replaced below

        ranking = rank_students(runs)

        quantile = studentized_range_quantile(0.98, 3, 3)
        assert ranking.hsd == pytest.approx(quantile * math.sqrt(variance / 2))
        a = by_name(ranking)["a"]
        assert (a.low, a.score, a.high) == pytest.approx((0.1 - ranking.hsd, 0.1, 0.1 + ranking.hsd))
