"""Result files as asv writes them, of programs whose samples are made up."""

import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.grading.asv_ranking import benchmark_of
from grader.machine import Machine

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPEAT = 3
COLUMNS = [
    *("result", "params", "version", "started_at", "duration", "stats_ci_99_a", "stats_ci_99_b", "stats_q_25", "stats_q_75"),
    *("stats_number", "stats_repeat", "samples", "profile"),
]

Samples = Sequence[float] | None
"""None of a program that failed; an empty sequence of one that is left out."""


def facts_of(machine: Machine) -> dict[str, str]:
    """What `asv machine --yes` writes on this machine."""
    return {
        "machine": "host",
        "os": "Linux",
        "arch": "x86_64",
        "cpu": machine.cpu,
        "num_cpu": str(os.cpu_count()),
        "ram": str(machine.memory_bytes),
    }


def row_of(authors: Mapping[str, Mapping[str, Samples]], *, keep_samples: bool = True) -> list[Any]:
    """The figures of a benchmark, by author and case; all authors have the same cases."""
    cases = list(next(iter(authors.values())))
    every = [of_case for own in authors.values() for of_case in own.values()]
    results = [None if own is None else (sum(own) / len(own) if own else math.nan) for own in every]
    samples = [list(own) if own else None for own in every]
    params = [[repr(author) for author in authors], [repr(case) for case in cases]]
    return [results, params, "1", 0, 1.0, *[None] * 6, *([samples] if keep_samples else [])]


def write_results(
    folder: Path,
    machine: Machine,
    authors: Mapping[str, Mapping[str, Samples]],
    *,
    task: str = "double",
    commit: str = COMMIT,
    date: int = 1,
    environment: str = "virtualenv-py3.11",
    keep_samples: bool = True,
) -> Path:
    """Add a file to asv's `results_dir`, which is made where it is not there."""
    name = benchmark_of(task)
    own = folder / "host"
    own.mkdir(parents=True, exist_ok=True)
    described = {name: {"version": "1", "rounds": 12, "repeat": REPEAT, "param_names": ["author", "case"]}, "version": 2}
    (folder / "benchmarks.json").write_text(json.dumps(described))
    (own / "machine.json").write_text(json.dumps({**facts_of(machine), "version": 1}))
    document = {
        "commit_hash": commit,
        "env_name": environment,
        "date": date,
        "params": {**facts_of(machine), "python": "3.11"},
        "python": "3.11",
        "requirements": {},
        "env_vars": {},
        "result_columns": COLUMNS,
        "results": {name: row_of(authors, keep_samples=keep_samples)},
        "durations": {},
        "version": 2,
    }
    path = own / f"{commit[:8]}-{environment}.json"
    path.write_text(json.dumps(document))
    return path
