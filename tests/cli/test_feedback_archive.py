"""The archive of feedback: each page under the name that its platform knows, and nobody's file overwritten."""

import stat
import zipfile
from pathlib import Path

import pytest

from grader.cli.feedback_archive import write_feedback_archive
from grader.content.exports import Export
from grader.content.upload_names import Layout
from grader.errors import UsageError

CANVAS = Export("lab.zip", Layout.CANVAS, {"ada_1": "ada_1_5_julia.py", "cy_3": "cy_3_6_julia.py"})
MOODLE = Export("lab.zip", Layout.MOODLE, {"ada_1": "Ada Ek_7", "bo_2": "Bo Ek_8"})


@pytest.fixture
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("feedback")
    for author, text in (("ada_1", "<p>ada</p>"), ("bo_2", "<p>bo</p>")):
        (folder / f"{author}.html").write_text(text, encoding="utf-8")
    return {"ada_1": folder / "ada_1.html", "bo_2": folder / "bo_2.html"}


def contents(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_each_page_has_its_name_and_who_is_not_known_is_said(tmp_path: Path, pages: dict[str, Path]) -> None:
    written = write_feedback_archive(tmp_path / "back.zip", pages, CANVAS)
    assert contents(tmp_path / "back.zip") == {"ada_1_5_julia.py_feedback.html": "<p>ada</p>", "bo_2.html": "<p>bo</p>"}
    assert (written.export, written.layout, written.returned, written.unknown) == ("lab.zip", "canvas", 1, ["bo_2"])


def test_moodle_has_a_folder_for_each(tmp_path: Path, pages: dict[str, Path]) -> None:
    write_feedback_archive(tmp_path / "back.zip", pages, MOODLE)
    assert contents(tmp_path / "back.zip") == {
        "Ada Ek_7_assignfeedback_file_/feedback.html": "<p>ada</p>",
        "Bo Ek_8_assignfeedback_file_/feedback.html": "<p>bo</p>",
    }


def test_without_an_export_pages_have_their_authors_names(tmp_path: Path, pages: dict[str, Path]) -> None:
    written = write_feedback_archive(tmp_path / "back.zip", pages, None)
    assert list(contents(tmp_path / "back.zip")) == ["ada_1.html", "bo_2.html"]
    assert (written.export, written.returned, written.unknown) == (None, 0, ["ada_1", "bo_2"])


def test_the_same_pages_make_the_same_archive_for_its_owner_only(tmp_path: Path, pages: dict[str, Path]) -> None:
    for name in ("one.zip", "two.zip", "two.zip"):
        write_feedback_archive(tmp_path / name, pages, CANVAS)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert stat.S_IMODE((tmp_path / "one.zip").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.zip", "two.zip"]


def test_what_a_class_handed_in_is_never_overwritten(tmp_path: Path, pages: dict[str, Path]) -> None:
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("ada/julia.py", "the only copy")
    (tmp_path / "notes.zip").write_text("no zip", encoding="utf-8")
    for name in ("class.zip", "notes.zip"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(UsageError, match="exists already, and is no archive of feedback; name another file"):
            write_feedback_archive(tmp_path / name, pages, CANVAS)
        assert (tmp_path / name).read_bytes() == before


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path, pages: dict[str, Path]) -> None:
    with pytest.raises(UsageError, match=r"cannot be written to .*: No such file"):
        write_feedback_archive(tmp_path / "nowhere" / "back.zip", pages, CANVAS)
