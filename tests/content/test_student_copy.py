"""A student's copy: what students may have of the course's content, and nothing else."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.content.course import load_course
from grader.content.release_notes import ReleaseNotes
from grader.content.student_copy import Solution, by_task, copied, released, solutions
from grader.errors import UsageError
from tests.grading.course_fixture import Classroom, write

NOTES = ReleaseNotes(format=1, estimates=())
NOW = datetime(2026, 10, 5, tzinfo=UTC)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with a class, results, secrets and litter."""
    folder = Classroom(tmp_path / "course").folder
    for path in (
        "tasks/double/README.md",
        "tasks/double/starter.py",
        "tasks/double/data/points.txt",
        "tasks/double/secret/cases.txt",
        "tasks/double/secret/more/kernels.txt",
        "tasks/double/.hidden",
        "tasks/double/__pycache__/task.pyc",
        "tasks/notes.txt",
        "reference/numba/helper.py",
        "reference/notes.txt",
        "submissions/ada/double.py",
        "results/results.sqlite",
        "notes.txt",
    ):
        write(folder / path, f"{path} is here")
    return folder


def paths(course: Path, *given: Solution) -> set[str]:
    return set(copied(course, given, NOTES, "read me"))


ALWAYS = {
    *("README.md", "course.toml", "release.json", "reference/naive/double.py", "tasks/double/README.md"),
    *("tasks/double/data/points.txt", "tasks/double/starter.py", "tasks/double/task.py"),
}


def test_it_has_the_tasks_without_their_secrets_and_no_class_results_or_litter(course: Path) -> None:
    assert paths(course, Solution("double", "naive")) == ALWAYS


def test_it_has_the_references_that_are_given(course: Path) -> None:
    naive, numpy = Solution("double", "naive"), Solution("double", "numpy")
    assert paths(course, naive, numpy) == ALWAYS | {"reference/numpy/double.py"}


def test_further_files_of_a_level_come_once_none_of_its_solutions_is_held_back(course: Path) -> None:
    naive, numba = Solution("double", "naive"), Solution("double", "numba")
    assert paths(course, naive, numba) == ALWAYS | {"reference/numba/double.py", "reference/numba/helper.py"}
    write(course / "tasks" / "triple" / "task.py", "")
    write(course / "reference" / "numba" / "triple.py", "")
    assert "reference/numba/helper.py" not in paths(course, naive, numba)


def test_contents_are_as_they_are_in_the_course(course: Path) -> None:
    found = copied(course, (Solution("double", "naive"),), NOTES, "read me")
    assert found["README.md"] == b"read me"
    for path in ALWAYS - {"README.md", "release.json"}:
        assert found[path] == (course / path).read_bytes(), path


def test_the_solutions_are_told_by_the_names_of_their_files(course: Path) -> None:
    write(course / "reference" / "cython" / "double.pyx", "")
    write(course / "reference" / "cython" / "doubled.py", "")
    levels = ["cython", "naive", "numba", "numpy"]
    assert solutions(course) == tuple(Solution("double", level) for level in levels)
    assert by_task(solutions(course)) == {"double": levels}


def test_what_is_released_is_for_the_course_to_say(course: Path) -> None:
    text = (course / "course.toml").read_text(encoding="utf-8")
    write(course / "course.toml", text + '\n[references.numpy]\nrelease = "always"\n')
    assert [one.level for one in released(course, load_course(course), NOW)] == ["naive", "numpy"]


@pytest.mark.parametrize("place", ["tasks/double/answers", "tasks/double/data/answers", "reference/naive/answers"])
@pytest.mark.parametrize("target", ["secret/cases.txt", "secret"])
def test_a_link_may_lead_to_a_secret_and_is_refused(course: Path, place: str, target: str) -> None:
    (course / place).symlink_to(course / "tasks" / "double" / target)
    with pytest.raises(UsageError, match="is a link"):
        paths(course, Solution("double", "naive"))
