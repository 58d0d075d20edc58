"""Where the course is: the folder that was named, or the nearest one above that holds a course."""

from pathlib import Path

COURSE_FILE = "course.toml"
HERE = Path()


def find_course(folder: Path = HERE) -> Path:
    """The folder that was named; where none was, this one or the nearest above it that holds a course."""
    if folder != HERE or (HERE / COURSE_FILE).exists():
        return folder
    here = Path.cwd()
    return next((above for above in here.parents if (above / COURSE_FILE).exists()), HERE)
