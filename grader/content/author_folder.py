"""Putting a hand-in into its author's folder: all at once or not at all, and nowhere else.

Theory of operation. The folder is made anew in a hidden folder beside it: what was there is linked, what is new written. Then
the two change places in one step of the file system. Where it knows no such step, the old folder is moved away first, and an
interruption between the two moves is made good by the next collect. Nothing is ever written into a file or through a link that
was there before.
"""

import ctypes
import errno
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from grader.content.notebook import SUFFIX
from grader.content.reading import LeftOut
from grader.content.uploads import UploadedFile
from grader.errors import UsageError

_STAGING = ".collect-"
_NEW, _OLD = "new", "old"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_NO_EXCHANGE = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP})


class UnwritableAuthorError(Exception):
    """An author's folder was left as it was; the text is a sentence about it."""


@dataclass
class Placed:
    """What became of one author's files, by path."""

    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    still_first: list[str] = field(default_factory=list)
    """Older Python files beside a notebook of their name that was brought: the grader takes them before it."""
    is_new_author: bool = False


@contextmanager
def open_class_folder(folder: Path) -> Iterator["ClassFolder"]:
    """The class's folder, for nobody else to collect into meanwhile; what an earlier collect left half done is put right.

    Raises:
        UsageError: there is no such folder, it cannot be written to, or another collect is at work in it.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(
            f"the class's folder {folder} cannot be used: {error.strerror}; name another with --submissions"
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _recover(folder)
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=folder))
        try:
            for name in (_NEW, _OLD):
                (staging / name).mkdir()
            yield ClassFolder(folder, staging, descriptor)
        finally:
            _recover(folder)
    except BlockingIOError:
        raise UsageError(f"another collect into {folder} is at work; wait for it") from None
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to: {error.strerror}") from None
    finally:
        os.close(descriptor)


def _recover(folder: Path) -> None:
    """An author whose old folder was moved away, and whose new one was not moved in, gets the old one back."""
    for staging in sorted(folder.glob(f"{_STAGING}*")):
        if staging.is_symlink() or not staging.is_dir():
            continue
        old = staging / _OLD
        for author in sorted(old.iterdir()) if old.is_dir() else ():
            if not os.path.lexists(folder / author.name):
                author.rename(folder / author.name)
        shutil.rmtree(staging)


@dataclass(frozen=True)
class ClassFolder:
    """A class's folder that nobody else collects into."""

    folder: Path
    staging: Path
    descriptor: int

    def place(self, author: str, files: Iterable[UploadedFile]) -> Placed:
        """Put an author's files into their folder: at the end it holds all of them, or is as it was.

        Raises:
            UnwritableAuthorError: it cannot be done, and nothing was changed.
        """
        target = self.folder / author
        new = self.staging / _NEW / author
        placed = Placed(is_new_author=not os.path.lexists(target))
        try:
            self._require_a_folder(target, author, placed)
            new.mkdir()
            if not placed.is_new_author:
                _link_all(target, new)
            brought = {file.path: file for file in files}
            for file in brought.values():
                _write(new, file, placed)
            placed.still_first += [path for path in _python_beside(brought) if (new / path).is_file()]
            if placed.new or placed.replaced:
                _sync(new)
                self._swap(new, target, placed)
                os.fsync(self.descriptor)
        except OSError as error:
            raise UnwritableAuthorError(f"{target} was left as it was: {error.strerror or error}") from None
        finally:
            shutil.rmtree(new, ignore_errors=True)  # by now the old one, if they have changed places
        return placed

    def _require_a_folder(self, target: Path, author: str, placed: Placed) -> None:
        if not placed.is_new_author and not stat.S_ISDIR(target.lstat().st_mode):
            raise UnwritableAuthorError(f"{target} is a link or a file, not a folder, and was left as it was")
        if placed.is_new_author:
            for other in self.folder.iterdir():
                if other.name.casefold() == author.casefold():
                    raise UnwritableAuthorError(
                        f"there is {other} already, which differs from {author!a} by case alone; rename one of them"
                    )

    def _swap(self, new: Path, target: Path, placed: Placed) -> None:
        if placed.is_new_author:
            new.rename(target)
        elif not _exchange(new, target):
            old = self.staging / _OLD / target.name
            target.rename(old)
            new.rename(target)
            shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system knows no such step."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number))


def _link_all(old: Path, new: Path) -> None:
    """All that a folder holds once more, without copying: its files are shared, for none is ever written to again."""
    shutil.copystat(old, new)
    new.chmod(stat.S_IMODE(old.stat().st_mode) | stat.S_IRWXU)
    with os.scandir(old) as entries:
        for entry in entries:
            target = new / entry.name
            if entry.is_dir(follow_symlinks=False):
                target.mkdir()
                _link_all(Path(entry.path), target)
            else:
                _link(Path(entry.path), target)


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError:  # another user's, or a file system without hard links
        if not (old.is_symlink() or old.is_file()):
            raise
        shutil.copy2(old, new, follow_symlinks=False)


def _write(folder: Path, file: UploadedFile, placed: Placed) -> None:
    """One file into the new folder: a file or link of its name gives way, and a link to a folder is never followed."""
    target = folder / file.path
    if not _make_parents(folder, file.path):
        placed.left_out.append(LeftOut(file.path, "needs a folder where a file or a link of the author's is"))
        return
    there = [other for other in target.parent.iterdir() if other.name.casefold() == target.name.casefold()]
    if any(stat.S_ISDIR(other.lstat().st_mode) for other in there):
        placed.left_out.append(LeftOut(file.path, "is a file where the author has a folder"))
        return
    if there == [target] and _holds(target, file.content):
        placed.unchanged.append(file.path)
        return
    for other in there:
        other.unlink()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    with os.fdopen(descriptor, "wb") as written:
        written.write(file.content)
        written.flush()
        os.fsync(written.fileno())
    (placed.replaced if there else placed.new).append(file.path)


def _python_beside(brought: Collection[str]) -> list[str]:
    """The Python files of the names of notebooks, where they are not brought themselves."""
    beside = [path.removesuffix(SUFFIX) + ".py" for path in brought if path.endswith(SUFFIX)]
    return [path for path in beside if path not in brought]


def _make_parents(folder: Path, path: str) -> bool:
    """Whether the folders above a file are real ones, made where they were missing."""
    here = folder
    for part in path.split("/")[:-1]:
        here /= part
        if not os.path.lexists(here):
            here.mkdir()
        elif not stat.S_ISDIR(here.lstat().st_mode):
            return False
    return True


def _holds(path: Path, content: bytes) -> bool:
    """Whether a regular file is just this."""
    status = path.lstat()
    return stat.S_ISREG(status.st_mode) and status.st_size == len(content) and path.read_bytes() == content


def _sync(folder: Path) -> None:
    """Let a power cut find the folder as it stands."""
    for path, _, _ in os.walk(folder):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
