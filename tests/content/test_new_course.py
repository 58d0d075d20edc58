"""A new course has the content of the old one and nothing of its class; what cannot be finished leaves nothing behind."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.content import new_course
from grader.content.course import load_course
from grader.content.new_course import start_course
from grader.content.submission import authors
from grader.content.task import load_task
from grader.errors import UsageError
from tests.grading.course_fixture import Classroom, paced, write


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with a class, results and caches."""
    classroom = Classroom(tmp_path / "old")
    classroom.submit("ada", paced(1.0))
    for litter in (
        "results/results.sqlite",
        "tasks/double/__pycache__/task.cpython-311.pyc",
        "reference/numba/double.double-3.py311.nbi",
        "reference/numba/double.double-3.py311.1.nbc",
        "reference/numba/.ipynb_checkpoints/double.ipynb",
        "reference/.DS_Store",
    ):
        write(classroom.folder / litter, "")
    write(classroom.folder / "tasks" / "double" / "data" / "points.txt", "1 2 3")
    return classroom.folder


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def everything(folder: Path) -> dict[str, bytes | None]:
    """All files with their content, and all folders."""
    return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


CONTENT = {
    "course.toml",
    "tasks/double/task.py",
    "tasks/double/data/points.txt",
    "reference/naive/double.py",
    "reference/numpy/double.py",
    "reference/numba/double.py",
}


def test_the_content_comes_along_and_no_submissions_results_or_caches(course: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    made = start_course(course, new)
    assert (made.folder, made.tasks) == (new, ("double",))
    assert files(new) == CONTENT | {"README.md", "submissions/README.md"}
    assert all((new / name).read_bytes() == (course / name).read_bytes() for name in CONTENT)


def test_it_loads_and_has_no_students(course: Path, tmp_path: Path) -> None:
    start_course(course, tmp_path / "new")
    assert load_course(tmp_path / "new") == load_course(course)
    assert load_task(tmp_path / "new", "double").version == load_task(course, "double").version
    assert authors(tmp_path / "new" / "submissions") == ()


def test_the_readmes_say_what_goes_where(course: Path, tmp_path: Path) -> None:
    start_course(course, tmp_path / "new")
    readme = (tmp_path / "new" / "README.md").read_text(encoding="utf-8")
    for name in ("course.toml", "tasks/", "reference/", "submissions/", "grader grade", "grader tasks"):
        assert name in readme
    assert len((tmp_path / "new" / "submissions" / "README.md").read_text(encoding="utf-8").splitlines()) == 2


def test_an_empty_folder_is_filled_and_folders_above_a_new_one_are_made(course: Path, tmp_path: Path) -> None:
    empty, deep = tmp_path / "empty", tmp_path / "a" / "b" / "c"
    empty.mkdir()
    for folder in (empty, deep):
        start_course(course, folder)
        assert files(folder) >= CONTENT


def test_the_copies_can_be_edited_though_the_originals_cannot(course: Path, tmp_path: Path) -> None:
    (course / "course.toml").chmod(0o444)
    start_course(course, tmp_path / "new")
    assert (tmp_path / "new" / "course.toml").stat().st_mode & 0o200


# What is refused


def test_nothing_is_overwritten(course: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    write(folder / "tasks" / "notes.txt", "mine")
    before = everything(tmp_path)
    with pytest.raises(UsageError, match="is not empty"):
        start_course(course, folder)
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("old/course.toml", "is a file"),
        ("old/tasks/next", "inside this course's own tasks/"),
        ("old/reference/../tasks/next", "inside this course's own tasks/"),
        ("old/reference/next", "inside this course's own reference/"),
        ("old/submissions/next", "inside this course's own submissions/"),
        ("old/course.toml/next", "File exists"),
        ("/proc/new", "No such file or directory"),
        ("x" * 300, "File name too long"),
    ],
)
def test_a_place_that_will_not_do_is_named(course: Path, tmp_path: Path, name: str, words: str) -> None:
    before = everything(tmp_path)
    with pytest.raises(UsageError, match=words):
        start_course(course, tmp_path / name)
    assert everything(tmp_path) == before


def test_a_course_without_references_is_no_course_to_start_from(course: Path, tmp_path: Path) -> None:
    (course / "reference").rename(course / "references")
    before = everything(tmp_path)
    with pytest.raises(UsageError, match="reference"):
        start_course(course, tmp_path / "new")
    assert everything(tmp_path) == before


# What is not finished


class Interrupted(BaseException):
    """Ctrl-C."""


def full_disk() -> OSError:
    return OSError(28, os.strerror(28))


@pytest.mark.parametrize("existed", [True, False], ids=["an empty folder", "a new one"])
@pytest.mark.parametrize("moment", range(len(CONTENT) + 2))
@pytest.mark.parametrize("stop", [full_disk, Interrupted], ids=["full disk", "ctrl-c"])
def test_what_cannot_be_finished_is_taken_away_again(
    course: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stop: Callable[[], BaseException],
    moment: int,
    existed: bool,
) -> None:
    above = tmp_path / "above"
    if existed:
        (above / "new").mkdir(parents=True)
    before = everything(tmp_path)
    writing = new_course._write
    written = 0

    def write_or_stop(*arguments: object) -> None:
        nonlocal written
        if written == moment:
            raise stop()
        written += 1
        writing(*arguments)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(new_course, "_write", write_or_stop)
    with pytest.raises((UsageError, Interrupted)):
        start_course(course, above / "new")
    assert written == moment
    assert everything(tmp_path) == before


def test_what_somebody_else_put_there_meanwhile_stays(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writing = new_course._write
    theirs = tmp_path / "new" / "README.md"

    def write_after_them(path: Path, *others: object) -> None:
        if path == theirs:
            theirs.write_text("theirs", encoding="utf-8")
        writing(path, *others)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(new_course, "_write", write_after_them)
    with pytest.raises(UsageError, match="nothing of it is left"):
        start_course(course, tmp_path / "new")
    assert files(tmp_path / "new") == {"README.md"}
    assert theirs.read_text(encoding="utf-8") == "theirs"
