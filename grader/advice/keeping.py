"""Profiles of a class, kept beside the store for the pages: of each program the heat of its lines, and the advice."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.advice.finding import Cause, Finding
from grader.content.submission import Submission
from grader.errors import GraderError
from grader.execution.line_profile import line_count
from grader.file_state import file_state
from grader.grading.profile_lines import Line, LineProfile
from grader.whole_files import write_whole

FOLDER = "profiles"
_VERSION = 1


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


class KeptProfiles:
    """The folder that they lie in, a file for each version of a program: new code has no profile until it is profiled again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, submission: Submission) -> KeptProfile | None:
        """The profile of just this version; None where there is none that can be read."""
        try:
            return _read(json.loads(self._path(submission).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def state(self, submission: Submission) -> tuple[int, ...]:
        """What is another one after a profile was kept or removed, without reading it."""
        return file_state(self._path(submission))

    def keep(self, submission: Submission, kept: KeptProfile) -> None:
        """Write it, whole or not at all.

        Raises:
            GraderError: it cannot be written.
        """
        text = json.dumps({"version": _VERSION, **asdict(kept)}, allow_nan=False)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._path(submission), text.encode())
        except OSError as error:
            raise GraderError(f"the profile cannot be kept in {self._folder}: {error.strerror}") from error

    def _path(self, submission: Submission) -> Path:
        return self._folder / f"{submission.task}-{submission.content_hash}.json"


def _read(kept: dict[str, Any]) -> KeptProfile | None:
    if kept["version"] != _VERSION:
        return None
    return KeptProfile(
        case=str(kept["case"]),
        shares={str(path): tuple(map(float, shares)) for path, shares in kept["shares"].items()},
        slowest=None if kept["slowest"] is None else (str(kept["slowest"][0]), int(kept["slowest"][1])),
        findings=tuple(_finding(one) for one in kept["findings"]),
        next_reference=kept["next_reference"],
    )


def _finding(kept: dict[str, Any]) -> Finding:
    return Finding(**{**kept, "cause": Cause(kept["cause"]), "line": Line(**kept["line"]), "gain": float(kept["gain"])})
