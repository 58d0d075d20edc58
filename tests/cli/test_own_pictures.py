"""`grader check --picture`: all pictures into a folder, or one into a file."""

from pathlib import Path

import pytest

from grader.cli.own_pictures import draw_own_pictures
from grader.content.submission import Rejection
from grader.errors import UsageError
from grader.execution.interface import Failure, FailureKind
from grader.grading.check_class import failing_case_path
from grader.grading.session import read_class
from grader.records import Member
from grader.report.pictures import ANOTHER_CALL, MOST_BYTES
from grader.testing import Script
from tests.grading.course_fixture import PICTURED_TASK, TASK, Classroom, paced, wrong_at

RIGHT = paced(1e-6)


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    classroom = Classroom(tmp_path / "course")
    classroom.teach(PICTURED_TASK)
    return classroom


SOLVED_TASK = PICTURED_TASK + "\nTASK = replace(TASK, solution=lambda inputs, expected: (expected,))\n"


def draw(classroom: Classroom, path: Path, script: Script = RIGHT, failing_case: Path | None = None) -> None:
    classroom.submit("ada", script)
    session = classroom.session
    (mine,) = (one for one in read_class(session)[0].everyone if one.author == "ada")
    draw_own_pictures(session, session.tasks["double"], mine, classroom.backend, path, failing_case=failing_case)


def failed(classroom: Classroom, script: Script) -> Path:
    """The case that a check found to fail."""
    classroom.submit("ada", script)
    classroom.grade()
    return failing_case_path(classroom.store_file, Member("ada", "student", ""), "double")


def test_all_are_drawn_into_a_folder(classroom: Classroom, tmp_path: Path) -> None:
    draw(classroom, tmp_path / "new" / "folder")
    starts = {path.name: path.read_bytes()[:4] for path in (tmp_path / "new" / "folder").iterdir()}
    assert starts == {"curve.png": b"\x89PNG", "moving.gif": b"GIF8"}


STARTS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "gif": b"GIF8"}


@pytest.mark.parametrize("suffix", STARTS)
def test_a_files_name_says_which_picture_and_in_which_format(classroom: Classroom, tmp_path: Path, suffix: str) -> None:
    draw(classroom, tmp_path / f"a.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes().startswith(STARTS[suffix])
    assert classroom.backend.calls_of["ada"] == (3 if suffix == "gif" else 1), "what is not drawn is not called for"


def test_a_wrong_answer_is_drawn_and_said_to_be_wrong(
    classroom: Classroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw(classroom, tmp_path / "all", paced(1e-6, compute=wrong_at(12)))
    assert (tmp_path / "all" / "moving.gif").exists()
    said = capsys.readouterr().err
    assert said.endswith("moving.gif shows a wrong answer\n")
    assert "curve.png" not in said


def test_a_wrong_answer_stands_beside_the_right_one_where_there_is_one(classroom: Classroom, tmp_path: Path) -> None:
    wrong = paced(1e-6, compute=lambda x: 3 * x)
    draw(classroom, tmp_path / "alone", wrong)
    assert not (tmp_path / "alone" / "difference.png").exists()
    classroom.teach(SOLVED_TASK)
    draw(classroom, tmp_path / "both", wrong)
    assert {path.name for path in (tmp_path / "both").iterdir()} == {"curve.png", "moving.gif", "difference.png"}
    draw(classroom, tmp_path / "one.svg", wrong)
    assert b"farthest off at item" in (tmp_path / "one.svg").read_bytes()
    draw(classroom, tmp_path / "right.svg")
    assert b"farthest off" not in (tmp_path / "right.svg").read_bytes()


AT_THREE = paced(1e-6, compute=wrong_at(3))
"""Wrong in a check case, and right in every call that is drawn."""


def test_so_does_the_case_that_the_check_found_to_fail(
    classroom: Classroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    classroom.teach(SOLVED_TASK)
    case = failed(classroom, AT_THREE)
    draw(classroom, tmp_path / "all", AT_THREE, case)
    assert {path.name for path in (tmp_path / "all").iterdir()} == {"curve.png", "moving.gif", "failing-case.png"}
    assert capsys.readouterr().err == ""
    draw(classroom, tmp_path / "one.svg", AT_THREE, case)
    assert b"case three" in (tmp_path / "one.svg").read_bytes()
    assert capsys.readouterr().err.endswith("one.svg shows a wrong answer\n")


def test_where_all_that_is_drawn_is_right_it_is_said_that_another_call_is_not(
    classroom: Classroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = failed(classroom, AT_THREE)
    for path in (tmp_path / "all", tmp_path / "one.png"):
        draw(classroom, path, AT_THREE, case)
        assert capsys.readouterr().err == f"{ANOTHER_CALL}\n"
    draw(classroom, tmp_path / "one.png")
    assert capsys.readouterr().err == ""


def test_an_animation_is_as_small_as_a_page_has_it_or_said_to_be_too_large(
    classroom: Classroom, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(classroom, tmp_path / "large.gif")
    large = (tmp_path / "large.gif").read_bytes()
    monkeypatch.setitem(MOST_BYTES, "gif", len(large) - 1)
    draw(classroom, tmp_path / "small.gif")
    assert (tmp_path / "small.gif").stat().st_size < len(large)
    monkeypatch.setitem(MOST_BYTES, "gif", 100)
    draw(classroom, tmp_path / "all")
    assert [path.name for path in (tmp_path / "all").iterdir()] == ["curve.png"]
    assert capsys.readouterr().err.startswith("A moving curve: not drawn: it stays above")
    with pytest.raises(UsageError, match="nothing to draw: it stays above"):
        draw(classroom, tmp_path / "none.gif")


def test_what_is_missing_in_the_folder_is_said(
    classroom: Classroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw(classroom, tmp_path / "all", paced(1e-6, failures={1: Failure(FailureKind.EXCEPTION, "IndexError: \x1b[2J")}))
    assert [path.name for path in (tmp_path / "all").iterdir()] == ["curve.png"]
    said = capsys.readouterr().err
    assert said.startswith("A moving curve: not drawn: An exception was raised")
    assert "\x1b" not in said


@pytest.mark.parametrize("name", ["all", "one.png"])
def test_where_nothing_comes_the_error_says_why(classroom: Classroom, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"nothing to draw: (.|\n)*no such file"):
        draw(classroom, tmp_path / name, paced(1e-6, import_failure=Failure(FailureKind.IMPORT, "no such file")))


def test_what_cannot_be_run_cannot_be_drawn(classroom: Classroom, tmp_path: Path) -> None:
    classroom.hand_in("ada", "def double(")
    session = classroom.session
    (mine,) = (one for one in read_class(session)[0].everyone if one.author == "ada")
    assert isinstance(mine, Rejection)
    with pytest.raises(UsageError, match="there is nothing to draw"):
        draw_own_pictures(session, session.tasks["double"], mine, classroom.backend, tmp_path / "a.png")


@pytest.mark.parametrize("name", ["a.nothing", "no/folder/a.png", "no/folder/a.gif", "file/all"])
def test_a_place_that_is_none_is_a_clear_error(classroom: Classroom, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        draw(classroom, tmp_path / name)


def test_a_task_without_pictures_says_so(classroom: Classroom, tmp_path: Path) -> None:
    classroom.teach(TASK)
    with pytest.raises(UsageError, match="task 'double' has no picture"):
        draw(classroom, tmp_path / "a.png")
