"""`grader profile --all`: whose programs are profiled, and what the pages then show."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from grader.cli.app import app
from grader.content.task import Inputs
from grader.testing import Script
from grader.verdicts import Verdict
from tests.grading.course_fixture import Classroom, doubled, of, wrong_at

SOURCE = """\
def double(x):
    return 2 * x
"""
RETURN, ROWS = 1, 3


def script(pace_s: float, answer: object = doubled) -> Script:
    """A program that answers so, and whose profile has one line."""

    def compute(*inputs: object) -> object:
        if len(inputs) == 1:
            return answer(*inputs)  # type: ignore[operator]  # of the task's input
        hits, times_s, growths_bytes = np.zeros((3, ROWS))
        hits[RETURN], times_s[RETURN] = 1, pace_s
        return hits.astype(np.int64), times_s, growths_bytes

    def call_s(inputs: Inputs, _number: int) -> float:
        return pace_s * np.size(inputs[-1])

    return Script(compute, call_s)


@pytest.fixture
def classroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    classroom = Classroom(tmp_path / "course")
    for author, behaviour in (
        ("ada", script(1e-6)),
        ("emil", script(0.2)),
        ("max", script(1e-6, wrong_at(3))),
    ):
        classroom.hand_in(author, f"{SOURCE}# {author}'s\n")
        classroom.backend.scripts[author] = behaviour
    for module in ("profile", "class_commands"):
        monkeypatch.setattr(f"grader.cli.{module}.choose_backend", lambda *_, **__: classroom.backend)
    return classroom


def test_the_right_and_the_slow_are_profiled_and_the_wrong_are_not(classroom: Classroom) -> None:
    report = classroom.grade()
    assert [of(report, author).verdict for author in ("ada", "emil", "max")] == [
        Verdict.ACCEPTED,
        Verdict.TIME_LIMIT,
        Verdict.WRONG_ANSWER,
    ]
    here = ("--course", str(classroom.folder), "--store", str(classroom.store_file))
    ran = CliRunner().invoke(app, ["profile", "--all", "--json", *here])
    assert ran.exit_code == 0, ran.output
    found = {one["author"]: one for one in json.loads(ran.stdout)["profiles"]}
    assert [(name, one["is_new"], one["problem"]) for name, one in found.items()] == [("ada", True, None), ("emil", True, None)]
    pages = classroom.folder / "pages"
    assert CliRunner().invoke(app, ["report", str(pages), "--feedback", *here]).exit_code == 0
    assert "What would make it faster" in (pages / "emil.html").read_text(encoding="utf-8")
    assert "What would make it faster" not in (pages / "max.html").read_text(encoding="utf-8")
