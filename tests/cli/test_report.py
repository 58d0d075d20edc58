"""`grader report`: from the store to folders of pages."""

import json
import re
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.advice.keeping import PROFILES, KeptProfile
from grader.cli.app import app
from grader.cli.report import SECRET_FILE, course_secret
from grader.content.exports import Export, keep_export
from grader.content.submission import Submission
from grader.content.upload_names import Layout
from grader.errors import UsageError
from grader.grading.session import read_class
from grader.kept_files import KeptFiles
from grader.report.feedback_pages import student_values
from grader.report.names import pseudonym
from grader.report.picture_shelf import PictureShelf
from grader.report.pictures import Drawn, DrawnPicture
from tests.grading.course_fixture import NUMBA_PACE_S, NUMPY_PACE_S, REVIEWED_TASK, Classroom, nearly_doubled, paced
from tests.report.example import findings


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    classroom = Classroom(tmp_path / "course")
    classroom.submit("ada", paced(NUMBA_PACE_S), code="# a secret of ada's")
    classroom.submit("bob", paced(NUMPY_PACE_S))
    classroom.submit("max", paced(NUMPY_PACE_S, compute=lambda x: 3 * x))
    classroom.grade()
    return classroom


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def submission_of(classroom: Classroom, author: str) -> Submission:
    return next(one for one in read_class(classroom.session)[0].submissions.values() if one.author == author)


def draw_of_ada(classroom: Classroom) -> None:
    picture = DrawnPicture("set", "A set", "A set.", "png", is_right=True, files={"light": b"white", "dark": b"black"})
    PictureShelf(classroom.store_file).put(submission_of(classroom, "ada"), classroom.task, Drawn((picture,), {}))


def profile_of_ada(classroom: Classroom) -> None:
    kept = KeptProfile("large", {"double.py": (0.0, 1.0)}, ("double.py", 2), findings(), "numba")
    KeptFiles(PROFILES, classroom.store_file).keep(submission_of(classroom, "ada"), kept)


def report(classroom: Classroom, *words: str | Path) -> Result:
    here = ("--course", str(classroom.folder), "--store", str(classroom.store_file))
    return CliRunner().invoke(app, ["report", *map(str, words), *here])


def test_the_staffs_pages_are_written_once_and_then_only_where_something_has_changed(
    classroom: Classroom, tmp_path: Path
) -> None:
    folder = tmp_path / "staff"
    first = json.loads(report(classroom, folder, "--json").stdout)
    assert first == {"schema": 1, "folder": str(folder), "kind": "staff", "pages": 5, "changed": 5, "removed": 0}
    assert json.loads(report(classroom, folder, "--json").stdout)["changed"] == 0
    classroom.decide("bob", "report", 2.0)
    assert json.loads(report(classroom, folder, "--json").stdout)["changed"] == 3, "bob's page, the task's, and the class"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose pages are made, in this order."""
    authors: list[str] = []

    def counted(*arguments: object) -> dict[str, object]:
        authors.append(arguments[1][0].author)  # type: ignore[index]  # the student's results
        return student_values(*arguments)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr("grader.report.feedback_pages.student_values", counted)
    monkeypatch.setattr("grader.report.staff_pages.student_values", counted)
    return authors


def graded_with(classroom: Classroom, author: str) -> None:
    classroom.submit(author, paced(NUMPY_PACE_S), code="# right now")
    classroom.grade()


EVERYBODY = {"ada", "bob", "max", "odd"}
CHANGES: dict[str, tuple[Callable[[Classroom], object], set[str]]] = {
    "nothing": (lambda _: None, set()),
    "a mark": (lambda room: room.decide("bob", "report", 2.0), {"bob"}),
    "its note": (lambda room: room.decide("ada", "report", 1.0, "as agreed, really"), {"ada"}),
    "an acceptance": (lambda room: room.accept("odd"), {"bob", "odd"}),  # who ties with one more may be one rank further down
    "another version": (lambda room: graded_with(room, "max"), EVERYBODY),
    "one that is not graded yet": (lambda room: room.submit("max", paced(NUMPY_PACE_S), code="# right now"), set()),
    "who has come": (lambda room: graded_with(room, "zoe"), {*EVERYBODY, "zoe"}),
    "who has left": (lambda room: shutil.rmtree(room.folder / "submissions" / "max"), set()),
    "the course's title": (lambda room: rewrite(room.folder / "course.toml", 'title = "', 'title = "Old '), EVERYBODY),
    "how many points": (lambda room: rewrite(room.folder / "course.toml", "points = 2", "points = 3"), EVERYBODY),
    "a picture": (draw_of_ada, {"ada"}),
    "a profile": (profile_of_ada, {"ada"}),
}


@pytest.mark.parametrize(("change", "whose"), CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("kind", ["--feedback", ""])
def test_only_the_pages_of_whom_a_change_is_about_are_made_again_and_they_are_as_if_made_anew(
    classroom: Classroom, made: list[str], tmp_path: Path, change: Callable[[Classroom], object], whose: set[str], kind: str
) -> None:
    words = [kind] if kind else []
    classroom.teach(REVIEWED_TASK)
    classroom.submit("odd", paced(NUMPY_PACE_S, compute=nearly_doubled))
    classroom.decide("ada", "report", 1.0)
    classroom.grade()
    report(classroom, tmp_path / "kept", *words)
    made.clear()
    change(classroom)
    report(classroom, tmp_path / "kept", *words)
    assert {*made} == whose
    report(classroom, tmp_path / "new", *words)
    kept, new = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.html")}
        for folder in (tmp_path / "kept", tmp_path / "new")
    )
    assert kept == new


def test_another_version_of_the_grader_makes_all_pages_again(
    classroom: Classroom, made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(classroom, tmp_path / "kept", "--feedback")
    made.clear()
    monkeypatch.setattr("grader.report.fingerprint._code", lambda: "another template")
    report(classroom, tmp_path / "kept", "--feedback")
    assert made == ["ada", "bob", "max"]


def test_a_student_sees_what_the_version_before_came_to(classroom: Classroom, tmp_path: Path) -> None:
    classroom.submit("max", paced(NUMPY_PACE_S), code="# right now")
    classroom.grade()
    assert report(classroom, tmp_path / "feedback", "--feedback").exit_code == 0
    pages = {author: (tmp_path / "feedback" / f"{author}.html").read_text(encoding="utf-8") for author in ("max", "bob")}
    developed = pages["max"][pages["max"].index("How it developed") :]
    assert developed.index("WRONG_ANSWER") < developed.index("ACCEPTED")
    assert "How it developed" not in pages["bob"]


def test_the_board_has_pseudonyms_and_no_trace_of_anybody(classroom: Classroom, tmp_path: Path) -> None:
    folder = tmp_path / "board"
    assert report(classroom, folder, "--publish").exit_code == 0
    written = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())
    seen = re.sub(r"<(style|script)>.*?</\1>", "", written, flags=re.DOTALL)
    secret = course_secret(classroom.store_file.with_name(SECRET_FILE))
    assert pseudonym(secret, "ada") in written
    assert [word for word in ("ada", "bob", "max", "a secret of", "Wrong on") if re.search(rf"\b{word}\b", seen)] == []
    assert secret.hex() not in written


def test_the_board_has_names_where_they_are_asked_for(classroom: Classroom, tmp_path: Path) -> None:
    report(classroom, tmp_path / "board", "--publish", "--names")
    assert ">ada<" in (tmp_path / "board" / "index.html").read_text(encoding="utf-8")


def test_each_student_has_a_page_that_tells_the_pseudonym(classroom: Classroom, tmp_path: Path) -> None:
    folder = tmp_path / "feedback"
    said = report(classroom, folder, "--feedback").stdout
    assert "3 pages (3 changed, 0 removed)" in " ".join(said.split())
    page = (folder / "ada.html").read_text(encoding="utf-8")
    assert pseudonym(course_secret(classroom.store_file.with_name(SECRET_FILE)), "ada") in page
    assert "# a secret of ada&#39;s" in page


def test_feedback_is_packed_under_the_names_of_the_export_that_was_collected(classroom: Classroom, tmp_path: Path) -> None:
    handles = {"ada": "ada_1_5_double.py", "bob": "bob_2_6_double.py"}
    keep_export(classroom.folder / "submissions", Export("lab1.zip", Layout.CANVAS, handles))
    words = (tmp_path / "feedback", "--feedback", "--zip", tmp_path / "back.zip")
    said = " ".join(report(classroom, *words).stdout.split())
    assert "2 pages for Canvas, under the names of lab1.zip; under their own names, which Canvas passes over: max" in said
    assert json.loads(report(classroom, *words, "--json").stdout)["archive"] == {
        "file": str(tmp_path / "back.zip"),
        "export": "lab1.zip",
        "layout": "canvas",
        "returned": 2,
        "unknown": ["max"],
    }
    with zipfile.ZipFile(tmp_path / "back.zip") as archive:
        page = archive.read("ada_1_5_double.py_feedback.html")
    assert page == (tmp_path / "feedback" / "ada.html").read_bytes()


def test_where_no_export_was_collected_the_archive_has_the_authors_names(classroom: Classroom, tmp_path: Path) -> None:
    said = report(classroom, tmp_path / "feedback", "--feedback", "--zip", tmp_path / "back.zip").stdout
    assert "3 pages under the authors' own names, for no export of Canvas or Moodle has been collected" in " ".join(
        said.split()
    )


def test_the_key_of_the_pseudonyms_is_kept_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / SECRET_FILE
    assert course_secret(path) == course_secret(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [SECRET_FILE]


@pytest.mark.parametrize("content", ["", "not hex", "00"])
def test_a_damaged_key_is_an_error_and_is_not_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / SECRET_FILE
    path.write_text(content, encoding="ascii")
    with pytest.raises(UsageError, match=r"pseudonyms.*restore it"):
        course_secret(path)
    assert path.read_text(encoding="ascii") == content


def test_what_does_not_go_together_is_said(classroom: Classroom, tmp_path: Path) -> None:
    for words, why in (
        (("--publish", "--feedback"), "either"),
        (("--names",), "belongs to --publish"),
        (("--port", "8000"), "belongs to --watch"),
        (("--zip", tmp_path / "back.zip"), "belongs to --feedback"),
        (("--feedback", "--export", "lab1.zip"), "belongs to --zip"),
        (("--feedback", "--zip", tmp_path / "back.zip", "--export", "lab1.zip"), "no export 'lab1.zip' has been collected"),
        (("--task", "duoble"), "did you mean 'double'"),
    ):
        refused = report(classroom, tmp_path / "out", *words).exception
        assert isinstance(refused, UsageError)
        assert why in str(refused)
    assert not (tmp_path / "out").exists()


def test_before_anything_is_graded_it_is_said_what_to_do(tmp_path: Path) -> None:
    refused = report(Classroom(tmp_path / "new"), tmp_path / "out").exception
    assert isinstance(refused, UsageError)
    assert "run `grader grade` first" in str(refused)
