"""Work is done again when something has changed, and only then."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from grader.cli.watching import SavedAgainError, UntilSaved, each_change, each_save
from grader.grading.progress import Silent


class Waiting:
    """Passes no time; at each look something happens, until nothing is left to happen."""

    def __init__(self, *events: Callable[[], object]) -> None:
        self._events: Iterator[Callable[[], object]] = iter(events)
        self.looks = 0

    def __call__(self) -> None:
        self.looks += 1
        next(self._events)()


def nothing() -> None:
    """Time passes."""


def test_work_is_done_at_once_and_again_after_each_change() -> None:
    state = [0]
    waiting = Waiting(nothing, lambda: state.append(1), nothing, nothing, lambda: state.append(2))
    assert len(list(islice(each_change(lambda: len(state), waiting), 3))) == 3
    assert waiting.looks == 5


def test_what_changes_during_the_work_is_not_missed() -> None:
    state, waiting = [0], Waiting()
    changes = each_change(lambda: len(state), waiting)
    next(changes)
    state.append(1)
    next(changes)
    assert waiting.looks == 0


def saves(files: Iterable[Path], *events: Callable[[], object]) -> Iterator[tuple[Path, ...]]:
    return each_save(lambda: files, Waiting(*events))


def test_a_save_that_changes_a_file_is_told_with_its_name(tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("1", encoding="utf-8")
    two.write_text("2", encoding="utf-8")
    seen = saves([one, two], nothing, lambda: two.write_text("3", encoding="utf-8"))
    assert [next(seen), next(seen)] == [(), (two,)]


def test_a_save_that_changes_nothing_is_none(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text("1", encoding="utf-8")
    touched = [lambda: os.utime(file, ns=(1, 1)), lambda: file.write_text("1", encoding="utf-8")]
    seen = saves([file], *touched, lambda: file.write_text("2", encoding="utf-8"))
    assert [next(seen), next(seen)] == [(), (file,)]


def test_an_editor_may_put_another_file_into_its_place(tmp_path: Path) -> None:
    file, new = tmp_path / "one.py", tmp_path / "new"
    file.write_text("1", encoding="utf-8")
    new.write_text("2", encoding="utf-8")
    seen = saves([file], file.unlink, nothing, lambda: new.rename(file))
    assert [next(seen), next(seen)] == [(), (file,)]


def test_a_file_that_was_not_there_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    seen = saves([file], nothing, lambda: file.write_text("1", encoding="utf-8"))
    assert [next(seen), next(seen)] == [(), (file,)]


def test_which_files_are_watched_is_asked_anew_for_each_piece_of_work(tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    for file in (one, two):
        file.write_text("1", encoding="utf-8")
    imported = [one]
    events = (lambda: one.write_text("2", encoding="utf-8"), lambda: two.write_text("2", encoding="utf-8"))
    seen = each_save(lambda: tuple(imported), Waiting(*events))
    next(seen)
    imported.append(two)
    assert [next(seen), next(seen)] == [(one,), (two,)]


def test_work_is_given_up_between_two_steps_once_a_file_holds_something_else(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text("1", encoding="utf-8")
    progress = UntilSaved(Silent(), [file])
    progress.begin("checking", 2)
    file.write_text("1", encoding="utf-8")
    progress.advance(1, "")
    file.write_text("2", encoding="utf-8")
    progress.found("ada", "julia", "ACCEPTED")
    with pytest.raises(SavedAgainError):
        progress.advance(1, "")


def test_a_save_that_ended_the_work_is_still_one_to_begin_again_with(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text("1", encoding="utf-8")
    saved = saves([file])
    next(saved)
    progress = UntilSaved(Silent(), [file])
    file.write_text("2", encoding="utf-8")
    with pytest.raises(SavedAgainError):
        progress.advance(0, "")
    assert next(saved) == (file,)
