"""A student checks their own files: right or wrong, how fast beside the references, and what next."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from tests.end_to_end.small_course import LOOPS, VECTORS, WRONG, SmallCourse, run_grader


def test_the_starter_goes_into_place_and_is_never_overwritten(course: SmallCourse, tmp_path: Path) -> None:
    target = tmp_path / "mine" / "distances.py"
    assert course.grader("new", "distances", target.parent).code == 0
    target.write_text(LOOPS, encoding="utf-8")
    again = course.grader("new", "distances", target.parent)
    assert again.code == 2
    assert "exists already" in again.err
    assert target.read_text(encoding="utf-8") == LOOPS


def test_a_right_file_is_compared_with_every_reference_and_drawn(course: SmallCourse, tmp_path: Path) -> None:
    file = tmp_path / "distances.py"
    file.write_text(VECTORS, encoding="utf-8")
    ran = course.grader("check", file, "--picture", tmp_path / "drawn", "--budget", "0")
    assert ran.code == 0, ran.err
    # How the speeds compare, beside which reference, and whether there are points for it yet, is left to the machine.
    ended = r"you: correct · .* (numpy|naive) \(.* points (so far )?here · slowest line 4 · next: grader profile .*"
    assert re.fullmatch(ended, ran.out.rstrip().splitlines()[-1])
    rows = [line.split()[0] for line in ran.out.splitlines() if line.strip()]
    assert {"naive", "numpy"} <= {*rows}
    assert [path.name for path in (tmp_path / "drawn").iterdir()] == ["totals.png"]


def test_a_wrong_file_ends_with_code_1_and_the_known_mistake(course: SmallCourse, tmp_path: Path) -> None:
    file = tmp_path / "distances.py"
    file.write_text(WRONG, encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    ran = course.grader("check", "../distances.py", "--store", "../kept/own.sqlite", here=tmp_path / "elsewhere", COLUMNS="500")
    assert ran.code == 1
    assert "WRONG_ANSWER" in ran.out
    assert "the root is missing" in ran.out
    (again,) = re.findall(r"again on this case: grader (.*)", ran.out)
    copied = run_grader(*shlex.split(again), here=tmp_path / "elsewhere")
    assert (copied.code, "the root is missing" in copied.out) == (1, True), copied.err


def test_several_files_are_compared_at_one_case(course: SmallCourse, tmp_path: Path) -> None:
    slow, fast = tmp_path / "slow.py", tmp_path / "fast.py"
    slow.write_text(LOOPS, encoding="utf-8")
    fast.write_text(VECTORS, encoding="utf-8")
    results = course.results(course.grader("check", slow, fast, "--task", "distances", "--budget", "0", "--json"))
    assert set(results) == {"slow", "fast"}
    assert results["slow"]["case"] == results["fast"]["case"]
    assert (results["fast"]["rank"], results["slow"]["rank"]) == (1, 2)


def test_a_failing_case_can_be_run_alone(graded: SmallCourse, tmp_path: Path) -> None:
    case = graded.folder / "results" / "cases" / "wim" / "distances.npz"
    with np.load(case) as saved:
        assert str(saved["task"]) == "distances"
    file = tmp_path / "distances.py"
    file.write_text(WRONG, encoding="utf-8")
    assert graded.grader("check", file, "--case", case).code == 1
    file.write_text(VECTORS, encoding="utf-8")
    right = graded.grader("check", file, "--case", case)
    assert right.code == 0
    assert "right on this case" in right.out


def test_a_wrong_answer_is_shown_on_a_call_to_paste_and_as_a_picture(course: SmallCourse, tmp_path: Path) -> None:
    file, picture = tmp_path / "distances.py", tmp_path / "wrong.png"
    file.write_text(WRONG, encoding="utf-8")
    (result,) = course.results(course.grader("check", file, "--json")).values()
    pasted = re.search(r"the smallest call found that fails like this one:\n +distances\((.*)\)\n", result["message"])
    assert pasted is not None
    points = eval(pasted[1], {"np": np})  # noqa: S307 -- that it can be pasted is what is tested
    case = course.folder / "results" / "cases" / result["author"] / "distances.npz"
    with np.load(case) as saved:
        assert np.array_equal(saved["input_0"], points)
    assert course.grader("check", file, "--case", case, "--picture", picture).code == 1
    assert picture.read_bytes().startswith(b"\x89PNG")
    file.write_text(VECTORS, encoding="utf-8")
    right = course.grader("check", file, "--case", case, "--picture", tmp_path / "right.png")
    assert (right.code, right.err.startswith("nothing is drawn: there is no wrong answer")) == (0, True)


@pytest.mark.parametrize("content", [b"", b"not a case", b"PK\x03\x04"])
def test_what_is_no_case_file_is_said_to_be_none(course: SmallCourse, tmp_path: Path, content: bytes) -> None:
    file, case = tmp_path / "distances.py", tmp_path / "case.npz"
    file.write_text(VECTORS, encoding="utf-8")
    case.write_bytes(content)
    ran = course.grader("check", file, "--case", case)
    assert ran.code == 2
    assert "not a case file" in ran.err


def test_the_course_may_be_named_once_for_all_in_the_environment(course: SmallCourse) -> None:
    ran = run_grader("tasks", "--json", GRADER_COURSE=str(course.folder))
    assert [task["name"] for task in ran.json["tasks"]] == ["distances"]


def test_a_file_that_does_not_exist_is_said_not_to(course: SmallCourse, tmp_path: Path) -> None:
    (tmp_path / "distances.py").write_text(VECTORS, encoding="utf-8")
    ran = course.grader("check", tmp_path / "distance.py")
    assert ran.code == 2
    assert "there is no file" in ran.err
    assert "did you mean 'distances.py'" in ran.err
