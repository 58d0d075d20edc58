"""The programs of the semester to look at are what is said of them."""

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import semester
from benchmarks.figures import COURSE
from grader.content.course import load_course
from grader.content.course_folder import COURSE_FILE
from grader.content.new_course import start_course
from grader.errors import UsageError

RIGHT = ("LOOPS", "LOCALS", "MASKS", "SHRINKING", "COMPILED", "REAL", "HALF_COMPILED")


def answer(text: str) -> Any:  # noqa: ANN401 -- whatever the program gives
    """What a program of ours counts on a small image."""
    names: dict[str, Any] = {}
    exec(compile(text, "julia.py", "exec"), names)  # noqa: S102 -- a text of this project
    return names["julia"](np.linspace(-1.5, 1.5, 9), np.linspace(-1.0, 1.0, 7), complex(-0.618, 0.1), 20)


@pytest.mark.parametrize("name", RIGHT)
def test_the_program_is_right(name: str) -> None:
    reference = answer((COURSE / "reference" / "naive" / "julia.py").read_text(encoding="utf-8"))
    np.testing.assert_array_equal(answer(getattr(semester, name)), reference)


def test_one_is_wrong() -> None:
    assert np.any(answer(semester.ONE_TOO_FEW) != answer(semester.LOOPS))


def test_every_week_is_a_commit_a_week_later(tmp_path: Path) -> None:
    semester.hand_in_week_by_week(tmp_path, "julia", ({"ada": "1"}, {"ada": "2", "ben": "1"}))
    command = ["git", "-C", str(tmp_path), "log", "--reverse", "--format=%as %s"]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    assert said == ["2026-09-07 Week 1", "2026-09-14 Week 2"]


def test_it_is_measured_in_fewer_runs_than_the_course_wants(tmp_path: Path) -> None:
    start_course(COURSE, tmp_path / "course")
    course = load_course(tmp_path / "course")
    semester.measure_briefly(tmp_path / "course" / COURSE_FILE)
    assert load_course(tmp_path / "course") == course.model_copy(
        update={"measurement": course.measurement.model_copy(update={"min_runs": 2})}
    )
    assert course.measurement.min_runs > 2


def test_a_course_that_cannot_be_changed_so_is_refused(tmp_path: Path) -> None:
    (tmp_path / COURSE_FILE).write_text("[measurement]\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"no line 'longest_call_s = 0\.1'"):
        semester.measure_briefly(tmp_path / COURSE_FILE)
