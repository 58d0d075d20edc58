"""A hand-in gets into its author's folder all at once or not at all, over what it replaces, and nowhere else."""

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.content import author_folder
from grader.content.author_folder import Placed, UnwritableAuthorError, open_class_folder
from grader.content.uploads import UploadedFile
from grader.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "submissions"
    path.mkdir()
    return path


def place(folder: Path, files: Mapping[str, bytes], author: str = "ada") -> Placed:
    with open_class_folder(folder) as class_folder:
        return class_folder.place(author, [UploadedFile(path, content) for path, content in files.items()])


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(params=["exchange", "two moves"])
def _each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "two moves":
        monkeypatch.setattr(author_folder, "_exchange", lambda *_: False)


@pytest.mark.usefixtures("_each_way")
def test_a_new_author_gets_a_folder_and_a_later_hand_in_replaces_what_it_brings(folder: Path) -> None:
    first = place(folder, {"julia.py": b"1", "lib/a.py": b"1", "old.py": b"1"})
    assert first == Placed(new=["julia.py", "lib/a.py", "old.py"], is_new_author=True)
    with open_class_folder(folder) as class_folder:
        files = (UploadedFile("julia.py", b"2"), UploadedFile("lib/a.py", b"1"), UploadedFile("lib/b.py", b"2"))
        second = class_folder.place("ada", files)
        third = class_folder.place("ada", [UploadedFile("julia.py", b"3")])
    assert second == Placed(new=["lib/b.py"], replaced=["julia.py"], unchanged=["lib/a.py"])
    assert third == Placed(replaced=["julia.py"])
    assert tree(folder) == {"ada/julia.py": b"3", "ada/lib/a.py": b"1", "ada/lib/b.py": b"2", "ada/old.py": b"1"}


def test_whatever_else_is_there_stays_as_it_is(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    place(folder, {"julia.py": b"1"})
    (folder / "ada" / "link").symlink_to(tmp_path / "outside")
    os.mkfifo(folder / "ada" / "pipe")
    (folder / "ada" / ".git").mkdir()
    (folder / "ada").chmod(0o750)
    place(folder, {"julia.py": b"2"})
    assert sorted(path.name for path in (folder / "ada").iterdir()) == [".git", "julia.py", "link", "pipe"]
    assert (folder / "ada" / "link").readlink() == tmp_path / "outside"
    assert (folder / "ada").stat().st_mode & 0o777 == 0o750


def test_a_file_that_differs_by_case_alone_is_replaced(folder: Path) -> None:
    place(folder, {"Julia.py": b"1"})
    assert place(folder, {"julia.py": b"2"}) == Placed(replaced=["julia.py"])
    assert tree(folder) == {"ada/julia.py": b"2"}


def test_an_older_file_that_counts_before_the_notebook_that_is_brought_is_said(folder: Path) -> None:
    place(folder, {"julia.py": b"1", "matmul.ipynb": b"{}", "lib.py": b""})
    placed = place(folder, {"julia.ipynb": b"{}", "matmul.py": b"", "lib.py": b"", "lib.ipynb": b"{}"})
    assert placed.still_first == ["julia.py"]


# Nowhere else


def test_nothing_is_written_through_a_link_to_a_file(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"1")
    (folder / "ada").mkdir()
    (folder / "ada" / "julia.py").symlink_to(tmp_path / "precious")
    (folder / "ada" / "matmul.py").hardlink_to(tmp_path / "precious")
    assert place(folder, {"julia.py": b"2", "matmul.py": b"2"}) == Placed(replaced=["julia.py", "matmul.py"])
    assert (tmp_path / "precious").read_bytes() == b"1"
    assert tree(folder) == {"ada/julia.py": b"2", "ada/matmul.py": b"2"}


def test_nor_through_one_to_a_folder(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (folder / "ada").mkdir()
    (folder / "ada" / "lib").symlink_to(tmp_path / "outside")
    placed = place(folder, {"lib/a.py": b"2", "julia.py": b"2"})
    assert placed.new == ["julia.py"]
    assert [(left.path, left.reason) for left in placed.left_out] == [
        ("lib/a.py", "needs a folder where a file or a link of the author's is")
    ]
    assert tree(tmp_path / "outside") == {}


def test_nor_where_the_authors_folder_is_itself_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (folder / "ada").symlink_to(tmp_path / "outside")
    with pytest.raises(UnwritableAuthorError, match="is a link or a file, not a folder, and was left as it was"):
        place(folder, {"julia.py": b"2"})
    assert tree(tmp_path / "outside") == {}
    assert (folder / "ada").is_symlink()


def test_a_folder_is_not_replaced_by_a_file(folder: Path) -> None:
    place(folder, {"a.py/b.py": b"1"})
    assert place(folder, {"a.py": b"2"}).left_out[0].reason == "is a file where the author has a folder"
    assert tree(folder) == {"ada/a.py/b.py": b"1"}


def test_an_author_who_differs_from_another_by_case_alone_is_not_made(folder: Path) -> None:
    place(folder, {"a.py": b"1"})
    with pytest.raises(UnwritableAuthorError, match="differs from 'Ada' by case alone"):
        place(folder, {"a.py": b"2"}, author="Ada")


# All at once or not at all


class PowerCutError(BaseException):
    """As Ctrl-C is, nothing on the way up swallows it."""


@pytest.mark.usefixtures("_each_way")
@pytest.mark.parametrize(
    ("step", "is_new"), [("_write", True), ("_sync", True), ("_link_all", False), ("_write", False), ("_sync", False)]
)
def test_an_interruption_leaves_the_old_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, *, is_new: bool
) -> None:
    if not is_new:
        place(folder, {"julia.py": b"1"})
    before = tree(folder)

    def interrupted(*_: object) -> None:
        raise PowerCutError

    monkeypatch.setattr(author_folder, step, interrupted)
    with pytest.raises(PowerCutError):
        place(folder, {"julia.py": b"2", "matmul.py": b"2"})
    assert tree(folder) == before
    assert [path.name for path in folder.iterdir()] == ([] if is_new else ["ada"])


def test_a_power_cut_between_the_two_moves_is_made_good_by_the_next_collect(folder: Path) -> None:
    half_done = folder / ".collect-x"
    (half_done / "old" / "ada").mkdir(parents=True)
    (half_done / "old" / "ada" / "julia.py").write_bytes(b"1")
    (half_done / "new" / "ada").mkdir(parents=True)
    place(folder, {"julia.py": b"2"}, author="ben")
    assert tree(folder) == {"ada/julia.py": b"1", "ben/julia.py": b"2"}


def test_where_a_write_fails_the_folder_is_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place(folder, {"julia.py": b"1"})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnwritableAuthorError, match="was left as it was: No space left on device"):
        place(folder, {"julia.py": b"2"})
    assert tree(folder) == {"ada/julia.py": b"1"}


def test_two_collects_at_once_are_refused(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(UsageError, match=r"another collect into .* is at work"):
        place(folder, {"julia.py": b"2"})
    os.close(descriptor)


def test_a_class_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be used: No such file or directory; name another with --submissions"):
        place(tmp_path / "submisions", {})
