"""What asv reads: figures as its results in format 2, its list of benchmarks, its machine and its configuration, all as text.

asv has no public interface for writing results; the format is that of the files which `asv run` makes (asv 0.6,
`asv/results.py`): a row for each benchmark, in which every list has one value for each combination of its parameters. A failure
is null, and what was not tried NaN.
"""

import ast
import json
import math
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import product

from grader.errors import UsageError
from grader.history.figures import Figures, Timing
from grader.machine import Machine

BENCHMARK_VERSION = "1"
"""asv hides results of another version than the benchmark's: this one never changes, so that old results stay visible."""
BRANCH = "main"
RESULTS, SITE, CONFIGURATION = "results", "html", "asv.conf.json"
BENCHMARKS = f"{RESULTS}/benchmarks.json"
_BENCHMARKS_FORMAT, _RESULTS_FORMAT, _MACHINE_FORMAT, _CONFIGURATION_FORMAT = 2, 2, 1, 1
_COLUMNS = (
    *("result", "params", "version", "started_at", "duration", "stats_ci_99_a", "stats_ci_99_b"),
    *("stats_q_25", "stats_q_75", "stats_number", "stats_repeat", "samples", "profile"),
)
_DIGITS = 6
_CONFIDENCE = 0.99
_REGRESSION = 0.15
"""Whole gradings can sit in slow phases of a machine that reach that far."""


@dataclass(frozen=True)
class Series:
    """The parameters of one task's benchmark."""

    authors: tuple[str, ...]
    cases: tuple[str, ...]

    @property
    def parameters(self) -> list[list[str]]:
        """As asv wants them: what Python writes for each value."""
        return [[repr(author) for author in self.authors], [repr(case) for case in self.cases]]

    def joined(self, other: "Series") -> "Series":
        """With those of another one, its further cases last."""
        return Series(tuple(sorted({*self.authors, *other.authors})), tuple(dict.fromkeys((*self.cases, *other.cases))))


def benchmark_name(task: str) -> str:
    """`julia.time_call`."""
    return f"{task}.time_call"


def series_of(figures: Figures, cases: Mapping[str, Sequence[str]]) -> dict[str, Series]:
    """By task, who has a figure, and its cases from the smallest to the largest; behind them, what the course has no more."""
    found: dict[str, Series] = {}
    for task in dict.fromkeys(task for task, _, _ in figures):
        own = [(author, case) for of_task, author, case in figures if of_task == task]
        known = cases.get(task, ())
        found[task] = Series(
            authors=tuple(sorted({author for author, _ in own})),
            cases=tuple(dict.fromkeys((*known, *sorted({case for _, case in own})))),
        )
    return found


def results_text(
    commit: str, at: datetime, machine: Machine, environment: str, figures: Figures, series: Mapping[str, Series]
) -> str:
    """The results of one commit on one machine in one environment."""
    stamp = _milliseconds(at)
    rows = {benchmark_name(task): _row(task, of_task, figures, stamp) for task, of_task in series.items()}
    document = {
        "commit_hash": commit,
        "env_name": environment_name(environment),
        "date": stamp,
        "params": _machine_parameters(machine),
        "python": "",
        "requirements": {},
        "env_vars": {},
        "result_columns": _COLUMNS,
        "results": rows,
        "durations": {},
        "version": _RESULTS_FORMAT,
    }
    return f"{json.dumps(document)}\n"


def results_path(commit: str, machine: Machine, environment: str) -> str:
    """Where asv looks for them."""
    return f"{RESULTS}/{machine_name(machine)}/{commit[:8]}-{environment_name(environment)}.json"


def environment_name(environment: str) -> str:
    """Of the grader's digest of an environment."""
    return f"grader-{environment[:8]}"


def machine_name(machine: Machine) -> str:
    """Its name in the course, and what tells it from another one of that name."""
    return f"{re.sub(r'[^A-Za-z0-9_.-]', '_', machine.name)}-{machine.fingerprint[:6]}"


def machine_text(machine: Machine) -> str:
    """What the machine is."""
    return _pretty({**_machine_parameters(machine), "version": _MACHINE_FORMAT})


def machine_path(machine: Machine) -> str:
    """Where asv looks for it."""
    return f"{RESULTS}/{machine_name(machine)}/machine.json"


def benchmarks_text(series: Mapping[str, Series]) -> str:
    """The list of benchmarks: whoever is not in it has no figures that asv shows, however old."""
    entries = {benchmark_name(task): _benchmark(task, series[task]) for task in sorted(series)}
    return _pretty({**entries, "version": _BENCHMARKS_FORMAT})


def series_before(text: str | None) -> dict[str, Series]:
    """By task, what a list of benchmarks that was written here says; where there is one. UsageError where it is damaged."""
    if text is None:
        return {}
    try:
        entries = [one for one in json.loads(text).values() if isinstance(one, dict)]
        return {
            str(one["name"]).removesuffix(benchmark_name("")): Series(
                *(tuple(str(ast.literal_eval(value)) for value in values) for values in one["params"])
            )
            for one in entries
        }
    except (ValueError, SyntaxError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{BENCHMARKS} of the history is damaged ({error}); restore it with git") from error


def configuration_text(project: str) -> str:
    """The configuration of asv in the history's folder."""
    return _pretty(
        {
            "version": _CONFIGURATION_FORMAT,
            "project": project,
            "project_url": "#",
            "repo": ".",
            "dvcs": "git",
            "branches": [BRANCH],
            "environment_type": "existing",
            "benchmark_dir": ".",
            "results_dir": RESULTS,
            "html_dir": SITE,
            "regressions_thresholds": {".*": _REGRESSION},
        }
    )


def _benchmark(task: str, series: Series) -> dict[str, object]:
    return {
        "name": benchmark_name(task),
        "code": f"One call of {task}, by author and case: the grader's own clock, around answers that were checked.",
        "type": "time",
        "unit": "seconds",
        "param_names": ["author", "case"],
        "params": series.parameters,
        "version": BENCHMARK_VERSION,
        "timeout": 60.0,
    }


def _row(task: str, series: Series, figures: Figures, stamp: int) -> list[object]:
    """In the order of the columns; nothing at the end of them where there is no profile."""
    absent = Timing(math.nan, ())
    found = [figures.get((task, author, case), absent) for author, case in product(series.authors, series.cases)]
    stats = [_stats(one.samples_s) if one is not None and one.samples_s else {} for one in found]
    columns = ("ci_99_a", "ci_99_b", "q_25", "q_75", "number", "repeat")
    samples = [[_rounded(time_s) for time_s in one.samples_s] if one is not None and one.samples_s else None for one in found]
    results = [None if one is None else _rounded(one.time_s) for one in found]
    own = [results, series.parameters, BENCHMARK_VERSION, stamp, None]
    return [*own, *([of_one.get(column) for of_one in stats] for column in columns), samples]


def _stats(samples_s: Sequence[float]) -> dict[str, float | int]:
    """As asv computes them: quartiles, and an interval of the median, which has no ends where samples are too few."""
    ascending = sorted(samples_s)
    quartiles = statistics.quantiles(ascending, n=4, method="inclusive") if len(ascending) > 1 else ascending * 3
    stats: dict[str, float | int] = {
        "q_25": _rounded(quartiles[0]),
        "q_75": _rounded(quartiles[2]),
        "number": 1,
        "repeat": len(ascending),
    }
    outside = _samples_outside(len(ascending))
    low, high = (-math.inf, math.inf) if outside is None else (ascending[outside], ascending[-1 - outside])
    return stats | {"ci_99_a": _rounded(low), "ci_99_b": _rounded(high)}


@cache
def _samples_outside(count: int) -> int | None:
    """How many samples may be left out at each end of an interval that covers the median; None where all are too few.

    The median lies below the k smallest of n independent samples with the probability that a fair coin falls on one side fewer
    than k times in n throws.
    """
    chance = 0
    for outside in range(count // 2 + 1):
        chance += math.comb(count, outside)
        if chance / 2**count > (1 - _CONFIDENCE) / 2:
            return outside - 1 if outside else None
    return None


def _machine_parameters(machine: Machine) -> dict[str, str]:
    system, _, architecture = machine.system.partition(" ")
    return {
        "machine": machine_name(machine),
        "os": system,
        "arch": architecture,
        "cpu": machine.cpu,
        "num_cpu": str(machine.cores),
        "ram": f"{round(machine.memory_bytes / 2**30)} GiB",
    }


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp()) * 1000


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _pretty(document: Mapping[str, object]) -> str:
    return f"{json.dumps(document, indent=1)}\n"
