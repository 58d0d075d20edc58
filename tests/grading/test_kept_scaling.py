"""Scaling studies that are kept: what comes back is what was kept."""

from pathlib import Path

import pytest

from grader.content.submission import Submission
from grader.grading.kept_scaling import STUDIES, KeptScaling, SpeedupOn, kept_scaling
from grader.kept_files import KeptFiles
from tests.report.example import study

ADA = Submission("ada", "student", "double", Path(), (), "double.py", "double", (), "a" * 64)


def kept() -> KeptScaling:
    return kept_scaling(study(), "this machine")


def test_what_is_kept_of_a_study_is_read_again(tmp_path: Path) -> None:
    studies = KeptFiles(STUDIES, tmp_path / "results.sqlite")
    studies.keep(ADA, kept())
    assert studies.get(ADA) == kept()
    assert [(one.cores, round(one.speedup, 2)) for one in kept().on_cores] == [(1, 1.0), (2, 1.82), (4, 3.08)]


def test_a_single_run_has_no_interval(tmp_path: Path) -> None:
    single = KeptScaling(
        "this machine", "full", "large", of_processes=True, on_cores=(SpeedupOn(1, 1.0, None, None),), serial=0.0
    )
    studies = KeptFiles(STUDIES, tmp_path / "results.sqlite")
    studies.keep(ADA, single)
    assert studies.get(ADA) == single


@pytest.mark.parametrize(
    "text",
    [
        '{"version": 2}',
        '{"version": 2, "machine": "", "sandbox": "", "case": "", "of_processes": false, "serial": 0, "on_cores": []}',
        '{"version": 2, "machine": "", "sandbox": "", "case": "", "of_processes": false, "serial": 0, "on_cores": [{"cores": 0, "speedup": 1, "low": null, "high": null}]}',  # noqa: E501
    ],
)
def test_a_file_without_speedups_is_no_study(tmp_path: Path, text: str) -> None:
    studies = KeptFiles(STUDIES, tmp_path / "results.sqlite")
    studies.keep(ADA, kept())
    (file,) = (tmp_path / "scaling").iterdir()
    file.write_text(text, encoding="utf-8")
    assert studies.get(ADA) is None
