"""A small real course, built from the worked example of `docs/add_a_task.md`, and the real command."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.execution.choose import worker_settings
from grader.execution.interface import Backend
from grader.execution.peaks import measure_peaks
from grader.execution.plain import PlainBackend
from grader.grading.session import open_session
from grader.machine import Peaks
from grader.store import Store

PROJECT = Path(__file__).resolve().parents[2]
_PEAKS: list[Peaks] = []
"""Of this machine, once they have been measured."""
LONGEST_CALL_S = 0.02
"""Nobody's call takes about that long: loops over arrays are measured at 60 points, those over lists at 200, arrays at 600."""
COURSE_TOML = """
[course]
title = "Small"
term = "always"
machine = "here"

[machines.here]
preload = ["numpy"]

[machines.here.environment]
GRADER_TEST_MARK = "{mark}"

[limits]
first_call_s = 3
least_time_s = 0.5
memory_bytes = "1 GiB"

[measurement]
min_runs = 3
budget_s_per_submission = 0.1
seconds_per_run = 0.1
calls_per_run = 24
longest_call_s = {longest_call_s}

[[assignments]]
id = "distances"
title = "Distances"
kind = "lab"
tasks = ["distances"]
full_marks = "numpy"
criteria = [
    {{ id = "correct", text = "right", points = 1, by = "correct" }},
    {{ id = "speed", text = "fast", points = 3, by = "speed" }},
    {{ id = "report", text = "explained", points = 1, by = "hand" }},
]
"""
STARTER = 'def distances(points):\n    """The total distance of each point to all."""\n    raise NotImplementedError\n'
LOOPS = """import math

def distances(points):
    totals = []
    for one in points:
        total = 0.0
        for other in points:
            total += math.dist(one, other)
        totals.append(total)
    return totals
"""
VECTORS = """import numpy as np

def distances(points):
    return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2)).sum(axis=1)
"""
WRONG = VECTORS.replace("np.sqrt", "")
"""The root is missing."""


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 -- whatever the command prints
        """Standard output, which must be JSON without NaN."""
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@dataclass(frozen=True)
class SmallCourse:
    """A course in a folder of its own, with one task."""

    folder: Path
    mark: str

    def hand_in(self, author: str, source: str | bytes, file: str = "distances.py") -> Path:
        """Put a file into an author's folder."""
        path = self.folder / "submissions" / author / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        return path

    def grader(self, *words: str | Path, here: Path = PROJECT, **environment: str) -> Ran:
        """Run the real command on this course, from a folder."""
        return run_grader(*words, "--course", self.folder, here=here, **environment)

    def results(self, ran: Ran) -> dict[str, Mapping[str, Any]]:
        """The students' results by author."""
        return {result["author"]: result for result in ran.json["results"] if result["kind"] == "student"}

    def copy(self, folder: Path) -> "SmallCourse":
        """The same course with its class and all results, in another folder."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return SmallCourse(folder, self.mark)

    def processes(self) -> list[int]:
        """The processes that belong to workers of this course, by the mark in their environment or command."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                text = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if self.mark.encode() in text and int(folder.name) != os.getpid():
                found.append(int(folder.name))
        return found


@dataclass(frozen=True)
class GradedCourse:
    """A course whose class has been graded, and what the command said."""

    course: SmallCourse
    ran: Ran


def run_grader(*words: str | Path, here: Path = PROJECT, **environment: str) -> Ran:
    """`grader WORDS…` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, **environment},
        cwd=here,
    )
    assert "Traceback (most recent call last)" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


def example_files() -> dict[str, str]:
    """The files of the worked example, by their path."""
    text = (PROJECT / "docs" / "add_a_task.md").read_text(encoding="utf-8")
    return dict(re.findall(r"```python (\S+)\n(.*?)```", text, flags=re.DOTALL))


def make_course(folder: Path, longest_call_s: float = LONGEST_CALL_S) -> SmallCourse:
    """The example's course, without submissions."""
    for name, content in example_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (folder / "tasks/distances/README.md").write_text("# Distances\n", encoding="utf-8")
    (folder / "tasks/distances/starter.py").write_text(STARTER, encoding="utf-8")
    (folder / "submissions").mkdir()
    mark = f"mark-{folder.name}-{os.getpid()}"
    (folder / "course.toml").write_text(COURSE_TOML.format(mark=mark, longest_call_s=longest_call_s), encoding="utf-8")
    know_the_machine(folder)
    return SmallCourse(folder, mark)


def peaks_here(backend: Backend, cores: int) -> Peaks:
    """What this machine can do, which takes seconds to measure: once for all courses of a test run."""
    if not _PEAKS:
        _PEAKS.append(measure_peaks(backend, cores))
    return _PEAKS[0]


def know_the_machine(folder: Path) -> None:
    """Have its stores know what this machine can do."""
    session = open_session(folder, None, ())
    backend = PlainBackend(worker_settings(session.course.machine, session.course.limits))
    peaks = peaks_here(backend, session.machine.threads)
    for file in ("results.sqlite", "own.sqlite"):
        with Store(folder / "results" / file) as store:
            store.add_peaks(session.conditions(backend.sandbox), peaks)
