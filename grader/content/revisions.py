"""What a git repository held at a revision: `REV:PATH`, read object by object into a folder of one's own."""

from contextlib import suppress
from pathlib import Path

from grader.content.git import REGULAR_FILES, parse_blobs, run_git
from grader.errors import UsageError

_GIT_LIMIT_S = 120.0


def is_revision(text: str) -> bool:
    """Whether it reads `REV:PATH`, and no file is called so."""
    return ":" in text and not Path(text).exists()


def unpack_revision(text: str, folder: Path, here: Path = Path()) -> Path:
    """Put what `REV:PATH` names, with all that lies beside it, into an empty folder; nothing is checked out.

    `PATH` counts from the root of the repository around `here`, which is the working directory, as with git, and `./PATH` from
    `here`; it may be empty. Links are left out.

    Returns:
        Where the file or folder of that name lies now.

    Raises:
        UsageError: there is no git, no repository, no such revision, or nothing of that name in it.
    """
    revision, _, path = text.partition(":")
    is_from_here = path.startswith(("./", "../")) or path in (".", "..")
    prefix = _git(here, "rev-parse", "--show-prefix").rstrip("\n") if is_from_here else ""
    inside = _normal(prefix + path, text)
    # A name that looks like an option is none: from here on the revision is its number.
    wanted = f"{revision or 'HEAD'}^{{commit}}"
    commit = _git(here, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted, asked=text).strip()
    _unpack(here, commit, folder, text)
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


def _unpack(here: Path, commit: str, folder: Path, asked: str) -> None:
    """Every regular file; names that cannot be written here are left out."""
    listed = _git(here, "ls-tree", "-r", "-z", "--full-tree", commit, asked=asked)
    blobs: dict[str, str] = {}
    for entry in filter(None, listed.split("\0")):
        about, _, name = entry.partition("\t")
        mode, _, blob = about.split()
        if mode in REGULAR_FILES and not Path(name).is_absolute() and ".." not in Path(name).parts:
            blobs[name] = blob
    wanted = "".join(f"{blob}\n" for blob in blobs.values()).encode()
    said = _git_bytes(here, "cat-file", "--batch=%(objectsize)", asked=asked, standard_input=wanted)
    try:
        contents = list(parse_blobs(said))
    except ValueError as error:
        raise UsageError(f"{asked}: the repository lacks a part of that revision; fetch all of it") from error
    for name, content in zip(blobs, contents, strict=True):
        with suppress(OSError):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)


def _git(here: Path, *words: str, asked: str = "") -> str:
    return _git_bytes(here, *words, asked=asked).decode("utf-8", "surrogateescape")


def _git_bytes(here: Path, *words: str, asked: str = "", standard_input: bytes = b"") -> bytes:
    root = str(here) if words[0] == "rev-parse" else _git(here, "rev-parse", "--show-toplevel").rstrip("\n")
    try:
        done = run_git(["-C", root, *words], standard_input=standard_input, limit_s=_GIT_LIMIT_S)
    except OSError as error:
        raise UsageError(f"git does not answer, and {asked or 'a revision'} cannot be read: {error}") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        why = said or "there is no such revision; `git log --oneline` lists them"
        raise UsageError(f"{asked or 'a revision'} cannot be read from the repository around this folder: {why}")
    return done.stdout
