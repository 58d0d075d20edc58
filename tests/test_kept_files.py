"""A file for each version of a program: what comes back is what was kept of just this one, and what is damaged is not there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from grader.content.submission import Submission
from grader.errors import GraderError
from grader.kept_files import KeptFiles, Kind


@dataclass(frozen=True)
class Looks:
    lines: int


def read(kept: dict[str, Any]) -> Looks:
    return Looks(int(kept["lines"]))


KIND = Kind("looks", "look", 3, read)
ADA = Submission("ada", "student", "double", Path(), (), "double.py", "double", (), "a" * 64)


@pytest.fixture
def looks(tmp_path: Path) -> KeptFiles[Looks]:
    return KeptFiles(KIND, tmp_path / "results.sqlite")


def test_what_is_kept_of_a_version_comes_back_and_another_version_has_nothing(looks: KeptFiles[Looks], tmp_path: Path) -> None:
    looks.keep(ADA, Looks(7))
    assert looks.get(ADA) == Looks(7)
    assert looks.get(replace(ADA, content_hash="b" * 64)) is None
    assert [file.name for file in (tmp_path / "looks").iterdir()] == [f"double-{'a' * 64}.json"]


def test_the_last_one_counts_and_is_seen_to_be_another(looks: KeptFiles[Looks]) -> None:
    assert looks.state(ADA) == ()
    looks.keep(ADA, Looks(7))
    before = looks.state(ADA)
    looks.keep(ADA, Looks(8))
    assert looks.get(ADA) == Looks(8)
    assert looks.state(ADA) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda _: "[]",
        lambda text: text[:20],
        lambda text: text.replace("3", "2"),
        lambda text: text.replace("lines", "rows"),
        lambda text: text.replace("7", '"seven"'),
    ],
    ids=["empty", "another thing", "torn", "another format", "lacks something", "a wrong value"],
)
def test_what_is_damaged_is_not_there(looks: KeptFiles[Looks], tmp_path: Path, change: Callable[[str], str]) -> None:
    looks.keep(ADA, Looks(7))
    (file,) = (tmp_path / "looks").iterdir()
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    assert looks.get(ADA) is None


def test_a_folder_that_cannot_be_written_is_the_graders_fault(looks: KeptFiles[Looks], tmp_path: Path) -> None:
    (tmp_path / "looks").write_text("a file", encoding="utf-8")
    with pytest.raises(GraderError, match="the look cannot be kept in"):
        looks.keep(ADA, Looks(7))
