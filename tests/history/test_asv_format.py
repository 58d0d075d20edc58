"""asv itself reads what is written, and says the same of it."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asv.results import Results

from grader.errors import UsageError
from grader.history.asv_format import Series, benchmarks_text, results_text, series_before, series_of
from grader.history.figures import Figures, Timing
from grader.machine import Machine
from tests.grading.course_fixture import NUMPY_PACE_S, Classroom, paced
from tests.history.past import grade_on, history_of

MACHINE = Machine("lab/laptop", "a CPU", 2, 8 << 30, "Linux x86_64", 1)
FIGURES: Figures = {
    ("double", "student/ada", "large"): Timing(0.5, (0.5, 0.6, 0.4)),
    ("double", "student/bob", "large"): None,
    ("double", "student/bob", "huge"): None,
}
CASES = {"double": ("small", "large")}


def test_the_cases_are_the_tasks_and_behind_them_what_it_has_no_more() -> None:
    assert series_of(FIGURES, CASES) == {"double": Series(("student/ada", "student/bob"), ("small", "large", "huge"))}


def test_the_roster_grows_and_nobody_is_taken_off_it() -> None:
    before = {"double": Series(("student/zoe",), ("small",)), "gone": Series(("student/zoe",), ("one",))}
    assert series_before(benchmarks_text(before)) == before
    joined = series_of(FIGURES, CASES)["double"].joined(before["double"])
    assert joined.authors == ("student/ada", "student/bob", "student/zoe")


@pytest.mark.parametrize("text", ["", "[]", '{"x": {"name": 1}}', '{"x": {"name": "x", "params": [["ada"], []]}}', "null"])
def test_a_damaged_list_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="damaged"):
        series_before(text)


def test_asv_loads_results(tmp_path: Path) -> None:
    path = tmp_path / "lab_laptop-x" / "01234567-env.json"
    path.parent.mkdir()
    at = datetime(2026, 10, 5, 10, tzinfo=UTC)
    path.write_text(results_text("0123456789", at, MACHINE, "digest", FIGURES, series_of(FIGURES, CASES)), encoding="utf-8")
    loaded = Results.load(str(path))
    parameters = loaded.get_result_params("double.time_call")
    value = dict(
        zip(
            [(author, case) for author in parameters[0] for case in parameters[1]],
            loaded.get_result_value("double.time_call", parameters),
            strict=True,
        )
    )
    assert value["'student/ada'", "'large'"] == 0.5
    assert value["'student/bob'", "'large'"] is None
    assert str(value["'student/ada'", "'small'"]) == "nan"
    assert loaded.date == at.timestamp() * 1000
    assert (loaded.params["machine"].partition("-")[0], loaded.params["ram"]) == ("lab_laptop", "8 GiB")


def test_asv_shows_and_compares_gradings(tmp_path: Path) -> None:
    classroom = Classroom(tmp_path / "course")
    classroom.submit("ada", paced(NUMPY_PACE_S))
    classroom.submit("max", paced(NUMPY_PACE_S, compute=lambda x: 3 * x))
    grade_on(classroom, 5)
    classroom.submit("ada", paced(NUMPY_PACE_S / 2), "# faster")
    grade_on(classroom, 12)
    with classroom.store() as store:
        first, second = history_of(classroom).add(store, trust_code=False)
    shown = asv(classroom, "show", first.commit)
    assert re.search(r"student/ADA +1\.00±0ms +10\.0±0ms +100±0ms", shown)
    assert re.search(r"student/MAX +failed +failed +failed", shown)
    compared = asv(classroom, "compare", first.commit, second.commit).splitlines()
    (line,) = (line for line in compared if "student/ADA', 'large'" in line)
    assert [cell.strip() for cell in line.split("|")][1:5] == [
        "",
        "100±0ms",
        "50.0±0ms",
        "~0.50",
    ]  # few samples: asv is not sure


def asv(classroom: Classroom, *words: str) -> str:
    command = [sys.executable, "-m", "asv", *words]
    done = subprocess.run(command, cwd=classroom.folder / "history", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
