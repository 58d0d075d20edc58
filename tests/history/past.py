"""A classroom with a past: gradings on days of October 2026, whatever day it is."""

import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

from grader.history.adding import History
from grader.history.asv_format import configuration_text
from grader.history.repository import HistoryRepository
from tests.grading.course_fixture import Classroom

WHO = {f"GIT_{role}_{key}": "x" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
AT = "2026-09-07T18:00:00+03:00"
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


class Repository:
    """A git repository with submissions in a folder of it."""

    def __init__(self, folder: Path, submissions: str) -> None:
        self.folder = folder
        self.submissions = folder / submissions
        self.submissions.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str) -> str:
        environment = {**os.environ, **WHO, "GIT_AUTHOR_DATE": AT}
        command = ["git", "-C", str(self.folder), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()

    def commit(self, **files: str) -> str:
        for author, text in files.items():
            (self.submissions / author).mkdir(exist_ok=True)
            (self.submissions / author / "double.py").write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "handed in")
        return self.git("rev-parse", "HEAD")

    def tree(self, *entries: str) -> str:
        """A tree that no working folder could hold."""
        form = [" ".join(entry.split(" ")[:3]) + "\t" + entry.split(" ")[3] for entry in entries]
        command = ["git", "-C", str(self.folder), "mktree"]
        done = subprocess.run(command, input="\n".join(form) + "\n", check=True, capture_output=True, text=True)
        return done.stdout.strip()
