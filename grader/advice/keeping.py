"""Profiles of a class, kept beside the store for the pages: of each program the heat of its lines, and the advice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.advice.finding import Cause, Finding
from grader.content.submission import Submission
from grader.execution.line_profile import line_count
from grader.grading.profile_lines import Line, LineProfile
from grader.kept_files import Kind


@dataclass(frozen=True)
class KeptProfile:
    """What is kept of one profile."""

    case: str
    shares: Mapping[str, tuple[float, ...]]
    """By file, of each line its share of the time; of compiled lines their share of the work as Python."""
    slowest: tuple[str, int] | None
    """The file and the line, from 1."""
    findings: tuple[Finding, ...]
    next_reference: str | None


def kept_profile(
    profile: LineProfile, submission: Submission, findings: tuple[Finding, ...], next_reference: str | None
) -> KeptProfile:
    """What is kept of a profile of this submission."""
    shares: dict[str, tuple[float, ...]] = {}
    slowest = None
    first = 0
    for file in submission.files:
        rows = range(first, first := first + line_count(file))
        shares[file.path] = tuple(round(_heat(profile, row), 4) for row in rows)
        if profile.slowest is not None and profile.slowest in rows:
            slowest = (file.path, profile.slowest - rows.start + 1)
    return KeptProfile(profile.times.case, shares, slowest, findings, next_reference)


def _heat(profile: LineProfile, row: int) -> float:
    as_python = profile.as_python
    return max(profile.times.shares[row], 0.0 if as_python is None else as_python.shares[row])


def _read(kept: dict[str, Any]) -> KeptProfile:
    return KeptProfile(
        case=str(kept["case"]),
        shares={str(path): tuple(map(float, shares)) for path, shares in kept["shares"].items()},
        slowest=None if kept["slowest"] is None else (str(kept["slowest"][0]), int(kept["slowest"][1])),
        findings=tuple(_finding(one) for one in kept["findings"]),
        next_reference=kept["next_reference"],
    )


def _finding(kept: dict[str, Any]) -> Finding:
    return Finding(**{**kept, "cause": Cause(kept["cause"]), "line": Line(**kept["line"]), "gain": float(kept["gain"])})


PROFILES = Kind("profiles", "profile", 1, _read)
"""New code has no profile until it is profiled again."""
