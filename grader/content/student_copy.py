"""The student's copy of the course: what of its content students may have, and nothing else.

`course.toml`, and of each task the statement, the starter, the checker and its public cases; of the references those that are
released. Never a task's `secret/`, submissions or results: nothing is read from there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from grader.content.course import Course, assignments_of, is_released
from grader.content.course_folder import COURSE_FILE
from grader.content.new_course import content_files
from grader.content.release_notes import RELEASE_FILE, ReleaseNotes, written
from grader.content.submission import authors
from grader.content.task import SECRET_FOLDER, task_names
from grader.errors import UsageError

README_FILE = "README.md"
_REFERENCES = "reference"


@dataclass(frozen=True, order=True)
class Solution:
    """One level's reference of one task."""

    task: str
    level: str


def solutions(course_folder: Path) -> tuple[Solution, ...]:
    """All that the course has, task by task."""
    tasks = task_names(course_folder)
    found = (
        Solution(task, level)
        for level in authors(course_folder / _REFERENCES)
        for task in {_part(path) for path, _ in _files(course_folder, f"{_REFERENCES}/{level}")}.intersection(tasks)
    )
    return tuple(sorted(found))


def released(course_folder: Path, course: Course, at: datetime) -> tuple[Solution, ...]:
    """Those that students may have at this time."""
    return tuple(one for one in solutions(course_folder) if is_released(course, one.level, one.task, at))


def by_task(found: Sequence[Solution]) -> dict[str, list[str]]:
    """The levels of each task."""
    return {task: [one.level for one in found if one.task == task] for task in dict.fromkeys(one.task for one in found)}


def copied(course_folder: Path, given: Sequence[Solution], notes: ReleaseNotes, readme: str) -> dict[str, bytes]:
    """The files of a copy with these references, by their path in it.

    Raises:
        UsageError: among the content is a link, which may lead to what is not for students.
    """
    found = {COURSE_FILE: (course_folder / COURSE_FILE).read_bytes(), RELEASE_FILE: written(notes)}
    found[README_FILE] = readme.encode()
    for task in task_names(course_folder):
        files = _files(course_folder, f"tasks/{task}")
        found |= {str(path): content for path, content in files if path.parts[2] != SECRET_FOLDER}
    everything = solutions(course_folder)
    for level in sorted({one.level for one in everything}):
        tasks = {one.task for one in everything if one.level == level}
        given_tasks = {one.task for one in given if one.level == level}
        for path, content in _files(course_folder, f"{_REFERENCES}/{level}"):
            # What belongs to no task may serve any of them: it goes along once nothing of the level is held back.
            if _part(path) in given_tasks or (_part(path) not in tasks and given_tasks == tasks):
                found[str(path)] = content
    return dict(sorted(found.items()))


def tasks_table(course_folder: Path, course: Course, public_cases: dict[str, int]) -> Iterator[tuple[str, str, str, str]]:
    """Of each task its name, assignment, date and number of public cases, as the copy's README has them."""
    for task in task_names(course_folder):
        assignments = assignments_of(course, task)
        titles = ", ".join(one.title for one in assignments)
        due = ", ".join(f"{one.due:%Y-%m-%d %H:%M %z}" for one in assignments if one.due is not None)
        yield task, titles, due, str(public_cases[task])


def _files(course_folder: Path, folder: str) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The files below a folder of the course, each with its path in the course."""
    for path in content_files(course_folder / folder):
        place = PurePosixPath(path.relative_to(course_folder).as_posix())
        if any((course_folder / part).is_symlink() for part in (place, *place.parents)):
            raise UsageError(f"{path} is a link, which may lead to what is not for students: put the file itself there")
        yield place, path.read_bytes()


def _part(path: PurePosixPath) -> str:
    """The name of the task that a reference's file belongs to, if it is one: `julia` of `reference/cython/julia.pyx`."""
    return path.parts[2].partition(".")[0]
