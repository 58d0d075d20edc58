"""What a git repository held at a revision: `REV:PATH`, as git itself writes it, unpacked into a folder of one's own."""

import io
import subprocess
import tarfile
from pathlib import Path

from grader.errors import UsageError

_GIT_LIMIT_S = 120.0
_NO_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
"""A repository's own settings could name some that git is to run."""


def is_revision(text: str) -> bool:
    """Whether it reads `REV:PATH`, and no file is called so."""
    return ":" in text and not Path(text).exists()


def unpack_revision(text: str, folder: Path) -> Path:
    """Put what `REV:PATH` names, with all that lies beside it, into an empty folder; nothing is checked out.

    `PATH` counts from the root of the repository around the working directory, as with git, and `./PATH` from here; it may be
    empty. Links are left out.

    Returns:
        Where the file or folder of that name lies now.

    Raises:
        UsageError: there is no git, no repository, no such revision, or nothing of that name in it.
    """
    revision, _, path = text.partition(":")
    prefix = _git("rev-parse", "--show-prefix").strip() if path.startswith(("./", "../")) or path in (".", "..") else ""
    inside = _normal(prefix + path, text)
    # A name that looks like an option is none: from here on the revision is its number.
    wanted = f"{revision or 'HEAD'}^{{commit}}"
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", wanted, asked=text).strip()
    _unpack(_git_bytes("archive", "--format=tar", commit, asked=text), folder)
    found = folder / inside
    if not found.exists():
        raise UsageError(f"{text}: there is nothing called {inside} at that revision; PATH counts from the repository's root")
    return found


def _normal(path: str, asked: str) -> str:
    """The path without `.` and `..`."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                raise UsageError(f"{asked} leads out of the repository")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _unpack(archive: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        plain = [member for member in tar if member.isreg() or member.isdir()]
        tar.extractall(folder, members=plain, filter="data")


def _git(*words: str, asked: str = "") -> str:
    return _git_bytes(*words, asked=asked).decode("utf-8", "surrogateescape")


def _git_bytes(*words: str, asked: str = "") -> bytes:
    root = [] if words[0] == "rev-parse" else ["-C", _git("rev-parse", "--show-toplevel").rstrip("\n")]
    try:
        done = subprocess.run(["git", *_NO_PROGRAMS, *root, *words], capture_output=True, check=False, timeout=_GIT_LIMIT_S)  # noqa: S607 -- whichever git there is
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"git does not answer, and {asked or 'a revision'} cannot be read: {error}") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        why = said or "there is no such revision; `git log --oneline` lists them"
        raise UsageError(f"{asked or 'a revision'} cannot be read from the repository around this folder: {why}")
    return done.stdout
