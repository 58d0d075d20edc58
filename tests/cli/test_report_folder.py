"""Folders of pages: only what has changed is written, and nothing of somebody else's is touched."""

import os
from pathlib import Path

import pytest

from grader.cli.report_folder import MARKER, Output, Written, write_folder
from grader.errors import UsageError

PAGES = {"index.html": "<p>the class</p>", "students/ada.html": "<p>ada</p>"}


def test_pages_lie_at_their_paths_and_a_second_time_none_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "staff"
    assert write_folder(folder, Output.STAFF, PAGES) == Written(2, 2, 0)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert (folder / "students" / "ada.html").read_text(encoding="utf-8") == "<p>ada</p>"
    assert write_folder(folder, Output.STAFF, PAGES) == Written(2, 0, 0)
    assert write_folder(folder, Output.STAFF, {**PAGES, "index.html": "<p>new</p>"}) == Written(2, 1, 0)
    unchanged = folder / "students" / "ada.html"
    assert unchanged.stat().st_mtime_ns == before[unchanged]


class Made(dict[str, str]):
    """Pages that remember which of them were made."""

    def __init__(self, pages: dict[str, str]) -> None:
        super().__init__(pages)
        self.read: list[str] = []

    def __getitem__(self, path: str) -> str:
        self.read.append(path)
        return super().__getitem__(path)


def made_again(folder: Path, digests: dict[str, str]) -> list[str]:
    """Which pages are made the next time."""
    pages = Made(PAGES)
    write_folder(folder, Output.STAFF, pages, digests)
    return pages.read


def test_a_page_whose_digest_is_the_same_is_not_even_made(tmp_path: Path) -> None:
    digests = {"students/ada.html": "as it was"}
    assert made_again(tmp_path, digests) == ["index.html", "students/ada.html"]
    assert made_again(tmp_path, digests) == ["index.html"]
    assert made_again(tmp_path, {"students/ada.html": "changed"}) == ["index.html", "students/ada.html"]
    assert made_again(tmp_path, {}) == ["index.html", "students/ada.html"], "and without one, always"
    assert made_again(tmp_path, digests) == ["index.html", "students/ada.html"]


def test_a_page_that_is_not_the_file_that_was_written_is_made_again(tmp_path: Path) -> None:
    digests, page = {"students/ada.html": "as it was"}, tmp_path / "students" / "ada.html"
    write_folder(tmp_path, Output.STAFF, PAGES, digests)
    page.write_text("<p>bob</p>", encoding="utf-8")
    assert write_folder(tmp_path, Output.STAFF, PAGES, digests) == Written(2, 1, 0)
    assert page.read_text(encoding="utf-8") == PAGES["students/ada.html"]
    page.unlink()
    assert write_folder(tmp_path, Output.STAFF, PAGES, digests) == Written(2, 1, 0)


def test_a_page_that_is_gone_is_removed_and_what_a_person_put_beside_it_stays(tmp_path: Path) -> None:
    write_folder(tmp_path, Output.STAFF, PAGES)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert write_folder(tmp_path, Output.STAFF, {"index.html": "<p>the class</p>"}) == Written(1, 0, 1)
    assert not (tmp_path / "students" / "ada.html").exists()
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="no report of the grader's"):
        write_folder(tmp_path, Output.STAFF, PAGES)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "mine"


def test_private_pages_never_lie_beside_published_ones(tmp_path: Path) -> None:
    write_folder(tmp_path, Output.PUBLISHED, {"index.html": "<p>board</p>"})
    with pytest.raises(UsageError, match=r"another kind \(published, not staff\)"):
        write_folder(tmp_path, Output.STAFF, PAGES)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "<p>board</p>"


@pytest.mark.parametrize(
    "marker",
    [
        "",
        "[]",
        "{}",
        '{"kind": "other", "files": []}',
        '{"kind": "staff", "files": 3}',
        '{"kind": "staff", "files": [], "made": 3}',
    ],
)
def test_a_damaged_marker_is_an_error(tmp_path: Path, marker: str) -> None:
    (tmp_path / MARKER).write_text(marker, encoding="utf-8")
    with pytest.raises(UsageError, match="damaged"):
        write_folder(tmp_path, Output.STAFF, PAGES)


@pytest.mark.parametrize("name", ["../theirs.txt", "/etc/theirs.txt", "students/../../theirs.txt"])
def test_a_marker_that_names_others_files_removes_nothing(tmp_path: Path, name: str) -> None:
    theirs, folder = tmp_path / "theirs.txt", tmp_path / "out"
    theirs.write_text("theirs", encoding="utf-8")
    folder.mkdir()
    (folder / MARKER).write_text(f'{{"kind": "staff", "files": ["{name}"]}}', encoding="utf-8")
    with pytest.raises(UsageError, match="leads out"):
        write_folder(folder, Output.STAFF, PAGES)
    assert theirs.exists()


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    theirs, folder = tmp_path / "theirs", tmp_path / "out"
    theirs.mkdir()
    write_folder(folder, Output.STAFF, {"index.html": ""})
    (folder / "students").symlink_to(theirs)
    with pytest.raises(UsageError, match="leads out"):
        write_folder(folder, Output.STAFF, PAGES)
    assert list(theirs.iterdir()) == []


def test_an_interrupted_writing_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fdopen
    opened: list[int] = []

    def fdopen(descriptor: int, mode: str) -> object:
        opened.append(descriptor)
        if len(opened) == 3:  # the marker, the first page, and no more
            os.close(descriptor)
            raise KeyboardInterrupt
        return real(descriptor, mode)

    monkeypatch.setattr("grader.whole_files.os.fdopen", fdopen)
    with pytest.raises(KeyboardInterrupt):
        write_folder(tmp_path, Output.STAFF, PAGES)
    monkeypatch.undo()
    assert not list(tmp_path.rglob(".*"))
    assert write_folder(tmp_path, Output.STAFF, PAGES) == Written(2, 1, 0)


def test_a_file_in_the_folders_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="is no folder"):
        write_folder(tmp_path / "out", Output.STAFF, PAGES)
