"""A new course: the content of the one at hand in a folder of its own, with nobody's submissions and no results."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from grader.content.course_folder import COURSE_FILE
from grader.content.task import task_names
from grader.errors import UsageError

CONTENT_FOLDERS = ("tasks", "reference")
SUBMISSIONS_FOLDER = "submissions"
_COMPILED_SUFFIXES = frozenset({".pyc", ".pyo", ".nbi", ".nbc"})
"""Python's and Numba's caches: other machines' code, at best."""

_COURSE_README = """\
# A course for the speed grader

| folder | what it is |
|---|---|
| `course.toml` | title, term, assignments with their criteria, limits, machines: change this first |
| `tasks/<task>/` | the statement, the starter that students begin with, `task.py`: inputs, checker, sizes; for you: `secret/` |
| `reference/<level>/` | your own solutions, from `naive`, which states each task's interface, to the fastest |
| `submissions/<author>/` | what students hand in: `<task>.py`, or a notebook |

```sh
grader doctor            # what this machine has for grading
grader tasks             # every task with its interface
grader grade             # checks and measures whoever has changed, and shows the leaderboard
grader rank [TASK]       # the leaderboard again
grader show AUTHOR       # one author: figures, flags, and how each mark comes about
grader mark AUTHOR CRITERION POINTS --note WHY    # what a person decides
grader replay AUTHOR TASK                         # a result is disputed: the identical inputs again
grader release DIR                                # the students' copy, without what is secret
```

Results are kept in `results/`. To leave a task out, delete `tasks/<task>/`, its references, and what `course.toml` says of it.
"""

_SUBMISSIONS_README = """\
One folder for each student, named as the leaderboard shall name them: `submissions/<author>/<task>.py`, or a notebook.
`grader collect ARCHIVE` unpacks what Canvas or Moodle export; `grader grade` finds whatever is new or has changed.
"""


@dataclass(frozen=True)
class NewCourse:
    """What was made."""

    folder: Path
    tasks: tuple[str, ...]


def start_course(course_folder: Path, folder: Path) -> NewCourse:
    """Copy a course's content to `folder`, with empty submissions.

    All or nothing: what was made is removed again where it cannot be finished or is interrupted. `course.toml` comes last, so
    that not even a power cut leaves what passes for a course.

    Raises:
        UsageError: the folder holds something, lies in the course's own content, or cannot be written.
    """
    _require_room(course_folder, folder)
    try:
        with ExitStack() as undo:
            _make_folder(folder, undo)
            copied = [file for name in CONTENT_FOLDERS for file in content_files(course_folder / name)]
            for file in copied:
                _write(folder / file.relative_to(course_folder), file.read_bytes(), undo)
            _write(folder / SUBMISSIONS_FOLDER / "README.md", _SUBMISSIONS_README.encode(), undo)
            _write(folder / "README.md", _COURSE_README.encode(), undo)
            _write(folder / COURSE_FILE, (course_folder / COURSE_FILE).read_bytes(), undo)
            undo.pop_all()
    except OSError as error:
        raise UsageError(f"no new course could be made in {folder}, and nothing of it is left there: {error}") from error
    return NewCourse(folder, task_names(folder))


def _require_room(course_folder: Path, folder: Path) -> None:
    try:
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file; name a folder that is new or empty")
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty, and nothing is overwritten; name a folder that is new or empty")
        require_outside(course_folder, folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be used: {error.strerror}") from error


def require_outside(course_folder: Path, folder: Path) -> None:
    """UsageError for a folder within the course's own content: whatever is written there would become part of it."""
    for name in (*CONTENT_FOLDERS, SUBMISSIONS_FOLDER):
        if folder.resolve().is_relative_to((course_folder / name).resolve()):
            raise UsageError(f"{folder} is inside this course's own {name}/; name a folder beside the course")


def content_files(folder: Path) -> Iterator[Path]:
    """The files of a folder of the course, sorted, without hidden ones and what was compiled."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__pycache__")) or path.suffix in _COMPILED_SUFFIXES:
            continue
        if path.is_dir():
            yield from content_files(path)
        else:
            yield path


def _make_folder(folder: Path, undo: ExitStack) -> None:
    """With the folders above it; `undo` takes away again what was not there before."""
    if not folder.is_dir():
        _make_folder(folder.parent, undo)
        folder.mkdir()
        undo.callback(_remove, folder.rmdir)


def _write(path: Path, content: bytes, undo: ExitStack) -> None:
    _make_folder(path.parent, undo)
    with path.open("xb") as file:  # fails where the file exists
        undo.callback(_remove, path.unlink)
        file.write(content)


def _remove(remove: Callable[[], None]) -> None:
    """What somebody else has put there in the meantime stays, and the folder with it."""
    with suppress(OSError):
        remove()
