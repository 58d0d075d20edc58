"""A classroom with a past: gradings on days of October 2026, whatever day it is."""

import sqlite3
from collections.abc import Callable

from grader.history.adding import History
from grader.history.asv_format import configuration_text
from grader.history.repository import HistoryRepository
from tests.grading.course_fixture import Classroom

CASES = {"double": ("small", "medium", "large")}


def grade_on(classroom: Classroom, day: int, hour: int = 10) -> None:
    """One grading, of which the store says that it was then."""
    with sqlite3.connect(classroom.store_file) if classroom.store_file.exists() else sqlite3.connect(":memory:") as database:
        there = classroom.store_file.exists()
        checks = database.execute("SELECT max(id) FROM checks").fetchone()[0] if there else 0
        runs = database.execute("SELECT max(rowid) FROM runs").fetchone()[0] if there else 0
    classroom.grade()
    with sqlite3.connect(classroom.store_file) as database:
        database.execute("UPDATE checks SET checked_at = ? WHERE id > ?", (f"2026-10-{day:02} {hour:02}:00:00", checks or 0))
        at = f"2026-10-{day:02}T{hour:02}:01:00+00:00"
        database.execute("UPDATE runs SET started_at = ? WHERE rowid > ?", (at, runs or 0))


def history_of(classroom: Classroom, name_of: Callable[[str], str] = str.upper) -> History:
    """Its history, in a folder beside the store."""
    repository = HistoryRepository(classroom.folder / "history", names=False, configuration=configuration_text("Lab"))
    return History(repository, CASES, name_of)
