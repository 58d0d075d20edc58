"""Two versions of programs beside each other: two files, two authors' folders, or two classes'; nothing is run."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.content.notebook import SUFFIX
from grader.content.submission import ALONE, Rejection, Submission, authors, read_files, read_submission
from grader.content.task import Interface
from grader.errors import UsageError
from grader.text import listed


class Holding(StrEnum):
    """What a path holds; only two of a kind are compared."""

    FILE = "a file"
    AUTHOR = "an author's folder"
    CLASS = "a folder of submissions"


@dataclass(frozen=True)
class Pair:
    """One author's program for one task, in two versions."""

    author: str
    task: str
    old: Submission | Rejection
    new: Submission | Rejection

    @property
    def is_same_text(self) -> bool:
        """Whether the two are one program: a lone file may have been renamed."""
        old, new = self.old, self.new
        if not (isinstance(old, Submission) and isinstance(new, Submission)):
            return False
        if old.content_hash == new.content_hash:
            return True
        alone = len(old.files) == len(new.files) == 1
        return alone and old.function == new.function and old.files[0].content == new.files[0].content


@dataclass(frozen=True)
class Versions:
    """Where two versions of the same thing lie."""

    old: Path
    new: Path
    holding: Holding

    @property
    def authors(self) -> tuple[str, ...]:
        """Those of both, sorted."""
        if self.holding is Holding.CLASS:
            return tuple(sorted(set(authors(self.old)) & set(authors(self.new))))
        return (ALONE,) if self.holding is Holding.FILE else (self.new.resolve().name,)

    @property
    def only_old(self) -> tuple[str, ...]:
        """Authors who are gone."""
        return tuple(sorted(set(authors(self.old)) - set(authors(self.new)))) if self.holding is Holding.CLASS else ()

    @property
    def only_new(self) -> tuple[str, ...]:
        """Authors who have come."""
        return tuple(sorted(set(authors(self.new)) - set(authors(self.old)))) if self.holding is Holding.CLASS else ()


def find_versions(old: Path, new: Path) -> Versions:
    """Tell what the two hold; UsageError where one does not exist, or they are of two kinds, or share no author."""
    holdings = {path: _holding(path) for path in (old, new)}
    if holdings[old] is not holdings[new]:
        raise UsageError(
            f"{old} is {holdings[old]}, and {new} is {holdings[new]}: compare two files of one task, two authors' folders, or"
            " two folders of submissions"
        )
    versions = Versions(old, new, holdings[new])
    if not versions.authors:
        raise UsageError(
            f"no author is in both folders: {old} has {listed(versions.only_old) if versions.only_old else 'nobody'},"
            f" {new} has {listed(versions.only_new) if versions.only_new else 'nobody'}"
        )
    return versions


def _holding(path: Path) -> Holding:
    if path.is_file():
        return Holding.FILE
    if not path.is_dir():
        raise UsageError(f"there is no file or folder {path}; a revision of the repository around this folder is REV:PATH")
    is_authors = any(one.is_file() and one.suffix in (".py", SUFFIX) for one in path.iterdir())
    return Holding.AUTHOR if is_authors else Holding.CLASS


def read_pairs(
    versions: Versions,
    interface: Interface,
    all_tasks: Collection[str],
    *,
    source_bytes_limit: int,
    not_from: Collection[Path] = (),
) -> list[Pair]:
    """Both versions of everybody's program for one task, whoever has handed in something or not."""
    if versions.holding is Holding.FILE:
        (old,) = read_files([versions.old], interface, all_tasks, source_bytes_limit=source_bytes_limit)
        (new,) = read_files([versions.new], interface, all_tasks, source_bytes_limit=source_bytes_limit)
        return [Pair(ALONE, interface.name, old, new)]

    def read(folder: Path, author: str) -> Submission | Rejection:
        within = folder / author if versions.holding is Holding.CLASS else folder
        others = (*not_from, folder) if versions.holding is Holding.CLASS else ()
        return read_submission(
            within, author, "student", interface, all_tasks, source_bytes_limit=source_bytes_limit, not_from=others
        )

    return [Pair(author, interface.name, read(versions.old, author), read(versions.new, author)) for author in versions.authors]
