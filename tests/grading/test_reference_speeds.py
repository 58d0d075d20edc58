"""References that a student's copy lacks: what the course's machine says of them, and what that makes of a speed here."""

import json
import shutil
from pathlib import Path

import pytest

from grader.grading.class_report import Report
from grader.grading.own_files import grade_own
from grader.grading.progress import Silent
from grader.grading.reference_speeds import estimate_of, estimate_text
from grader.grading.session import read_class
from tests.grading.course_fixture import NAIVE_PACE_S, NUMBA_PACE_S, Classroom, of, paced, points_of, write

SPEEDUP = 25.0


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    classroom = Classroom(tmp_path)
    classroom.submit("ada", paced(NAIVE_PACE_S / 5))
    return classroom


def as_students_copy(classroom: Classroom, speedup: float | None = SPEEDUP) -> None:
    """Take away `numba`, which earns full marks, and leave an estimate of it."""
    shutil.rmtree(classroom.folder / "reference" / "numba")
    known = {"case": "large", "machine": "bench, a CPU"} if speedup else {"case": None, "machine": None}
    estimate = {"task": "double", "level": "numba", "speedup": speedup, **known}
    write(classroom.folder / "release.json", json.dumps({"format": 1, "estimates": [estimate]}))


def checked(classroom: Classroom) -> Report:
    """`grader check` of what ada has handed in."""
    session = classroom.session
    mine = [one for one in read_class(session)[0].everyone if one.kind == "student"]
    with classroom.store() as store:
        return grade_own(session, mine, 0.0, classroom.backend, store, Silent())


# What the course's machine says


def test_an_estimate_is_the_ratio_of_the_rates_by_unit_of_work(classroom: Classroom) -> None:
    report = classroom.grade()
    measured = {result.author: result for result in report.results if result.kind == "reference"}
    estimate = estimate_of("numba", "double", measured, classroom.task.case_names, report.machine)
    assert estimate.speedup == pytest.approx(NAIVE_PACE_S / NUMBA_PACE_S, rel=0.05)
    assert estimate.case == of(report, "numba").case == "large"
    assert estimate_text(estimate) == (
        f"numba (estimate from laptop, {report.machine.cpu}, at case large): {estimate.speedup:.3g}× naive"
    )


def test_where_nothing_was_measured_there_is_no_estimate(classroom: Classroom) -> None:
    estimate = estimate_of("numba", "double", {}, classroom.task.case_names, classroom.session.machine)
    assert (estimate.speedup, estimate.case, estimate.machine) == (None, None, None)
    assert "there is no estimate" in estimate_text(estimate)


# What it makes of a speed in the copy


def test_full_marks_are_told_by_the_estimate_times_the_time_of_naive_here(classroom: Classroom) -> None:
    as_students_copy(classroom)
    report = checked(classroom)
    (thresholds,) = report.thresholds
    assert thresholds.steps[-1].seconds_per_unit == pytest.approx(NAIVE_PACE_S / SPEEDUP, rel=0.05)
    assert thresholds.estimate is not None
    assert thresholds.estimate.level == "numba"


def test_points_by_an_estimate_say_so(classroom: Classroom) -> None:
    as_students_copy(classroom)
    speed = points_of(checked(classroom), "ada")["speed"]
    assert speed.points == pytest.approx(2.0, abs=0.1), "five times as fast as naive is half of the way to 25 times"
    assert "numba (estimate from bench, a CPU, at case large): 25× naive" in speed.because


def test_without_an_estimate_there_are_no_points_yet(classroom: Classroom) -> None:
    as_students_copy(classroom, speedup=None)
    report = checked(classroom)
    assert report.thresholds == ()
    assert points_of(report, "ada")["speed"].points is None


def test_the_report_of_a_copy_has_its_estimates_and_counts_its_public_cases(classroom: Classroom) -> None:
    assert (checked(classroom).estimates, checked(classroom).public_cases) == ((), {})
    as_students_copy(classroom)
    report = checked(classroom)
    assert [(one.level, one.speedup) for one in report.estimates] == [("numba", SPEEDUP)]
    assert report.public_cases == {"double": 3}


def test_a_reference_that_is_there_is_measured_and_not_estimated(classroom: Classroom) -> None:
    estimate = {"task": "double", "level": "numba", "speedup": SPEEDUP, "case": "large", "machine": "bench"}
    write(classroom.folder / "release.json", json.dumps({"format": 1, "estimates": [estimate]}))
    (thresholds,) = checked(classroom).thresholds
    assert thresholds.estimate is None
    assert thresholds.steps[-1].seconds_per_unit == pytest.approx(NUMBA_PACE_S, rel=0.05)


def test_a_copy_has_no_class(classroom: Classroom) -> None:
    as_students_copy(classroom)
    shutil.rmtree(classroom.folder / "submissions")
    assert {one.author for one in read_class(classroom.session)[0].everyone} == {"naive", "numpy"}
