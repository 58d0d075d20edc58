"""The commands that a student copies: with the file, the course and the case, from where the student stands."""

import os
from pathlib import Path

import pytest

from grader.cli.own_commands import OwnCommands
from grader.content.course_folder import COURSE_VARIABLE
from grader.content.submission import Rejection
from grader.grading.check_class import AGAIN
from grader.verdicts import Verdict
from tests.report.example import accepted, reference, report, wrong

MINE = {"you": Rejection("you", "student", "double", Verdict.WRONG_ANSWER, "", "0" * 64)}
FAILED = f"Wrong on case 'one'{AGAIN}grader check FILE --case results/cases/you/double.npz"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a course."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(COURSE_VARIABLE, raising=False)
    return tmp_path


def commands(file: str = "julia.py", course: Path = Path("../course"), task: str | None = None) -> OwnCommands:
    return OwnCommands({"you": Path(file)}, course, task)


def test_a_course_that_was_named_is_named_again() -> None:
    assert commands().profile == {"you": "grader profile julia.py --course ../course"}
    assert commands(course=Path("my course"), task="julia").profile["you"].endswith("--task julia --course 'my course'")
    assert commands().everything == {"you": "grader check julia.py --json --course ../course"}


def test_a_course_that_is_found_anyhow_is_not(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COURSE_VARIABLE, "../course")
    assert commands().profile["you"] == "grader profile julia.py"
    monkeypatch.delenv(COURSE_VARIABLE)
    (here / "course.toml").touch()
    (here / "mine").mkdir()
    assert commands(course=Path()).profile["you"] == "grader profile julia.py"
    os.chdir(here / "mine")
    assert commands(course=here).profile["you"] == "grader profile julia.py"


@pytest.mark.parametrize("store", ["results/own.sqlite", "../x/s/own.sqlite", "my results/own.sqlite"])
def test_a_failing_case_is_named_beside_the_store_as_that_was_named(store: str) -> None:
    told = commands().with_failing_cases(report(wrong("you", FAILED)), MINE, Path(store))
    folder = store.removesuffix("/own.sqlite")
    path = f"{folder}/cases/you/double.npz"
    path = f"'{path}'" if " " in path else path
    assert told.results[0].message == f"Wrong on case 'one'{AGAIN}grader check julia.py --case {path} --course ../course"


def test_other_messages_and_others_stay_as_they_are() -> None:
    shown = report(accepted("you"), wrong("other", FAILED), reference("you"))
    assert commands().with_failing_cases(shown, MINE, Path("results/own.sqlite")) == shown


def test_a_file_whose_name_begins_with_a_dash_is_no_option() -> None:
    assert commands("-x.py", task="julia").profile["you"] == "grader profile --task julia --course ../course -- -x.py"
