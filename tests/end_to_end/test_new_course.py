"""A new course is started from the one at hand, and its commands work at once."""

import os
import subprocess
import sys
from pathlib import Path

from tests.end_to_end.small_course import VECTORS, Ran, SmallCourse


def in_folder(folder: Path, *words: str) -> Ran:
    """`cd FOLDER && grader WORDS…`."""
    environment = {name: value for name, value in os.environ.items() if name != "GRADER_COURSE"}
    command = [sys.executable, "-m", "grader", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment, cwd=folder)
    return Ran(done.returncode, done.stdout, done.stderr)


def test_a_new_course_works_at_once_and_ranks_its_references(course: SmallCourse, tmp_path: Path) -> None:
    course.hand_in("vera", VECTORS)
    new = tmp_path / "courses" / "next year"
    made = course.grader("init", new)
    assert made.code == 0, made.err
    assert f"cd '{new}' && grader tasks" in made.out
    assert "distances(points: float64[n,k])" in in_folder(new, "tasks").out
    board = in_folder(new, "grade", "--budget", "0")
    assert board.code == 0, board.err
    assert "numpy" in board.out
    assert "ACCEPTED" in board.out
    assert "vera" not in board.out


def test_the_empty_folder_that_one_is_in_will_do(course: SmallCourse, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    ran = in_folder(folder, "init", ".", "--course", str(course.folder), "--json")
    assert ran.code == 0, ran.err
    assert ran.json == {"schema": 1, "course": ".", "tasks": ["distances"]}
    assert in_folder(folder, "tasks").code == 0


def test_what_is_there_is_left_alone_and_said(course: SmallCourse) -> None:
    before = {path: path.stat().st_mtime_ns for path in course.folder.rglob("*")}
    for place, words in ((course.folder, "is not empty"), (course.folder / "course.toml", "is a file")):
        ran = course.grader("init", place)
        assert ran.code == 2
        assert words in ran.err
    assert {path: path.stat().st_mtime_ns for path in course.folder.rglob("*")} == before


def test_where_there_is_no_course_none_is_started(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    ran = in_folder(tmp_path / "nothing", "init", "../new")
    assert ran.code == 2
    assert "course.toml" in ran.err
    assert not (tmp_path / "new").exists()
