"""Profiles that are kept: what comes back is what was kept, of just this version of a program."""

from pathlib import Path

import pytest

from grader.advice.finding import Cause, Finding
from grader.advice.keeping import PROFILES, kept_profile
from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.kept_files import KeptFiles
from tests.report.example import line_profile, line_times


@pytest.fixture
def submission() -> Submission:
    file = SourceFile("double.py", b"def double(x):\n    for one in x:\n        y = 2 * one\n    return y\n")
    return Submission("ada", "student", "double", Path("ada"), (file,), "double.py", "double", (), "cafe")


FINDING = Finding(Cause.PYTHON_LOOP, line_profile().lines[2], "it runs often", "compile it", 3.3)


def test_heat_and_findings_come_back(tmp_path: Path, submission: Submission) -> None:
    kept = kept_profile(line_profile(), submission, (FINDING,), "numba")
    profiles = KeptFiles(PROFILES, tmp_path / "results.sqlite")
    profiles.keep(submission, kept)
    assert profiles.get(submission) == kept
    assert (kept.shares, kept.slowest) == ({"double.py": (0.0, 0.28, 0.7, 0.02)}, ("double.py", 3))


def test_compiled_lines_have_the_heat_of_the_run_as_python(submission: Submission) -> None:
    profile = line_profile(times=line_times(0.0, 0.0, 0.0, 0.0, 0.0), as_python=line_times(0.0, 0.3, 0.6, 0.1, 0.0))
    assert kept_profile(profile, submission, (), None).shares["double.py"] == (0.0, 0.3, 0.6, 0.1)


@pytest.mark.parametrize("lacking", ["case", "shares", "slowest", "findings", "next_reference"])
def test_a_file_that_lacks_something_is_no_profile(tmp_path: Path, submission: Submission, lacking: str) -> None:
    profiles = KeptFiles(PROFILES, tmp_path / "results.sqlite")
    profiles.keep(submission, kept_profile(line_profile(), submission, (FINDING,), None))
    (file,) = (tmp_path / "profiles").iterdir()
    file.write_text(file.read_text(encoding="utf-8").replace(f'"{lacking}"', '"another"'), encoding="utf-8")
    assert profiles.get(submission) is None
