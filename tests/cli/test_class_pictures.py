"""`grader pictures`: drawn once of every answer, right or wrong, and shown by the pages."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import class_pictures
from grader.cli.app import EXIT_GRADER, app
from grader.content.task import Array
from grader.testing import Script
from tests.grading.course_fixture import NUMBA_PACE_S, NUMPY_PACE_S, PICTURED_TASK, Classroom, length, paced, wrong_at


@pytest.fixture
def classroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    classroom = Classroom(tmp_path / "course")
    classroom.teach(PICTURED_TASK + "\nTASK = replace(TASK, solution=lambda inputs, expected: (expected,))\n")
    classroom.submit("ada", paced(NUMBA_PACE_S), code="# ada's")
    classroom.submit("bob", paced(NUMPY_PACE_S), code="# bob's")
    classroom.submit("max", paced(NUMPY_PACE_S, compute=lambda x: 3 * x), code="# max's")
    classroom.grade()
    monkeypatch.setattr(class_pictures, "choose_backend", lambda *_, **__: classroom.backend)
    return classroom


def grader(classroom: Classroom, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--course", str(classroom.folder), "--store", str(classroom.store_file)])


def drawn(classroom: Classroom, *words: str) -> dict[str, object]:
    result = grader(classroom, "pictures", "--json", *words)
    assert result.exit_code == 0
    document: dict[str, object] = json.loads(result.stdout)
    return document


def page(classroom: Classroom, author: str) -> str:
    folder = classroom.folder / "feedback"
    assert grader(classroom, "report", str(folder), "--feedback").exit_code == 0
    return (folder / f"{author}.html").read_text(encoding="utf-8")


def test_every_answer_is_drawn_once(classroom: Classroom) -> None:
    nothing: list[str] = []
    first = {"schema": 1, "drawn": 3, "already_there": 0, "removed": 0, "left_out": nothing, "faults": nothing}
    assert drawn(classroom) == first
    calls = classroom.calls_in(lambda: drawn(classroom))
    assert calls == {}
    assert drawn(classroom) == {**first, "drawn": 0, "already_there": 3}
    assert drawn(classroom, "bob", "--fresh") == {**first, "drawn": 1}


def test_new_code_is_drawn_anew_and_the_pictures_of_the_old_go(classroom: Classroom) -> None:
    drawn(classroom)
    classroom.submit("bob", paced(NUMPY_PACE_S), code="# another version")
    classroom.grade()
    assert drawn(classroom, "ada")["removed"] == 0, "only where the whole class is asked for"
    found = drawn(classroom)
    assert (found["drawn"], found["already_there"], found["removed"]) == (1, 2, 1)


def test_the_pages_show_what_was_drawn_on_both_papers_and_describe_it(classroom: Classroom) -> None:
    assert "<picture>" not in page(classroom, "ada")
    drawn(classroom)
    shown = page(classroom, "ada")
    assert shown.count("<picture>") == 2
    assert shown.count("data:image/png;base64,") == shown.count("data:image/gif;base64,") == 2
    assert 'alt="It rises."' in shown
    assert "<summary>Animation: A moving curve</summary>" in shown


def test_a_wrong_answer_is_shown_beside_what_was_expected(classroom: Classroom) -> None:
    drawn(classroom, "max")
    shown = page(classroom, "max")
    assert shown.count(": the answer is wrong</figcaption>") == 4
    for title in ("The difference", "The case that fails"):
        assert f"<figcaption>{title}: the answer is wrong" in shown
    assert "Expected beside yours, and by how much they differ" in shown


def test_the_case_that_fails_is_shown_where_the_pictures_happen_to_be_right(classroom: Classroom) -> None:
    classroom.submit("max", paced(NUMPY_PACE_S, compute=wrong_at(3)), code="# three")
    classroom.grade()
    drawn(classroom, "max")
    shown = page(classroom, "max")
    assert "<figcaption>The case that fails: the answer is wrong" in shown
    assert "in case &#39;three&#39;. The ring is where it is most." in shown
    assert "What is drawn here is right" not in shown


@pytest.mark.parametrize(
    ("compute", "code"), [(wrong_at(7), "# a secret case"), (lambda x: 2 * x, "# mended")], ids=["secret", "right now"]
)
def test_a_secret_case_is_not_shown_nor_one_that_fails_no_more(
    classroom: Classroom, compute: Callable[[Array], Array], code: str
) -> None:
    classroom.submit("max", paced(NUMPY_PACE_S, compute=compute), code=code)
    classroom.grade()
    drawn(classroom, "max")
    shown = page(classroom, "max")
    assert shown.count("<picture>") == 2
    assert "The case that fails" not in shown


def test_a_damaged_case_file_costs_no_picture(classroom: Classroom) -> None:
    (classroom.store_file.parent / "cases" / "max" / "double.npz").write_bytes(b"PK damaged")
    drawn(classroom, "max")
    assert "<figcaption>The difference" in page(classroom, "max")


def test_what_takes_too_long_to_draw_is_said(classroom: Classroom) -> None:
    slow = Script(lambda x: 2 * x, lambda inputs, _number: 14.0 if length(inputs) in (12, 13) else 1e-6 * length(inputs))
    classroom.submit("bob", slow)
    classroom.grade()
    left_out = drawn(classroom, "bob")["left_out"]
    because = "the calls for the pictures take more than 20 s together"
    assert left_out == [{"author": "bob", "task": "double", "title": "A moving curve", "because": because}]
    assert f"A moving curve: not drawn: {because}" in page(classroom, "bob")


def test_a_fault_of_the_graders_own_costs_nobody_else_a_picture(classroom: Classroom) -> None:
    classroom.backend.faults.append("ada")
    result = grader(classroom, "pictures")
    assert result.exit_code == EXIT_GRADER
    assert "the grader failed, not the submission: ada · double: no worker for ada" in result.output
    assert "<picture>" in page(classroom, "bob")
    assert drawn(classroom)["drawn"] == 1


def test_an_author_who_does_not_exist_is_said_not_to(classroom: Classroom) -> None:
    assert "there is no author 'adda'" in str(grader(classroom, "pictures", "adda").exception)
