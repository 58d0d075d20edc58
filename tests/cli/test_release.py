"""`grader release`: the archive, what is not in it, and what is said."""

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli.app import app
from grader.errors import UsageError
from tests.grading.course_fixture import NAIVE_PACE_S, NUMBA_PACE_S, Classroom, paced, write

RELEASES = '\n[references.numpy]\nrelease = "after_due"\n\n[references.numba]\nrelease = "never"\n'
DUE = "2026-10-05T23:59:00+03:00"
BEFORE, AFTER = "2026-10-05T23:58:59+03:00", "2026-10-05T21:00:00+00:00"


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    classroom = Classroom(tmp_path / "course")
    text = (classroom.folder / "course.toml").read_text(encoding="utf-8")
    write(
        classroom.folder / "course.toml", text.replace('full_marks = "numba"', f'full_marks = "numba"\ndue = {DUE}') + RELEASES
    )
    return classroom


def release(classroom: Classroom, folder: Path, *words: str) -> Result:
    here = ("--course", str(classroom.folder), "--store", str(classroom.store_file))
    return CliRunner().invoke(app, ["release", str(folder), *words, *here])


def released(classroom: Classroom, folder: Path, at: str = BEFORE) -> dict[str, bytes]:
    """The course's files in the archive."""
    document = json.loads(release(classroom, folder, "--at", at, "--json").stdout)
    with zipfile.ZipFile(folder / document["archive"]) as archive:
        below = [name for name in archive.namelist() if name.startswith("grader/course/")]
        return {name.removeprefix("grader/course/"): archive.read(name) for name in below}


# What is in it


def test_a_reference_is_in_it_once_it_is_due_and_never_if_the_course_says_so(classroom: Classroom, tmp_path: Path) -> None:
    found = {at: set(released(classroom, tmp_path / "out", at)) for at in (BEFORE, AFTER)}
    assert found[AFTER] - found[BEFORE] == {"reference/numpy/double.py"}
    assert "reference/naive/double.py" in found[BEFORE]


def test_no_marker_of_what_is_not_for_students_is_in_its_bytes(classroom: Classroom, tmp_path: Path) -> None:
    marker = "PLANTED-MARKER-41f7"
    classroom.submit("ada", paced(1e-5), code=f"# {marker}")
    classroom.grade()
    for place in ("reference/numba/double.py", "reference/numpy/double.py"):
        path = classroom.folder / place
        path.write_text(f"{path.read_text(encoding='utf-8')}# {marker}\n", encoding="utf-8")
    for place in (
        "tasks/double/secret/kernels.py",
        "tasks/double/secret/notes/exam.txt",
        "tasks/double/.task.py.swp",
        "tasks/double/__pycache__/kernels.cpython-311.pyc",
        "tasks/README.md",
        "reference/numba/helper.py",
        "reference/README.md",
        "results/pseudonyms.key",
        "results/cases/ada/double.npz",
        "store/pseudonyms.key",
        "submissions/README.md",
        "README.md",
        ".env",
    ):
        write(classroom.folder / place, marker)
    secret_cases = (
        f"from grader.content.task import Case\n\n\ndef secret_cases(task):\n    return (Case('{marker}', task.numbers(5)),)\n"
    )
    write(classroom.folder / "tasks" / "double" / "secret" / "cases.py", secret_cases)
    document = json.loads(release(classroom, tmp_path / "out", "--at", BEFORE, "--json").stdout)
    content = (tmp_path / "out" / document["archive"]).read_bytes()
    assert b"def double" in content, "nothing is compressed, so what is in it is seen"
    assert marker.encode() not in content
    assert str(tmp_path).encode() not in content
    assert marker not in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_the_same_course_gives_the_same_bytes_and_another_one_another_version(classroom: Classroom, tmp_path: Path) -> None:
    first, again, later = (
        json.loads(release(classroom, tmp_path / name, "--at", at, "--json").stdout)
        for name, at in (("first", BEFORE), ("again", BEFORE), ("later", AFTER))
    )
    assert first["archive"] == again["archive"] != later["archive"]
    contents = [(tmp_path / name / first["archive"]).read_bytes() for name in ("first", "again")]
    assert contents[0] == contents[1]
    assert first["version"].startswith("0.1.0+autumn.g")


def test_what_is_left_out_is_known_by_an_estimate_once_it_has_been_graded(classroom: Classroom, tmp_path: Path) -> None:
    (before,) = json.loads(released(classroom, tmp_path / "out", AFTER)["release.json"])["estimates"]
    assert before == {"task": "double", "level": "numba", "speedup": None, "case": None, "machine": None}
    classroom.grade()
    (after,) = json.loads(released(classroom, tmp_path / "out", AFTER)["release.json"])["estimates"]
    assert after["speedup"] == pytest.approx(NAIVE_PACE_S / NUMBA_PACE_S, rel=0.05)
    assert (after["case"], after["machine"].partition(",")[0]) == ("large", "laptop")


def test_the_readme_tells_how_to_install_it_and_what_is_in_it(classroom: Classroom, tmp_path: Path) -> None:
    classroom.grade()
    document = json.loads(release(classroom, tmp_path / "out", "--at", AFTER, "--json").stdout)
    readme = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert f"pip install {document['archive']}" in readme
    assert "| double | Doubling | 2026-10-05 23:59 +0300 | 2 |" in readme
    assert "- double: naive, numpy\n" in readme
    assert "- double · numba (estimate from laptop" in readme
    assert "pip install ARCHIVE" in released(classroom, tmp_path / "out", AFTER)["README.md"].decode()


# What is said


def test_what_was_made_is_said(classroom: Classroom, tmp_path: Path) -> None:
    said = release(classroom, tmp_path / "out", "--at", AFTER).stdout
    for words in (
        "1 task with 2 public cases, 2 references",
        "double: naive, numpy",
        "no estimate",
        "grader grade",
        "pip install",
    ):
        assert words in said


def test_as_json_it_is_all_there(classroom: Classroom, tmp_path: Path) -> None:
    document = json.loads(release(classroom, tmp_path / "out", "--at", BEFORE, "--json").stdout)
    assert document["folder"] == str(tmp_path / "out")
    assert document["public_cases"] == {"double": 2}
    assert document["references"] == [{"task": "double", "level": "naive"}]
    assert [one["level"] for one in document["estimates"]] == ["numba", "numpy"]
    assert (document["pages"], document["changed"], document["removed"]) == (2, 2, 0)


def test_an_archive_that_is_out_of_date_is_removed(classroom: Classroom, tmp_path: Path) -> None:
    release(classroom, tmp_path / "out", "--at", BEFORE)
    document = json.loads(release(classroom, tmp_path / "out", "--at", AFTER, "--json").stdout)
    assert document["removed"] == 1
    assert [path.name for path in (tmp_path / "out").glob("*.whl")] == [document["archive"]]


@pytest.mark.parametrize("time", ["tomorrow", "2026-10-05", "2026-10-05T23:59:00"])
def test_a_time_without_its_offset_is_refused(classroom: Classroom, tmp_path: Path, time: str) -> None:
    refused = release(classroom, tmp_path / "out", "--at", time)
    assert isinstance(refused.exception, UsageError)
    assert "no date and time with its offset" in str(refused.exception)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("mine", "holds something that is no report"),
        ("course/tasks/out", "inside this course's own tasks/"),
        ("course/course.toml", "is no folder"),
    ],
)
def test_a_place_that_will_not_do_is_refused(classroom: Classroom, tmp_path: Path, place: str, words: str) -> None:
    write(tmp_path / "mine" / "notes.txt", "mine")
    refused = release(classroom, tmp_path / place)
    assert isinstance(refused.exception, UsageError)
    assert words in str(refused.exception)


def test_a_students_copy_cannot_be_released_again(classroom: Classroom, tmp_path: Path) -> None:
    write(classroom.folder / "release.json", '{"format": 1, "estimates": []}')
    refused = release(classroom, tmp_path / "out")
    assert isinstance(refused.exception, UsageError)
    assert "is a student's copy itself" in str(refused.exception)
