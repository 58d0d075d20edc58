"""Pictures are kept by the content that they were drawn of, whole, and what is damaged is not there."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.content.submission import Submission
from grader.content.task import Interface, LoadedTask, Task
from grader.errors import UsageError
from grader.report.picture_shelf import PictureShelf
from grader.report.pictures import Drawn, DrawnPicture

DRAWN = Drawn(
    (
        DrawnPicture("set", "A set", "What it shows.", "png", is_right=True, files={"light": b"white", "dark": b"black"}),
        DrawnPicture("film", "A film", "It moves.", "gif", is_right=False, files={"light": b"w", "dark": b"b"}),
    ),
    {"Another film": "too slow <b>"},
)
SUBMISSION = Submission("ada", "student", "double", Path("ada"), (), "double.py", "double", (), "a" * 64)


@pytest.fixture
def task() -> LoadedTask:
    nothing = Task(
        title="",
        work_unit="",
        outputs=lambda _inputs: (),
        expect=lambda _inputs: None,
        check=lambda *_: None,
        work=lambda *_: 1.0,
        check_cases=(),
        benchmark_cases=(),
    )
    return LoadedTask("double", Path("tasks"), Interface("double", (), "", ""), "version 1", nothing)


@pytest.fixture
def shelf(tmp_path: Path) -> PictureShelf:
    return PictureShelf(tmp_path / "results" / "results.sqlite")


def test_what_is_put_there_is_what_is_found(shelf: PictureShelf, task: LoadedTask) -> None:
    assert shelf.get(SUBMISSION, task) is None
    shelf.put(SUBMISSION, task, DRAWN)
    assert shelf.get(SUBMISSION, task) == DRAWN
    assert shelf.get(replace(SUBMISSION, author="bob"), task) == DRAWN, "the same content"


def test_another_version_of_the_code_or_of_the_task_has_other_pictures(shelf: PictureShelf, task: LoadedTask) -> None:
    shelf.put(SUBMISSION, task, DRAWN)
    assert shelf.get(replace(SUBMISSION, content_hash="b" * 64), task) is None
    assert shelf.get(SUBMISSION, replace(task, version="version 2")) is None


def test_nothing_but_whole_files_is_left_behind(shelf: PictureShelf, task: LoadedTask) -> None:
    shelf.put(SUBMISSION, task, DRAWN)
    shelf.put(SUBMISSION, task, DRAWN)
    path = shelf.path(SUBMISSION, task)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("place", range(0, 1000, 50))
def test_what_is_damaged_is_not_there_or_what_it_was(shelf: PictureShelf, task: LoadedTask, place: int) -> None:
    shelf.put(SUBMISSION, task, DRAWN)
    path = shelf.path(SUBMISSION, task)
    content = bytearray(path.read_bytes())
    place %= len(content)
    path.write_bytes(content[:place])
    assert shelf.get(SUBMISSION, task) is None
    content[place] ^= 0xFF
    path.write_bytes(content)
    found = shelf.get(SUBMISSION, task)
    assert found is None or isinstance(found, Drawn)


def test_only_what_is_still_handed_in_is_kept(shelf: PictureShelf, task: LoadedTask) -> None:
    old = replace(SUBMISSION, content_hash="b" * 64)
    for one in (SUBMISSION, old):
        shelf.put(one, task, DRAWN)
    assert shelf.keep_only({shelf.path(SUBMISSION, task)}) == 1
    assert shelf.get(SUBMISSION, task) == DRAWN
    assert shelf.get(old, task) is None


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path, task: LoadedTask) -> None:
    (tmp_path / "results").write_text("a file", encoding="utf-8")
    with pytest.raises(UsageError, match="the pictures cannot be written"):
        PictureShelf(tmp_path / "results" / "results.sqlite").put(SUBMISSION, task, DRAWN)
