"""Work that is done again whenever something has changed: files that somebody saves, or what else has a state."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.grading.progress import Progress

_POLL_S = 0.3


def pause() -> None:
    """Between two looks at whether something has changed."""
    time.sleep(_POLL_S)


def each_change(state: Callable[[], object], wait: Callable[[], None] = pause) -> Iterator[None]:
    """Once at once, and once more after every change of the state; what changes during the work is not missed."""
    while True:
        before = state()
        yield
        while state() == before:
            wait()


def each_save(files: Callable[[], Iterable[Path]], wait: Callable[[], None] = pause) -> Iterator[tuple[Path, ...]]:
    """Once at once, and once more after every save that changes what a file holds: the files that it changed, at first none.

    Args:
        files: which ones; asked before each piece of work.
        wait: passes the time between two looks.
    """
    changed: tuple[Path, ...] = ()
    while True:
        watched = [_Watched(path) for path in files()]
        yield changed
        while not (changed := tuple(one.path for one in watched if one.has_changed())):
            wait()


class SavedAgainError(Exception):
    """What was being worked on has been saved again: the work is given up, and begins anew."""


class UntilSaved:
    """Progress of work on files that is given up once one of them is saved again: between two steps, never within one."""

    def __init__(self, progress: Progress, files: Iterable[Path]) -> None:
        self._progress = progress
        self._watched = [_Watched(path) for path in files]

    def begin(self, stage: str, total: float) -> None:
        """As the progress that is told, as all here."""
        self._progress.begin(stage, total)

    def advance(self, amount: float, doing: str) -> None:
        """Raise SavedAgainError where a file holds something else by now."""
        if any(one.has_changed() for one in self._watched):
            raise SavedAgainError
        self._progress.advance(amount, doing)

    def found(self, author: str, task: str, result: str) -> None:
        """Whatever comes of it, it is known now."""
        self._progress.found(author, task, result)


@dataclass(frozen=True)
class _Look:
    """A file as it was seen: what is cheap to ask for, and what it holds."""

    stamp: tuple[int, int, int]
    digest: bytes


class _Watched:
    """One file; its content is read only where it looks as if it had been written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = _look(path)

    def has_changed(self) -> bool:
        """Whether it holds something else; one that is missing is just being saved, and has not."""
        if self._seen is not None and _stamp(self.path) in (None, self._seen.stamp):
            return False
        now = _look(self.path)
        if now is None:
            return False
        changed = self._seen is None or now.digest != self._seen.digest
        self._seen = now
        return changed


def _look(path: Path) -> _Look | None:
    stamp = _stamp(path)
    try:
        return None if stamp is None else _Look(stamp, hashlib.sha256(path.read_bytes()).digest())
    except OSError:  # gone in between
        return None


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
