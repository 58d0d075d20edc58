"""Scaling studies are kept for one version of a program, and what is damaged is not there."""

from pathlib import Path

import pytest

from grader.content.submission import Submission
from grader.errors import GraderError
from grader.grading.kept_scaling import KeptScaling, KeptScalings, SpeedupOn, kept_scaling
from tests.report.example import study

ADA = Submission("ada", "student", "double", Path(), (), "double.py", "double", (), "a" * 64)
OTHER = Submission("ada", "student", "double", Path(), (), "double.py", "double", (), "b" * 64)


def kept() -> KeptScaling:
    return kept_scaling(study(), "this machine")


def test_what_is_kept_of_a_study_is_read_again(tmp_path: Path) -> None:
    studies = KeptScalings(tmp_path / "scaling")
    studies.keep(ADA, kept())
    assert studies.get(ADA) == kept()
    assert [(one.cores, round(one.speedup, 2)) for one in kept().on_cores] == [(1, 1.0), (2, 1.82), (4, 3.08)]
    assert studies.get(OTHER) is None, "another version has none"


def test_a_single_run_has_no_interval(tmp_path: Path) -> None:
    single = KeptScaling(
        "this machine", "full", "large", of_processes=True, on_cores=(SpeedupOn(1, 1.0, None, None),), serial=0.0
    )
    studies = KeptScalings(tmp_path)
    studies.keep(ADA, single)
    assert studies.get(ADA) == single


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"version": 2}',
        '{"version": 0}',
        '{"version": 2, "machine": "", "sandbox": "", "case": "", "of_processes": false, "serial": 0, "on_cores": []}',
        '{"version": 2, "machine": "", "sandbox": "", "case": "", "of_processes": false, "serial": 0, "on_cores": [{"cores": 0, "speedup": 1, "low": null, "high": null}]}',  # noqa: E501
    ],
)
def test_what_is_damaged_is_not_there(tmp_path: Path, text: str) -> None:
    studies = KeptScalings(tmp_path)
    studies.keep(ADA, kept())
    (file,) = tmp_path.iterdir()
    file.write_text(text, encoding="utf-8")
    assert studies.get(ADA) is None


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(GraderError, match="cannot be kept"):
        KeptScalings(tmp_path / "file" / "scaling").keep(ADA, kept())
