"""Where the course is: the folder that was named, the nearest one above that holds a course, or the installed copy."""

from pathlib import Path

COURSE_FILE = "course.toml"
COURSE_VARIABLE = "GRADER_COURSE"
"""Of the environment: the course's folder, for all commands."""
HERE = Path()
INSTALLED_COURSE = Path(__file__).parents[1] / "course"
"""Of a student's copy, which is installed with the grader, this is the course's folder."""


def find_course(folder: Path = HERE) -> Path:
    """The folder that was named; where none was, this one, the nearest above it that holds a course, or the installed one."""
    if folder != HERE or (HERE / COURSE_FILE).exists():
        return folder
    candidates = (*Path.cwd().parents, INSTALLED_COURSE)
    return next((one for one in candidates if (one / COURSE_FILE).exists()), HERE)


def results_folder(course_folder: Path) -> Path:
    """Where results are kept: in the course's folder; where that is installed, in the one that the user is in."""
    return (HERE if course_folder == INSTALLED_COURSE else course_folder) / "results"
