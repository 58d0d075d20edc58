"""The submissions as they were at each commit of a git repository: read object by object, with nothing of it run.

Its content and its configuration are somebody else's. Git is asked for commits, trees and blobs alone: it checks nothing out,
so no filter and no hook has a part in it, and no protocol is allowed by which a missing object could be fetched.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from grader.content.git import REGULAR_FILES, parse_blobs
from grader.content.notebook import SUFFIX
from grader.errors import GraderError, UsageError
from grader.history.adding import PastState
from grader.history.repository import ask_git

_LARGEST_BYTES = 16 << 20
"""No source; what is left out then is missing."""
_SOURCES = (".py", SUFFIX)
_HIDDEN = "."
_SETTINGS = ("core.pager=cat", "log.showSignature=false")
_ENVIRONMENT = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}


@dataclass(frozen=True)
class PastSubmissions:
    """A folder of submissions in a git repository."""

    folder: Path

    def states(self, commits: str) -> tuple[PastState, ...]:
        """The commits of a range along the first parents, oldest first, each with its author's date. UsageError for none."""
        if commits.startswith("-"):
            raise UsageError(f"{commits!r} is no range of commits; write one as v1..main, or a branch for all of it")
        if shutil.which("git") is None:
            raise UsageError("the past of submissions is read with git, and there is no git here; install it")
        try:
            said = self._git("rev-list", "--first-parent", "--reverse", "--format=%H %at", "--no-commit-header", commits, "--")
        except GraderError as error:
            raise UsageError(f"there are no commits {commits!r} of a git repository in {self.folder}: {error}") from error
        found = (line.split() for line in said.splitlines())
        states = tuple(PastState(commit, datetime.fromtimestamp(int(at), UTC)) for commit, at in found)
        if not states:
            raise UsageError(f"there are no commits in {commits!r} of {self.folder}")
        return states

    def parent(self, commit: str) -> str | None:
        """The first one; None of a repository's first commit."""
        words = self._git("rev-list", "--parents", "--max-count=1", commit, "--").split()
        return words[1] if len(words) > 1 else None

    def write(self, commit: str, target: Path) -> None:
        """The authors' folders as they were, into an empty folder of ours."""
        prefix = self._git("rev-parse", "--show-prefix").strip()
        if prefix and not self._git("ls-tree", "-d", "--full-tree", commit, "--", prefix.rstrip("/")):
            return  # the folder was not there yet
        entries = self._git("ls-tree", "-r", "-z", "--long", "--full-tree", f"{commit}:{prefix}")
        wanted: dict[PurePosixPath, str] = {}
        for entry in filter(None, entries.split("\0")):
            about, _, name = entry.partition("\t")
            mode, _, blob, size = about.split()
            if mode in REGULAR_FILES and _is_source(PurePosixPath(name)):
                if not size.isdigit():
                    raise GraderError(f"the submissions' repository {self.folder} lacks a part of {commit}; fetch all of it")
                if int(size) <= _LARGEST_BYTES:
                    wanted[PurePosixPath(name)] = blob
        for path, content in zip(wanted, self._blobs(wanted.values()), strict=True):
            with suppress(OSError):  # a name that no file can have here
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes(content)

    def _blobs(self, blobs: Iterable[str]) -> Iterator[bytes]:
        """What each of them holds; all from one process."""
        asked = "".join(f"{blob}\n" for blob in blobs)
        said = self._git("cat-file", "--batch=%(objectsize)", standard_input=asked)
        return parse_blobs(said.encode("utf-8", "surrogateescape"))

    def _git(self, *words: str, standard_input: str | None = None) -> str:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        return ask_git(
            ["-C", str(self.folder), *words],
            _SETTINGS,
            {**inherited, **_ENVIRONMENT},
            f"the submissions' repository {self.folder}",
            standard_input,
        )


def _is_source(path: PurePosixPath) -> bool:
    """Whether it is code in an author's folder, and in none that leads out, is hidden, or cannot be printed."""
    in_folder = not path.is_absolute() and len(path.parts) > 1 and path.parts[0].isprintable()
    return in_folder and path.suffix.lower() in _SOURCES and not any(part.startswith(_HIDDEN) for part in path.parts)
