"""A file is written whole, or is what it was."""

from pathlib import Path

import pytest

from grader.whole_files import write_whole


def test_it_takes_the_place_of_what_was_there_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"before")
    write_whole(path, b"after")
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_its_owner_alone_may_read_it_unless_more_is_said(tmp_path: Path) -> None:
    write_whole(tmp_path / "own", b"")
    write_whole(tmp_path / "all", b"", mode=0o644)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("own", "all")] == [0o600, 0o644]


def test_what_was_there_stays_where_it_cannot_be_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"before")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_of_the_longest_that_a_file_may_have_can_be_written(tmp_path: Path) -> None:
    write_whole(tmp_path / ("n" * 255), b"all of it")
    assert (tmp_path / ("n" * 255)).read_bytes() == b"all of it"
