"""Only regular Python files inside the author's folder are read, within limits; the rest is said, not followed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.content.reading import MAX_FILES, Reading, SourceFile, read_folder

LIMIT_BYTES = 1000


def read(folder: Path, *, urgency: Callable[[str], int] = lambda _: 0) -> Reading:
    return read_folder(folder, limit_bytes=LIMIT_BYTES, urgency=urgency)


def reasons(reading: Reading) -> dict[str, str]:
    return {left.path: left.reason for left in reading.left_out}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "ada"
    path.mkdir()
    return path


def test_python_files_are_found_in_sub_folders_too(folder: Path) -> None:
    (folder / "pkg" / "deep").mkdir(parents=True)
    for name in ("b.py", "a.py", "pkg/c.py", "pkg/deep/d.py", "notes.txt", "data.npy"):
        (folder / name).write_text(name)
    assert read(folder) == Reading(
        files=tuple(SourceFile(name, name.encode()) for name in ("a.py", "b.py", "pkg/c.py", "pkg/deep/d.py")), left_out=()
    )


def test_hidden_entries_and_caches_are_passed_over(folder: Path) -> None:
    for name in (".git", "__pycache__", ".venv"):
        (folder / name).mkdir()
        (folder / name / "x.py").touch()
    (folder / ".x.py").touch()
    assert read(folder) == Reading((), ())


def test_a_folder_that_does_not_exist_holds_nothing(folder: Path) -> None:
    assert read(folder / "nobody") == Reading((), ())


def test_a_link_inside_of_the_folder_is_followed(folder: Path) -> None:
    (folder / "a.py").write_text("A = 1")
    (folder / "b.py").symlink_to("a.py")
    assert [file.content for file in read(folder).files] == [b"A = 1", b"A = 1"]


def test_a_link_that_leads_out_is_not(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "answers.py").write_text("ANSWER = 42")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "secret.py").touch()
    (folder / "julia.py").symlink_to("../answers.py")
    (folder / "library").symlink_to("../library")
    reading = read(folder)
    assert reading.files == ()
    assert reasons(reading) == {"julia.py": "is a link that leads out of the folder; hand in the file itself"}


def test_what_is_no_regular_file_is_said_and_never_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")
    (folder / "folder.py").mkdir()
    (folder / "null.py").symlink_to("/dev/null")
    (folder / "gone.py").symlink_to("nowhere.py")
    (folder / "loop.py").symlink_to("loop.py")
    assert reasons(read(folder)) == {
        "pipe.py": "is not a regular file",
        "folder.py": "is a folder, not a file",
        "null.py": "is a link that leads out of the folder; hand in the file itself",
        "gone.py": "cannot be read: No such file or directory",
        "loop.py": "cannot be read: Too many levels of symbolic links",
    }


def test_a_file_that_may_not_be_read_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "julia.py").touch()

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)  # permissions do not bind root, who may be running this
    assert reasons(read(folder)) == {"julia.py": "cannot be read: Permission denied"}


def test_a_file_above_the_limit_is_left_out_alone(folder: Path) -> None:
    (folder / "big.py").write_bytes(b"#" * (LIMIT_BYTES + 1))
    (folder / "small.py").write_bytes(b"#" * LIMIT_BYTES)
    reading = read(folder)
    assert [file.path for file in reading.files] == ["small.py"]
    assert reasons(reading) == {"big.py": "is too large: 1,001 bytes, where 1,000 are allowed"}


def test_the_limit_holds_for_all_files_together_and_the_urgent_come_first(folder: Path) -> None:
    for name in ("a.py", "julia.py", "z.py"):
        (folder / name).write_bytes(b"#" * 600)
    reading = read(folder, urgency=lambda path: 0 if path == "julia.py" else 1)
    assert [file.path for file in reading.files] == ["julia.py"]
    assert reasons(reading)["z.py"] == "does not fit: the folder's Python files may hold 1,000 bytes together"


def test_a_heap_of_files_never_pushes_out_the_hand_in(folder: Path) -> None:
    (folder / "env").mkdir()
    for index in range(MAX_FILES):
        (folder / "env" / f"a{index}.py").touch()
    (folder / "z.py").touch()
    reading = read(folder)
    assert (reading.files[0].path, len(reading.files)) == ("z.py", MAX_FILES)
    assert reasons(reading) == {".": f"holds {MAX_FILES + 1} Python files; only {MAX_FILES} were read"}


@pytest.mark.parametrize("name", [b"a\x1b[31m.py", b"two\nlines.py", b"\xff.py"])
def test_a_name_that_cannot_be_printed_is_left_out_and_shown_safely(folder: Path, name: bytes) -> None:
    (folder / os.fsdecode(name)).touch()
    reading = read(folder)
    assert reading.files == ()
    (left,) = reading.left_out
    assert left.path.isprintable()
    assert left.reason == "has a name with unprintable characters; rename it"
