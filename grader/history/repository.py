"""The history's folder: a git repository in which every grading is a commit, and the figures of gradings are files.

Figures name the commit that they belong to, so they come in a commit behind it. A branch moves once, when all that it gets is
there: whatever happens, a grading and its figures are both in the history, or neither.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.content.git import run_git
from grader.errors import GraderError, UsageError
from grader.history.asv_format import BRANCH, CONFIGURATION, RESULTS, SITE

MARKER = "grader-history.json"
_IDENTITY = "grader"
_REF = f"refs/heads/{BRANCH}"
_SETTINGS = ("commit.gpgSign=false", "core.autocrlf=false")


@dataclass(frozen=True)
class Commit:
    """What will be one."""

    message: str
    at: datetime
    files: Mapping[str, str]
    """By path: new ones, and those that change."""


class HistoryRepository:
    """The repository in a folder, which is made where there is none yet.

    Raises:
        UsageError: the folder holds something else, shows names where pseudonyms are asked for or the other way round, or
            cannot be written; there is no git.
    """

    def __init__(self, folder: Path, *, names: bool, configuration: str) -> None:
        if shutil.which("git") is None:
            raise UsageError("a history is a git repository, and there is no git here; install it (apt-get install git)")
        self.folder = folder
        marker = _marker(names=names)
        if self._is_new():
            self._make(
                0o700 if names else 0o755,
                {MARKER: marker, CONFIGURATION: configuration, ".gitignore": f"/{SITE}/\n/{SITE}.new/\n"},
            )
        elif self._kind() != json.loads(marker):
            shown = "pseudonyms" if names else "names"
            raise UsageError(f"the history in {folder} shows {shown}: {_OTHER[names]}, or name another folder")
        if self._git("symbolic-ref", "HEAD").strip() != _REF:
            raise UsageError(f"the history in {folder} is not on its branch {BRANCH}; run: git -C {folder} checkout {BRANCH}")

    def head(self) -> str:
        """The last commit."""
        return self._git("rev-parse", "--verify", _REF).strip()

    def trailers(self, name: str) -> list[str]:
        """What all commits say behind `Name:` in their messages, the last commit first."""
        return re.findall(rf"^{name}: (.+)$", self._git("log", "--format=%B", _REF), flags=re.MULTILINE)

    def file(self, path: str) -> str | None:
        """What a file holds in the last commit; None where there is none."""
        if not self._git("ls-tree", "--name-only", _REF, "--", path).strip():
            return None
        return self._git("cat-file", "blob", f"{_REF}:{path}")

    def commit(self, parent: str | None, commit: Commit) -> str:
        """Write a commit that no branch has yet; its hash."""
        with tempfile.TemporaryDirectory() as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
            self._git("read-tree", parent or "--empty", **index)
            entries = [
                f"100644 {self._git('hash-object', '-w', '--stdin', standard_input=text).strip()}\t{path}"
                for path, text in commit.files.items()
            ]
            self._git("update-index", "--index-info", standard_input="".join(f"{one}\n" for one in entries), **index)
            tree = self._git("write-tree", **index).strip()
        date = commit.at.strftime("%Y-%m-%dT%H:%M:%S%z")
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _who(date).items()}
        parents = () if parent is None else ("-p", parent)
        return self._git("commit-tree", tree, *parents, standard_input=commit.message, **who).strip()

    def move(self, commit: str, before: str) -> None:
        """Let the branch have what ends with a commit, and the folder the files of it. GraderError where somebody else has."""
        self._git("update-ref", _REF, commit, before)
        self.restore()

    def restore(self) -> None:
        """Bring the figures in the folder to what the last commit holds."""
        if self._git("ls-tree", "--name-only", _REF, "--", RESULTS).strip():
            self._git("restore", f"--source={_REF}", "--staged", "--worktree", "--", RESULTS)

    def _is_new(self) -> bool:
        try:
            return not self.folder.exists() or not any(self.folder.iterdir())
        except OSError as error:
            raise UsageError(f"the history cannot be kept in {self.folder}: {error.strerror}; name another folder") from error

    def _kind(self) -> object:
        try:
            return json.loads((self.folder / MARKER).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise UsageError(
                f"{self.folder} holds something that is no history of the grader's; name an empty or a new folder"
            ) from None

    def _make(self, mode: int, files: Mapping[str, str]) -> None:
        """All at once: the folder has its name when it is whole."""
        target = self.folder
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
            self.folder.chmod(mode)
        except OSError as error:
            raise UsageError(f"the history cannot be kept in {target}: {error.strerror}; name another folder") from error
        try:
            self._git("init", "--quiet", f"--initial-branch={BRANCH}", "--template=")
            first = self.commit(None, Commit("The history begins\n", datetime.now(UTC), files))
            self._git("update-ref", _REF, first)
            self._git("restore", f"--source={_REF}", "--staged", "--worktree", "--", ".")
            self.folder.rename(target)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        finally:
            self.folder = target

    def _git(self, *words: str, standard_input: str | None = None, **environment: str) -> str:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        return ask_git(
            ["-C", str(self.folder), *words],
            _SETTINGS,
            {**inherited, **environment},
            f"the history in {self.folder}",
            standard_input,
        )


_OTHER = {False: "say --names", True: "leave --names out"}


def ask_git(
    words: Sequence[str], settings: Sequence[str], environment: Mapping[str, str], what: str, standard_input: str | None = None
) -> str:
    """What git prints. GraderError with its own words where it fails."""
    done = run_git(
        words,
        settings,
        environment={**environment, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"},
        standard_input=(standard_input or "").encode("utf-8", "surrogateescape"),
    )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise GraderError(f"{what}: git could not do it: {said or f'it ended with {done.returncode}'}")
    return done.stdout.decode("utf-8", "surrogateescape")


def _marker(*, names: bool) -> str:
    return f"{json.dumps({'format': 1, 'names': names})}\n"


def _who(date: str) -> dict[str, str]:
    return {"NAME": _IDENTITY, "EMAIL": f"{_IDENTITY}@localhost", "DATE": date}
