"""The semester to look at (`benchmarks/semester.py`): its step back is found on asv's page in a real browser.

Its programs are handed in week by week as they stand; what they take is scripted, so that nothing is measured.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks import semester
from benchmarks.figures import COURSE as PROJECT
from benchmarks.semester import WEEKS, hand_in_week_by_week
from grader.cli import history as command
from grader.cli.app import app
from grader.content.submission import Submission
from grader.content.task import Inputs
from grader.execution.interface import Generation, Worker
from grader.profiles import Profile
from grader.testing import Script, ScriptedBackend
from tests.grading.course_fixture import COURSE, write
from tests.report.browser import CHROMIUM, browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

TASK = semester.MASKS + dedent("""
    from grader.content.task import ArraySpec, Case, Difference, Task


    def compare(inputs, outputs, expected):
        return None if np.array_equal(outputs[0], expected) else Difference("pixels differ", "somewhere", "<these>", "<others>")


    def near_an_edge(size):
        axis = np.linspace(-1.5, 1.5, size)
        return lambda generator: (axis, axis, complex(-0.7, generator.uniform(0.2, 0.3)), 20)


    TASK = Task(
        title="Julia set",
        work_unit="updates",
        outputs=lambda inputs: (ArraySpec("int32", (len(inputs[1]), len(inputs[0]))),),
        expect=lambda inputs: julia(*inputs),
        check=compare,
        work=lambda inputs, expected: float(expected.sum()),
        check_cases=(Case("five", near_an_edge(5), about="A small picture."),),
        benchmark_cases=tuple(Case(f"{size}x{size}", near_an_edge(size)) for size in (8, 16, 32)),
    )
""")
S_PER_PIXEL: Mapping[str, float] = {
    semester.LOOPS: 3.6e-3,
    semester.LOCALS: 2.4e-3,
    semester.MASKS: 8e-4,
    semester.SHRINKING: 5e-4,
    semester.COMPILED: 2.2e-4,
    semester.ONE_TOO_FEW: 2.2e-4,
    semester.REAL: 2e-4,
    semester.HALF_COMPILED: 2e-3,
}
"""The fast ones are measured at 32 × 32 pixels, the slow ones at 8 × 8: the step back is one to a smaller case, too."""
REFERENCES = {"naive": semester.LOOPS, "numpy": semester.SHRINKING, "numba": semester.REAL}
"""Whose times they have."""


def script_of(text: str) -> Script:
    """A program's times by what it is, whatever remarks stand behind it; its answers are right, but for one that is not."""
    program = next(known for known in S_PER_PIXEL if text.startswith(known))
    names: dict[str, Any] = {}
    exec(compile(semester.MASKS, "julia.py", "exec"), names)  # noqa: S102 -- a text of this project
    too_few = program == semester.ONE_TOO_FEW

    def call_s(inputs: Inputs, _number: int) -> float:
        x, y = (np.asarray(axis) for axis in inputs[:2])
        return S_PER_PIXEL[program] * x.size * y.size

    return Script(lambda *inputs: names["julia"](*inputs) - too_few, call_s)


@dataclass(frozen=True)
class Week:
    """A generation whose students' scripts are those of what they have handed in by now."""

    backend: ScriptedBackend
    generation: Generation

    def start(self, submission: Submission, profile: Profile = Profile.SINGLE, cores: int | None = None) -> Worker:
        if submission.kind == "student":
            (source,) = submission.files
            self.backend.scripts[submission.author] = script_of(source.content.decode("utf-8"))
        return self.generation.start(submission, profile, cores)


class Semester(ScriptedBackend):
    @contextmanager
    def generation(self) -> Iterator[Generation]:
        with super().generation() as generation:
            yield Week(self, generation)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "course"
    write(folder / "course.toml", COURSE.replace('"double"', '"julia"'))
    write(folder / "tasks" / "julia" / "task.py", TASK)
    for level in REFERENCES:
        text = (PROJECT / "reference" / level / "julia.py").read_text(encoding="utf-8")
        write(folder / "reference" / level / "julia.py", text)
    (folder / "submissions").mkdir()
    hand_in_week_by_week(folder / "submissions", "julia", WEEKS)
    backend = Semester({level: script_of(text) for level, text in REFERENCES.items()})
    monkeypatch.setattr(command, "choose_backend", lambda *_, **__: backend)
    return folder


def history(course: Path, *words: str) -> Any:  # noqa: ANN401 -- whatever the command prints
    place = (str(course.parent / "history"), "--course", str(course), "--store", str(course / "results" / "results.sqlite"))
    ran = CliRunner().invoke(app, ["history", *place, "--from-git", "main", "--budget", "0", "--names", "--json", *words])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_the_step_back_of_the_semester_is_on_the_page_and_only_that(course: Path) -> None:
    said = history(course, "--publish")
    assert [one["at"][:10] for one in said["added"]] == [
        f"2026-{day}" for day in (*("09-07", "09-14", "09-21", "09-28", "10-05", "10-12", "10-19", "10-26", "11-02", "11-09"),)
    ]
    assert said["faults"] == []
    assert history(course)["added"] == [], "what is there is not graded again"
    with browser() as chromium:
        chromium.open(f"{Path(said['site']).as_uri()}#/regressions")
        text = ""
        for _ in range(100):
            text = str(chromium.run("document.body.innerText"))
            if "student/" in text:
                break
            time.sleep(0.1)
        assert "julia.time_call('student/ben'" in text
        assert "2026-10-19" in text, "the seventh week"
        assert {name for name in ("ada", "ben", "cyd") if f"student/{name}" in text} == {"ben"}
        assert [one for one in chromium.requests if one.startswith("http")] == []
