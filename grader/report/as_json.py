"""Results as JSON, schema 1: the fields that `docs/json.md` documents; absent values are null."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from grader.grading.standings import Report, Result

SCHEMA = 1


def dump(document: Mapping[str, Any]) -> str:
    """Indented JSON text with the schema's number first; never NaN. In ASCII: what a submission printed is harmless in it."""
    return json.dumps({"schema": SCHEMA, **document}, indent=2, allow_nan=False)


def report_document(report: Report) -> dict[str, Any]:
    """What `grade`, `rank`, `show` and `check` print."""
    return {
        "machine": {**asdict(report.machine), "fingerprint": report.machine.fingerprint},
        "sandbox": report.sandbox,
        "baseline": dict(report.baseline),
        "alpha": report.alpha,
        "results": [result_document(result) for result in report.results],
        "totals": [asdict(total) for total in report.totals],
        "faults": list(report.faults),
        "ungraded": list(report.ungraded),
    }


def result_document(result: Result) -> dict[str, Any]:
    """One author's work on one task."""
    return {
        "author": result.author,
        "kind": result.kind,
        "task": result.task,
        "verdict": result.verdict.value,
        "case": result.case,
        "baseline": result.baseline,
        "wall_time_s": result.wall_time_s,
        "work": result.work,
        "speedup": result.speedup,
        "speedup_low": _finite(result.speedup_low),
        "speedup_high": _finite(result.speedup_high),
        "rank": result.rank,
        "points": result.points,
        "max_points": result.max_points,
        "marks": [asdict(points) for points in result.marks],
        "thresholds": [asdict(threshold) for threshold in result.thresholds],
        "import_time_s": result.import_time_s,
        "compile_time_s": result.compile_time_s,
        "peak_memory_bytes": result.peak_memory_bytes,
        "cpu_over_wall": result.cpu_over_wall,
        "runs": result.runs,
        "flags": list(result.flags),
        "message": result.message,
        "printed": result.printed,
    }


def _finite(value: float | None) -> float | None:
    """An interval without an end is null: after a single run nothing bounds it."""
    return None if value is None or value in (float("inf"), float("-inf")) else value
