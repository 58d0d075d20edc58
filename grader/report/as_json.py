"""Results as JSON, schema 1: the fields that `docs/json.md` documents; absent values are null."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from grader.advice.finding import Finding
from grader.advice.program import Advice
from grader.grading.asv_ranking import AsvRanking
from grader.grading.class_report import Report, SpeedThresholds
from grader.grading.marks import AssignmentMarks, FinalMark
from grader.grading.measure_scaling import Study
from grader.grading.profile_lines import LineProfile, LineTimes
from grader.grading.rank import Standing
from grader.grading.replay import Account, Replay, ReplayedRun, Sample, SpeedupChange
from grader.grading.standings import Result
from grader.grading.versions import Compared, Comparison, Speed
from grader.machine import Machine

SCHEMA = 1


def dump(document: Mapping[str, Any]) -> str:
    """Indented JSON text with the schema's number first; never NaN. In printable ASCII: what was printed does no harm."""
    text = json.dumps({"schema": SCHEMA, **document}, indent=2, allow_nan=False)
    return text.replace("\x7f", "\\u007f")  # the one control character that JSON may hold as it is


def report_document(report: Report) -> dict[str, Any]:
    """What `grade`, `rank`, `show` and `check` print."""
    return {
        "machine": machine_document(report.machine),
        "peaks": None if report.peaks is None else asdict(report.peaks),
        "sandbox": report.sandbox,
        "baseline": dict(report.baseline),
        "alpha": report.alpha,
        "confidence": [asdict(one) for one in report.confidence],
        "results": [result_document(result) for result in report.results],
        "marks": [marks_document(marks) for marks in report.marks],
        "finals": [final_document(final) for final in report.finals],
        "thresholds": [thresholds_document(thresholds) for thresholds in report.thresholds],
        "estimates": [one.model_dump() for one in report.estimates],
        "public_cases": dict(report.public_cases),
        "faults": list(report.faults),
        "ungraded": list(report.ungraded),
    }


def thresholds_document(thresholds: SpeedThresholds) -> dict[str, Any]:
    """What one can work towards for one criterion."""
    estimate = thresholds.estimate
    steps = [asdict(step) for step in thresholds.steps]
    return {**vars(thresholds), "steps": steps, "estimate": None if estimate is None else estimate.model_dump()}


def machine_document(machine: Machine) -> dict[str, Any]:
    """The machine's facts, and what tells it from others."""
    return {**asdict(machine), "fingerprint": machine.fingerprint}


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
        "rate": result.rate,
        "rate_low": _finite(result.rate_low),
        "rate_high": _finite(result.rate_high),
        "counted_rate": result.counted_rate,
        "share_of_limit": result.share_of_limit,
        "limit": None if result.limit is None else asdict(result.limit),
        "rank": result.rank,
        "first_rank": result.first_rank,
        "last_rank": result.last_rank,
        "points": result.points,
        "max_points": result.max_points,
        "review": result.review,
        "compiled_functions": result.compiled_functions,
        "picture_answered": result.picture_answered,
        "import_time_s": result.import_time_s,
        "compile_time_s": result.compile_time_s,
        "peak_memory_bytes": result.peak_memory_bytes,
        "cpu_over_wall": result.cpu_over_wall,
        "growths": [{**asdict(growth), "doubling": growth.doubling} for growth in result.growths],
        "runs": result.runs,
        "flags": list(result.flags),
        "suspicions": list(result.suspicions),
        "looked_at": result.looked_at,
        "message": result.message,
        "printed": result.printed,
    }


def marks_document(marks: AssignmentMarks) -> dict[str, Any]:
    """One student's marks for one assignment."""
    return {
        **asdict(marks),
        "points": marks.points,
        "max_points": marks.max_points,
        "undecided_points": marks.undecided_points,
    }


def final_document(final: FinalMark) -> dict[str, Any]:
    """One student's final mark so far."""
    shares = [{**asdict(share), "percent": share.percent} for share in final.shares]
    return {"author": final.author, "percent": final.percent, "max_percent": final.max_percent, "shares": shares}


def asv_document(rankings: Sequence[AsvRanking]) -> dict[str, Any]:
    """What `rank --from asv` prints."""
    return {"rankings": [_asv_ranking_document(one) for one in rankings]}


def _asv_ranking_document(one: AsvRanking) -> dict[str, Any]:
    agreed = one.agreement
    pairs = [{**asdict(pair), "is_reversed": pair.is_reversed} for pair in agreed.otherwise] if agreed is not None else []
    return {
        "task": one.task,
        "case": one.case,
        "commit": one.file.commit,
        "environment": one.file.environment,
        "machine": one.file.machine,
        "baseline": one.baseline,
        "rounds": one.rounds,
        "difference": _finite(one.difference),
        "results": [
            {
                "competitor": standing.competitor,
                "rank": standing.rank,
                "first_rank": standing.first_rank,
                "last_rank": standing.last_rank,
                "wall_time_s": one.times_s[standing.competitor],
                "speedup": standing.speedup,
                "speedup_low": _finite(standing.speedup_low),
                "speedup_high": _finite(standing.speedup_high),
            }
            for standing in one.ranking.standings
        ],
        "absent": [{"competitor": author, "because": why} for author, why in one.absent.items()],
        "agreement": None
        if agreed is None
        else {"students": agreed.students, "tau_b": agreed.tau_b, "ordered_otherwise": pairs},
        "other_code": list(one.other_code),
        "code_unknown": one.code_unknown or None,
    }


def comparison_document(comparison: Comparison, slower_by: float | None) -> dict[str, Any]:
    """What `compare` prints; `slower_by` is the fraction from which on being slower fails."""
    failing = comparison.failing(slower_by) if slower_by is not None else ()
    return {
        "sandbox": comparison.sandbox,
        "alpha": comparison.alpha,
        "from_stored_samples": comparison.is_stored,
        "fail_slower": slower_by,
        "compared": [_compared_document(one, is_failing=one in failing) for one in comparison.compared],
        "only_old": list(comparison.only_old),
        "only_new": list(comparison.only_new),
    }


def _compared_document(one: Compared, *, is_failing: bool) -> dict[str, Any]:
    speed = {field.name: None for field in fields(Speed)} if one.speed is None else asdict(one.speed)
    ends = {name: _finite(speed[name]) for name in ("speedup_low", "speedup_high")}
    return {
        "author": one.author,
        "task": one.task,
        "outcome": one.outcome.value,
        **speed,
        **ends,
        "because": one.because,
        "notes": list(one.notes),
        "fails": is_failing,
    }


def scaling_document(study: Study) -> dict[str, Any]:
    """What `scaling` prints."""
    found = study.scaling
    rows = zip(found.on_cores, study.figures, strict=True)
    return {
        "author": study.author,
        "task": study.task,
        "case": study.case,
        "work": study.work,
        "sandbox": study.sandbox,
        "runs": found.runs,
        "on_cores": [{**asdict(figures), **asdict(one), "efficiency": one.efficiency} for one, figures in rows],
        "serial": asdict(found.serial),
        "most_speedup": found.most_speedup,
        "control": asdict(found.control),
        "disturbed": found.disturbed,
        "notes": list(study.notes),
    }


def profile_document(profile: LineProfile, advice: Advice) -> dict[str, Any]:
    """What `profile` prints: of the lines, those that ran or whose memory changed."""
    lines = [_profiled_line(profile, index) for index in range(len(profile.lines))]
    as_python = profile.as_python
    slowest = None if profile.slowest is None else profile.lines[profile.slowest]
    return {
        "author": profile.author,
        "task": profile.task,
        "sandbox": profile.sandbox,
        **_watched_document(profile.times),
        "as_python": None if as_python is None else _watched_document(as_python),
        "memory": {"case": profile.memory.case, "peak_bytes": profile.memory.peak_bytes},
        "compile_time_s": profile.compile_time_s,
        "compiled_functions": profile.compiled_functions,
        "python_share": profile.split.python,
        "native_share": profile.split.native,
        "slowest": None if slowest is None else asdict(slowest),
        "lines": [line for line in lines if line["time_s"] or line["as_python_time_s"] or line["growth_bytes"]],
        "findings": [finding_document(one) for one in advice.findings],
        "next_reference": advice.next_reference,
        "share_of_limit": advice.share_of_limit,
        "wrong_answer": advice.wrong,
        "notes": list(profile.notes),
    }


def finding_document(finding: Finding) -> dict[str, Any]:
    """One piece of advice."""
    return asdict(finding)


def _watched_document(times: LineTimes) -> dict[str, Any]:
    return {"case": times.case, "call_s": times.call_s, "watched_s": times.watched_s, "slowdown": times.slowdown}


def _profiled_line(profile: LineProfile, index: int) -> dict[str, Any]:
    times, as_python = profile.times, profile.as_python
    return {
        **asdict(profile.lines[index]),
        "hits": times.hits[index],
        "time_s": times.times_s[index],
        "share": times.shares[index],
        "as_python_hits": None if as_python is None else as_python.hits[index],
        "as_python_time_s": None if as_python is None else as_python.times_s[index],
        "as_python_share": None if as_python is None else as_python.shares[index],
        "growth_bytes": profile.memory.growths_bytes[index],
    }


def replay_document(replay: Replay) -> dict[str, Any]:
    """What `replay` prints: each turn of then beside that of now."""
    return {
        "author": replay.author,
        "kind": replay.kind,
        "task": replay.task,
        "case": replay.case,
        "baseline": replay.baseline,
        "then": _account_document(replay.then),
        "now": _account_document(replay.now),
        "same_code": replay.same_code,
        "same_conditions": replay.same_conditions,
        "same_verdict": replay.same_verdict,
        "same_message": replay.same_message,
        "speedup_change": _change_document(replay.speedup_change),
        "runs": [_replayed_run_document(run) for run in replay.runs],
        "notes": list(replay.notes),
    }


def _account_document(account: Account) -> dict[str, Any]:
    return {
        "made_at": account.made_at,
        "content_hash": account.content_hash,
        "baseline_hash": account.baseline_hash,
        "machine": None if account.machine is None else asdict(account.machine),
        "fingerprint": account.conditions.machine,
        "environment": account.conditions.environment,
        "sandbox": account.conditions.sandbox,
        "verdict": account.verdict.value,
        "message": account.message,
        **_speedup_document(account.standing),
    }


def _speedup_document(standing: Standing | None) -> dict[str, float | None]:
    if standing is None:
        return {"speedup": None, "speedup_low": None, "speedup_high": None}
    return {
        "speedup": standing.speedup,
        "speedup_low": _finite(standing.speedup_low),
        "speedup_high": _finite(standing.speedup_high),
    }


def _change_document(change: SpeedupChange | None) -> dict[str, Any] | None:
    return None if change is None else {**asdict(change), "beyond_noise": change.beyond_noise}


def _replayed_run_document(run: ReplayedRun) -> dict[str, Any]:
    rounds = [{"round": one.number, "then": _sample_document(one.then), "now": _sample_document(one.now)} for one in run.rounds]
    return {"run": run.number, "then": asdict(run.then), "now": asdict(run.now), "rounds": rounds}


def _sample_document(sample: Sample | None) -> dict[str, float] | None:
    return None if sample is None else {**asdict(sample), "ratio": sample.ratio}


def _finite(value: float | None) -> float | None:
    """An interval without an end is null: after a single run nothing bounds it."""
    return None if value is None or value in (float("inf"), float("-inf")) else value
